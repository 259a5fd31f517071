r"""The submission queue is missing.

Programs on the host hand their mail to sendmail, which runs with submit.cf and goes to its queue
directory first of all. Where that is not there nothing is accepted, not even when the daemon is up
(sendmail/SECURITY; Sendmail Installation and Operation Guide, 5.6, QueueDirectory).

In the log or at the client:
    can not chdir(/var/spool/clientmqueue/): No such file or directory
Bad:
    --- /var/spool/clientmqueue missing
Bad:
    --- /var/spool/clientmqueue 770 smmsp:smmsp socket
Good:
    --- /var/spool/clientmqueue 2770 smmsp:smmsp directory
Good:
    --- /etc/mail/submit.mc missing
    --- /etc/mail/submit.cf missing
    --- /var/spool/clientmqueue missing
    --- /usr/sbin/sendmail 755 root:root
Not when: there is no submit.cf, as on hosts whose sendmail is set-user-ID.
See: howto step 1; sendmail/SECURITY.
"""

from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.trees.base import Kind
from checks.acc import queue_directories


@check("ACC004", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="1")
def submission_queue_missing(options: Options, tree: Tree, configuration: Configuration) -> Verdicts:
    """Look for the directory that submit.cf names."""
    if not configuration.is_submission:
        yield NotApplicable("ACC006 judges the daemon's queue")
        return
    at, paths = queue_directories(options, tree, "/var/spool/clientmqueue")
    for path in paths:
        entry = tree.entry(path)
        if isinstance(entry, Unknown):
            yield entry
        elif isinstance(entry, Missing) or entry.kind is not Kind.DIRECTORY:
            what = "does not exist" if isinstance(entry, Missing) else f"is no directory but a {entry.kind.value}"
            yield Finding(
                at,
                f"the submission queue {path} {what}",
                "No program and no user of this host can send mail: cron's reports are lost as well.",
                command(f"mkdir -m 770 {quoted(path)}; chown smmsp:smmsp {quoted(path)}", "make it"),
            )
