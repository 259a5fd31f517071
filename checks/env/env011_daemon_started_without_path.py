r"""The daemon was started by its bare name.

On SIGHUP sendmail starts itself anew under the name it was started by, which takes the whole path.
Started as plain sendmail it answers kill -HUP with a complaint and keeps the old configuration
(Sendmail Installation and Operation Guide, 2.3.1).

In the log or at the client:
    daemon invoked without full pathname; kill -1 won't work
Bad:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    sendmail -L sm-mta -bd -q25m
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Bad:
    --- /var/run/sendmail.pid
    801
    sendmail -bd -q1h
    --- $ ps -eo pid=,etimes=,user=,args= -ww
      801 86400 root     sendmail: accepting connections
Good:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -q25m
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Not when: a systemd unit starts it, which always names the path.
See: Sendmail Installation and Operation Guide, 2.3.1.
"""

from auditor.facts.daemon import DaemonArguments
from auditor.facts.given import Tree
from auditor.facts.live import Processes
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Source
from auditor.model.unknown import NotApplicable, Unknown
from auditor.trees.base import Entry
from checks.env import pid_file

_BARE = lazy(r"(?:^|(?<=[\s;&|]))sendmail(?=\s+-)")
_CONSEQUENCE = "kill -HUP does not make it read a new configuration or a new certificate."


@check("ENV011", severity=Severity.LOW)
def daemon_started_without_path(
    arguments: DaemonArguments | Unknown,
    processes: Processes | Unknown,
    options: Options,
    tree: Tree,
    configuration: Configuration,
) -> Verdicts:
    """Look at the start script's line, and at the one that the running daemon keeps in its pid file."""
    if configuration.is_submission:
        yield NotApplicable("the daemon is judged with its own configuration")
        return
    for each in arguments.invocations if isinstance(arguments, DaemonArguments) else ():
        bare = _BARE.search(each.span.text) if each.is_daemon else None
        if bare is not None:
            place = each.span.part(*bare.span())
            fix = replace(place, "/usr/sbin/sendmail", "name the whole path")
            yield Finding(place, "the start script runs sendmail by its bare name", _CONSEQUENCE, fix)
    if isinstance(processes, Processes) and processes.of("sendmail"):
        found = pid_file(options, tree)
        source = tree.read(found.path) if isinstance(found, Entry) else found
        words = source.text.split("\n")[1:2] if isinstance(source, Source) else []
        if isinstance(source, Source) and words and words[0].strip() and not words[0].startswith("/"):
            message = f"the running daemon was started as: {words[0].strip()}"
            yield Finding(source.span().find(words[0]), message, _CONSEQUENCE)
    if isinstance(arguments, Unknown):
        yield arguments
