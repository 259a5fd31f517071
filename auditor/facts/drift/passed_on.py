"""What a .mc passes on to the .cf as it stands, which every cf tree leaves alone: rules, mailers, headers, macros.

Only what the .mc has and the .cf has not is told, except of rulesets that the cf tree leaves to the site: of these it
is also told where the .cf has more.
"""

from collections.abc import Iterator

from auditor.facts.drift.commands import mailers
from auditor.facts.drift.difference import Difference, missing, short
from auditor.facts.drift.rulesets import Rule, differing, read, sides
from auditor.facts.logical import Passed, passed
from auditor.facts.mailers import rulesets_of
from auditor.model.text import Span
from auditor.sendmail.cf import CfView, Line
from auditor.sendmail.cf_commands import Mailer, mailer, ruleset
from auditor.sendmail.mc import McView

#: The cf tree opens rulesets of this name for the site, and writes nothing into them.
_SITES = "Local_"
#: What lines of these kinds are, and the kind's name in a .cf.
_LINES = {"D": "macro", "E": "environment", "H": "header", "Q": "queue group", "X": "milter"}


def passed_on(cf: CfView, mc: McView) -> Iterator[Difference]:
    """What of it the .cf has not, or has otherwise."""
    yield from _rulesets(cf, mc)
    yield from _mailers(cf, mc)
    for letter, kind in _LINES.items():
        there = {_plain(line.text) for line in cf.lines(kind)}
        for each in _certain(mc, letter):
            if _plain(each.line.text) not in there:
                yield missing(f'the line "{short(each.line.text)}"', each.first.span)


def _certain(mc: McView, letters: str) -> Iterator[Passed]:
    return (each for each in passed(mc, letters) if not each.first.conditional and not each.first.partial)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _mailers(cf: CfView, mc: McView) -> Iterator[Difference]:
    wanted = _by_name(each.line for each in _certain(mc, "M"))
    there = _by_name(cf.lines("mailer"))
    yield from mailers("the mailer", {name: each for name, each in there.items() if name in wanted}, wanted, _itself)


def _by_name(lines: Iterator[Line] | list[Line]) -> dict[str, Mailer]:
    return {each.name: each for line in lines if (each := mailer(line)).problem is None}


def _itself(span: Span) -> Span:
    return span


def _rulesets(cf: CfView, mc: McView) -> Iterator[Difference]:
    there = rulesets_of(cf)
    for name, (opened, rules) in _own_rulesets(mc).items():
        found = there.get(name)
        if found is None:
            yield missing(f"the ruleset {name}", opened)
            continue
        theirs = read(found.rules)
        if not name.startswith(_SITES):
            kept = {text for text, _ in rules}
            theirs = [each for each in theirs if each[0] in kept]
        yield from differing(name, theirs, rules, _itself, (found.lines[0].node, opened))


def _own_rulesets(mc: McView) -> dict[str, tuple[Span, list[Rule]]]:
    """The rulesets that the .mc opens by name, with the S line and the rules of each."""
    found: dict[str, tuple[Span, list[Rule]]] = {}
    doubtful: set[str] = set()
    name: str | None = None
    diversion: int | None = None
    for each in passed(mc, "RS"):
        if each.first.diversion != diversion:
            diversion, name = each.first.diversion, None
        if each.line.text[0] == "S":
            opened = ruleset(each.line)
            name = opened.name if opened is not None else None
            if name is not None:
                found.setdefault(name, (each.first.span, []))
        elif name is not None:
            found[name][1].append((sides(each.line.text), each.first.span))
        if name is not None and (each.first.conditional or each.first.partial):
            doubtful.add(name)
    return {name: each for name, each in found.items() if name not in doubtful}
