"""Every suite of every protocol by elimination: offer all, strike the one that is chosen, and ask again."""

from __future__ import annotations

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.tls import lists, numbers
from auditor.probe.tls.asking import Asker
from auditor.probe.tls.hello import Hello
from auditor.probe.tls.versions import Versions
from auditor.readers.cipher_suites import Suite, suites

#: Connections that are kept for each older protocol, so that at least what it alone accepts is found.
_RESERVE = 2
#: Connections that are kept for the classes of weak suites, where there are too many suites to ask for each.
RESERVE_FOR_CLASSES = 8


@frozen
class Enumeration:
    """The suites of one protocol.

    Attributes:
        found: those that were accepted, in the order in which they were chosen.
        inferred: those that are accepted in a newer protocol and were not asked for in this one.
        doubt: why there may be more; empty where there are none.

    """

    found: tuple[Suite, ...]
    inferred: tuple[Suite, ...] = ()
    doubt: str = ""


def newest_suites(
    asker: Asker, versions: Versions, reserve: int, refused: frozenset[str] = frozenset()
) -> dict[str, Enumeration]:
    """The suites of TLS 1.3 and of the newest protocol before it, as far as the target speaks them.

    What is known from hellos before is not asked again, so that an enumeration which broke off is taken up.

    Args:
        asker: asks the target.
        versions: what it speaks.
        reserve: how many connections are to be left.
        refused: weak classes of which it is known to accept none of the usual suites.

    """
    found: dict[str, Enumeration] = {}
    if versions.flight("TLSv1.3"):
        found["TLSv1.3"] = _eliminated(asker, "TLSv1.3", lists.modern(), reserve)
    for version in versions.legacy[:1]:
        usual = _eliminated(asker, version, _without(lists.of_version(lists.usual(), version), refused), reserve)
        if usual.doubt:
            found[version] = usual
            break
        # A class is judged by its usual suites, so that its rare ones are asked for all the same.
        rare = _eliminated(asker, version, lists.of_version(lists.rare(), version), reserve)
        found[version] = Enumeration(usual.found + rare.found, (), rare.doubt)
    return found


def _without(offered: tuple[int, ...], classes: frozenset[str]) -> tuple[int, ...]:
    return tuple(number for number in offered if not suites()[number].classes & classes)


def reserved(versions: Versions) -> int:
    """How many connections are kept for the protocols that are older than the newest one before TLS 1.3."""
    return _RESERVE * len(versions.legacy[1:])


def older_suites(asker: Asker, versions: Versions, newest: dict[str, Enumeration]) -> dict[str, Enumeration]:
    """The suites of all other protocols that the target speaks, SSLv2 apart.

    Where there are not connections enough, a protocol is asked only for what the newest one before TLS 1.3 does not
    accept, and is taken to accept the rest: libraries configure one list of suites for all protocols.
    """
    found: dict[str, Enumeration] = {}
    older = versions.legacy[1:]
    for at, version in enumerate(older):
        expected = _expected(newest[versions.legacy[0]], version)
        if len(expected) + _RESERVE * (len(older) - at - 1) < asker.left:
            found[version] = _eliminated(asker, version, lists.of_version(lists.usual(), version))
        else:
            found[version] = _extras(asker, version, expected)
    return found


def _expected(newest: Enumeration, version: str) -> tuple[Suite, ...]:
    return tuple(suite for suite in newest.found if numbers.VERSIONS[suite.protocol] <= numbers.VERSIONS[version])


def _extras(asker: Asker, version: str, expected: tuple[Suite, ...]) -> Enumeration:
    known = {suite.number for suite in expected}
    offered = tuple(n for n in lists.of_version(lists.usual(), version) if n not in known)
    extras = _eliminated(asker, version, offered)
    inferred = tuple(suite for suite in expected if suite not in extras.found)
    return Enumeration(extras.found, inferred, extras.doubt)


def _eliminated(asker: Asker, version: str, offered: tuple[int, ...], reserve: int = 0) -> Enumeration:
    accepted = dict.fromkeys(flight.suite for flight in asker.flights if flight.version == version and flight.suite)
    found = [suite for suite in accepted if suite.number in offered]
    left = [number for number in offered if suites()[number] not in accepted]
    while left:
        if asker.left <= reserve:
            return Enumeration(
                tuple(found), (), asker.stopped or "there are more suites than connections for one target"
            )
        answer = asker.ask(Hello((version,), tuple(left), whole=version != "TLSv1.3"))
        if answer.alert == numbers.UNKNOWN_PSK_IDENTITY and any(map(_wants_user, left)):
            left = [number for number in left if not _wants_user(number)]
            continue
        if answer.flight is None or answer.flight.suite is None or answer.flight.version != version:
            doubt = asker.verdict(answer) if answer.flight is None else None
            return Enumeration(tuple(found), (), doubt.reason if doubt else "")
        found.append(answer.flight.suite)
        left.remove(answer.flight.suite.number)
    return Enumeration(tuple(found))


def _wants_user(number: int) -> bool:
    return suites()[number].exchange == "SRP"


def enumerate_groups(asker: Asker, versions: Versions) -> tuple[str, ...] | Inconclusive:
    """The groups of the newest protocol that the target speaks, by elimination, those it prefers first."""
    version = next(iter(versions.spoken), "")
    if not version:
        return Inconclusive("it has taken no hello")
    modern = version == "TLSv1.3"
    left = list(numbers.TLS13_GROUPS if modern else numbers.CURVES)
    offered = lists.modern() if modern else _elliptic(version)
    found: list[str] = []
    while left:
        # Without a share the server of TLS 1.3 names the group that it wants, which costs neither side a computation.
        answer = asker.ask(Hello((version,), offered, groups=tuple(left), shares=False, whole=not modern))
        exchange = answer.flight.exchange if answer.flight else None
        number = next((n for n in left if exchange and numbers.group_of(n)[0] == exchange.group), None)
        if number is None:
            doubt = asker.verdict(answer) if answer.flight is None else None
            return doubt or tuple(found)
        left.remove(number)
        found.append(numbers.group_of(number)[0])
    return tuple(found)


def _elliptic(version: str) -> tuple[int, ...]:
    known = suites()
    return tuple(n for n in lists.of_version(lists.usual(), version) if known[n].exchange == "ECDHE")
