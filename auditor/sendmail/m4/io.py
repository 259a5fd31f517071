"""The builtins about input, output and the system; the system is only written down as asked."""

from __future__ import annotations

import re

from auditor.sendmail.m4.arithmetic import number
from auditor.sendmail.m4.machine import Exit, Machine
from auditor.sendmail.m4.places import Source
from auditor.sendmail.m4.results import Asked, Message
from auditor.sendmail.m4.stack import Block

_WHOLE = re.compile(r"[-+]?[0-9]+")
_BYTE = 255

_HEAD = re.compile(r"(?:.*/)?m4/cfhead\.m4")
#: The name in cfhead.m4; no such file is made.
_TEMPLATE = re.compile(r"/tmp/cfX+")  # noqa: S108  # Only a text is compared with it.
_MAKEINFO = re.compile(r"sh (?:\S*/)?sh/makeinfo\.sh (\S*) > (\S*)")
_BANNER = """\
##### built by m4
##### in its directory
##### using {} as configuration include directory
define(`__HOST__', localhost)dnl
"""


def divert(machine: Machine, arguments: list[str]) -> str:
    """`divert`: send output elsewhere."""
    target = number(machine, arguments[0], arguments[1]) if len(arguments) > 1 else 0
    if target is not None:
        machine.diversions.divert(target)
    return ""


def divnum(machine: Machine, _: list[str]) -> str:
    """`divnum`: where output goes."""
    return str(machine.diversions.number)


def undivert(machine: Machine, arguments: list[str]) -> str:
    """`undivert`: bring diversions back, or print files as they are."""
    if len(arguments) == 1:
        machine.diversions.bring_all_back()
    for name in arguments[1:]:
        if not name or _WHOLE.fullmatch(name):
            machine.diversions.bring_back(int(name or "0"))
            continue
        source = machine.read(name)
        if isinstance(source, OSError):
            machine.warn(f"cannot undivert `{name}': {source.strerror}")
        elif machine.diversions.current is not None and source.text:
            machine.diversions.current.add(source.text, machine.place_in(source))
    return ""


def dnl(machine: Machine, _: list[str]) -> str:
    """`dnl`: read over the rest of the line."""
    machine.skip_line()
    return ""


def include(machine: Machine, arguments: list[str]) -> str:
    """`include`: read a file next."""
    source = machine.read(arguments[1])
    if isinstance(source, OSError):
        machine.fail(f"cannot open `{arguments[1]}': {source.strerror}")
    else:
        machine.include(source)
    return ""


def sinclude(machine: Machine, arguments: list[str]) -> str:
    """`sinclude`: read a file next if there is one."""
    source = machine.read(arguments[1])
    if isinstance(source, Source):
        machine.include(source)
    return ""


def m4wrap(machine: Machine, arguments: list[str]) -> str:
    """`m4wrap`: keep text for the end."""
    place = machine.place
    text = " ".join(arguments[1:])
    machine.spend(len(text))
    machine.wrapped.append(Block(text, place.source, place.offset, place))
    return ""


def m4exit(machine: Machine, arguments: list[str]) -> str:
    """`m4exit`: exit at once."""
    status = number(machine, arguments[0], arguments[1]) if len(arguments) > 1 else 0
    if status is None:
        status = 1
    elif not 0 <= status <= _BYTE:
        machine.warn(f"exit status out of range: `{status}'")
        status = 1
    raise Exit(status or machine.status)


def errprint(machine: Machine, arguments: list[str]) -> str:
    """`errprint`: print on standard error."""
    machine.messages.append(Message(" ".join(arguments[1:]), machine.place, raw=True))
    return ""


def file(machine: Machine, _: list[str]) -> str:
    """`__file__`: the file of the call."""
    return machine.quoted([machine.place.file])


def line(machine: Machine, _: list[str]) -> str:
    """`__line__`: the line of the call."""
    return str(machine.place.line)


def program(machine: Machine, _: list[str]) -> str:
    """`__program__`: m4's own name."""
    return machine.quoted(["m4"])


def command(machine: Machine, arguments: list[str]) -> str:
    """`syscmd` and `esyscmd`: a command that is not run."""
    text = arguments[1]
    if not text:
        return ""
    banner = machine.banner
    own = banner is not None and _HEAD.fullmatch(machine.place.file) is not None
    match = _MAKEINFO.fullmatch(text)
    if own and banner is not None and match is not None and match[2] == banner.name:
        machine.banner = Source(banner.name, _BANNER.format(match[1]), banner=True)
    else:
        own = own and banner is not None and text == f"rm -f {banner.name}"
    machine.asked.append(Asked(arguments[0], text, machine.place, banner=own))
    return ""


def temporary(machine: Machine, arguments: list[str]) -> str:
    """`maketemp` and `mkstemp`: a file that is not made; only the cf tree's own gets a name."""
    template = arguments[1]
    own = _TEMPLATE.fullmatch(template) is not None and _HEAD.fullmatch(machine.place.file) is not None
    machine.asked.append(Asked(arguments[0], template, machine.place, banner=own))
    if not own:
        return ""
    machine.banner = Source(template, "", banner=True)
    return machine.quoted([template])


def sysval(machine: Machine, arguments: list[str]) -> str:
    """`sysval`: the status of a command that was not run: 0."""
    machine.asked.append(Asked(arguments[0], "", machine.place))
    return "0"


def debugfile(machine: Machine, arguments: list[str]) -> str:
    """`debugfile`: a file that is not written."""
    if len(arguments) > 1:
        machine.asked.append(Asked(arguments[0], arguments[1], machine.place))
    return ""
