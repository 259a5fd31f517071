r"""The private key can be read by others.

Whoever has the key can pose as this host and read what was recorded. sendmail refuses such a key,
and with it TLS: STARTTLS is not offered (sendmail/README; Sendmail Installation and Operation
Guide, 5.6, ServerKeyFile).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.key.pem unsafe: Group readable file
Bad:
    --- /etc/mail/certs/smtp.key.pem 644 root:root
Bad:
    --- /etc/mail/certs/smtp.key.pem 640 root:mail
Good:
    --- /etc/mail/certs/smtp.key.pem 600 root:root
Good:
    --- +/etc/mail/sendmail.mc
    define(`confDONT_BLAME_SENDMAIL', `GroupReadableKeyFile')dnl
    --- /etc/mail/certs/smtp.key.pem 640 root:smmsp
Not when: only the group may read it and DontBlameSendmail says GroupReadableKeyFile.
See: howto step 5; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.safety import FileSafety, Purpose
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.prm import GROUP_READ, PURPOSES, WORLD_READ, consequence_of, owners_of, used_files


@check("PRM021", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="5")
def private_key_readable(files: TLSFiles, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Judge the mode of each key."""
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        owners = owners_of(file.entry) if PURPOSES[file.option] is Purpose.KEY else None
        if isinstance(owners, Unknown):
            yield owners
        if owners is None or isinstance(owners, Unknown):
            continue
        shared = owners.mode & GROUP_READ and "groupreadablekeyfile" not in safety.relaxed
        if owners.mode & WORLD_READ or shared:
            whom = "everybody on the host" if owners.mode & WORLD_READ else f"the group {owners.group or owners.gid}"
            yield Finding(
                file.path,
                f"{whom} can read the private key {file.path} (mode {owners.octal})",
                consequence_of(file.option) + " A key that strangers have seen is to be replaced.",
                command(
                    f"chmod 600 {quoted(file.path)}", "close it, and have a new key certified if strangers had access"
                ),
                ((file.span, "named here"),),
            )
