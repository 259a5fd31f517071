"""What a probe met, line by line: the short table that stands above an endpoint's findings."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.families import both_families
from auditor.facts.given import Profile
from auditor.model.report import Grade, Row
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.probe.dane import MATCHED, NONE, UNMATCHED
from auditor.probe.idle import Idle
from auditor.probe.observed import Conversation, Logins, Observed
from auditor.probe.relay import Relaying
from auditor.probe.tls.offered import TLSOffer, VersionOffer
from auditor.readers.cipher_suites import Suite
from auditor.readers.x509 import Certificate, certificate

_RELAY = {"open": Grade.BAD, "closed": Grade.GOOD, "inconclusive": Grade.UNKNOWN}
_IN_CLEAR = frozenset(("PLAIN", "LOGIN"))
_HOST_WIDTH = 80


def overview(met: Observed, profile: Profile) -> tuple[Row, ...]:
    """The rows of one endpoint; grades follow the profile's thresholds."""
    settings = met.settings
    talk = met.conversation
    if isinstance(talk, Inconclusive):
        return (Row("no verdict", talk.reason, Grade.UNKNOWN),)
    where = talk.peer if settings.host in talk.peer else f"{settings.host} ({talk.peer})"
    return (
        Row("answers", f"{where} after {talk.delay:.2f} s: {_greeting(talk)}"),
        *_tls(met.offer, talk, profile),
        *_certificate(met, talk),
        *_auth(talk, met.logins),
        *_relay(met.relaying),
        *_families(met, talk),
        *_dns(met),
        *_idle(met.idle),
        Row("asked", f"{met.connections} connections in {met.seconds:.2f} s"),
    )


def _greeting(talk: Conversation) -> str:
    if talk.greeting is None:
        return talk.plain or "no greeting"
    return f"{talk.greeting.code} {talk.greeting.text}"[:_HOST_WIDTH]


def _tls(offer: TLSOffer | Unknown | NotApplicable, talk: Conversation, profile: Profile) -> Iterator[Row]:
    if talk.refusal is not None:
        yield Row("STARTTLS", f"offered and refused: {talk.refusal}", Grade.BAD)
    elif isinstance(offer, NotApplicable):
        yield Row("TLS", offer.reason, Grade.BAD if talk.clear is not None else Grade.UNKNOWN)
    elif isinstance(offer, Unknown):
        yield Row("TLS", offer.reason, Grade.UNKNOWN)
    if talk.failed is not None:
        yield Row("handshake", talk.failed.message, Grade.BAD)
    if not isinstance(offer, TLSOffer):
        return
    forbidden, weak = profile.words("forbidden_protocols"), profile.words("weak_ciphers")
    for version in offer.versions:
        yield _version(version, forbidden)
        yield from (_suite(suite, weak) for suite in version.suites if len(version.suites) > 1)
    yield _weak(offer, weak)
    yield Row("client certificate", _asked(offer))


def _version(version: VersionOffer, forbidden: tuple[str, ...]) -> Row:
    if isinstance(version.state, Inconclusive):
        return Row(version.name, version.state.reason, Grade.UNKNOWN)
    if not version.is_offered:
        needed = version.name in ("TLSv1.2", "TLSv1.3")
        return Row(version.name, "refused", Grade.PLAIN if needed else Grade.GOOD)
    exchange = version.exchange
    by = f", {exchange.group or exchange.kind} {exchange.bits} bits" if exchange and exchange.bits else ""
    name = version.preferred.name if version.preferred else "no suite seen"
    return Row(version.name, f"{name}{by}", Grade.BAD if version.name in forbidden else Grade.GOOD)


def _suite(suite: Suite, weak: tuple[str, ...]) -> Row:
    return Row("", f"{suite.name}, {suite.bits} bits", Grade.WEAK if suite.classes & set(weak) else Grade.GOOD)


def _weak(offer: TLSOffer, weak: tuple[str, ...]) -> Row:
    accepted = [f"{each.name} ({each.suite.name if each.suite else each.version})" for each in offer.weak
                if each.accepted is True and each.name in weak]  # fmt: skip
    if accepted:
        return Row("weak suites", ", ".join(accepted), Grade.WEAK)
    unknown = [each.name for each in offer.weak if isinstance(each.accepted, Inconclusive) and each.name in weak]
    if unknown:
        return Row("weak suites", f"not told: {', '.join(unknown)}", Grade.UNKNOWN)
    return Row("weak suites", "none", Grade.GOOD)


def _asked(offer: TLSOffer) -> str:
    if isinstance(offer.client_certificate, Inconclusive):
        return offer.client_certificate.reason
    return f"asked for, of {len(offer.authorities)} authorities" if offer.client_certificate else "not asked for"


def _certificate(met: Observed, talk: Conversation) -> Iterator[Row]:
    chains = [chain.certificates for chain in met.offer.chains] if isinstance(met.offer, TLSOffer) else []
    for chain in dict.fromkeys(chains) or [talk.tls.chain if talk.tls else ()]:
        found = certificate(chain[0]) if chain else None
        if isinstance(found, Certificate):
            names = ", ".join(found.names[:4]) or found.common_name or "no name"
            key = f"{found.bits}-bit {found.key_type}" if found.bits else found.key_type
            yield Row("certificate", f"{names}; {key}; until {found.not_after:%Y-%m-%d}; of {len(chain)} sent")
        elif found is not None:
            yield Row("certificate", f"cannot be read: {found.reason}", Grade.BAD)
    if talk.tls is not None:
        told = f"verifies for {met.settings.certified}" if talk.tls.verified else talk.tls.why_not
        yield Row("trust", told, Grade.GOOD if talk.tls.verified else Grade.WEAK)


def _auth(talk: Conversation, logins: Logins | Unknown | NotApplicable) -> Iterator[Row]:
    if talk.clear is not None:
        offered = talk.clear.mechanisms
        yield Row("AUTH in clear", " ".join(offered) or "none", Grade.BAD if _IN_CLEAR & {*offered} else Grade.GOOD)
    if talk.within is not None:
        yield Row("AUTH within TLS", " ".join(talk.within.mechanisms) or "none")
    if isinstance(logins, Logins):
        if logins.unsent:
            yield Row("login", logins.unsent, Grade.UNKNOWN)
        for each in logins.results:
            grade = {True: Grade.GOOD, False: Grade.BAD, None: Grade.UNKNOWN}[each.accepted]
            said = f"{each.reply}" if each.reply is not None else each.meaning
            yield Row(f"login {each.mechanism}", said, grade)
        if not isinstance(logins.verifier, Unknown | NotApplicable):
            yield Row("saslauthd", logins.verifier.answer, Grade.GOOD if logins.verifier.ok else Grade.BAD)


def _relay(relaying: Relaying | Unknown | NotApplicable) -> Iterator[Row]:
    if isinstance(relaying, Relaying):
        decided = sum(attempt.verdict != "inconclusive" for attempt in relaying.attempts)
        told = f"{relaying.verdict}; {decided} of {len(relaying.attempts)} forms decided"
        why = "; ".join(dict.fromkeys(filter(None, (relaying.reason, relaying.may_relay))))
        yield Row("relay", f"{told}{f' ({why})' if why else ''}", _RELAY[relaying.verdict])
    else:
        yield Row("relay", relaying.reason, Grade.UNKNOWN)


def _idle(idle: Idle | Unknown | NotApplicable) -> Iterator[Row]:
    if isinstance(idle, Unknown):
        yield Row("silence", idle.reason, Grade.UNKNOWN)
    elif isinstance(idle, Idle):
        told = f"{'gave up after' if idle.gave_up else 'waited for'} {idle.seconds:.3g} s"
        said = f": {idle.reply}" if idle.reply else ""
        yield Row("silence", f"the server {told}{said}", Grade.WEAK if idle.hasty else Grade.GOOD)


def _families(met: Observed, talk: Conversation) -> Iterator[Row]:
    both = both_families(met, talk)
    if isinstance(both, NotApplicable):
        return
    name = "IPv6/IPv4"
    if isinstance(both, Inconclusive):
        yield Row(name, both.reason, Grade.UNKNOWN)
    elif both.refused or both.differences:
        told = both.refused or "; ".join(each.text for each in both.differences)
        serious = bool(both.refused) or any(each.serious for each in both.differences)
        yield Row(name, told, Grade.BAD if serious else Grade.WEAK)
    elif both.undecided is not None:
        yield Row(name, both.undecided.reason, Grade.UNKNOWN)
    else:
        yield Row(name, "they answer alike", Grade.GOOD)


def _dns(met: Observed) -> Iterator[Row]:
    if isinstance(met.host, Unknown | NotApplicable):
        return
    names = met.host.names
    if names.doubt is not None:
        yield Row("DNS", names.doubt.reason, Grade.UNKNOWN)
    elif names.addresses:
        ptr = {each.address: each.confirmed for each in names.reverse}
        shown = (f"{address} ({', '.join(ptr.get(address, ())) or 'no confirmed PTR'})" for address in names.addresses)
        yield Row("DNS", ", ".join(shown))
    if not isinstance(met.dane, Unknown | NotApplicable) and met.dane.outcome != NONE:
        grade = {MATCHED: Grade.GOOD, UNMATCHED: Grade.BAD}.get(met.dane.outcome, Grade.WEAK)
        yield Row("TLSA", f"{met.dane.outcome}: {len(met.dane.records)} records", grade)
