r"""An alias hands mail to a shell, a decoder, or a file of the system.

Whoever may write to the address then runs commands or writes files on this host: decode and
uudecode put what is sent into any file of the user they run as, a shell runs the message. root's
mail through a program runs it on every report of cron, which is less bad (Sendmail Installation and
Operation Guide, 1.6.2; the SECURITY file of sendmail).

In the log or at the client:
    to="|/usr/bin/uudecode", mailer=prog, stat=Sent
Bad:
    decode:	"|/usr/bin/uudecode"
Bad:
    run:	"|/bin/sh"
Bad:
    put:	/etc/motd
Good:
    away:	"|/usr/bin/vacation alice"
Good:
    archive:	/var/spool/archive/all
Not when: the program only gets the message on its input, as vacation or a list manager does.
See: aliases(5); the SECURITY file of sendmail.
"""

import posixpath

from auditor.facts.mapfiles import AliasFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.aliases import Target

_SHELLS = frozenset(("sh", "bash", "dash", "ksh", "csh", "tcsh", "zsh", "ash", "busybox"))
_DECODERS = frozenset(("uudecode", "decode"))
_SYSTEM = ("/etc/", "/bin/", "/sbin/", "/usr/", "/boot/", "/dev/sd", "/root/")


@check("ALI005", severity=Severity.CRITICAL)
def dangerous_alias(configuration: Configuration, aliases: AliasFiles) -> Verdicts:
    """Judge what every alias leads to."""
    if configuration.is_submission:
        yield NotApplicable("the submission program resolves no aliases")
        return
    for file in aliases:
        for alias in file.document.index.values():
            for target in alias.targets:
                what = _judged(target)
                if what is not None:
                    yield Finding(
                        target,
                        f"{alias.name.shown} {what}",
                        "Whoever may send mail to it runs commands or writes files on this host.",
                        replace(alias, "", "delete the alias, and run newaliases"),
                    )
                elif alias.key == "root" and target.kind == "program":
                    yield Finding(
                        target,
                        f"all of root's mail goes through {target.value}",
                        "Anybody's mail reaches the program and its faults; where it fails, root's reports are lost.",
                        Fix("give root's mail to a person: root: alice"),
                        severity=Severity.MEDIUM,
                    )
    if aliases.unseen is not None:
        yield Unknown(aliases.unseen)


def _judged(target: Target) -> str | None:
    if target.kind == "file" and target.value.startswith(_SYSTEM):
        return f"writes to {target.value}"
    if target.kind != "program":
        return None
    words = target.value.strip('"').split()
    program = posixpath.basename(words[0]) if words else ""
    if program in _DECODERS:
        return f"decodes what is sent into files, by {words[0]}"
    # A shell with a script of its own reads the message only if the script does.
    if program in _SHELLS and (len(words) == 1 or words[1] in ("-s", "-")):
        return f"runs what is sent, by {words[0]}"
    return None
