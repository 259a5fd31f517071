"""GNU m4's language, evaluated without running anything.

    expansion = expand([Input("sendmail.mc", text)], open_, definitions={"_NO_MAKEINFO_": ""})
    expansion.output            # what m4 would print, a character per byte
    expansion.origin(1234)      # the place that made this character: file, line, macro, and the calls above it
    expansion.stderr()          # what m4 would say, in its wording
    expansion.status            # its exit code
    expansion.asked             # commands and temporary files it would have asked the system for
    expansion.stopped           # why it was given up, where a limit was reached

Files come from the caller alone. The shell is never called: ``syscmd`` and ``esyscmd`` expand to nothing, ``sysval`` to
0, ``maketemp`` and ``mkstemp`` to nothing. One asking is answered: where the cf tree's ``cfhead.m4`` has
``makeinfo.sh`` write who builds the configuration, three neutral lines stand in its place; their source is a
``banner``. Tracing is not done, and ``changeword`` is unknown, as in m4 as it is usually built.

Source: the GNU m4 manual, 1.4.19; where it is silent, what the program does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.sendmail.m4.builtins import BUILTINS, PREDEFINED
from auditor.sendmail.m4.loop import Loop
from auditor.sendmail.m4.machine import Exit, Halt
from auditor.sendmail.m4.places import Place, Source
from auditor.sendmail.m4.results import Asked, Expansion, Input, Limits, Message, Open, Stopped
from auditor.sendmail.m4.symbols import Text

__all__ = [
    "Asked",
    "Expansion",
    "Input",
    "Limits",
    "Message",
    "Open",
    "Place",
    "Source",
    "Stopped",
    "expand",
]

_NO_DEFINITIONS: Mapping[str, str] = {}
_NO_LIMITS = Limits()


def expand(
    files: Sequence[Input],
    open_: Open,
    *,
    definitions: Mapping[str, str] = _NO_DEFINITIONS,
    limits: Limits = _NO_LIMITS,
    search: Sequence[str] = (),
) -> Expansion:
    """Expand files as ``m4 FILE...`` would; never fails.

    Args:
        files: the files of the command line.
        open_: gives the text of a file that is included, by the very name the ``include`` has.
        definitions: macros of the command line (``-D``).
        limits: what the expansion may cost.
        search: folders in which files with a relative name are looked for as well (``-I``).

    """
    loop = Loop(open_, limits, search)
    loop.table.top.update(BUILTINS)
    for name, text in (*PREDEFINED.items(), *definitions.items()):
        loop.table.define(name, Text(text))
    status, stopped = _run(loop, files)
    printed = loop.diversions.printed
    starts: list[int] = []
    end = 0
    for text in printed.texts:
        starts.append(end)
        end += len(text)
    return Expansion(
        "".join(printed.texts),
        tuple(starts),
        tuple(printed.origins),
        tuple(loop.messages),
        tuple(loop.asked),
        status,
        stopped,
        {name: macro.place for name, macro in loop.table.top.items() if macro.place is not None},
    )


def _run(loop: Loop, files: Sequence[Input]) -> tuple[int, Stopped | None]:
    try:
        for given in files:
            loop.file(given)
        loop.wrap_up()
    except Exit as done:
        return done.status, None
    except Halt as halt:
        return 1, halt.stopped
    except RecursionError:
        return 1, Stopped("depth", "an expression or a chain of calls is nested too deeply", loop.place)
    loop.diversions.divert(0)
    loop.diversions.bring_all_back()
    return loop.status, None
