"""TLSA records and the certificates a server sends: what a mail server that goes by DANE makes of them.

RFC 6698 has the records, RFC 7671 how they are used, RFC 7672 what of it counts for mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.names import is_address, same
from auditor.probe.resolver import Answer, Resolver
from auditor.readers import pem, x509
from auditor.readers.host_names import any_matches

#: Records of one name that are judged.
TLSA_LIMIT = 20
#: Certificates of a chain that are looked at.
CHAIN_LIMIT = 20
DANE_TA, DANE_EE = 2, 3
_USAGES = {0: "PKIX-TA", 1: "PKIX-EE"}
_WHOLE, _SHA256, _SHA512 = 0, 1, 2
_DIGESTS = {_SHA256: ("sha256", 32), _SHA512: ("sha512", 64)}
_KEY_ONLY = 1

MATCHED, UNMATCHED, UNUSABLE, UNDECIDED, NONE = "matched", "unmatched", "unusable", "undecided", "none"


@frozen
class TLSARecord:
    """One TLSA record.

    Attributes:
        usage: 2 names an authority in the chain (DANE-TA), 3 the server's own certificate (DANE-EE); 0 and 1 want the
            public authorities as well.
        selector: 0 is about the whole certificate, 1 about its public key.
        matching: 0 holds the thing itself, 1 its SHA-256, 2 its SHA-512.
        data: that.

    """

    usage: int
    selector: int
    matching: int
    data: bytes

    def __str__(self) -> str:
        return f"{self.usage} {self.selector} {self.matching} {self.data[:64].hex()}"

    @property
    def fault(self) -> str | None:
        """Why no mail server can use it, as a clause; None where one can."""
        if self.usage in _USAGES:
            return f"usage {self.usage} ({_USAGES[self.usage]}) is not for mail servers (RFC 7672, section 3.1.3)"
        if self.usage not in (DANE_TA, DANE_EE):
            return f"there is no usage {self.usage}"
        if self.selector not in (0, _KEY_ONLY):
            return f"there is no selector {self.selector}"
        if self.matching not in (_WHOLE, *_DIGESTS):
            return f"there is no matching type {self.matching}"
        return self._misfit()

    def _misfit(self) -> str | None:
        name, size = _DIGESTS.get(self.matching, ("", len(self.data)))
        if len(self.data) != size:
            return f"its data has {len(self.data)} bytes, where a {name} has {size}"
        if self.matching == _WHOLE and self.data[:1] != b"\x30":
            return f"its data is no {'public key' if self.selector == _KEY_ONLY else 'certificate'} in DER"
        return None


@frozen
class TLSARecords:
    """What the DNS has for a server's TLS.

    Attributes:
        name: where the records are, ``_25._tcp.mail.doe.org``.
        host: the host name that they are for: the target of the host's alias where it has records, else the host.
        records: the records.
        authenticated: whether the resolver says that DNSSEC proves them, or that there are none.
        host_authenticated: whether it says so of the host's addresses; without that no sender asks for the records.
        surplus: how many more there are than are judged.

    """

    name: str
    host: str
    records: tuple[TLSARecord, ...]
    authenticated: bool
    host_authenticated: bool
    surplus: int = 0

    @property
    def in_force(self) -> bool:
        """Whether senders that validate go by the records, as far as the resolver says; MX records count as well."""
        return bool(self.records) and self.authenticated and self.host_authenticated


@frozen
class Judged:
    """One record against the chain.

    Attributes:
        record: the record.
        outcome: ``MATCHED``, ``UNMATCHED``, ``UNUSABLE`` or ``UNDECIDED``.
        reason: a clause that says why, empty where it matches.
        is_superseded: whether a stronger digest of the same usage and selector stands beside it, so that senders pass
            it over (RFC 7671, section 9), and it does not count in the whole.

    """

    record: TLSARecord
    outcome: str
    reason: str = ""
    is_superseded: bool = False


@frozen
class DANEVerdict:
    """All records against the chain.

    Attributes:
        records: each record.
        outcome: ``MATCHED`` where one matches; ``UNMATCHED`` where some can be used and none matches, so that senders
            keep their mail; ``UNUSABLE`` where none can be used, so that they want TLS and trust any certificate;
            ``UNDECIDED``; ``NONE`` where there is no record.

    """

    records: tuple[Judged, ...]
    outcome: str


def lookup(resolver: Resolver, host: str, port: int = 25) -> TLSARecords | Unknown:
    """Ask for the TLSA records of a host's port, and whether DNSSEC proves its addresses (RFC 7672, section 2.2).

    An address has none.
    """
    if is_address(host):
        return TLSARecords("", host, (), authenticated=False, host_authenticated=False)
    record, four, six = resolver.ask_all([(_name(host, port), "TLSA"), (host, "A"), (host, "AAAA")])
    addresses = [answer for answer in (four, six) if isinstance(answer, Answer)]
    proven = bool(addresses) and all(answer.authenticated for answer in addresses)
    target = next((answer.aliases[-1] for answer in addresses if answer.aliases), host)
    if proven and not same(target, host):
        expanded = resolver.ask(_name(target, port), "TLSA")
        if isinstance(expanded, Unknown) or expanded.records:
            return _found(expanded, target, port, proven=proven)
    return _found(record, host, port, proven=proven)


def parse(text: str) -> TLSARecord:
    """A record from its text: three numbers and the data in hexadecimal, in which blanks may stand.

    Raises:
        ValueError: it is not of that form.

    """
    usage, selector, matching, *data = text.split()
    return TLSARecord(int(usage), int(selector), int(matching), bytes.fromhex("".join(data)))


def judge(records: Sequence[TLSARecord], chain: Sequence[bytes], names: Sequence[str], now: datetime) -> DANEVerdict:
    """Hold records against the certificates that a server sent.

    Args:
        records: the TLSA records.
        chain: the certificates in DER as they were sent, the server's own first.
        names: the names of which the certificate must have one where a record is about an authority: the host, and the
            domain whose mail it takes (RFC 7672, section 3.2.2).
        now: the moment as of which validity counts there.

    """
    judged = tuple(_judged(record, records, chain[:CHAIN_LIMIT], names, now) for record in records[:TLSA_LIMIT])
    return DANEVerdict(judged, _overall({each.outcome for each in judged if not each.is_superseded}))


def _name(host: str, port: int) -> str:
    return f"_{port}._tcp.{host.removesuffix('.')}"


def _found(answer: Answer | Unknown, host: str, port: int, *, proven: bool) -> TLSARecords | Unknown:
    if isinstance(answer, Unknown):
        return answer
    return TLSARecords(
        _name(host, port),
        host,
        tuple(map(parse, answer.records[:TLSA_LIMIT])),
        answer.authenticated,
        proven,
        max(0, len(answer.records) - TLSA_LIMIT) + answer.surplus,
    )


def _overall(outcomes: set[str]) -> str:
    return next((outcome for outcome in (MATCHED, UNDECIDED, UNMATCHED, UNUSABLE) if outcome in outcomes), NONE)


def _judged(
    record: TLSARecord, beside: Sequence[TLSARecord], chain: Sequence[bytes], names: Sequence[str], now: datetime
) -> Judged:
    if (fault := record.fault) is not None:
        return Judged(record, UNUSABLE, fault)
    if not chain:
        return Judged(record, UNDECIDED, "the server's certificates were not seen")
    outcome, reason = _own(record, chain[0]) if record.usage == DANE_EE else _issued(record, chain, names, now)
    stronger = any(
        (other.usage, other.selector, other.matching) == (record.usage, record.selector, _SHA512)
        and other.fault is None
        for other in beside
    )
    return Judged(record, outcome, reason, is_superseded=record.matching == _SHA256 and stronger)


def _own(record: TLSARecord, der: bytes) -> tuple[str, str]:
    """Against the server's own certificate, of which neither names nor dates matter (RFC 7672, section 3.1.1)."""
    matches = _is_about(record, der)
    if matches is None:
        return UNDECIDED, "the public key cannot be cut out of the server's certificate"
    thing = "public key" if record.selector == _KEY_ONLY else "certificate"
    return (MATCHED, "") if matches else (UNMATCHED, f"the server's certificate has another {thing}")


def _is_about(record: TLSARecord, der: bytes) -> bool | None:
    """Whether a record is that of a certificate; None where its key cannot be cut out."""
    part = pem.public_key(der) if record.selector == _KEY_ONLY else der
    if part is None:
        return None
    name, _ = _DIGESTS.get(record.matching, ("", 0))
    return (hashlib.new(name, part).digest() if name else part) == record.data


def _issued(record: TLSARecord, chain: Sequence[bytes], names: Sequence[str], now: datetime) -> tuple[str, str]:
    """Against the authorities that the server sent: one must be named, lead to a valid leaf, and the name must fit."""
    found = [x509.certificate(der) for der in chain]
    leaf = found[0]
    if not isinstance(leaf, x509.Certificate):
        return UNDECIDED, f"the server's certificate is not understood: {leaf.reason}"
    above = [each for each in found[1:] if isinstance(each, x509.Certificate)]
    anchors = [each for each in above if _is_about(record, each.der)]
    if not anchors:
        anchors = _carried(record)
    if not anchors:
        return _without_anchor(record, leaf)
    path = _path(leaf, above, anchors)
    if path is None:
        return UNDECIDED, "a signature in the chain is of a kind that cannot be checked here"
    if not path:
        return UNMATCHED, "the certificate that the record names did not issue the server's"
    return _of_leaf(leaf, path, names, now)


def _carried(record: TLSARecord) -> list[x509.Certificate]:
    """The authority that a record of the whole certificate brings along itself."""
    if record.matching != _WHOLE or record.selector == _KEY_ONLY:
        return []
    found = x509.certificate(record.data)
    return [found] if isinstance(found, x509.Certificate) else []


def _without_anchor(record: TLSARecord, leaf: x509.Certificate) -> tuple[str, str]:
    if _is_about(record, leaf.der):
        return UNMATCHED, "it names the server's own certificate as the authority, for which the usage is 3"
    if record.matching == _WHOLE:
        return UNDECIDED, "whether the key in the record signed a certificate of the chain is not checked here"
    return UNMATCHED, "none of the authorities' certificates that the server sends is the one it names"


def _path(
    leaf: x509.Certificate, above: list[x509.Certificate], anchors: list[x509.Certificate]
) -> list[x509.Certificate] | None:
    """The certificates from the leaf up to an anchor; empty where none leads there, None where that is not to be told.

    Each certificate is taken once, so that authorities who certify each other end the search.
    """
    ends = {anchor.fingerprint for anchor in anchors}
    waiting, seen, doubt = [[leaf]], {leaf.fingerprint}, False
    while waiting:
        path = waiting.pop()
        for signer in (*anchors, *above):
            if signer.fingerprint in seen or not signer.is_authority:
                continue
            signed = x509.signed_by(path[-1], signer)
            doubt = doubt or signed is None
            if signed and signer.fingerprint in ends:
                return [*path, signer]
            if signed:
                seen.add(signer.fingerprint)
                waiting.append([*path, signer])
    return None if doubt else []


def _of_leaf(
    leaf: x509.Certificate, path: list[x509.Certificate], names: Sequence[str], now: datetime
) -> tuple[str, str]:
    if not any(any_matches(leaf.all_names, name) for name in names):
        return UNMATCHED, f"the server's certificate is not for {' or '.join(names)}"
    if leaf.uses is not None and not {"serverAuth", "anyExtendedKeyUsage"} & set(leaf.uses):
        return UNMATCHED, "the server's certificate is not for servers"
    # The anchor is trusted as the record says, whatever its own dates.
    stale = next((each for each in path[:-1] if not each.not_before <= now <= each.not_after), None)
    if stale is not None:
        which = "the server's certificate" if stale is leaf else "a certificate above the server's"
        return UNMATCHED, f"{which} {'has expired' if now > stale.not_after else 'is not valid yet'}"
    return MATCHED, ""
