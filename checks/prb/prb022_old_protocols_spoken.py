r"""The server speaks protocols that are no longer safe, or none that is.

SSLv2 and SSLv3 are broken (RFC 6176, RFC 7568); TLS 1.0 and 1.1 are deprecated (RFC 8996), and mail
submission wants TLS 1.2 at least (RFC 8997). On port 25, where the alternative is no encryption at all,
old TLS does less harm. A server without TLS 1.2 and 1.3 shuts current peers out.

In the log or at the client:
    STARTTLS=server, relay=client.example.org, version=TLSv1, verify=NO, cipher=ECDHE-RSA-AES256-SHA
    STARTTLS=client, error: connect failed=-1, reason=unsupported protocol, SSL_error=1
Bad:
    --- @ mail.doe.org:587 endpoint(versions="TLSv1 TLSv1.1 TLSv1.2")
Bad:
    --- @ mail.doe.org:25 endpoint(versions="SSLv3 TLSv1.2")
Bad:
    --- @ mail.doe.org:25 endpoint(versions="TLSv1", suite="AES256-SHA")
Good:
    --- @ mail.doe.org:587 endpoint(versions="TLSv1.2")
Good:
    --- @ mail.doe.org:25 endpoint(ehlo="PIPELINING STARTTLS", versions="TLSv1.3", suite="TLS_AES_256_GCM_SHA384")
Not when: the profile allows the protocol, or the server gave no verdict on it.
See: howto step 6, the notes; RFC 8996; Sendmail Installation and Operation Guide, 5.6, ServerSSLOptions.
"""

from collections.abc import Iterable, Sequence

from auditor.facts.given import Profile
from auditor.facts.wire import Observed
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.sendmail.strength import BROKEN_PROTOCOLS, DEPRECATED_PROTOCOLS, protocols_severity, without_protocols
from checks.prb import serves_users

_CURRENT = ("TLSv1.2", "TLSv1.3")


@check("PRB022", severity=Severity.MEDIUM, confidence=Confidence.HIGH, same_as=("TLS001", "TLS002", "PRB074"))
def old_protocols_spoken(offer: TLSOffer, observed: Observed, profile: Profile) -> Verdicts:
    """Hold the protocols that are spoken against the profile."""
    forbidden = profile.words("forbidden_protocols")
    if not offer.speaks_tls:
        yield from _doubts(offer, (*forbidden, *_CURRENT))
        yield NotApplicable("no protocol is known to be spoken, and a handshake that fails is PRB021's")
        return
    newest = [version.name for version in offer.versions if version.is_offered][-1]
    outdated = newest not in _CURRENT and "TLSv1" in forbidden
    unsure = list(_doubts(offer, _CURRENT)) if outdated else []
    yield from unsure
    if outdated and not unsure:
        yield Finding(
            None,
            f"the newest protocol that the server speaks is {newest}",
            "Current mail programs and servers refuse the handshake, and their mail waits or is sent in clear.",
            Fix("update OpenSSL and what is built with it, or take SSL_OP_NO_TLSv1_2 out of ServerSSLOptions"),
            severity=Severity.HIGH,
        )
    for group in (BROKEN_PROTOCOLS, () if outdated and not unsure else DEPRECATED_PROTOCOLS):
        found = [name for name in group if name in forbidden and offer.version(name).is_offered]
        if found:
            yield _spoken(found, offer, submission=serves_users(observed))
    yield from _doubts(offer, forbidden)


def _spoken(found: Sequence[str], offer: TLSOffer, *, submission: bool) -> Finding:
    words = without_protocols(found)
    broken = found[0] in BROKEN_PROTOCOLS
    preferred = [(name, offer.version(name).preferred) for name in found]
    return Finding(
        None,
        f"the server speaks {' and '.join(found)}",
        "Who sits in between can make both sides fall back to it and read the session."
        if broken
        else "Old programs stay on what is held breakable, and security scans report it.",
        Fix(f"switch it off; in sendmail: define(`confSERVER_SSL_OPTIONS', `{words}')dnl, with what it holds already"),
        evidence=tuple(f"{name}: {suite.name}" for name, suite in preferred if suite is not None),
        severity=protocols_severity(found, submission=submission),
    )


def _doubts(offer: TLSOffer, names: Iterable[str]) -> Iterable[Inconclusive]:
    for name in names:
        state = offer.version(name).state
        if isinstance(state, Inconclusive):
            yield Inconclusive(f"{name}: {state.reason}")
