"""What readcf makes of a line that nobody wrote for it: the first character decides, whatever the words mean.

Sources: Sendmail Installation and Operation Guide, section 5, for the commands; the wording of the complaints, and
which lines pass without one, were taken from sendmail 8.17.1.9.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.model.pattern import lazy
from auditor.sendmail.cf import Line
from auditor.sendmail.cf_commands import class_file, mailer, map_line
from auditor.sendmail.options import by_letter, named

_NAME = lazy(r"\{(\w[\w.-]*)\}|([^{])")
_HEADER = lazy(r"(?:\?[^?]*\?)?[^\s:$]+[ \t]*:")
_RULESET = lazy(r"[ \t]*(?:(\d+)|([A-Za-z][^\s=]*))[ \t]*(=[ \t]*(\d*))?")
_RULESETS = 100
_MAPS = frozenset(
    """
    hash btree dbm text host dns dequote null regex macro arith ldap ldapx ph nis nisplus hesiod netinfo user program
    sequence switch implicit arpa bestmx userdb stab syslog socket cdb mysql pgsql sqlite
    """.split(),
)
#: Letters of old-style options whose value must be one of few words, or a user's or group's name.
_PICKY = frozenset("dgpuI8")


class Taken(NamedTuple):
    """What becomes of a line.

    Attributes:
        what: a clause: what sendmail takes it for, or what it says when it refuses it.
        refused: whether sendmail refuses it, so that the daemon does not start.
        meant: whether it has the form of a command that somebody wrote as one.

    """

    what: str
    refused: bool
    meant: bool


def taken(line: Line, *, in_ruleset: bool) -> Taken | None:
    """What sendmail takes a line for; None for a comment.

    Args:
        line: the line as ``m4`` writes it, without its line feed; it does not begin with a blank.
        in_ruleset: whether an S line stands above it.

    """
    text = line.text
    first = text[:1]
    if first == "#":
        return None
    act = _COMMANDS.get(first)
    if act is not None:
        return act(line)
    if first == "R":
        return _rule(text, in_ruleset=in_ruleset)
    return _unknown(text)


def _unknown(text: str) -> Taken:
    return Taken(f'unknown configuration line "{_short(text)}"', refused=True, meant=False)


def _short(text: str) -> str:
    text = text.partition("\n")[0]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


_SHOWN = 40


def _class(line: Line) -> Taken:
    return _named(line, "members of class")


def _macro(line: Line) -> Taken:
    return _named(line, "the value of macro")


def _named(line: Line, what: str) -> Taken:
    text = line.text
    found = _NAME.match(text, 1)
    if found is None:
        complaint = "Invalid macro/class character" if len(text) > 1 else "Name required for macro/class"
        return Taken(complaint, refused=True, meant=False)
    rest = _short(text[found.end() :])
    name = found[1] or found[2]
    return Taken(f'{what} {name}: "{rest}"', refused=False, meant=found[1] is not None or _chosen(text))


def _chosen(text: str) -> bool:
    """Whether the second character of a C or D line is one that no English word has there."""
    second, third = text[1:2], text[2:3]
    if second.isupper():
        return not third.isupper()
    return second in ("bcdfgjkmnpqstvwxz" if text[0] == "C" else "bcdfghjklmnpqstvwxz")


def _file(line: Line) -> Taken:
    found = class_file(line)
    if found is None or found.path == "":
        return Taken("Name required for macro/class", refused=True, meant=False)
    if found.kind != "file" or found.optional or found.path.startswith("/"):
        return Taken(f"the {found.kind} that fills class {found.name}: {_short(found.path)}", refused=False, meant=True)
    complaint = f"fileclass: cannot open '{_short(found.path)}': No such file or directory"
    return Taken(complaint, refused=True, meant=False)


def _header(line: Line) -> Taken:
    text = line.text
    if _HEADER.match(text, 1) is None:
        return Taken(f'header syntax error, line "{_short(text[1:])}"', refused=True, meant=False)
    return Taken(
        f"a header for every message: {_short(text[1:])}", refused=False, meant=text[1:2] == "?" or text[1:2].isupper()
    )


def _map(line: Line) -> Taken:
    found = map_line(line)
    if found is None:
        return Taken(
            f"readcf: config K line, map {_short(line.text[1:].strip())}: no map class", refused=True, meant=False
        )
    if found.type.lower() not in _MAPS:
        complaint = f"readcf: map {found.name}: class {found.type} not available"
        return Taken(complaint, refused=True, meant=False)
    return Taken(f"the map {found.name}", refused=False, meant=True)


def _mailer(line: Line) -> Taken:
    found = mailer(line)
    if found.problem is not None:
        complaint = f"mailer {_short(found.name)}: `=' expected" if found.name else "name required for mailer"
        return Taken(complaint, refused=True, meant=False)
    missing = next((letter for letter in "AP" if letter not in found.fields), None)
    if missing is not None:
        return Taken(f"M{_short(found.name)}: {missing}= argument required", refused=True, meant=bool(found.fields))
    return Taken(f"the mailer {found.name}", refused=False, meant=True)


def _filter(line: Line) -> Taken:
    found = mailer(line)
    if not found.name:
        return Taken("name required for mail filter", refused=True, meant=False)
    if found.problem is not None:
        return Taken(f"X{_short(found.name)}: `=' expected", refused=True, meant=False)
    if not found.get("S"):
        return Taken(f"X{_short(found.name)}: empty or missing socket information", refused=True, meant=False)
    return Taken(f"the mail filter {found.name}", refused=False, meant=True)


def _option(line: Line) -> Taken:
    text = line.text
    if text[1:2] == " ":
        name = text[2:].partition("=")[0].rstrip()
        option = named(name.partition(".")[0]).option if name.strip() else None
        if option is None or name != name.strip():
            return Taken(f"readcf: unknown option name {_short(name)}", refused=True, meant="=" in text)
        return Taken(f"the option {option.name}", refused=False, meant=True)
    letter = text[1:2]
    option = by_letter().get(letter)
    if option is None:
        code = f"0x{ord(letter):x}" if letter else "0x0"
        return Taken(f"readcf: unknown option name {code}", refused=True, meant=False)
    meant = not text[2:3].islower()
    if letter in _PICKY and not meant:
        return Taken(f"option {option.name} with a value it refuses", refused=True, meant=False)
    return Taken(f'the option {option.name} with the value "{_short(text[2:])}"', refused=False, meant=meant)


def _precedence(line: Line) -> Taken:
    if "=" not in line.text:
        return _unknown(line.text)
    return Taken(f"a precedence: {_short(line.text[1:])}", refused=False, meant=" " not in line.text)


def _queue_group(line: Line) -> Taken:
    name, blank, _ = line.text[1:].replace(",", " ").partition(" ")
    if not name and not blank:
        return Taken("name required for queue", refused=True, meant=False)
    if blank and "=" not in line.text:
        return Taken(f"queue {_short(name)}: `=' expected", refused=True, meant=False)
    return Taken("QueueDir must be defined before queue groups", refused=True, meant="=" in line.text)


def _rule(text: str, *, in_ruleset: bool) -> Taken:
    if not in_ruleset:
        return Taken(f'missing valid ruleset for "{_short(text)}"', refused=True, meant="\t" in text)
    if "\t" not in text:
        return Taken(f'invalid rewrite line "{_short(text)}" (tab expected)', refused=True, meant="$" in text)
    return Taken("a rule of the ruleset above it", refused=False, meant=True)


def _ruleset(line: Line) -> Taken:
    text = line.text
    found = _RULESET.match(text, 1)
    if found is None:
        return Taken(f'invalid ruleset name: "{_short(text[1:])}"', refused=True, meant=False)
    number = found[1] or found[4]
    if found[3] is not None and not found[4]:
        complaint = f'bad ruleset definition "{_short(text[1:])}" (number required after `=\')'
        return Taken(complaint, refused=True, meant=False)
    if number and int(number[:9]) >= _RULESETS:
        return Taken(f"bad ruleset {number} ({_RULESETS} max)", refused=True, meant=False)
    name = found[2] or found[1]
    alone = found.end() == len(text)
    meant = alone and (number is not None or "_" in name or not name[0].islower())
    return Taken(f'the beginning of a ruleset "{_short(name)}"', refused=False, meant=meant)


def _trusted(line: Line) -> Taken:
    users = line.text[1:].split()
    return Taken(f"trusted users: {_short(', '.join(users))}", refused=False, meant=len(users) == 1)


def _environment(line: Line) -> Taken:
    setting = line.text[1:]
    meant = re.match(r"[A-Z_]+(?:=|$)", setting) is not None
    return Taken(f'a variable of the environment: "{_short(setting)}"', refused=False, meant=meant)


def _version(line: Line) -> Taken:
    if re.match(r"\s*\d", line.text[1:]) is None:
        return Taken(f'invalid argument to V line: "{_short(line.text[1:])}"', refused=True, meant=False)
    return Taken("the level of the configuration", refused=False, meant=True)


_COMMANDS = {
    "C": _class,
    "D": _macro,
    "E": _environment,
    "F": _file,
    "H": _header,
    "K": _map,
    "M": _mailer,
    "O": _option,
    "P": _precedence,
    "Q": _queue_group,
    "S": _ruleset,
    "T": _trusted,
    "V": _version,
    "X": _filter,
}
