r"""Keys are exchanged in a group that is too short.

A short group of Diffie-Hellman lets a wiretapper compute the session's key, and current peers break the
handshake off where they are left no other way. sendmail takes the group from DHParameters: 5 means 512
bits, 1 means 1024, 2 and i 2048, and a file what stands in it (Sendmail Installation and Operation Guide,
5.6, DHParameters; RFC 9325, 4).

In the log or at the client:
    STARTTLS=client, error: connect failed=-1, reason=dh key too small
Bad:
    --- @ mail.doe.org:25 endpoint(versions="TLSv1.2", suite="DHE-RSA-AES256-GCM-SHA384", exchange="DHE", group="", bits=1024)
Bad:
    --- @ mail.doe.org:587 endpoint(versions="TLSv1.2", group="secp192r1", bits=192)
Good:
    --- @ mail.doe.org:25 endpoint(versions="TLSv1.2", suite="DHE-RSA-AES256-GCM-SHA384", exchange="DHE", group="", bits=2048)
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: the suite is one for export, which PRB023 tells, or the size of the group cannot be seen.
See: RFC 7919; Sendmail Installation and Operation Guide, 5.6.
"""  # noqa: E501  # An example is one line.

from auditor.facts.given import Profile
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.sendmail.strength import SHORT_GROUP, group_severity

_FINITE = Fix("use a longer group; in sendmail: define(`confDH_PARAMETERS', `2048')dnl")
_CURVE = Fix("keep to curves such as X25519 and P-256: leave the choice to a current OpenSSL")


@check("PRB024", severity=Severity.HIGH, confidence=Confidence.HIGH, same_as=("TLS006",))
def short_keys_exchanged(offer: TLSOffer, profile: Profile) -> Verdicts:
    """Judge the size of each group that was seen."""
    seen = [each for each in offer.exchanges if each.exchange.kind in ("DHE", "ECDHE") and not each.suite.export]
    curves = any(each.exchange.kind == "ECDHE" for each in seen)
    least = {"DHE": profile.number("dh_bits"), "ECDHE": profile.number("ec_bits")}
    for each in seen:
        kind, bits = each.exchange.kind, each.exchange.bits
        if not 0 < bits < least[kind]:
            continue
        finite = kind == "DHE"
        yield Finding(
            None,
            f"keys are exchanged in a group of {bits} bits ({each.exchange.group or each.suite.name});"
            f" {least[kind]} are the least",
            "Peers without elliptic curves refuse it or get a session that can be read later."
            if finite and curves
            else SHORT_GROUP,
            _FINITE if finite else _CURVE,
            evidence=(f"{each.version}: {each.suite.name}, {each.exchange.group or kind} {bits} bits",),
            severity=_severity(bits, finite=finite, curves=curves),
        )
    if offer.stopped and not any(each.exchange.kind == "DHE" for each in seen):
        yield Inconclusive(offer.stopped)
    elif not seen:
        yield NotApplicable("no exchange of keys in a group was seen")


def _severity(bits: int, *, finite: bool, curves: bool) -> Severity | None:
    if not finite:
        return Severity.MEDIUM
    # Peers that have curves never come to the short group.
    return group_severity(bits, Severity.MEDIUM if curves else None)
