"""The same first words with an address of the other family: a host has to answer alike over IPv4 and IPv6."""

from __future__ import annotations

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.model.value import frozen
from auditor.probe import addresses
from auditor.probe.addresses import address_of
from auditor.probe.conversing import converse, without_greeting
from auditor.probe.errors import Unreachable, WireError
from auditor.probe.observed import Conversation
from auditor.probe.settings import Settings
from auditor.probe.visit import Visit

#: Seconds that a step of it may take at least, where the settings allow as much: an address that drops what is sent to
#: it is to hold nobody up for half a minute. A server whose greeting is slow gets so many times what it took before.
_PATIENCE = 10.0
_SLOWER = 2


@frozen
class OtherFamily:
    """What a host's address of the other family answers.

    Attributes:
        address: the address.
        first: the address that the rest of the probe talks to.
        conversation: how the conversation with it went, as far as it can be told.
        refused: the refusal of the connection, a sentence; empty where the connection was taken, or nothing came back.

    """

    address: str
    first: str
    conversation: Conversation | Inconclusive
    refused: str = ""


def family(address: str) -> str:
    """``IPv4`` or ``IPv6``."""
    return "IPv6" if ":" in address else "IPv4"


def other_family(visit: Visit, talk: Conversation) -> OtherFamily | Inconclusive | NotApplicable:
    """Talk to the first address of the family that was not talked to so far.

    Only what the other address itself says is a result: without a route to it, as on a host that has no IPv6, and
    where it lets the time pass or puts us off, the conversation is inconclusive.

    Args:
        visit: the target; one connection to it is made.
        talk: the first conversation.

    """
    settings, first = visit.settings, address_of(talk.peer)
    fixed = _fixed(settings, first)
    if fixed:
        return NotApplicable(fixed)
    try:
        places = [each.place[0] for each in addresses.resolved(settings.host, settings.port, settings.timeout)]
    except WireError as error:
        return Inconclusive(str(error))
    others = [place for place in places if family(place) != family(first)]
    if not others:
        return NotApplicable(f"{settings.host} has no other address than of {family(first)}")
    return _met(visit, talk, first, others[0])


def _fixed(settings: Settings, first: str) -> str:
    """Why there is but one family to ask, a clause; empty where there may be another."""
    if ":" in settings.host or settings.host.replace(".", "").isdigit():
        return "the target is an address, which has one family"
    if settings.source is not None:
        return "--source says from which address, and thereby over which family, the target is asked"
    return "the address that answered is not known" if first == settings.host else ""


def _met(visit: Visit, talk: Conversation, first: str, address: str) -> OtherFamily:
    timeout = min(visit.settings.timeout, max(_PATIENCE, _SLOWER * talk.delay))
    try:
        with visit.session_at(address, timeout) as session:
            found, _ = converse(session)
            session.quit()
            return OtherFamily(address, first, found)
    except Unreachable as error:
        refused = bool(error.tried) and all(each.fate == "refused" for each in error.tried)
        return OtherFamily(address, first, Inconclusive(str(error)), str(error) if refused else "")
    except WireError as error:
        return OtherFamily(address, first, without_greeting(visit.settings, error))
