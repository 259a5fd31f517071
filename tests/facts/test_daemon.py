"""Facts about how sendmail is started and where its messages go, in each distribution's places."""

from __future__ import annotations

import pytest
from hypothesis import given

from auditor.engine.resolve import Facts
from auditor.facts.daemon import DaemonArguments, Invocation, Syslog
from auditor.model.subjects import Install
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.readers.expansion import Argument
from auditor.trees.base import Tree
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.lossless import mutated

INSTALL = Install("host")
UNIT = "/usr/lib/systemd/system/sendmail.service"
DROPIN = "/etc/systemd/system/sendmail.service.d/a.conf"
SERVICE = (
    b"[Service]\nEnvironment=SENDMAIL_OPTS=-q30m\nEnvironmentFile=-/etc/sysconfig/sendmail\n"
    b"ExecStart=/usr/sbin/sendmail -bd $SENDMAIL_OPTS $SENDMAIL_OPTARG\n"
)
SLACKWARE = (
    b"#!/bin/sh\nif [ -r /etc/default/sendmail ]; then . /etc/default/sendmail; else SENDMAIL_OPTS=-q9h; fi\n"
    b"sendmail_start() {\n  if [ -x /usr/sbin/sendmail ]; then\n    echo starting /usr/sbin/sendmail -bd -q1s\n"
    b"    /usr/sbin/sendmail ${SENDMAIL_OPTS:--L sm-mta -bd -q25m} && true\n"
    b"    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m\n  fi\n}\n"
    b"mailq() { /usr/sbin/sendmail -bp; }\nkillall sendmail\n"
)
DEBIAN = (
    b'DAEMON_MODE="Daemon";\nQUEUE_MODE="${DAEMON_MODE}";\nQUEUE_INTERVAL="10m";\nMSP_MODE="Cron";\nMSP_PARMS="-v";\n'
)


def facts(files: dict[str, bytes], *, complete: bool = True) -> Facts:
    """The facts of an install with these files."""
    tree = MemoryTree({path: MemoryFile(data) for path, data in files.items()}, complete=complete)
    return Facts(INSTALL, {Tree: tree})


def started(files: dict[str, bytes]) -> list[str]:
    """The command lines that were found, as one text each."""
    found = facts(files).get(DaemonArguments, INSTALL)
    if isinstance(found, Unknown):
        return []
    return [" ".join(word.text for word in each.argv) for each in found.invocations]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({UNIT: SERVICE}, ["-bd -q30m"]),
        ({UNIT: SERVICE, "/etc/sysconfig/sendmail": b'SENDMAIL_OPTS="-q1h -X/x"\n'}, ["-bd -q1h -X/x"]),
        ({UNIT: SERVICE, f"/etc/systemd/system{UNIT[23:]}": b""}, []),
        (
            {UNIT: SERVICE, DROPIN: b"[Service]\nExecStart=\nExecStart=sendmail -bD\n"},
            ["-bD"],
        ),
        ({"/etc/rc.d/rc.sendmail": SLACKWARE}, ["-q9h", "-L sm-msp-queue -Ac -q25m"]),
        (
            {"/etc/rc.d/rc.sendmail": SLACKWARE, "/etc/default/sendmail": b""},
            ["-L sm-mta -bd -q25m", "-L sm-msp-queue -Ac -q25m"],
        ),
        (
            {"/etc/rc.d/rc.sendmail": SLACKWARE, "/etc/default/sendmail": b"SENDMAIL_OPTS='-bd -q2h'\n"},
            ["-bd -q2h", "-L sm-msp-queue -Ac -q25m"],
        ),
        ({"/etc/mail/sendmail.conf": DEBIAN}, ["-Am -L sm-mta -bd -q10m", "-Ac -L sm-msp-queue -qf -v"]),
        (
            {"/etc/mail/sendmail.conf": b"DAEMON_MODE=daemon\nDAEMON_PARMS=-x\nMSP_MODE=none\n"},
            ["-Am -L sm-mta -bd -x", "-Am -L sm-que -q10m"],
        ),
        (
            {"/etc/mail/sendmail.conf": b"DAEMON_MODE=none\nQUEUE_MODE=cron\nMSP_MODE=daemon\n"},
            ["-Am -L sm-mta-queue -q", "-Ac -L sm-msp -q20m"],
        ),
        ({"/etc/sysconfig/sendmail": b"DAEMON=yes\nQUEUE=1h\n"}, ["-bd -q1h"]),
        ({"/etc/sysconfig/sendmail": b'SENDMAIL_ARGS="-L x -Am -bd -q30m -om"\n'}, ["-L x -Am -bd -q30m -om"]),
        ({"/etc/conf.d/sendmail": b'SENDMAIL_OPTS="-bd -q30m -L sm-mta"\n'}, ["-bd -q30m -L sm-mta"]),
        (
            {"/etc/rc.conf": b'sendmail_enable="YES"\nsendmail_flags="-bd -q15m"\n'},
            ["-bd -q15m", "-L sm-msp-queue -Ac -q30m"],
        ),
        ({"/etc/rc.conf": b'sendmail_enable="NONE"\n'}, []),
        (
            {"/etc/rc.conf": b'sendmail_enable="NO"\n'},
            ["-L sm-mta -bd -q30m -ODaemonPortOptions=Addr=localhost", "-L sm-msp-queue -Ac -q30m"],
        ),
        (
            {"/etc/init.d/sendmail": b"start-stop-daemon --start --exec /usr/sbin/sendmail -- -bd -q5m\n"
             b"start-stop-daemon --stop --exec /usr/sbin/sendmail\n"},
            ["-bd -q5m"],
        ),
        ({"/etc/init.d/sendmail": b"MODE=-bd\ndaemon /usr/sbin/sendmail $MODE -q5m\n"}, ["-bd -q5m"]),
    ],
)  # fmt: skip
def test_each_distribution_is_understood(files: dict[str, bytes], expected: list[str]) -> None:
    """Units with their drop-ins, start scripts and the settings they read give the words that sendmail gets."""
    assert started(files) == expected


def test_words_point_to_where_they_are_written() -> None:
    """An argument from a file of settings is to be mended there, and its line is its place."""
    files = {UNIT: SERVICE, "/etc/sysconfig/sendmail": b'# x\nSENDMAIL_OPTS="-q1h -O LogLevel=20"\n'}
    found = facts(files).get(DaemonArguments, INSTALL)
    options = dict(found.invocations[0].options())
    assert set(options) == {"-bd", "-q1h", "-OLogLevel=20"}
    assert options["-OLogLevel=20"].text == "-O LogLevel=20"
    assert (options["-OLogLevel=20"].path, options["-OLogLevel=20"].line) == ("/etc/sysconfig/sendmail", 2)
    assert options["-bd"].path == UNIT


@pytest.mark.parametrize(
    "script",
    [
        b"/usr/sbin/sendmail -bd $(cat /etc/opts)\n",
        b'[ "$A" ] && OPTS=-q1h\n/usr/sbin/sendmail -bd $OPTS\n',
        b"if x; then OPTS=-q1h; fi\n/usr/sbin/sendmail -bd $OPTS\n",
        b"/usr/sbin/sendmail -bd $1\n",
    ],
)
def test_what_a_shell_decides_is_in_doubt(script: bytes) -> None:
    """Words that a condition or a command gives are not guessed, the others are kept."""
    found = facts({"/etc/init.d/sendmail": script}).get(DaemonArguments, INSTALL)
    assert [[word.text for word in each.argv] for each in found.invocations] == [["-bd"]]
    assert "only known to a running shell" in found.doubt


def test_a_file_that_is_not_in_sight_may_set_anything() -> None:
    """In a checkout without the file a script takes in, its variables are not taken for empty."""
    script = b". /etc/default/sendmail\n/usr/sbin/sendmail -bd $OPTS\n"
    found = facts({"/etc/init.d/sendmail": script}, complete=False).get(DaemonArguments, INSTALL)
    assert found.doubt is not None
    found = facts({"/etc/init.d/sendmail": script}).get(DaemonArguments, INSTALL)
    assert found.doubt is None


def test_nothing_in_sight_is_unknown() -> None:
    """Where no file tells, no arguments are made up."""
    for complete in (True, False):
        assert isinstance(facts({"/etc/passwd": b""}, complete=complete).get(DaemonArguments, INSTALL), Unknown)
        assert isinstance(facts({"/etc/passwd": b""}, complete=complete).get(Syslog, INSTALL), Unknown)


def invocation(line: bytes) -> Invocation:
    """A command line cut at blanks."""
    span = Source("x", line).span()
    return Invocation(tuple(Argument(word, span.find(word)) for word in line.decode().split()), span)


def test_options_are_cut_as_getopt_cuts_them() -> None:
    """Flags may share a word, values may stand apart, and what follows a first recipient is no option."""
    found = [option for option, _ in invocation(b"-vi -Ac -O LogLevel=9 -C /x -q -bd bob -bt").options()]
    assert found == ["-v", "-i", "-Ac", "-OLogLevel=9", "-C/x", "-q", "-bd"]
    assert [option for option, _ in invocation(b"-d -q -- -bd").options()] == ["-d", "-q"]


@pytest.mark.parametrize(
    ("line", "daemon", "runner"),
    [
        (b"-bd -q1h", True, True),
        (b"-bD", True, False),
        (b"-q", False, False),
        (b"-qp1m", False, True),
        (b"-qf30m", False, True),
        (b"-q0", False, False),
        (b"-bs", False, False),
    ],
)
def test_roles_are_told(line: bytes, daemon: bool, runner: bool) -> None:  # noqa: FBT001  # They are columns of a table.
    """Who listens and who runs the queue again and again follows from the options."""
    assert (invocation(line).is_daemon, invocation(line).is_queue_runner) == (daemon, runner)


@given(mutated(SLACKWARE, SERVICE, DEBIAN))
def test_no_file_makes_it_fail(data: bytes) -> None:
    """Whatever a start script, a unit or a file of settings holds, an answer comes."""
    paths = (UNIT, "/etc/rc.d/rc.sendmail", "/etc/mail/sendmail.conf", "/etc/sysconfig/sendmail", "/etc/rc.conf")
    for path in paths:
        found = facts({path: data}).get(DaemonArguments, INSTALL)
        for each in () if isinstance(found, Unknown) else found.invocations:
            assert all(span.source.path for _, span in each.options())


def test_syslog_takes_in_what_it_includes() -> None:
    """Rules come from included files too; statements of rsyslog's own leave a doubt."""
    files = {
        "/etc/rsyslog.conf": b"$IncludeConfig /etc/rsyslog.d/*.conf\n*.info;mail.none /var/log/messages\n",
        "/etc/rsyslog.d/mail.conf": b"mail.* -/var/log/maillog\n",
        "/etc/rsyslog.d/README": b"mail.* -/not/read\n",
    }
    found = facts(files).get(Syslog, INSTALL)
    assert [rule.file for rule in found.taking("mail")] == ["/var/log/maillog"]
    assert found.unseen is None
    files["/etc/rsyslog.d/mail.conf"] = b'module(load="imuxsock")\n'
    assert facts(files).get(Syslog, INSTALL).unseen is not None
