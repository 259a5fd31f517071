"""What ``mailaudit compile`` does, apart from typer: a .mc that make builds again and again should not wait for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli import cf_found, exits
from auditor.cli.exits import NOTHING, Stop
from auditor.report.clean import clean
from auditor.sendmail.cf_directory import PLACES

if TYPE_CHECKING:
    from auditor.sendmail.cf_directory import CfDirectory
    from auditor.sendmail.cf_tree import Made
    from auditor.sendmail.m4 import Expansion, Place
    from auditor.trees.base import Tree


class Asked(NamedTuple):
    """What the command line asks for: the .mc, the cf directory, where to write, and whether to tell origins."""

    file: Path
    cf_dir: Path | None = None
    output: Path | None = None
    explain: bool = False


#: The options that take a path.
_PATHS = {"--cf-dir": "cf_dir", "--output": "output", "-o": "output"}


def asked(words: Sequence[str]) -> Asked | None:
    """A plain command line; None where there is anything in it that typer should judge."""
    found: dict[str, Path] = {}
    explain = False
    rest = iter(words)
    for word in rest:
        name = _PATHS.get(word, "" if word.startswith("-") or not word else "file")
        if word == "--explain":
            explain = True
            continue
        value = next(rest, "") if word in _PATHS else word
        if not name or name in found or not value or (word in _PATHS and value.startswith("-")):
            return None
        found[name] = Path(value)
    return Asked(found["file"], found.get("cf_dir"), found.get("output"), explain) if "file" in found else None


def compiled(request: Asked) -> int:
    """Print or write the .cf; gives the exit code.

    Raises:
        Stop: the .mc or the cf directory cannot be had, or the .cf cannot be written.

    """
    tree, path = _located(request.file)
    made = _expanded(tree, path, _directory(tree, request.cf_dir), str(request.file))
    expansion = made.expansion
    sys.stderr.write(_clean(expansion.stderr()))
    troubles = list(_troubles(expansion))
    for trouble in troubles:
        sys.stderr.write(f"mailaudit: {_clean(trouble)}")
    failed = bool(troubles) or expansion.status != 0 or _has_errors(expansion)
    text = "".join(_explained(made)) if request.explain else expansion.output
    data = text.encode("utf-8" if request.explain else "latin-1", "replace")
    output = request.output
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    elif not failed:
        from auditor.cli.replacing import replace_file  # noqa: PLC0415  # Only -o writes.

        replace_file(output, data, output)
    else:
        sys.stderr.write(f"mailaudit: {_clean(str(output))} is left as it was\n")
    return exits.FINDINGS if failed else exits.CLEAN


def _located(file: Path) -> tuple[Tree, str]:
    from auditor.trees import locate  # noqa: PLC0415  # Usage needs none of it.

    if file.is_dir():
        message = f"{file} is a directory; mailaudit compile wants a .mc"
        raise Stop(message)
    try:
        [target] = locate.locate(file, None, lambda _: None)
    except locate.NotFound as error:
        raise Stop(str(error)) from None
    except locate.NothingHere as error:
        raise Stop(str(error), NOTHING) from None
    if target.focus is None:
        message = f"{file} is no file that can be read"
        raise Stop(message)
    return target.tree, target.focus


def _directory(tree: Tree, given: Path | None) -> CfDirectory:
    found = cf_found.directory(tree, given)
    if found is None:
        raise Stop(cf_found.NONE)
    return found


def _expanded(tree: Tree, path: str, cf: CfDirectory, name: str) -> Made:
    from auditor.sendmail.cf_tree import expand_mc  # noqa: PLC0415  # Likewise.

    made = expand_mc(tree, path, cf, name=name)
    if made is None:
        message = f"{name} cannot be read"
        raise Stop(message)
    return made


def _has_errors(expansion: Expansion) -> bool:
    # m4 exits 0 on what sendmail's own macros call an error.
    return any("*** ERROR" in message.text or message.text.startswith("ERROR:") for message in expansion.messages)


def _troubles(expansion: Expansion) -> Iterator[str]:
    for asked in expansion.asked:
        if not asked.banner:
            yield f"{asked.file}:{asked.line}: {asked.builtin}({asked.command}) was not run\n"
    if expansion.stopped is not None:
        place = expansion.stopped.place
        yield f"{place.file}:{place.line}: given up: {expansion.stopped.text}\n"


#: So wide are the columns with the two origins at most; a longer one moves its own line only.
_WIDEST = (28, 30)


def _explained(made: Made) -> Iterator[str]:
    """The lines, each with the call of the .mc that is to be mended in front, and where in the cf tree it stands."""
    rows = []
    at = 0
    for line in made.expansion.output.splitlines(keepends=True):
        rows.append((*_origin(made, at, at + len(line)), _clean(line.removesuffix(chr(10)))))
        at += len(line)
    mended, stands = (
        min(widest, max((len(row[column]) for row in rows), default=0)) for column, widest in enumerate(_WIDEST)
    )
    for own, tree, line in rows:
        yield f"{own:<{mended}}  {tree:<{stands}}  {line}".rstrip() + "\n"


def _origin(made: Made, start: int, end: int) -> tuple[str, str]:
    from auditor.sendmail.provenance import own_origin  # noqa: PLC0415  # Only --explain asks.

    own = own_origin(made.expansion, start, end, made.own)
    inner = made.expansion.origin(start)
    mended = f"{_name(made, own)}:{own.line} {own.macro}".rstrip() if own is not None else ""
    stands = "the build banner" if inner.source.banner else f"{_name(made, inner)}:{inner.line}"
    return _clean(mended), "" if inner.file in made.own else _clean(f"< {stands}")


def _name(made: Made, place: Place) -> str:
    """A file's name, from the .mc's folder on or from the cf directory on."""
    if place.file in made.own:
        return os.path.relpath(made.own[place.file].path, os.path.dirname(made.path))  # noqa: PTH120  # Of a tree.
    return next(
        (place.file.removeprefix(f"{top}/") for top in (made.cf.path, *PLACES) if place.file.startswith(f"{top}/")),
        place.file,
    )


def _clean(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n")) if text.endswith("\n") else clean(text)
