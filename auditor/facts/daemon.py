"""How sendmail is started, and where its messages go."""

import fnmatch
import posixpath
from collections.abc import Iterable

from auditor.facts.commands import Started, script_commands, unit_commands
from auditor.facts.given import Tree
from auditor.facts.invocations import Invocation, by_bsd, by_debian, by_red_hat, by_variables
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.readers.syslog import SyslogRule, SyslogText, read_syslog

__all__ = ["DaemonArguments", "Invocation", "Syslog", "SyslogRule"]

#: The names sendmail's binary is installed under.
PROGRAMS = ("sendmail", "sendmail-mta", "sendmail-msp", "sendmail.sendmail", "sm-mta", "sm-msp")
_UNITS = ("sendmail.service", "sm-client.service", "sm-mta.service", "sm-msp.service", "sendmail-client.service")
_SCRIPTS = ("sendmail", "rc.sendmail", "sm-client", "sm-client.sh", "sendmail-client")
#: Modes in which sendmail answers a question and ends.
_BRIEF_MODES = frozenset("hHipPtvC")


@fact(Install)
@frozen
class DaemonArguments:
    """Every way in which the install starts sendmail to stay, daemons and queue runners."""

    invocations: tuple[Invocation, ...]

    @property
    def doubt(self) -> str | None:
        """Why there may be arguments that are not in sight, or None."""
        return next((each.doubt for each in self.invocations if each.doubt is not None), None)


@fact(Install)
@frozen
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
    for look in (_units, by_debian, _scripts, by_red_hat, by_variables, by_bsd):
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
