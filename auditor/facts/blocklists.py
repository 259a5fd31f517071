"""The DNS block lists a configuration asks, from the rules of the .cf or else from the features of the .mc."""

import re
from collections.abc import Iterator, Mapping

from auditor.facts.configurations import CfFile
from auditor.facts.features import Defines, Features, FeatureUse
from auditor.facts.given import Host
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Node, Span
from auditor.model.unknown import NotApplicable, Unknowable, Unknown
from auditor.model.value import frozen
from auditor.probe.blocklists import (
    ERROR_ANSWERS,
    LISTS_ALL,
    LISTS_NONE,
    REFUSES,
    UNDECIDED,
    WORKS,
    ListState,
    ask_lists,
)
from auditor.sendmail.blocklists import can_be_asked, dead

__all__ = [
    "DEFAULT_TRIES",
    "ERROR_ANSWERS",
    "FEATURES",
    "LISTS_ALL",
    "LISTS_NONE",
    "REFUSES",
    "UNDECIDED",
    "WORKS",
    "Blocklist",
    "Blocklists",
    "ListHealth",
    "ListState",
]

#: The two features, and the map each of them asks.
FEATURES = {"dnsbl": "dnsbl", "enhdnsbl": "ednsbl"}
_QUESTION = lazy(r"R\$-\.\$-\.\$-\.\$-[ \t]+\$: <\?> \$\((e?dnsbl) \$4\.\$3\.\$2\.\$1\.(\S*)\. \$: OK \$\)")
_RULE = lazy(r"R<\?>(\S+)[ \t]+(.*)")
_TRIES = lazy(r"Kednsbl\b.*\s-r\s*(\d{1,9})")
_NUMBER = lazy(r"\d{1,9}")
#: What the feature writes where EDNSBL_TO is not set.
DEFAULT_TRIES = 5
_DEFERRED = "$+<TMP>"
_ALL = "$+"
_NAME, _ZONE, _MESSAGE, _DEFERS, _ANSWERS, _END = 0, 1, 2, 3, 4, 10


@frozen
class Blocklist:
    """One list that is asked.

    Attributes:
        zone: the list's zone as written.
        enhanced: whether it is asked by ``enhdnsbl``, which can tell answers apart.
        span: where the zone is to be mended.
        defers: whether mail is refused for now while the list does not answer (third argument).
        answers: the answers that count as a listing; none where any answer does.
        use: the FEATURE; None where only the .cf shows the list.
        refusals: what is done with a listed client, by the rules of the .cf; None where only the .mc was read.

    """

    zone: str
    enhanced: bool
    span: Span
    defers: bool
    answers: tuple[str, ...]
    use: FeatureUse | None
    refusals: tuple[str, ...] | None

    @property
    def name(self) -> str:
        """The zone in lower case, without a dot at its end."""
        return self.zone.lower().strip(".")

    def takes(self, answers: tuple[str, ...]) -> bool:
        """Whether one of a list's answers counts as a listing here; an argument with a pattern in it may match any."""
        wanted = [answer.rstrip(".") for answer in self.answers]
        return not wanted or any("$" in answer or answer in answers for answer in wanted)

    def argument(self, number: int) -> Span:
        """The place of one argument of the FEATURE, counted from 0 for its name; the zone's where there is none."""
        call = self.use.call if self.use is not None else None
        return call.args[number].inner if call is not None and number < len(call.args) else self.span


@fact(Configuration)
@frozen
class Blocklists:
    """The lists in the order they are asked.

    Attributes:
        lists: those that are certain.
        doubt: why there may be more, or None.
        keeps_dot: whether the map behind ``enhdnsbl`` adds a dot to every answer, as before 8.18; None without a .cf.
        by_host: whether ``dnsbl`` asks by the map class ``host`` (``DNSBL_MAP``), which looks a name up with all kinds
            of addresses; None where that is not known.
        tries: how often ``enhdnsbl`` asks a server that keeps silent (``EDNSBL_TO``); None where that is not known.

    """

    lists: tuple[Blocklist, ...]
    doubt: Unknown | None
    keeps_dot: bool | None
    by_host: bool | None = None
    tries: int | None = None

    def __iter__(self) -> Iterator[Blocklist]:
        return iter(self.lists)


@provider
def blocklists(
    configuration: Configuration, features: Features, cf: CfFile | Unknown, defines: Defines | Unknown
) -> Blocklists | NotApplicable | Unknown:
    """Read the rules of the .cf, each with the FEATURE it is from; without a .cf the features."""
    if configuration.is_submission:
        return NotApplicable("submit.cf asks no block list")
    uses = [use for use in features if use.name in FEATURES and use.span is not None]
    if isinstance(cf, CfFile):
        lists = tuple(_from_rules(cf, uses))
        maps = [node.text for node in cf.document.of_kind("map")]
        elsewhere = cf.generated is not None and not cf.generated.cf.own
        keeps_dot = None if elsewhere else any(re.match(r"Kednsbl\b.* -a\.( |$)", text) for text in maps)
        by_host = any(re.match(r"Kdnsbl\s+host\b", text) for text in maps)
        tries = next((int(found[1]) for text in maps if (found := _TRIES.match(text)) is not None), None)
        return _found(Blocklists(lists, None, keeps_dot, by_host, tries))
    doubt = next((why for name in FEATURES if (why := _doubt(features, name)) is not None), None)
    map_, tried = (_value(defines, name) for name in ("DNSBL_MAP", "EDNSBL_TO"))
    host = None if map_ is None else map_.split()[:1] == ["host"]
    asked = int(tried) if tried is not None and _NUMBER.fullmatch(tried) else DEFAULT_TRIES if tried == "" else None
    return _found(Blocklists(tuple(_from_use(use) for use in uses), doubt, None, host, asked))


def _found(lists: Blocklists) -> Blocklists | NotApplicable | Unknown:
    return lists if lists.lists else lists.doubt or NotApplicable("no block list is asked")


def _value(defines: Defines | Unknown, name: str) -> str | None:
    """What a macro of the .mc comes to, empty where nothing sets it, None where that cannot be told."""
    if isinstance(defines, Unknown):
        return None
    try:
        return (defines.value(name) or "").strip()
    except Unknowable:
        return None


def _doubt(features: Features, name: str) -> Unknown | None:
    try:
        features.all(name)
    except Unknowable as unknowable:
        return unknowable.unknown
    return None


def _from_use(use: FeatureUse) -> Blocklist:
    args = ("", *use.args) + ("",) * _END
    call = use.call
    zone = call.args[_ZONE].inner if call is not None and len(call.args) > _ZONE else use.span
    assert zone is not None  # noqa: S101  # Uses without a place were left out.
    enhanced = use.name == "enhdnsbl"
    answers = tuple(answer for answer in args[_ANSWERS:_END] if answer) if enhanced else ()
    return Blocklist(args[_ZONE], enhanced, zone, bool(args[_DEFERS]), answers, use, None)


def _from_rules(cf: CfFile, uses: list[FeatureUse]) -> Iterator[Blocklist]:
    waiting = [_from_use(use) for use in uses if use.call is not None]
    nodes = cf.document.of_kind("rule")
    for number, node in enumerate(nodes):
        question = _QUESTION.match(node.text)
        if question is None:
            continue
        enhanced = question[1] == "ednsbl"
        zone = question[2]
        found = next((each for each in waiting if (each.zone, each.enhanced) == (zone, enhanced)), None)
        if found is not None:
            waiting.remove(found)
        rules = list(_verdicts(nodes[number + 1 : number + _END]))
        answers = tuple(pattern for pattern, _ in rules if pattern not in (_DEFERRED, _ALL, "OK"))
        yield Blocklist(
            zone,
            enhanced,
            found.span if found is not None else node.part(question.start(2), question.end(2)),
            any(pattern == _DEFERRED and "$#" in action for pattern, action in rules),
            answers,
            found.use if found is not None else None,
            tuple(action.strip() for pattern, action in rules if pattern not in (_DEFERRED, "OK")),
        )


def _verdicts(nodes: list[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        rule = _RULE.match(node.text)
        if rule is None:
            return
        yield rule[1], rule[2]


@fact(Configuration)
@frozen
class ListHealth:
    """How the lists answer that a running host asks, by the two addresses that tell (RFC 5782, section 5).

    Attributes:
        states: the states of those that were asked, by name; a list that is known to have ended is not asked.

    """

    states: Mapping[str, ListState]

    def of(self, each: Blocklist) -> ListState | Unknown:
        """How one list answers; unknown where the DNS gave no verdict, or nobody asked."""
        return self.states.get(each.name) or Unknown(f"{each.zone} was not asked")


@provider
def list_health(lists: Blocklists, host: Host) -> ListHealth | Unknown:
    """Ask the resolver of the running host, all lists at once."""
    if host.closed is not None:
        return Unknown(f"whether the lists answer as they should is not known: {host.closed.reason}")
    ended = {each.name: dead(each.name) for each in lists if can_be_asked(each.name)}
    open_ = [name for name, end in ended.items() if end is None or not end.certain]
    return ListHealth({state.zone: state for state in ask_lists(host.ask, open_)})
