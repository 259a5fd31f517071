"""Lines of a .cf that no generator writes: what readcf refuses, and prose or macros that it takes for a command."""

from __future__ import annotations

from auditor.model.pattern import lazy
from auditor.sendmail.bare_text import Taken, taken
from auditor.sendmail.cf import Line
from auditor.sendmail.cf_commands import mailer, map_line
from auditor.sendmail.macros import CF_MACROS, CLASS_MACROS, NEED_PARENTHESIS, SECTIONS
from auditor.sendmail.options import by_name

_OPTION = lazy(r"([A-Za-z]{4,})(?:\.[a-z.-]+)?[ \t]*=")
_CALL = lazy(r"([A-Za-z_]{3,})[ \t]*\(")
_MACROS = CF_MACROS | CLASS_MACROS.keys() | NEED_PARENTHESIS | SECTIONS.keys()
#: A word of English and at least so many more behind it.
_MORE = r"(?:[ \t]+[A-Za-z][A-Za-z'/,.:;()-]*){3,}"
#: How English words begin that begin with a command; names in classes and macros seldom do.
_BEGINNINGS = {
    "C": r"C[aehiloruy][a-z]+",
    "D": r"D[aeioury][a-z]*",
    "E": r"E[a-z]+",
    "K": r"K[a-z]+",
    "O": r"O(?:f|n|nly|ne|r|nce|ther|ur|ut|ver|ptional|ptions?|riginal|ld|therwise)",
    "P": r"P[a-z]+",
    "Q": r"Q[a-z]+",
    "T": r"T(?:h[a-z]+|o|ry|urn|ake|ell|est|ime|wo)",
}
_PROSE = {letter: lazy(begin + _MORE) for letter, begin in _BEGINNINGS.items()}
_SENTENCE = lazy(r"S([a-z]+)(?:[ \t]+[A-Za-z'/,.:;()-]+){2,}")
_RULESETS = frozenset(("parse", "canonify", "final", "recurse", "localaddr"))


def odd(line: Line, *, has_queue: bool) -> Taken | None:
    """What readcf makes of a line that hardly anybody wrote as a command; None for all others.

    V and R lines, and O lines with a blank behind the O, are not judged here.

    Args:
        line: the line.
        has_queue: whether QueueDirectory is set above it, without which queue groups are refused.

    """
    text = line.text
    letter = text[:1]
    if letter in ("#", "", "V", "R") or text.startswith("O "):
        return None
    made = taken(line, in_ruleset=True)
    if made is None:
        return None
    if letter == "Q" and has_queue and not _refused(line):
        made = Taken(f'the queue group "{text[1:].split()[0]}"', refused=False, meant=False)
    if made.refused and _refused(line):
        return made
    return made if _prose(text) and (letter != "K" or made.refused) else None


def _refused(line: Line) -> bool:
    letter = line.text[0]
    if letter == "O":
        return False
    if letter == "Q":
        return not line.text[1:].strip() or (" " in line.text and "=" not in line.text)
    if letter == "K":
        return map_line(line) is None
    if letter == "X":
        return mailer(line).problem is not None or not mailer(line).get("S")
    return True


def _prose(text: str) -> bool:
    call = _CALL.match(text)
    if call is not None and call[1] in _MACROS:
        return True
    option = _OPTION.match(text)
    if option is not None and option[1].lower() in by_name():
        return True
    if text[0] == "S":
        sentence = _SENTENCE.match(text)
        return sentence is not None and sentence[1] not in _RULESETS
    prose = _PROSE.get(text[0])
    return prose is not None and prose.match(text) is not None
