"""The shape of the code: who imports whom, what a start costs, what no file may hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: The rooms from the entrance inwards; a room imports from rooms further in, never from a neighbour or outwards.
STREET = (
    ("cli",),
    ("settings",),
    ("report", "engine"),
    ("facts",),
    ("sendmail", "probe"),
    ("readers",),
    ("trees",),
    ("model",),
)
#: The rooms that a rule may use.
OPEN_TO_RULES = {"model", "facts", "readers", "sendmail"}
#: What a tree says of a path is part of the vocabulary of facts.
ENTRIES = "auditor.trees.base"
#: Libraries that cost a tenth of a second each, so that they are imported where they are used.
HEAVY = {"cryptography", "dns", "pyparsing", "rich"}
LIBRARIES = HEAVY | {"typer"}
LONGEST = 400
#: Folders that hold no source of this project.
PASSED_OVER = {".git", ".hypothesis", ".venv", "__pycache__", "build", "dist", "node_modules"}


class Import(NamedTuple):
    """One imported module, where it is imported, and whether importing the importer imports it."""

    path: Path
    line: int
    module: str
    at_once: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def files(*folders: str) -> Iterator[Path]:
    """Every file below the folders, or of the whole project where none is named; links are passed over."""
    for top in folders or (".",):
        for place, below, names in os.walk(ROOT / top):
            below[:] = sorted(name for name in below if name not in PASSED_OVER and not name.endswith("_cache"))
            yield from (path for name in sorted(names) if not (path := Path(place, name)).is_symlink())


def sources(*folders: str) -> list[Path]:
    """The Python files below the folders."""
    return [path for path in files(*folders) if path.suffix == ".py"]


def dotted(path: Path) -> str:
    """The name a Python file has as a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Everything a file imports, wherever in the file it does so."""
    return tuple(_imports(path, ast.parse(path.read_bytes()), at_once=True))


def _imports(path: Path, node: ast.AST, *, at_once: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        deferred = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
            isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        )
        if isinstance(child, ast.Import | ast.ImportFrom | ast.Call):
            yield from (Import(path, child.lineno, name, at_once) for name in _imported(path, child))
        yield from _imports(path, child, at_once=at_once and not deferred)


def _imported(path: Path, node: ast.Import | ast.ImportFrom | ast.Call) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = _origin(path, node)
        # `from auditor import facts` imports a room that only the imported name tells.
        return [f"{module}.{alias.name}" for alias in node.names] if module == "auditor" else [module]
    if not ast.unparse(node.func).endswith(("import_module", "__import__")):
        return []
    return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def _origin(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = dotted(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def room(module: str) -> str | None:
    """The room of the machine that a module lies in; None outside it and for the package itself."""
    top, _, rest = module.partition(".")
    inside = rest.partition(".")[0]
    return inside if top == "auditor" and (ROOT / "auditor" / inside).is_dir() and inside else None


def further_in(name: str) -> set[str]:
    """The rooms that a room may import from: itself and what lies further in."""
    depth = next(index for index, rooms in enumerate(STREET) if name in rooms)
    return {name, *(inner for rooms in STREET[depth + 1 :] for inner in rooms)}


def test_every_room_is_on_the_street() -> None:
    """A folder of the machine has a place in the order of imports."""
    rooms = {path.name for path in (ROOT / "auditor").iterdir() if path.is_dir() and path.name not in PASSED_OVER}
    assert rooms <= {name for names in STREET for name in names}


def test_rooms_import_only_inwards() -> None:
    """A room imports itself and rooms further in, inside functions too."""
    wrong = [
        str(found)
        for path in sources("auditor")
        if (here := room(dotted(path))) is not None
        for found in imports(path)
        if (there := room(found.module)) is not None and there not in further_in(here)
    ]
    assert not wrong


def test_the_package_itself_imports_no_room() -> None:
    """Importing ``auditor`` costs nothing, so that whoever asks for its version pays for nothing else."""
    assert not [str(found) for found in imports(ROOT / "auditor" / "__init__.py")]


def test_the_machine_knows_no_rule() -> None:
    """No module of the machine imports the built-in rules."""
    assert not [
        str(found) for path in sources("auditor") for found in imports(path) if found.module.split(".")[0] == "checks"
    ]


def test_rules_import_only_what_is_open_to_them() -> None:
    """A rule imports the contract, facts, nodes, sendmail's tables, its own package and the standard library."""
    wrong = [
        str(found)
        for path in sources("checks")
        for found in imports(path)
        if (top := found.module.split(".")[0]) not in {*sys.stdlib_module_names, "checks"}
        and not (top == "auditor" and (room(found.module) in OPEN_TO_RULES or found.module == ENTRIES))
    ]
    assert not wrong


def test_only_given_libraries_are_imported() -> None:
    """The machine imports nothing but itself, the standard library and the five libraries it declares."""
    known = {*sys.stdlib_module_names, *LIBRARIES, "auditor"}
    assert not [
        str(found) for path in sources("auditor") for found in imports(path) if found.module.split(".")[0] not in known
    ]


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    """No module imports a costly library just because it is imported itself.

    A report's format is a module that is imported when somebody asks for that format, so it may.
    """
    assert not [
        str(found)
        for path in sources("auditor", "checks")
        if room(dotted(path)) != "report" or path.name == "__init__.py"
        for found in imports(path)
        if found.at_once and found.module.split(".")[0] in HEAVY
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.argv = ['mailaudit', '--version']; from auditor.cli import main; main()",
        "import auditor.cli.app",
        "import checks; checks.rules()",
    ],
    ids=["--version", "the commands", "every rule"],
)
def test_start_imports_no_heavy_library(code: str) -> None:
    """Neither the version nor the commands nor the rules make anyone wait for a library that nothing has used yet."""
    program = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert not HEAVY & set(run.stdout.splitlines()[-1].split())


def test_no_file_is_longer_than_a_person_reads() -> None:
    """No Python file has more than 400 lines."""
    lengths = {path: len(path.read_bytes().splitlines()) for path in sources()}
    assert not {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LONGEST}


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """No file holds the path of a folder where somebody works on this project."""
    # The words are put together here, or this file would hold them.
    words = [b"/" + b"work/", b"/tmp/" + b"brief"]
    if len(ROOT.parts) > 2:
        words.append(os.fsencode(ROOT))
    assert not [str(path.relative_to(ROOT)) for path in files() if any(word in path.read_bytes() for word in words)]


def test_no_file_holds_a_private_key() -> None:
    """Private keys are made while tests run; none lies in the project."""
    key = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.{0,300}?[A-Za-z0-9+/]{40}", re.DOTALL)
    assert not [str(path.relative_to(ROOT)) for path in files() if key.search(path.read_bytes())]


def test_no_group_is_repeated_possessively() -> None:
    """No regular expression repeats a group with ``*+``, ``++`` or ``{m,n}+``, which Python 3.11.2 gets wrong.

    That is Debian 12's Python. An atomic group, ``(?>(?:x)*)``, means the same and is right there; so is a possessive
    repetition of one character or class.
    """
    group = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value.strip()}"
        for path in sources("auditor", "checks")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and group.search(node.value)
    ]
    assert not wrong, "\n".join(wrong)
