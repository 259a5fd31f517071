"""Which protocols a target speaks.

A server answers with the newest protocol that both sides have, so each hello offers everything below the last answer:
what it skips is refused, and where it says that nothing so old will do, so is all that is older.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.tls import lists
from auditor.probe.tls.asking import Answer, Asker
from auditor.probe.tls.flight import Flight
from auditor.probe.tls.hello import Hello
from auditor.probe.tls.numbers import LEGACY, VERSIONS

_NEWEST_FIRST = ("TLSv1.3", *LEGACY)
_SPEAKS_NEWER = Inconclusive("it refuses what was asked, yet marks its answers as one that speaks something newer")


@frozen
class Versions:
    """What became of each protocol, by name."""

    answers: dict[str, Answer]

    def flight(self, version: str) -> Flight | None:
        """What a target said to the hello that asked for a protocol; None where it does not speak it."""
        answer = self.answers.get(version)
        return answer.flight if answer else None

    @property
    def legacy(self) -> tuple[str, ...]:
        """Those from SSLv3 to TLS 1.2 that it speaks, newest first."""
        return tuple(version for version in LEGACY if self.flight(version))

    @property
    def spoken(self) -> tuple[str, ...]:
        """Those from SSLv3 to TLS 1.3 that it speaks, newest first."""
        return tuple(version for version in _NEWEST_FIRST if self.flight(version))

    def doubt(self, asker: Asker, version: str) -> Inconclusive | None:
        """Why it cannot be told that a protocol which got no answer is refused; None where it can."""
        doubt = asker.verdict(self.answers[version])
        marked = max((flight.hello.newer for flight in asker.flights if flight.hello), default=0)
        if doubt is None and VERSIONS[version] >= marked > max((VERSIONS[name] for name in self.spoken), default=0):
            return _SPEAKS_NEWER
        return doubt


def ask(asker: Asker, report: Callable[[str], None]) -> Versions:
    """Ask for every protocol, in six connections at most; the report is told of each as soon as its answer is sure."""
    answers: dict[str, Answer] = {}
    spoken, told = Versions(answers), set[str]()
    for version in _NEWEST_FIRST:
        if version in answers:
            continue
        answer = _inferred(asker, answers, version) or asker.ask(hello(version))
        reached = answer.flight.version if answer.flight else version
        for passed_over in _between(version, reached):
            answers[passed_over] = Answer()
        answers[reached] = answer
        _tell(asker, spoken, told, report, VERSIONS)
    answers["SSLv2"] = asker.ask_ssl2(lists.ssl2())
    _tell(asker, spoken, told, report, ())
    return spoken


def _tell(
    asker: Asker, spoken: Versions, told: set[str], report: Callable[[str], None], undecided: Iterable[str]
) -> None:
    """Tell of what was not told yet; of those that may still be decided only once they are."""
    for version in (name for name in spoken.answers if name not in told):
        flight = spoken.flight(version)
        doubt = None if flight else spoken.doubt(asker, version)
        if doubt is not None and version in undecided:
            continue
        told.add(version)
        suite = f", {flight.suite.name}" if flight and flight.suite else ""
        report(f"{version}: {f'offered{suite}' if flight else doubt.reason if doubt else 'refused'}")


def hello(version: str) -> Hello:
    """The hello that offers all a protocol has, and older ones as well."""
    if version == "TLSv1.3":
        return Hello(_NEWEST_FIRST[:4], lists.modern() + lists.usual())
    return Hello((version,), lists.of_version(lists.usual(), version))


def _inferred(asker: Asker, answers: dict[str, Answer], version: str) -> Answer | None:
    # Who never took a hello may have sent that alert for being asked for something too new for it.
    newer = [answers[name] for name in _NEWEST_FIRST[: _NEWEST_FIRST.index(version)]]
    return newer[-1] if newer and newer[-1].names_version and asker.flights else None


def _between(version: str, reached: str) -> tuple[str, ...]:
    low, high = VERSIONS[reached], VERSIONS[version]
    return tuple(name for name in _NEWEST_FIRST if low < VERSIONS[name] <= high)
