r"""A mailer's program is missing.

sendmail runs the program that a mailer's P= names for every message to that mailer. The m4 files
write /usr/bin/procmail, smrsh or mail.local without looking whether it is there; a mailer without
its program puts all mail off, or bounces it (Sendmail Installation and Operation Guide, 5.4;
cf/README, MAILER and local_procmail).

In the log or at the client:
    stat=unknown mailer error 127
    mailer=local, stat=Operating system error
Bad:
    --- /usr/sbin/smrsh missing
Bad:
    --- /usr/sbin/smrsh 644 root:root
Good:
    --- +/etc/mail/sendmail.cf
    Mtest, P=[IPC], F=mDFMuX, A=TCP $h
Not when: P= is [IPC] or [FILE], which are sendmail's own.
See: howto step 6; Sendmail Installation and Operation Guide, 5.4.
"""

from auditor.facts.given import Tree
from auditor.facts.mailers import Mailers
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.trees.base import Entry, Kind

_EXECUTABLE = 0o111
#: Mailers that local delivery and aliases come to; others only serve addresses that name them.
_USED = ("local", "prog")


@check("ENV020", severity=Severity.HIGH, howto="6")
def mailer_program_missing(mailers: Mailers, tree: Tree, configuration: Configuration) -> Verdicts:
    """Look for the program of every mailer."""
    if configuration.is_submission:
        yield NotApplicable("submit.cf hands all mail to the daemon")
        return
    for mailer in mailers:
        path = mailers.program(mailer)
        if isinstance(path, Unknown):
            yield path
            continue
        if not path.startswith("/") or path == "/dev/null":
            continue
        entry = tree.entry(path)
        if isinstance(entry, Unknown):
            yield entry
            continue
        flaw = _flaw(entry)
        if flaw is not None:
            yield Finding(
                mailer.fields["P"].span,
                f"the mailer {mailer.name} runs {path}, which {flaw}",
                "Every message that goes to this mailer waits in the queue or bounces.",
                Fix("install the program, or have the mailer use one that is there"),
                severity=None if mailer.name in _USED else Severity.MEDIUM,
            )


def _flaw(entry: Entry | Missing) -> str | None:
    if isinstance(entry, Missing):
        return "does not exist"
    if entry.kind is Kind.DIRECTORY:
        return "is a directory"
    runs = isinstance(entry.owners, Unknown) or entry.owners.mode & _EXECUTABLE
    return None if runs else "may be run by nobody"
