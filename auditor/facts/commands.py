"""How an install starts a daemon: command lines found in systemd units and start scripts, nothing of which is run."""

import posixpath
from collections.abc import Iterable, Iterator
from enum import Enum

from auditor.facts.given import Tree
from auditor.model.text import Node, Source, Span
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.readers.expansion import Argument, Expansion, Value
from auditor.readers.shell import Assignment, Command, ShellText, read_shell
from auditor.readers.unit import Setting, UnitText, arguments, effective, read_unit, words

#: Where units are looked for, the place that counts most first (systemd.unit(5)).
UNIT_DIRECTORIES = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
#: Where start scripts are.
SCRIPT_DIRECTORIES = ("/etc/rc.d/init.d", "/etc/init.d", "/etc/rc.d", "/usr/local/etc/rc.d")
#: Commands that start the program among their arguments.
_STARTERS = frozenset(
    {"daemon", "env", "nice", "runuser", "setsid", "start-stop-daemon", "start_daemon", "startproc", "su"}
)
_SOURCE_LIMIT = 8


@frozen
class Started:
    """A command line that starts a program.

    Attributes:
        argv: the words behind the program as it receives them, those left out that cannot be told.
        span: the place of the command line.
        doubt: why words are missing from ``argv``, or None where all are there.

    """

    argv: tuple[Argument, ...]
    span: Span
    doubt: str | None = None


def unit_commands(tree: Tree, units: Iterable[str], programs: Iterable[str]) -> list[Started]:
    """The command lines by which systemd starts one of the programs."""
    wanted = frozenset(programs)
    found = []
    for name in units:
        documents = unit_files(tree, name)
        variables = _environment(tree, documents)
        for setting in effective(documents, "Service", "ExecStart"):
            started = _of_unit(setting, variables, wanted)
            if started is not None:
                found.append(started)
    return found


def unit_files(tree: Tree, name: str) -> list[UnitText]:
    """A unit and its drop-ins in the order systemd reads them; empty where the unit is not in sight or is masked."""
    main = next(
        (source for each in UNIT_DIRECTORIES if isinstance(source := tree.read(f"{each}/{name}"), Source)), None
    )
    if main is None or not main.data:
        return []
    dropins: dict[str, Source] = {}
    for directory in UNIT_DIRECTORIES:
        below = tree.names(f"{directory}/{name}.d")
        for file in below if isinstance(below, tuple) else ():
            source = tree.read(f"{directory}/{name}.d/{file}")
            if file.endswith(".conf") and isinstance(source, Source):
                dropins.setdefault(file, source)
    return [read_unit(main), *(read_unit(dropins[file]) for file in sorted(dropins))]


def script_commands(tree: Tree, names: Iterable[str], programs: Iterable[str]) -> list[Started]:
    """The command lines of start scripts that run one of the programs; of one name only the first in sight counts."""
    wanted = frozenset(programs)
    found: list[Started] = []
    read: set[str] = set()
    for name in names:
        for directory in SCRIPT_DIRECTORIES:
            path = f"{directory}/{name}"
            source = tree.read(path)
            entry = tree.entry(path)
            if isinstance(source, Source) and not isinstance(entry, Missing | Unknown) and entry.real not in read:
                read.add(entry.real)
                script = Script(tree, wanted)
                # OpenRC reads the variables of a script from the file of its name before it runs it.
                script.take(f"/etc/conf.d/{name}")
                found += script.run(read_shell(source))
                break
    return found


class _Block(Enum):
    """What is known of an open ``if`` or ``case``: nothing, whether the file it takes in is there, or that it holds."""

    OPEN = "open"
    TAKEN = "taken"
    MISSING = "missing"
    CERTAIN = "certain"


class Script:
    """Follows a start script from its first line to its last, without loops, keeping account of variables.

    Args:
        tree: where files are that it takes in with ``.``.
        programs: the base names of the programs whose command lines are wanted.

    """

    def __init__(self, tree: Tree, programs: frozenset[str] = frozenset()) -> None:
        self.tree = tree
        self.programs = programs
        self.variables: dict[str, Value] = {}
        self._depth = 0
        self._blocks: list[_Block] = []
        self._skips = 0
        self._unset: str | None = ""

    @property
    def expansion(self) -> Expansion:
        """What resolves words as things stand; once a file was not in sight, a variable may have been set there."""
        return Expansion(self.variables, self._unset)

    def take(self, path: str) -> bool:
        """Take in a file of assignments; tells whether it is in sight."""
        source = self.tree.read(path) if path.startswith("/") else Unknown(f"{path} is no absolute path")
        if isinstance(source, Unknown) or self._depth > _SOURCE_LIMIT:
            self._unset = None
            return False
        if isinstance(source, Missing):
            return False
        around = self._blocks, self._skips
        self._blocks, self._skips = [], 0
        self._depth += 1
        for _ in self.run(read_shell(source)):
            pass
        self._depth -= 1
        self._blocks, self._skips = around
        return True

    def run(self, script: ShellText) -> Iterator[Started]:
        """Follow a script and give the command lines that are wanted."""
        previous = ""
        for node in script.nodes:
            if isinstance(node, Command):
                self._keyword(node.words[0].text if node.words else "")
                if not self._skips:
                    is_certain = previous not in ("&&", "||") and all(each is _Block.CERTAIN for each in self._blocks)
                    yield from self._command(node, is_certain=is_certain)
            if node.kind != "blank":
                previous = node.text

    def _keyword(self, word: str) -> None:
        """Open and close blocks; what stands behind an else follows from whether a file was there to be taken in."""
        if word in ("if", "case"):
            self._blocks.append(_Block.OPEN)
            self._skips += bool(self._skips)
        elif word in ("fi", "esac") and self._blocks:
            self._blocks.pop()
            self._skips -= bool(self._skips)
        elif word == "else" and self._blocks and not self._skips:
            self._skips = int(self._blocks[-1] is _Block.TAKEN)
            if self._blocks[-1] is _Block.MISSING:
                self._blocks[-1] = _Block.CERTAIN

    def _command(self, node: Command, *, is_certain: bool) -> Iterator[Started]:
        for assignment in node.assignments:
            self._assign(assignment, is_certain=is_certain)
        plain = node.plain
        if plain and plain[0].text in (".", "source") and len(plain) > 1:
            self._source(self.expansion.value(plain[1]))
        elif plain and self.programs:
            started = self._started(node, plain)
            if started is not None:
                yield started

    def _source(self, path: str | None) -> None:
        """Take in the file that ``.`` names, and remember for an else how that went."""
        state = _Block.TAKEN if path is not None and self.take(path) else _Block.OPEN
        if path is None:
            self._unset = None
        elif state is _Block.OPEN and isinstance(self.tree.entry(path), Missing):
            state = _Block.MISSING
        if self._blocks:
            self._blocks[-1] = state

    def _assign(self, assignment: Assignment, *, is_certain: bool) -> None:
        text = self.expansion.value(assignment.value)
        before = self.variables.get(assignment.name)
        if assignment.appends and before is not None:
            text = None if text is None or before.text is None else before.text + text
        if not is_certain and (before is None or before.text != text):
            # What a condition decides is only known where both outcomes are the same.
            text = None
        self.variables[assignment.name] = Value(text, _bare(assignment.value))

    def _started(self, node: Node, plain: tuple[Span, ...]) -> Started | None:
        found: list[Argument] = []
        doubt = None
        is_running = False
        for at, word in enumerate(plain):
            made = self.expansion.arguments((word,))
            if made is None:
                doubt = f"{word.shown} in line {word.line} of {word.path} is only known to a running shell"
            elif is_running:
                found.extend(made)
            elif made and posixpath.basename(made[0].text) in self.programs:
                is_running = True
                found.extend(made[1:])
            elif at == 0 and (not made or posixpath.basename(made[0].text) not in _STARTERS):
                return None
        if not is_running or (plain[0].text.endswith("start-stop-daemon") and "--stop" in node.text):
            return None
        if plain[0].text.endswith("start-stop-daemon"):
            found = _behind_dashes(found)
        return Started(tuple(found), node.source.span(node.start, node.end), doubt)


def started_with(words: Iterable[Argument], span: Span) -> Started:
    """A command line put together of words that are all known."""
    return Started(tuple(words), span)


def _behind_dashes(found: list[Argument]) -> list[Argument]:
    dashes = [at for at, argument in enumerate(found) if argument.text == "--"]
    return found[dashes[0] + 1 :] if dashes else []


def _bare(value: Span) -> Span:
    """A value without the one pair of quotes around it."""
    text = value.text
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return value.part(1, len(text) - 1) if is_quoted else value


def _environment(tree: Tree, documents: list[UnitText]) -> dict[str, Value]:
    """What a unit's Environment and EnvironmentFile settings set; files win over settings (systemd.exec(5))."""
    found: dict[str, Value] = {}
    for setting in effective(documents, "Service", "Environment"):
        for word in words(setting.value):
            name, equals, value = word.text.strip("\"'").partition("=")
            if equals:
                found[name] = Value(value, word.find(value) if value else word)
    for setting in effective(documents, "Service", "EnvironmentFile"):
        path = setting.value.text.removeprefix("-")
        source = tree.read(path) if path.startswith("/") else Missing(path)
        if isinstance(source, Source):
            script = Script(tree)
            for assignment in read_shell(source).assignments:
                found[assignment.name] = Value(script.expansion.value(assignment.value), _bare(assignment.value))
        elif isinstance(source, Unknown):
            found.setdefault("", Value(None, setting.value))
    return found


def _of_unit(setting: Setting, variables: dict[str, Value], wanted: frozenset[str]) -> Started | None:
    parts = words(setting.value)
    if not parts or posixpath.basename(parts[0].text.lstrip("-@:+!").strip("\"'")) not in wanted:
        return None
    # A file that cannot be seen may set any variable that is not set elsewhere.
    unset = None if "" in variables else ""
    found: list[Argument] = []
    doubt = None
    for word in parts[1:]:
        made = arguments(word, variables, unset)
        if made is None:
            doubt = f"{word.shown} in line {word.line} of {word.path} is only known to systemd"
        else:
            found.extend(made)
    return Started(tuple(found), setting.value, doubt)
