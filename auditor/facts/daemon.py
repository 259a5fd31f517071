"""How sendmail is started, and where its messages go."""

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.facts.commands import Script, Started, script_commands, unit_commands
from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, Unknown
from auditor.readers.expansion import Argument, Expansion, Value
from auditor.readers.shell import read_shell
from auditor.readers.syslog import SyslogRule, SyslogText, read_syslog

__all__ = ["DaemonArguments", "Invocation", "Syslog", "SyslogRule"]

#: The names sendmail's binary is installed under.
PROGRAMS = ("sendmail", "sendmail-mta", "sendmail-msp", "sendmail.sendmail", "sm-mta", "sm-msp")
_UNITS = ("sendmail.service", "sm-client.service", "sm-mta.service", "sm-msp.service", "sendmail-client.service")
_SCRIPTS = ("sendmail", "rc.sendmail", "sm-client", "sm-client.sh", "sendmail-client")
#: The options of sendmail's command line; a colon follows those that take a value (sendmail(8)).
_OPTIONS = "A:B:b:C:cD:d:e:F:f:Gh:IiL:M:mN:nO:o:p:Q:q:R:r:sTtUV:vX:x"
_VALUED = frozenset(_OPTIONS[at] for at in range(len(_OPTIONS) - 1) if _OPTIONS[at + 1] == ":")
#: A value of these is part of the same word or is not there.
_ATTACHED = frozenset("dq")
#: Modes in which sendmail answers a question and ends.
_BRIEF_MODES = frozenset("hHipPtvC")
#: How FreeBSD starts sendmail where rc.conf says nothing else (rc.sendmail(8)); the order is that of its script.
_FREEBSD = (
    ("sendmail", "-L sm-mta -bd -q30m"),
    ("sendmail_submit", "-L sm-mta -bd -q30m -ODaemonPortOptions=Addr=localhost"),
    ("sendmail_outbound", "-L sm-queue -q30m"),
    ("sendmail_msp_queue", "-L sm-msp-queue -Ac -q30m"),
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One way in which sendmail is started.

    Attributes:
        argv: the words behind the program.
        span: the place of the command line, or of the setting that stands for it.
        doubt: why there may be more words than these, or None.
        by_cron: whether cron starts it again and again.

    """

    argv: tuple[Argument, ...]
    span: Span
    doubt: str | None = None
    by_cron: bool = False

    @property
    def path(self) -> str:
        """The file it is written in."""
        return self.span.path

    def options(self) -> Iterator[tuple[str, Span]]:
        """The options, each with its letter, its value and its place: ``-bd``, ``-q30m``, ``-OLogLevel=9``.

        A value that was a word of its own is put behind its letter. What follows ``--`` or a first word that is no
        option names recipients and is left out.
        """
        words = iter(self.argv)
        for word in words:
            if not word.text.startswith("-") or word.text in ("-", "--"):
                return
            yield from self._cluster(word, words)

    def _cluster(self, word: Argument, rest: Iterator[Argument]) -> Iterator[tuple[str, Span]]:
        """The options of one word, the last of which may have its value in the next."""
        for at in range(1, len(word.text)):
            letter, value = word.text[at], word.text[at + 1 :]
            if letter not in _VALUED:
                yield f"-{letter}", word.span
                continue
            span = word.span
            following = None if value or letter in _ATTACHED else next(rest, None)
            if following is not None:
                value, span = following.text, _over(span, following.span)
            yield f"-{letter}{value}", span
            return

    def values(self, letter: str) -> tuple[str, ...]:
        """The values of every option of one letter."""
        return tuple(option[2:] for option, _ in self.options() if option[1] == letter)

    @property
    def is_daemon(self) -> bool:
        """Whether it listens for SMTP (``-bd``, ``-bD``)."""
        return any(mode[:1] in ("d", "D") for mode in self.values("b"))

    @property
    def is_submission(self) -> bool:
        """Whether it is the mail submission program (``-Ac``)."""
        return "c" in self.values("A")

    @property
    def is_queue_runner(self) -> bool:
        """Whether it runs the queue by itself: ``-q30m``, ``-qp``, or by cron."""
        return any(re.match(r"p|f?\d*[1-9]", value) for value in self.values("q")) or self.by_cron


@fact(Install)
@dataclass(frozen=True, slots=True)
class DaemonArguments:
    """Every way in which the install starts sendmail to stay, daemons and queue runners."""

    invocations: tuple[Invocation, ...]

    @property
    def doubt(self) -> str | None:
        """Why there may be arguments that are not in sight, or None."""
        return next((each.doubt for each in self.invocations if each.doubt is not None), None)


@fact(Install)
@dataclass(frozen=True, slots=True)
class Syslog:
    """Where the host's messages go.

    Attributes:
        documents: syslog.conf or rsyslog.conf, and what it includes.
        unseen: why there may be rules that are not in sight, or None.

    """

    documents: tuple[SyslogText, ...]
    unseen: str | None = None

    @property
    def rules(self) -> tuple[SyslogRule, ...]:
        """The rules of all files."""
        return tuple(rule for document in self.documents for rule in document.rules)

    def taking(self, facility: str) -> tuple[SyslogRule, ...]:
        """The rules that take messages of a facility such as ``mail``."""
        return tuple(rule for rule in self.rules if rule.takes(facility))


@provider
def daemon_arguments(tree: Tree) -> DaemonArguments | Unknown:
    """Look where distributions say how sendmail is started, and take the first place that says anything."""
    for look in (_units, _debian, _scripts, _red_hat, _variables, _rc_conf):
        found = tuple(each for each in look(tree) if _stays(each))
        if found:
            return DaemonArguments(found)
    return Unknown("no unit, start script or rc.conf in sight tells how sendmail is started")


@provider
def syslog(tree: Tree) -> Syslog | Unknown:
    """Read syslog.conf or rsyslog.conf with what it includes."""
    for path in ("/etc/rsyslog.conf", "/etc/syslog.conf"):
        source = tree.read(path)
        if isinstance(source, Source):
            return _with_included(tree, read_syslog(source))
    return Unknown("neither rsyslog.conf nor syslog.conf is in sight, the messages may all be in the journal")


def _with_included(tree: Tree, document: SyslogText) -> Syslog:
    documents = [document]
    unseen = None
    for include in document.includes:
        directory, pattern = posixpath.split(include.pattern.text)
        names = tree.names(directory) if directory.startswith("/") else Missing(directory)
        if isinstance(names, Unknown):
            unseen = names.reason
            continue
        for name in () if isinstance(names, Missing) else fnmatch.filter(names, pattern):
            source = tree.read(f"{directory}/{name}")
            if isinstance(source, Source):
                documents.append(read_syslog(source))
            elif isinstance(source, Unknown):
                unseen = source.reason
    if unseen is None and any(each.of_kind("statement") for each in documents):
        unseen = "statements of rsyslog's own language are not judged"
    return Syslog(tuple(documents), unseen)


def _stays(invocation: Invocation) -> bool:
    modes = invocation.values("b")
    if any(mode[:1] in _BRIEF_MODES for mode in modes):
        return False
    return invocation.is_daemon or invocation.is_queue_runner or (invocation.doubt is not None and not modes)


def _invocations(found: Iterable[Started]) -> tuple[Invocation, ...]:
    return tuple(Invocation(each.argv, each.span, each.doubt) for each in found)


def _units(tree: Tree) -> tuple[Invocation, ...]:
    return _invocations(unit_commands(tree, _UNITS, PROGRAMS))


def _scripts(tree: Tree) -> tuple[Invocation, ...]:
    return _invocations(script_commands(tree, _SCRIPTS, PROGRAMS))


def _debian(tree: Tree) -> Iterator[Invocation]:
    """What Debian's start script makes of /etc/mail/sendmail.conf: a daemon, a queue runner, one for the MSP's queue."""
    script = Script(tree)
    if not script.take("/etc/mail/sendmail.conf") or "DAEMON_MODE" not in script.variables:
        return
    line = _Line(script.variables, script.variables["DAEMON_MODE"].span)
    daemon = line.mode("DAEMON_MODE", "daemon")
    queue = line.mode("QUEUE_MODE", daemon)
    runs_queue = queue not in ("none", "cron")
    is_split = runs_queue and line.text("DAEMON_PARMS", "") != line.text("QUEUE_PARMS", "")
    runner = [*line.interval("QUEUE_INTERVAL", "10m"), *line.words("QUEUE_PARMS")]
    if daemon not in ("none", "inetd"):
        yield line.made("-Am -L sm-mta -bd", line.words("DAEMON_PARMS"), [] if is_split or not runs_queue else runner)
    if runs_queue and (is_split or daemon in ("none", "inetd")):
        yield line.made("-Am -L sm-que", runner)
    if queue == "cron":
        yield line.made("-Am -L sm-mta-queue -q", line.words("QUEUE_PARMS"), by_cron=True)
    submission = line.mode("MSP_MODE", queue)
    if submission == "cron":
        yield line.made("-Ac -L sm-msp-queue -qf", line.words("MSP_PARMS"), by_cron=True)
    elif submission != "none":
        yield line.made("-Ac -L sm-msp", line.interval("MSP_INTERVAL", "20m"), line.words("MSP_PARMS"))


def _red_hat(tree: Tree) -> Iterator[Invocation]:
    """What the start scripts of Red Hat and SUSE make of /etc/sysconfig/sendmail."""
    script = Script(tree)
    if not script.take("/etc/sysconfig/sendmail"):
        return
    if "SENDMAIL_ARGS" in script.variables:
        line = _Line(script.variables, script.variables["SENDMAIL_ARGS"].span)
        yield line.made("", line.words("SENDMAIL_ARGS"))
    for name in ("DAEMON", "QUEUE"):
        if name in script.variables:
            line = _Line(script.variables, script.variables[name].span)
            mode = "-bd" if line.mode("DAEMON", "no") == "yes" else ""
            yield line.made(mode, line.interval("QUEUE", ""), line.words("SENDMAIL_OPTS"))
            return


def _variables(tree: Tree) -> Iterator[Invocation]:
    """What Gentoo and Slackware keep apart from their start scripts."""
    for path in ("/etc/conf.d/sendmail", "/etc/default/sendmail"):
        script = Script(tree)
        script.take(path)
        for name in ("SENDMAIL_OPTS", "CLIENTMQUEUE_OPTS", "SENDMAIL_MSP_OPTS"):
            if name in script.variables:
                line = _Line(script.variables, script.variables[name].span)
                yield line.made("", line.words(name))


def _rc_conf(tree: Tree) -> Iterator[Invocation]:
    """What the rc.conf files of the BSDs say."""
    script = Script(tree)
    taken = [path for path in ("/etc/defaults/rc.conf", "/etc/rc.conf", "/etc/rc.conf.local") if script.take(path)]
    span = next((script.variables[name].span for name in script.variables if name.startswith("sendmail")), None)
    if not taken or span is None:
        return
    line = _Line(script.variables, span)
    enable = line.mode("sendmail_enable", line.mode("sendmail", "yes"))
    if enable == "none":
        return
    is_listening = enable == "yes"
    for name, usual in _FREEBSD:
        wanted = {"sendmail": is_listening, "sendmail_submit": not is_listening}.get(name, name != "sendmail_outbound")
        if name == "sendmail_outbound":
            wanted = not is_listening and line.mode("sendmail_submit_enable", "yes") != "yes"
        if name != "sendmail" and line.mode(f"{name}_enable", "yes") != "yes":
            continue
        flags = script.variables.get(f"{name}_flags")
        if wanted and (flags is None or flags.text != "NO"):
            yield line.made("" if flags is not None else usual, line.words(f"{name}_flags"))


class _Line:
    """Puts a command line together from variables, remembering what could not be told."""

    def __init__(self, variables: dict[str, Value], span: Span) -> None:
        self._variables = variables
        self._span = span
        self._doubt: str | None = None

    def text(self, name: str, default: str) -> str:
        """A variable's value, or the default where it is not set or cannot be told."""
        value = self._variables.get(name)
        if value is not None and value.text is None:
            self._doubt = f"{name} in {value.span.path} is only known to a running shell"
        return default if value is None or value.text is None else value.text

    def mode(self, name: str, default: str) -> str:
        """A word of which the case does not count."""
        return self.text(name, default).lower()

    def words(self, name: str) -> list[Argument]:
        """A variable's words."""
        value = self._variables.get(name)
        if value is None:
            return []
        return [Argument(word, value.span.find(word)) for word in self.text(name, "").split()]

    def interval(self, name: str, default: str) -> list[Argument]:
        """The option that runs the queue at an interval."""
        text = self.text(name, default)
        value = self._variables.get(name)
        return [Argument(f"-q{text}", self._span if value is None else value.span)] if text else []

    def made(self, fixed: str, *parts: Iterable[Argument], by_cron: bool = False) -> Invocation:
        """A command line of words that are always there and others."""
        argv = [Argument(word, self._span) for word in fixed.split()]
        for part in parts:
            argv.extend(part)
        span = next((each.span for each in argv if each.span != self._span), self._span) if not fixed else self._span
        return Invocation(tuple(argv), span, self._doubt, by_cron)


def _over(first: Span, last: Span) -> Span:
    """The text from one span to another of the same file, or the latter alone."""
    is_one = first.source is last.source and first.start <= last.end and first.start <= last.start
    return Span(first.source, first.start, last.end) if is_one else last
