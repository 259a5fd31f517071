r"""The .cf is missing, empty, or only a piece of one.

m4 writes while it reads. Where it stops at a mistake, what it has written so far stays, and with
`m4 x.mc > sendmail.cf` that is the file sendmail reads: forty lines without a mailer. m4's exit
code tells it, sendmail's own "*** ERROR" does not (cf/README, "GETTING STARTED"; Sendmail
Installation and Operation Guide, 5).

In the log or at the client:
    No local mailer defined
    QueueDirectory (Q) option must be set
Bad:
    --- /etc/mail/sendmail.cf missing
Bad:
    --- /etc/mail/sendmail.cf
    V10/Berkeley
    Cwlocalhost
Bad:
    --- /etc/mail/sendmail.cf
    \c
Good:
    --- +/etc/mail/sendmail.cf
    # every part is there
Not when: only the .mc is kept in the repository that is looked at; there a file that is not seen is
    not missing.
See: howto step 7; Sendmail Installation and Operation Guide, 4.1.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, Unknown
from auditor.readers.cf import CfDocument
from checks.cff import BUILD, lacking


@check("CFF002", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="7")
def cf_truncated_or_missing(configuration: Configuration, files: ConfigurationFiles) -> Verdicts:
    """Look for the parts without which sendmail does not start, or delivers nothing."""
    if isinstance(files.cf, Unknown):
        yield files.cf
    elif isinstance(files.cf, Missing):
        yield _missing(configuration, files)
    else:
        parts = lacking(files.cf)
        if parts:
            yield _truncated(files.cf, parts)


def _missing(configuration: Configuration, files: ConfigurationFiles) -> Finding:
    submission = configuration.is_submission
    return Finding(
        files.cf_path,
        f"there is a {configuration.name.replace('.cf', '.mc')}, and no {configuration.name}",
        "Programs on this host submit mail by sendmail.cf instead, which needs a sendmail that is set-user-ID root."
        if submission
        else "sendmail does not start without it.",
        command(_build(configuration.name), f"make {configuration.name}"),
        severity=Severity.HIGH if submission else None,
    )


def _truncated(cf: CfDocument, parts: tuple[str, ...]) -> Finding:
    lines = cf.source.text.count("\n")
    empty = not cf.source.text.strip()
    return Finding(
        cf.path if empty else cf.source.span(len(cf.source.text.rstrip())),
        "the file is empty" if empty else f"the file ends after {lines} lines and lacks {', '.join(parts)}",
        "sendmail does not start with it, or delivers nothing. m4 stopped at a mistake in the .mc, or wrote elsewhere.",
        command(_build("submit.cf" if "submit" in cf.path else "sendmail.cf"), "read what m4 says, and build it again"),
    )


def _build(name: str) -> str:
    return BUILD.replace("sendmail.cf", name).replace("sendmail.mc", name.replace(".cf", ".mc"))
