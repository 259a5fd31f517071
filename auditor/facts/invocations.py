"""Command lines of sendmail, and what distributions put them together from."""

import re
from collections.abc import Iterable, Iterator

from auditor.facts.commands import Script
from auditor.facts.given import Tree
from auditor.model.text import Span
from auditor.model.value import frozen
from auditor.readers.expansion import Argument, Value
from auditor.readers.flat import split

#: The options of sendmail's command line; a colon follows those that take a value (sendmail(8)).
_OPTIONS = "A:B:b:C:cD:d:e:F:f:Gh:IiL:M:mN:nO:o:p:Q:q:R:r:sTtUV:vX:x"
_VALUED = frozenset(_OPTIONS[at] for at in range(len(_OPTIONS) - 1) if _OPTIONS[at + 1] == ":")
#: A value of these is part of the same word or is not there.
_ATTACHED = frozenset("dq")
#: How FreeBSD starts sendmail where rc.conf says nothing else (rc.sendmail(8)); the order is that of its script.
_FREEBSD = (
    ("sendmail", "-L sm-mta -bd -q30m"),
    ("sendmail_submit", "-L sm-mta -bd -q30m -ODaemonPortOptions=Addr=localhost"),
    ("sendmail_outbound", "-L sm-queue -q30m"),
    ("sendmail_msp_queue", "-L sm-msp-queue -Ac -q30m"),
)


@frozen
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


def by_debian(tree: Tree) -> Iterator[Invocation]:
    """What Debian's start script makes of /etc/mail/sendmail.conf: daemons and queue runners."""
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


def by_red_hat(tree: Tree) -> Iterator[Invocation]:
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


def by_variables(tree: Tree) -> Iterator[Invocation]:
    """What Gentoo and Slackware keep apart from their start scripts."""
    for path in ("/etc/conf.d/sendmail", "/etc/default/sendmail"):
        script = Script(tree)
        script.take(path)
        for name in ("SENDMAIL_OPTS", "CLIENTMQUEUE_OPTS", "SENDMAIL_MSP_OPTS"):
            if name in script.variables:
                line = _Line(script.variables, script.variables[name].span)
                yield line.made("", line.words(name))


def by_bsd(tree: Tree) -> Iterator[Invocation]:
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
        return [Argument(word, value.span.find(word)) for word in split(self.text(name, ""))]

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
