r"""The daemon runs with files older than those on the disk.

sendmail reads its configuration, the class files, the certificates with key, authorities and
revocation lists, and Sendmail.conf once, at the start. Whatever is renewed later counts from the
next start on; only maps and aliases are opened anew (Sendmail Installation and Operation Guide, 5.6
and 2.3.1; cf/README, STARTTLS).

In the log or at the client:
    the probe shows the certificate of last year, though the new one is in place
Bad:
    --- $ date +%s
    1795368919
    --- $ ps -eo pid=,etimes=,user=,args= -ww
      801 90000000 root     sendmail: accepting connections
Good:
    --- $ date +%s
    1795368919
    --- $ ps -eo pid=,etimes=,user=,args= -ww
      801 86400 root     sendmail: accepting connections
      802 86400 smmsp    sendmail: Queue runner@00:25:00 for /var/spool/clientmqueue
      803 86400 root     /usr/sbin/saslauthd -a shadow
Good:
    --- $ date +%s
    1795368919
    --- $ ps -eo pid=,etimes=,user=,args= -ww
        1 90000000 root     init [3]
      803 90000000 root     /usr/sbin/saslauthd -a shadow
Not when: the daemon was told to start anew with kill -HUP, which its pid file's time shows, or no daemon runs.
See: howto step 8; Sendmail Installation and Operation Guide, 2.3.1.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.facts.classes import Classes
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Host, Tree
from auditor.facts.live import Processes
from auditor.facts.options import Options
from auditor.facts.sasl import SASLConfig
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknowable, Unknown, known
from auditor.trees.base import Entry
from checks.env import pid_file

#: Seconds by which start and change may differ without a meaning: ps counts whole seconds.
_SLACK = 60


@check("ENV010", severity=Severity.HIGH, howto="8")
def daemon_older_than_its_files(  # noqa: PLR0913  # What the daemon reads once is known to as many facts.
    host: Host,
    processes: Processes,
    files: ConfigurationFiles,
    classes: Classes | Unknown,
    tls: TLSFiles | Unknown,
    sasl: SASLConfig | Unknown,
    options: Options,
    tree: Tree,
    configuration: Configuration,
) -> Verdicts:
    """Compare the daemon's start with the times of the files it reads once."""
    if configuration.is_submission:
        yield NotApplicable("no daemon reads submit.cf for long")
        return
    started = _started(host, processes, options, tree)
    if started is None:
        yield NotApplicable("no daemon runs")
        return
    changed = {
        path: entry.mtime
        for path in _read_once(files, classes, tls, sasl)
        if isinstance(entry := tree.entry(path), Entry) and not isinstance(entry.mtime, Unknown)
    }
    newer = sorted(path for path, time in changed.items() if time > started + _SLACK)
    if newer:
        shown = f"{newer[0]} and {len(newer) - 1} more" if len(newer) > 1 else newer[0]
        yield Finding(
            newer[0],
            f"the daemon runs since {_shown(started)}, before {shown} {'were' if len(newer) > 1 else 'was'} changed",
            "What was changed does not count yet: a renewed certificate is not shown, a new domain is not local.",
            Fix("restart sendmail, as after every change of these files"),
            tuple((path, f"changed {_shown(changed[path])}") for path in newer),
        )


def _started(host: Host, processes: Processes, options: Options, tree: Tree) -> float | None:
    """When the daemon started, or read its configuration again, in seconds since the epoch; None where none runs."""
    daemons = [
        each
        for each in processes.of("sendmail")
        if {"accepting", "-bd", "-bD"}.intersection(each.words) or "rejecting" in each.words
    ]
    if not daemons:
        return None
    daemon = max(daemons, key=lambda each: each.age)
    now = known(host.output(("date", "+%s"))).strip()
    if not now.isdecimal():
        why = "date does not tell the time"
        raise Unknowable(why)
    started = float(now) - daemon.age
    found = pid_file(options, tree)
    if isinstance(found, Entry) and not isinstance(found.mtime, Unknown):
        # The pid file is written anew where the daemon starts itself again.
        return max(started, found.mtime)
    return started


def _read_once(
    files: ConfigurationFiles, classes: Classes | Unknown, tls: TLSFiles | Unknown, sasl: SASLConfig | Unknown
) -> Iterator[str]:
    yield files.cf_path
    if isinstance(classes, Classes):
        yield from (use.file.path for use in classes.files if use.file.kind == "file" and use.file.path.startswith("/"))
    if isinstance(tls, TLSFiles):
        yield from (file.path for file in tls if file.is_absolute and file.option not in ("CACertPath", "CRLPath"))
    if isinstance(sasl, SASLConfig):
        yield from (each.path for each in sasl.candidates if each.is_searched)


def _shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
