"""The table of m4's builtins: how many arguments each takes, and whether it is a macro without any."""

from __future__ import annotations

from auditor.sendmail.m4 import defining, io, strings
from auditor.sendmail.m4.machine import Machine
from auditor.sendmail.m4.symbols import Builtin, Work

#: Macros that m4 defines with a text.
PREDEFINED = {"__gnu__": "", "__unix__": ""}


def _zero(_: Machine, arguments: list[str]) -> str:
    return "0" if len(arguments) > 1 else ""


def _same(_: Machine, arguments: list[str]) -> str:
    return arguments[1] if len(arguments) > 1 else ""


#: Work, the smallest and the largest number of words (the name is one), and what too few give.
_ALWAYS: dict[str, tuple[Work, int, int]] = {
    "__file__": (io.file, 0, 1),
    "__line__": (io.line, 0, 1),
    "__program__": (io.program, 0, 1),
    "changecom": (defining.changecom, 0, 3),
    "changequote": (defining.changequote, 0, 3),
    "debugfile": (io.debugfile, 0, 2),
    "debugmode": (defining.debugmode, 0, 2),
    "divert": (io.divert, 0, 2),
    "divnum": (io.divnum, 0, 1),
    "dnl": (io.dnl, 0, 1),
    "dumpdef": (defining.dumpdef, 0, 0),
    "m4exit": (io.m4exit, 0, 2),
    "sysval": (io.sysval, 0, 0),
    "traceoff": (defining.nothing, 0, 0),
    "traceon": (defining.nothing, 0, 0),
    "undivert": (io.undivert, 0, 0),
}
_WITH_ARGUMENTS: dict[str, tuple[Work, int, int]] = {
    "builtin": (defining.builtin, 2, 0),
    "decr": (strings.decr, 2, 2),
    "define": (defining.define, 2, 3),
    "defn": (defining.defn, 2, 0),
    "errprint": (io.errprint, 2, 0),
    "esyscmd": (io.command, 2, 2),
    "eval": (strings.eval_, 2, 4),
    "format": (strings.format_, 2, 0),
    "ifdef": (defining.ifdef, 3, 4),
    "ifelse": (defining.ifelse, 0, 0),
    "include": (io.include, 2, 2),
    "incr": (strings.incr, 2, 2),
    "index": (strings.index, 3, 3),
    "indir": (defining.indir, 2, 0),
    "len": (strings.length, 2, 2),
    "m4wrap": (io.m4wrap, 2, 0),
    "maketemp": (io.temporary, 2, 2),
    "mkstemp": (io.temporary, 2, 2),
    "patsubst": (strings.patsubst, 3, 4),
    "popdef": (defining.popdef, 2, 0),
    "pushdef": (defining.pushdef, 2, 3),
    "regexp": (strings.regexp, 3, 4),
    "shift": (strings.shift, 2, 0),
    "sinclude": (io.sinclude, 2, 2),
    "substr": (strings.substr, 3, 4),
    "syscmd": (io.command, 2, 2),
    "translit": (strings.translit, 3, 4),
    "undefine": (defining.undefine, 2, 0),
}
_FEW: dict[str, Work] = {"index": _zero, "patsubst": _same, "regexp": _zero, "substr": _same, "translit": _same}

#: The builtins by their names.
BUILTINS: dict[str, Builtin] = {
    name: Builtin(name, work, low, high, blind=blind, few=_FEW.get(name))
    for blind, table in ((False, _ALWAYS), (True, _WITH_ARGUMENTS))
    for name, (work, low, high) in table.items()
}
defining.BUILTINS.update(BUILTINS)
