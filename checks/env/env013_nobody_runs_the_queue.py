r"""Nobody runs a queue.

Mail that cannot be delivered at once waits for a queue runner: sendmail with -q and an interval, in
the daemon itself or beside it, and a second one with -Ac for the submission queue. Without it that
mail waits for ever (sendmail/SECURITY, "Hints"; Sendmail Installation and Operation Guide, 2.2).

In the log or at the client:
    stat=Deferred: Connection refused by [127.0.0.1], and never again a line with that queue id
Bad:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Bad:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -q25m
Good:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -qp1m
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Good:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -q25m
    --- /etc/cron.d/queue
    */20 * * * * smmsp /usr/sbin/sendmail -Ac -q
Not when: cron runs the queue, or nothing in sight tells how sendmail is started.
See: howto step 8; sendmail/SECURITY, "Hints".
"""

import re
from collections.abc import Iterator

from auditor.facts.daemon import DaemonArguments
from auditor.facts.given import Tree
from auditor.facts.live import Processes
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Source
from auditor.model.unknown import Unknown

_CRON_FILES = ("/etc/crontab", "/var/spool/cron/root", "/var/spool/cron/crontabs/root")
_CRON_DIRECTORIES = ("/etc/cron.d", "/etc/cron.hourly", "/var/spool/cron", "/var/spool/cron/crontabs")
_RUN = lazy(r"^(?![ \t]*#)[^\n]*(?:\bsendmail\b[^\n]*\s-q|\brunq\b)", re.MULTILINE)


@check("ENV013", severity=Severity.HIGH)
def nobody_runs_the_queue(
    arguments: DaemonArguments,
    processes: Processes | Unknown,
    options: Options,
    tree: Tree,
    configuration: Configuration,
) -> Verdicts:
    """Look for a runner of the queue of each configuration, among start scripts, processes and cron's tables."""
    own = [each for each in arguments.invocations if each.is_submission == configuration.is_submission]
    if any(each.is_queue_runner for each in own) or _runs(processes, options) or any(_by_cron(tree)):
        return
    if arguments.doubt is not None:
        yield Unknown(arguments.doubt)
        return
    queue, line = ("mail queue", "-L sm-mta -bd -q25m")
    if configuration.is_submission:
        queue, line = ("submission queue", "-L sm-msp-queue -Ac -q25m")
    starting = (own or arguments.invocations)[0].span
    yield Finding(
        starting,
        f"nothing that starts sendmail runs the {queue}: no -q with an interval",
        "Mail that is put off once is not tried again, and its sender hears nothing.",
        Fix(f"start /usr/sbin/sendmail {line}"),
    )


def _runs(processes: Processes | Unknown, options: Options) -> bool:
    """Whether a process of its own runs the queue, which it names in its title."""
    if isinstance(processes, Unknown):
        return False
    setting = options.get("QueueDirectory")
    directory = setting.value.rstrip("/*") if setting is not None else "queue"
    titles = [" ".join(each.words) for each in processes.of("sendmail")]
    return any(re.search(r"Queue runner|running queue", title) and directory in title for title in titles)


def _by_cron(tree: Tree) -> Iterator[bool]:
    paths = list(_CRON_FILES)
    for directory in _CRON_DIRECTORIES:
        names = tree.names(directory)
        paths += [f"{directory}/{name}" for name in names] if isinstance(names, tuple) else []
    for path in paths:
        source = tree.read(path)
        yield isinstance(source, Source) and _RUN.search(source.text) is not None
