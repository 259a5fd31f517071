r"""An alias leads back to itself, goes through too many others, or is there twice.

sendmail gives up after MaxAliasRecursion steps, ten unless it is set, and returns the mail. Of two
lines for one name newaliases keeps the last and says nothing, upper and lower case being alike. An
alias for itself alone, or with a backslash, ends the search and means the user of that name
(Sendmail Installation and Operation Guide, 5.6, MaxAliasRecursion; tried with newaliases and
sendmail -bv).

In the log or at the client:
    554 5.4.6 aliasing/forwarding loop broken (11 aliases deep; 10 max)
Bad:
    ping:	pong
    pong:	ping
Bad:
    Webmaster:	bob
Good:
    alice2:	alice2
    bob2:	\\bob2, bob@example.net
Not when: a name stands for itself, or has a backslash.
See: aliases(5); Sendmail Installation and Operation Guide, 5.6.
"""

from collections.abc import Mapping

from auditor.facts.mapfiles import AliasFiles
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable
from auditor.readers.aliases import Alias

_USUAL_DEPTH = 10


@check("ALI003", severity=Severity.MEDIUM)
def alias_loop_or_duplicate(configuration: Configuration, aliases: AliasFiles, options: Options) -> Verdicts:
    """Follow every alias."""
    if configuration.is_submission:
        yield NotApplicable("the submission program resolves no aliases")
        return
    setting = options.get("MaxAliasRecursion")
    most = setting.number if setting is not None and setting.number else _USUAL_DEPTH
    index: dict[str, Alias] = {}
    for file in aliases:
        for alias, stays in file.document.duplicates:
            yield Finding(
                alias.name,
                f"{alias.name.shown} is there again in line {stays.line}, and the last line counts",
                "Whoever stands on this line gets none of the mail, and newaliases does not say so.",
                replace(alias, "", "delete one of the lines"),
                related=((stays.name, "this one counts"),),
            )
        index = file.document.index | index
    yield from _followed(index, most)


def _followed(index: Mapping[str, Alias], most: int) -> Verdicts:
    depth: dict[str, int] = {}
    for name, alias in index.items():
        if name in depth:
            continue
        circle = _walk(name, index, depth)
        if circle:
            yield Finding(
                index[circle[0]].name,
                f"the alias leads back to itself: {' -> '.join((*circle, circle[0]))}",
                "Mail to any of them is returned: aliasing/forwarding loop broken.",
                Fix("name the user who is to have the mail, with a backslash before it if need be"),
            )
        elif depth[name] > most:
            yield Finding(
                alias.name,
                f"{alias.name.shown} goes through {depth[name]} aliases, and {most} is the most",
                "Mail to it is returned: aliasing/forwarding loop broken.",
                Fix("name the last of them at once"),
            )


def _walk(start: str, index: Mapping[str, Alias], depth: dict[str, int]) -> tuple[str, ...]:
    """Note how deep each name below one leads; a circle that is met is returned, and counts as depth 0."""
    path: dict[str, None] = {}
    todo = [(start, False)]
    circle: tuple[str, ...] = ()
    while todo:
        name, done = todo.pop()
        if done:
            del path[name]
            depth[name] = 1 + max((depth.get(each, 0) for each in _next(name, index)), default=0)
        elif name in path:
            circle = circle or tuple(path)[tuple(path).index(name) :]
        elif name not in depth:
            path[name] = None
            todo += [(name, True), *((each, False) for each in _next(name, index))]
    if circle:
        depth.update(dict.fromkeys(circle, 0))
    return circle


def _next(name: str, index: Mapping[str, Alias]) -> list[str]:
    found = (target.value.lower() for target in index[name].targets if target.kind == "address")
    return [each for each in found if each != name and each in index]
