"""The mailers, mail filters and rulesets of a .cf."""

from collections.abc import Iterator

from auditor.facts.configurations import CfFile
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf import CfView, Line, view_of
from auditor.sendmail.cf_commands import Field, Mailer, RulesetLine, mailer, ruleset
from auditor.sendmail.mc import McView

__all__ = ["Field", "Mailer", "Mailers", "Milters", "Ruleset", "Rulesets"]


class _ByName:
    def __init__(self, lines: tuple[Mailer, ...]) -> None:
        self.lines = lines
        self._last = {each.name: each for each in lines if each.problem is None}

    def __iter__(self) -> Iterator[Mailer]:
        return iter(self._last.values())

    def __len__(self) -> int:
        return len(self._last)

    def get(self, name: str) -> Mailer | None:
        """The definition that counts, the last one of that name."""
        return self._last.get(name)


@fact(Configuration)
class Mailers(_ByName):
    """The M lines; sendmail's own ``prog``, ``*file*`` and ``*include*`` are here only where the file defines them."""

    def __init__(self, lines: tuple[Mailer, ...], cf: CfFile) -> None:
        super().__init__(lines)
        self._cf = cf

    def program(self, mailer: Mailer) -> str | Unknown:
        """The program as this host has it, ``[IPC]`` or ``[FILE]``; unknown where another host's cf tree names it."""
        field = mailer.fields.get("P")
        guessed = self._cf.guessed(field.span) if field is not None and field.value.startswith("/") else None
        return mailer.path if guessed is None else guessed


@fact(Configuration)
class Milters(_ByName):
    """The X lines, one for each mail filter; its field S is the socket, its field F what a failure leads to."""


@frozen
class Ruleset:
    """A ruleset: its name or number, every S line that opens it, and its R lines in order."""

    name: str
    lines: tuple[RulesetLine, ...]
    rules: tuple[Span, ...]


@fact(Configuration)
class Rulesets:
    """The rulesets by name; one without a name has its number for one. An S line met again adds to the earlier one."""

    def __init__(self, rulesets: tuple[Ruleset, ...], orphans: tuple[Span, ...]) -> None:
        self._by_name = {each.name: each for each in rulesets}
        #: Rules in front of the first S line, which sendmail refuses.
        self.orphans = orphans

    def __iter__(self) -> Iterator[Ruleset]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Ruleset | None:
        """A ruleset by its name, or by its number where it has no name."""
        return self._by_name.get(name)


@provider
def mailers(cf: CfFile) -> Mailers:
    """Read the M lines."""
    return Mailers(tuple(mailer(line) for line in view_of(cf.document).lines("mailer")), cf)


@provider
def milters(cf: CfFile | Unknown, view: McView | Unknown) -> Milters | Unknown:
    """Read the X lines, or the filters the .mc declares where there is no .cf."""
    if isinstance(cf, CfFile):
        return Milters(tuple(mailer(line) for line in view_of(cf.document).lines("milter")))
    if isinstance(view, Unknown):
        return cf
    unseen = view.unseen("MAIL_FILTER")
    if unseen is not None:
        return Unknown(f"{unseen.reason} in line {unseen.span.line} may declare filters")
    calls = [call for call in view.of("MAIL_FILTER", "INPUT_MAIL_FILTER") if len(call.args) > 1]
    conditional = [call for call in calls if call.conditional or call.unknown(0) or call.unknown(1)]
    if conditional:
        return Unknown(f"{conditional[0].name} in line {conditional[0].span.line} depends on a condition")
    return Milters(tuple(mailer(Line(call.span, f"X{call.value(0)}, {call.value(1)}")) for call in calls))


@provider
def rulesets(cf: CfFile) -> Rulesets:
    """Read the S and R lines."""
    return rulesets_of(view_of(cf.document))


def rulesets_of(view: CfView) -> Rulesets:
    """The rulesets of a view."""
    names: dict[int, str] = {}
    lines: dict[str, list[RulesetLine]] = {}
    rules: dict[str, list[Span]] = {}
    orphans: list[Span] = []
    current = orphans
    for line in view.lines("ruleset", "rule"):
        if line.text[0] == "R":
            current.append(line.node)
            continue
        opened = ruleset(line)
        if opened is None:
            continue
        name = _name(opened, names)
        lines.setdefault(name, []).append(opened)
        current = rules.setdefault(name, [])
    found = tuple(Ruleset(name, tuple(opened), tuple(rules[name])) for name, opened in lines.items())
    return Rulesets(found, tuple(orphans))


def _name(line: RulesetLine, names: dict[int, str]) -> str:
    # "Scanonify=3" and a later "S3" are one ruleset.
    if line.number is None:
        return line.name or ""
    return names.setdefault(line.number, line.name or str(line.number))
