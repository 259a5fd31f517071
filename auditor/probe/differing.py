"""In what two conversations with one host differ, in words: one over IPv4, one over IPv6."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model.value import frozen
from auditor.probe.banner import banner
from auditor.probe.families import family
from auditor.probe.observed import Conversation
from auditor.probe.secured import TLSState
from auditor.probe.smtp import Extensions
from auditor.readers.x509 import Certificate, certificate


@frozen
class Difference:
    """One thing that is otherwise.

    Attributes:
        text: a clause.
        serious: whether clients fare differently; a pool of servers may well greet with different names.

    """

    text: str
    serious: bool = True


@frozen
class _Side:
    over: str
    talk: Conversation

    @property
    def name(self) -> str:
        return banner(self.talk.greeting).name.lower() if self.talk.greeting is not None else ""

    @property
    def failed(self) -> str:
        """How the handshake failed, a clause; empty where that may be the network's doing, or it did not fail."""
        return self.talk.failed.message if self.talk.failed is not None and self.talk.failed.kind else ""


def differing(first: Conversation, address: str, other: Conversation, other_address: str) -> tuple[Difference, ...]:
    """In what two conversations differ.

    What no client minds is not among it: dates, queue ids, the order of keywords. Nor is what one of the conversations
    did not come to for a reason that may lie in between.

    Args:
        first: a conversation.
        address: whom it was with.
        other: the other conversation, of the same kind.
        other_address: whom that was with.

    """
    sides = _Side(family(address), first), _Side(family(other_address), other)
    return (*_names(*sides), *_start(*sides), *_tls(*sides), *_logins(*sides))


def _names(one: _Side, two: _Side) -> Iterator[Difference]:
    if one.name and two.name and one.name != two.name:
        yield Difference(f"the greeting names {_both(one, one.name, two, two.name)}", serious=False)


def _start(one: _Side, two: _Side) -> Iterator[Difference]:
    """Whether TLS is to be had, and how it begins."""
    for here, there in ((one, two), (two, one)):
        if there.talk.plain and not here.talk.plain and here.talk.tls is not None:
            yield Difference(f"TLS comes first over {here.over}, and {there.over} is answered in clear")
        if _offers(here) and there.talk.clear is not None and not _offers(there):
            yield Difference(f"STARTTLS is offered over {here.over} and not over {there.over}")
        if there.talk.refusal is not None and here.talk.tls is not None:
            yield Difference(f"STARTTLS is refused over {there.over} only: {there.talk.refusal}")
        if there.failed and here.talk.tls is not None:
            yield Difference(f"the handshake fails over {there.over} only: {there.failed}")


def _offers(side: _Side) -> bool:
    return side.talk.clear is not None and "STARTTLS" in side.talk.clear


def _tls(one: _Side, two: _Side) -> Iterator[Difference]:
    a, b = one.talk.tls, two.talk.tls
    if a is None or b is None:
        return
    if a.version != b.version:
        yield Difference(f"the same client gets {_both(one, a.version, two, b.version)}")
    if a.chain[:1] == b.chain[:1]:
        return
    # Servers that share a name by their addresses may each have a certificate of their own.
    serious = a.verified != b.verified or one.name == two.name
    yield Difference(f"the certificate is {_both(one, _described(a), two, _described(b))}", serious)
    if a.verified != b.verified:
        good, bad, why = (one, two, b.why_not) if a.verified else (two, one, a.why_not)
        yield Difference(f"it verifies over {good.over} and not over {bad.over}: {why}")


def _described(tls: TLSState) -> str:
    found = certificate(tls.chain[0]) if tls.chain else None
    if not isinstance(found, Certificate):
        return "none" if found is None else "one that cannot be read"
    names = ", ".join(found.names[:2]) or found.common_name or "nobody"
    return f"that of {names} until {found.not_after:%Y-%m-%d} with the serial number {found.serial:x}"


def _logins(one: _Side, two: _Side) -> Iterator[Difference]:
    for where, a, b in (
        ("in clear", one.talk.clear, two.talk.clear),
        ("within TLS", one.talk.within, two.talk.within),
    ):
        if a is not None and b is not None and {*a.mechanisms} != {*b.mechanisms}:
            yield Difference(f"AUTH {where} offers {_both(one, _mechanisms(a), two, _mechanisms(b))}")


def _mechanisms(extensions: Extensions) -> str:
    return " ".join(extensions.mechanisms) or "nothing"


def _both(one: _Side, here: str, two: _Side, there: str) -> str:
    return f"{here} over {one.over} and {there} over {two.over}"
