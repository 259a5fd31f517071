r"""The TLSA records promise a certificate that the server does not show.

A domain that publishes TLSA records under DNSSEC tells senders to insist on TLS with that very key.
Where none of the records matches, or STARTTLS is not to be had, such senders keep their mail until it
is too old, while all others deliver as ever (RFC 7672, 2.2). A new key needs its record two days
before (RFC 7671, 8.1).

In the log or at the client:
    dsn=4.7.5, stat=Deferred: Server certificate not trusted
Bad:
    --- @ mail.doe.org:25 endpoint(tlsa=("3 1 1 0000000000000000000000000000000000000000000000000000000000000000",))
Bad:
    --- @ mail.doe.org:25 endpoint(tlsa=("3 1 1 MATCH",), ehlo="PIPELINING", within="PIPELINING")
Bad:
    --- @ mail.doe.org:25 endpoint(tlsa=("1 1 1 MATCH",))
Good:
    --- @ mail.doe.org:25 endpoint(tlsa=("3 1 1 MATCH",))
Good:
    --- @ mail.doe.org:25 endpoint(tlsa=("3 1 1 0000000000000000000000000000000000000000000000000000000000000000", "3 1 1 MATCH"))
Not when: one record matches and another is for the next key; or there is no TLSA record.
See: TLS016; RFC 7672; RFC 7671, 8.1.
"""  # noqa: E501  # An endpoint is described on one line.

from collections.abc import Iterator

from auditor.facts.wire import Conversation
from auditor.facts.wire_parts import DANEVerdict, HostAround
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown

_FIX = Fix(
    "publish 3 1 1 and the SHA-256 of the key that is served, and keep the key when the certificate is renewed: "
    "openssl x509 -in CERT -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256"
)


@check("PRB060", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def tlsa_records_do_not_match(
    conversation: Conversation, host: HostAround, dane: DANEVerdict | Unknown | NotApplicable
) -> Verdicts:
    """Judge the records against what was met."""
    tlsa = host.tlsa
    if isinstance(tlsa, Unknown):
        yield tlsa
        return
    if not tlsa.records:
        yield NotApplicable(f"there is no TLSA record at {tlsa.name}" if tlsa.name else "it was probed by its address")
        return
    # Mail servers alone go by TLSA records, and they deliver to port 25.
    severity = Severity.CRITICAL if tlsa.in_force and tlsa.name.startswith("_25.") else Severity.MEDIUM
    evidence = tuple(f"{tlsa.name} TLSA {record}" for record in tlsa.records[:3])
    if conversation.refusal is not None or (conversation.clear is not None and "STARTTLS" not in conversation.clear):
        yield Finding(
            None,
            f"{tlsa.name} has TLSA records, and the server offers no usable STARTTLS",
            "Senders that go by DANE keep their mail until it is returned.",
            Fix("make STARTTLS work again, or take the records out until it does"),
            evidence=evidence,
            severity=severity,
        )
    elif isinstance(dane, DANEVerdict):
        yield from _judged(dane, tlsa.name, severity, evidence)
    else:
        yield dane
    if not tlsa.in_force:
        yield Unknown(f"the resolver does not say that DNSSEC proves {tlsa.name} and the host's addresses")


def _judged(dane: DANEVerdict, name: str, severity: Severity, evidence: tuple[str, ...]) -> Iterator[Finding | Unknown]:
    reasons = list(dict.fromkeys(each.reason for each in dane.records if each.reason))
    if dane.outcome == "unmatched":
        yield Finding(
            None,
            f"none of the TLSA records at {name} matches: {'; '.join(reasons)}",
            "Senders that go by DANE do not deliver to a server that shows another key.",
            _FIX,
            evidence=evidence,
            severity=severity,
        )
    elif dane.outcome == "undecided":
        yield Inconclusive(f"the TLSA records at {name} cannot be judged: {'; '.join(reasons)}")
    for each in dane.records:
        if each.outcome == "unusable":
            yield Finding(
                None,
                f"the TLSA record {each.record.usage} {each.record.selector} {each.record.matching} at {name} "
                f"cannot be used: {each.reason}",
                "Senders pass it over; where no other is left they want TLS and trust any certificate.",
                _FIX,
                evidence=evidence,
                severity=Severity.MEDIUM if dane.outcome == "unusable" else Severity.LOW,
            )
