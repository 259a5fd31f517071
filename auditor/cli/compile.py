"""``mailaudit compile``: the .cf that m4 makes of a .mc, with nothing executed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import exits
from auditor.cli.exits import NOTHING, Stop
from auditor.report.clean import clean

if TYPE_CHECKING:
    from auditor.sendmail.cf_tree import CfDirectory
    from auditor.sendmail.m4 import Expansion, Place
    from auditor.trees.base import Tree


def compile_mc(
    file: Annotated[Path, typer.Argument(metavar="FILE.mc", help="the .mc")],
    cf_dir: Annotated[
        Path | None, typer.Option("--cf-dir", metavar="DIR", help="sendmail's cf directory, by default the host's own")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="write there, and only if there was no error")
    ] = None,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="each line with the place it is from")] = False,
) -> None:
    """Print the .cf that m4 would make of a .mc; nothing that the .mc asks for is ever run."""
    tree, path = _located(file)
    expansion = _expanded(tree, path, _directory(tree, cf_dir), str(file))
    sys.stderr.write(_clean(expansion.stderr()))
    troubles = list(_troubles(expansion))
    for trouble in troubles:
        sys.stderr.write(f"mailaudit: {_clean(trouble)}")
    failed = bool(troubles) or expansion.status != 0 or _has_errors(expansion)
    text = "".join(_explained(expansion)) if explain else expansion.output
    data = text.encode("utf-8" if explain else "latin-1", "replace")
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    elif not failed:
        _write(output, data)
    else:
        sys.stderr.write(f"mailaudit: {_clean(str(output))} is left as it was\n")
    raise typer.Exit(exits.FINDINGS if failed else exits.CLEAN)


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
    from auditor.sendmail.cf_tree import CfDirectory, cf_directory, is_cf_directory  # noqa: PLC0415  # Likewise.
    from auditor.trees.local import LocalTree  # noqa: PLC0415  # Likewise.

    host = LocalTree(Path("/"), complete=True)
    if given is not None:
        path = os.path.abspath(given)  # noqa: PTH100  # A link's own name is what messages show.
        if not is_cf_directory(host, path):
            message = f"{given} is no cf directory: it has no m4/cf.m4"
            raise Stop(message)
        return CfDirectory(host, path)
    found = cf_directory(tree, host)
    if found is None:
        message = (
            "there is no cf directory here; install sendmail-cf (Debian, Red Hat), or name one with --cf-dir: "
            "the folder cf of sendmail's sources will do"
        )
        raise Stop(message)
    return found


def _expanded(tree: Tree, path: str, cf: CfDirectory, name: str) -> Expansion:
    from auditor.sendmail.cf_tree import expand_mc  # noqa: PLC0415  # Likewise.

    expansion = expand_mc(tree, path, cf, name=name)
    if expansion is None:
        message = f"{name} cannot be read"
        raise Stop(message)
    return expansion


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


def _explained(expansion: Expansion) -> Iterator[str]:
    """The lines with their origins in front, as ``FILE:LINE MACRO``, the outermost place first."""
    at = 0
    for line in expansion.output.splitlines(keepends=True):
        yield f"{_origin(expansion.origin(at)):<60} {_clean(line.removesuffix(chr(10)))}\n"
        at += len(line)


def _origin(place: Place) -> str:
    stack = [each for each in place.stack() if each.file]
    outer, inner = stack[-1], stack[0]
    shown = f"{outer.file}:{outer.line}" + (f" {outer.macro}" if outer.macro else "")
    return _clean(shown if inner is outer else f"{shown} < {inner.file}:{inner.line}")


def _clean(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n")) if text.endswith("\n") else clean(text)


def _write(path: Path, data: bytes) -> None:
    """Put the data in the file's place in one step, with the old file's mode.

    Raises:
        Stop: it cannot be written.

    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(data)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        message = f"cannot write {path}: {error.strerror}"
        raise Stop(message) from None
