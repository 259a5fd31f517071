"""The builtins about macros: defining, asking, calling by name, and changing how input is cut."""

from __future__ import annotations

from auditor.sendmail.m4.machine import Machine
from auditor.sendmail.m4.messages import debug_flags
from auditor.sendmail.m4.results import Message
from auditor.sendmail.m4.stack import Block
from auditor.sendmail.m4.symbols import Builtin, Handle, Macro, Text

#: The builtins by their names, for `builtin`; the table that lists them fills it.
BUILTINS: dict[str, Builtin] = {}

#: A condition and what follows it.
_CASE = 3


def nothing(_: Machine, __: list[str]) -> str:
    """`traceon` and `traceoff`: tracing is not done."""
    return ""


def _named(machine: Machine, arguments: list[str]) -> bool:
    if isinstance(arguments[1], Handle):
        machine.warn(f"Warning: {arguments[0]}: invalid macro name ignored")
        return False
    return True


def _definition(machine: Machine, arguments: list[str]) -> Macro:
    if len(arguments) <= 2:  # noqa: PLR2004  # The builtin's name, the macro's name, the definition.
        return Text("", machine.place)
    given = arguments[2]
    return given.builtin if isinstance(given, Handle) else Text(given, machine.place)


def define(machine: Machine, arguments: list[str]) -> str:
    """`define`: give a macro a definition."""
    if _named(machine, arguments):
        name, macro = arguments[1], _definition(machine, arguments)
        old = machine.table.top.get(name)
        if isinstance(old, Text) and isinstance(macro, Text):
            macro.grow_from(old)
        machine.table.define(name, macro)
    return ""


def pushdef(machine: Machine, arguments: list[str]) -> str:
    """`pushdef`: put a definition above the one there is."""
    if _named(machine, arguments):
        machine.table.push(arguments[1], _definition(machine, arguments))
    return ""


def popdef(machine: Machine, arguments: list[str]) -> str:
    """`popdef`: take the definition in force away."""
    for name in arguments[1:]:
        machine.table.pop(name)
    return ""


def undefine(machine: Machine, arguments: list[str]) -> str:
    """`undefine`: take all definitions away."""
    for name in arguments[1:]:
        machine.table.undefine(name)
    return ""


def defn(machine: Machine, arguments: list[str]) -> str:
    """`defn`: the definition, quoted; a builtin itself where it is one."""
    parts: list[str] = []
    for name in arguments[1:]:
        macro = machine.table.top.get(name)
        if isinstance(macro, Text):
            parts.append(machine.quoted([macro.text]))
        elif macro is not None and len(arguments) > 2:  # noqa: PLR2004  # More than one name.
            machine.warn(f"Warning: cannot concatenate builtin `{name}'")
        elif macro is not None:
            block = Block("", machine.place.source, machine.place.offset, machine.place)
            block.builtin = macro
            machine.push(block)
    return "".join(parts)


def ifdef(machine: Machine, arguments: list[str]) -> str:
    """`ifdef`: one text or the other, by whether a macro is defined."""
    if arguments[1] in machine.table.top:
        return arguments[2]
    return arguments[3] if len(arguments) > _CASE else ""


def ifelse(machine: Machine, arguments: list[str]) -> str:
    """`ifelse`: the text after the first two equal words, or the last one."""
    count = len(arguments) - 1
    if count <= 1:
        if not count:
            machine.warn(f"Warning: too few arguments to builtin `{arguments[0]}'")
        return ""
    if count < _CASE:
        machine.warn(f"Warning: too few arguments to builtin `{arguments[0]}'")
        return ""
    if count > _CASE and count % _CASE == 2:  # noqa: PLR2004  # Two words that are compared for nothing.
        machine.warn(f"Warning: excess arguments to builtin `{arguments[0]}' ignored")
    at = 1
    while count - at >= 2:  # noqa: PLR2004  # A comparison and its text are left.
        if arguments[at] == arguments[at + 1]:
            return arguments[at + 2]
        at += _CASE
    return arguments[at] if at <= count else ""


def builtin(machine: Machine, arguments: list[str]) -> str:
    """`builtin`: call a builtin by the name it has from the beginning."""
    if not _named(machine, arguments):
        return ""
    called = BUILTINS.get(arguments[1])
    if called is None:
        machine.warn(f"undefined builtin `{arguments[1]}'")
        return ""
    return called.call(machine, arguments[1:])


def indir(machine: Machine, arguments: list[str]) -> str:
    """`indir`: call a macro whose name need not look like one."""
    if not _named(machine, arguments):
        return ""
    called = machine.table.top.get(arguments[1])
    if called is None:
        machine.warn(f"undefined macro `{arguments[1]}'")
        return ""
    return called.call(machine, arguments[1:])


def changequote(machine: Machine, arguments: list[str]) -> str:
    """`changequote`: other quotes, or the usual ones."""
    left, right = (*arguments[1:3], "", "")[:2] if len(arguments) > 1 else ("`", "'")
    if len(arguments) == 2 or (left and not right):  # noqa: PLR2004  # Only an opening quote is given.
        right = "'"
    machine.set_syntax(left, right, machine.syntax.begin, machine.syntax.finish)
    return ""


def changecom(machine: Machine, arguments: list[str]) -> str:
    """`changecom`: other marks of comments, or none."""
    begin, finish = (*arguments[1:3], "", "")[:2]
    machine.set_syntax(machine.syntax.left, machine.syntax.right, begin, finish or "\n")
    return ""


def dumpdef(machine: Machine, arguments: list[str]) -> str:
    """`dumpdef`: say what macros are defined as."""
    names = arguments[1:] if len(arguments) > 1 else list(machine.table.top)
    for name in names:
        if name not in machine.table.top:
            machine.warn(f"undefined macro `{name}'")
    for name in sorted(name for name in names if name in machine.table.top):
        macro = machine.table.top[name]
        shown = macro.text if isinstance(macro, Text) else f"<{macro.name}>"
        if isinstance(macro, Text) and "q" in machine.flags:
            shown = machine.quoted([shown])
        machine.messages.append(Message(f"{name}:\t{shown}\n", machine.place, raw=True))
    return ""


def debugmode(machine: Machine, arguments: list[str]) -> str:
    """`debugmode`: which flags are set; only that of quotes in `dumpdef` has an effect here."""
    flags = debug_flags(machine.flags, arguments[1] if len(arguments) > 1 else None)
    if flags is None:
        machine.warn(f"Debugmode: bad debug flags: `{arguments[1]}'")
    else:
        machine.flags = flags
    return ""
