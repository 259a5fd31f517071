r"""Nothing renews the revocation list.

A list is valid for days or weeks, and sendmail reads it once, when it starts. Without a job that fetches it, turns it
into PEM and restarts sendmail, it is out of date the month after it was set up.

In the log or at the client:
    CRL has expired
Bad:
    --- /etc/cron.daily/revocation-list missing
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: any file of cron or systemd's timers names the list, or the tree cannot tell what is missing.
See: howto step 5; RFC 5280, 5.1.2.5.
"""

import posixpath

from auditor.facts.given import Tree
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Source
from auditor.model.unknown import Unknown

_JOBS = (
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/cron.weekly",
    "/var/spool/cron",
    "/var/spool/cron/crontabs",
    "/etc/systemd/system",
    "/usr/local/bin",
    "/usr/local/sbin",
)


@check("CRT033", severity=Severity.MEDIUM, confidence=Confidence.LOW, howto="5")
def revocation_list_never_renewed(revocations: Revocations, tree: Tree) -> Verdicts:
    """Look for a job that names the list's file."""
    name = posixpath.basename(revocations.file.path)
    if any(name in text for text in _jobs(tree)):
        return
    if not tree.tells_absence:
        yield Unknown("a checkout does not show every job of cron")
        return
    yield Finding(
        revocations.file.span,
        f"no job of cron and no timer names {name}",
        "The list runs out, and from then on every certificate of its authority fails to verify.",
        Fix("fetch it from cron, turn it into PEM, put it in place atomically, and restart sendmail"),
    )


def _jobs(tree: Tree) -> list[str]:
    texts = []
    for path in ("/etc/crontab", *_JOBS):
        names = tree.names(path)
        files = [posixpath.join(path, name) for name in names] if isinstance(names, tuple) else [path]
        texts += [source.text for file in files if isinstance(source := tree.read(file, 1024 * 1024), Source)]
    return texts
