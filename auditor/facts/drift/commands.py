"""Differences between two .cf files by what their commands mean: one as it is, and one as m4 makes it of the .mc.

What differs in blanks, in comments, or in an order that says nothing, is no difference. Source: Sendmail Installation
and Operation Guide, section 5.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from auditor.facts.drift.difference import (
    Difference,
    Entries,
    Origin,
    added,
    entries,
    grouped,
    matched,
    missing,
    plain,
    several,
    shown,
)
from auditor.facts.drift.listening import listeners
from auditor.facts.macros import macros_of
from auditor.facts.mailers import rulesets_of
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.cf import CfView, Line, OptionLine
from auditor.sendmail.cf_commands import (
    Mailer,
    all_class_words,
    class_file,
    class_words,
    macro,
    mailer,
    map_line,
    ruleset,
)
from auditor.sendmail.options import full_name

_HEADER = lazy(r"H\s*(\?[^?]*\?)?\s*([^:\s]+)\s*:(.*)", re.DOTALL)
_NAMED = lazy(r"[EPQ]\s*([^\s,=]+)")
#: What the commands are called that are compared as they stand, each under its name.
_PLAIN = {"environment": "the environment variable", "precedence": "the precedence", "queue group": "the queue group"}
_DAEMON = "daemonportoptions"


def commands(cf: CfView, made: CfView, origin: Origin) -> Iterator[Difference]:
    """What differs in all but the rulesets.

    Args:
        cf: the .cf as it is.
        made: what m4 makes of the .mc.
        origin: gives the places of the .mc for those of ``made``.

    """
    yield from _options(cf, made, origin)
    ports = [[(line.taken, line.span) for line in view.effective.get(_DAEMON, ())] for view in (cf, made)]
    yield from listeners(ports[0], [(value, origin(span)) for value, span in ports[1]])
    for name, found, meant in matched(_words(cf), _words(made)):
        yield from members(name, meant or {}, found or {}, origin)
    for gather in (_class_files, _maps, _macros, _headers, _named, _level):
        yield from entries(gather(cf), gather(made), origin)
    for kind, word in (("mailer", "the mailer"), ("milter", "the filter")):
        yield from mailers(word, _mailers(cf, kind), _mailers(made, kind), origin)


def _options(cf: CfView, made: CfView, origin: Origin) -> Iterator[Difference]:
    for key, found, meant in matched(cf.effective, made.effective):
        theirs, ours = _values(found), _values(meant)
        if key != _DAEMON and theirs != ours:
            name = full_name(key)
            what = f"{name} is {shown(theirs)}, the .mc gives {shown(ours)}"
            yield Difference(what, found[-1].span if found else None, origin(meant[-1].span) if meant else None)


def _values(lines: tuple[OptionLine, ...] | None) -> list[str]:
    return [plain(line.taken) for line in lines or ()]


def _words(view: CfView) -> dict[str, dict[str, Span]]:
    # A word with a macro that only the running sendmail knows is told by its text.
    return {
        name: {(word.text if word.text is not None else word.span.text).lower(): word.span for word in words}
        for name, words in grouped(all_class_words(view)).items()
    }


def members(name: str, ours: Mapping[str, Span], theirs: Mapping[str, Span], origin: Origin) -> Iterator[Difference]:
    """The words of one class that only the .mc or only the .cf puts there."""
    lacking = sorted(ours.keys() - theirs.keys())
    if lacking:
        what = f"{class_name(name)} lacks {_spelt(lacking, ours)}, which the .mc puts there"
        yield Difference(what, None, origin(ours[lacking[0]]))
    more = sorted(theirs.keys() - ours.keys())
    if more:
        what = f"{class_name(name)} has {_spelt(more, theirs)}, which the .mc does not put there"
        yield Difference(what, theirs[more[0]], None)


def _spelt(words: Sequence[str], places: Mapping[str, Span]) -> str:
    # Case says nothing in a class, but a reader looks for what is written.
    return several([text if (text := places[word].text).lower() == word else word for word in words])


def class_name(name: str) -> str:
    """What a class is called."""
    return f"class {name}" if len(name) == 1 else f"class {{{name}}}"


def macro_name(name: str) -> str:
    """What a macro is called, with what the cf tree uses it for."""
    use = f" ({_USES[name]})" if name in _USES else ""
    return f"the macro {name}{use}" if len(name) == 1 else f"the macro {{{name}}}"


_USES = {
    "H": "mail hub",
    "L": "relay of unknown users",
    "M": "masquerade",
    "R": "relay of local names",
    "S": "smart host",
    "Z": "version",
    "j": "the host's own name",
}


def _class_files(view: CfView) -> Entries:
    found = {}
    for line in view.lines("class file"):
        file = class_file(line)
        if file is not None:
            name = f"the reading of {file.path} into {class_name(file.name)}"
            found[name] = (f"{'-o ' if file.optional else ''}{file.kind} {file.format}", file.node)
    return found


def _maps(view: CfView) -> Entries:
    found = (each for line in view.lines("map") if (each := map_line(line)) is not None)
    return {f"the map {each.name.lower()}": (f"{each.type} {each.rest}", each.node) for each in found}


def _macros(view: CfView) -> Entries:
    return {macro_name(each.name): (each.value, each.span) for each in macros_of(view)}


def _headers(view: CfView) -> Entries:
    found: dict[str, tuple[str, Span]] = {}
    for line in view.lines("header"):
        read = _HEADER.match(line.text)
        if read is not None:
            # A header may be there twice, under different conditions.
            name = f"the header {read[2]}{f' under {read[1]}' if read[1] else ''}"
            found[name] = (read[3], line.node)
    return found


def _named(view: CfView) -> Entries:
    found = {}
    for kind, word in _PLAIN.items():
        for line in view.lines(kind):
            name = _NAMED.match(line.text)
            if name is not None:
                found[f"{word} {name[1]}"] = (line.text[name.end() :].lstrip("=, \t"), line.node)
    return found


def _level(view: CfView) -> Entries:
    lines = view.lines("version")
    return {"the level of the file": (lines[-1].text[1:], lines[-1].node)} if lines else {}


def _mailers(view: CfView, kind: str) -> dict[str, Mailer]:
    found = (mailer(line) for line in view.lines(kind))
    return {each.name: each for each in found if each.problem is None}


def mailers(
    word: str, theirs: Mapping[str, Mailer], ours: Mapping[str, Mailer], origin: Origin
) -> Iterator[Difference]:
    """The mailers, or the filters, that differ, and in which of their fields."""
    for name, found, meant in matched(theirs, ours):
        if found is None and meant is not None:
            yield missing(f"{word} {name}", origin(meant.node))
        elif found is not None and meant is None:
            yield added(f"{word} {name}", found.node)
        elif found is not None and meant is not None:
            yield from _fields(f"{word} {name}", found, meant, origin)


def _fields(called: str, found: Mailer, meant: Mailer, origin: Origin) -> Iterator[Difference]:
    letters = [
        each for each in dict.fromkeys((*meant.fields, *found.fields)) if _field(found, each) != _field(meant, each)
    ]
    if not letters:
        return
    has, gives = (", ".join(_written(each, letter) for letter in letters) for each in (found, meant))
    theirs, ours = found.fields.get(letters[0]), meant.fields.get(letters[0])
    yield Difference(
        f"{called} has {has}, the .mc gives {gives}",
        theirs.span if theirs is not None else found.node,
        origin(ours.span if ours is not None else meant.node),
    )


def _field(each: Mailer, letter: str) -> object:
    # The order of flags says nothing, and neither does one that is there twice.
    return frozenset(each.flags) if letter == "F" and each.node.text[:1] == "M" else plain(each.get(letter))


def _written(each: Mailer, letter: str) -> str:
    return f"{letter}={plain(each.get(letter))}" if letter in each.fields else f"no {letter}="


def misread(view: CfView) -> list[Span]:
    """The lines of a .cf that are no command, or that readcf refuses, in their order."""
    found = [*view.document.unparsed, *rulesets_of(view).orphans]
    found += [line.node for line in view.options if line.option is None]
    found += [line.node for kind, read in _READ.items() for line in view.lines(kind) if not read(line)]
    return sorted(found, key=lambda node: node.start)


_READ: Mapping[str, Callable[[Line], object]] = {
    "class": lambda line: class_words(line, {}),
    "class file": class_file,
    "environment": lambda line: _NAMED.match(line.text),
    "header": lambda line: _HEADER.match(line.text),
    "macro": macro,
    "mailer": lambda line: mailer(line).problem is None,
    "map": map_line,
    "milter": lambda line: mailer(line).problem is None,
    "precedence": lambda line: _NAMED.match(line.text),
    "queue group": lambda line: _NAMED.match(line.text),
    "ruleset": ruleset,
}
