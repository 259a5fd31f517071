r"""The domain's MTA-STS policy cannot be used, or does not fit its servers.

With MTA-STS a domain tells senders that its exchangers have TLS with certificates that verify, and in
mode enforce that they keep their mail otherwise. Record, policy and servers have to fit together; a
policy that cannot be fetched protects nobody (RFC 8461, 3 to 5). TLSRPT has others report what fails
(RFC 8460).

In the log or at the client:
    MTA-STS policy failure: validation-failure, in the reports that senders send
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", policy="version: STSv1\nmode: enforce\nmx: mx.doe.org\nmax_age: 604800\n")
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", sts="v=STSv1; id=not-good")
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", policy="version: STSv1\nmode: enforce\nmax_age: 60\n")
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", verified="it is self-signed and not trusted itself")
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", tlsrpt="")
Good:
    --- @ mail.doe.org:25 endpoint(domain="doe.org")
Good:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", sts="", tlsrpt="")
Not when: the domain has no MTA-STS record; or the host that was probed is none of its exchangers.
See: RFC 8461; RFC 8460.
"""  # noqa: E501  # An endpoint is described on one line.

from collections.abc import Iterator
from typing import TypeAlias

from auditor.facts.wire import Conversation, Observed
from auditor.facts.wire_parts import DomainAround
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.host_names import normal

#: A policy that senders keep for less than a day is forgotten between two messages.
_SHORTEST = 86400
_FIX = Fix("serve at https://mta-sts.DOMAIN/.well-known/mta-sts.txt: version: STSv1, mode, mx lines, max_age")
_Parts: TypeAlias = Iterator[Finding | Unknown | NotApplicable]


@check("PRB061", severity=Severity.MEDIUM)
def mta_sts_policy_broken(domain: DomainAround, conversation: Conversation, observed: Observed) -> Verdicts:
    """Judge record, policy, exchangers and certificate, then the record for reports."""
    sts = domain.sts
    if isinstance(sts.record, Unknown):
        yield sts.record
    elif sts.record is None:
        yield NotApplicable(f"{sts.domain} has no MTA-STS record")
    else:
        yield from _told(sts.record.problems, f"the MTA-STS record of {sts.domain}", Severity.MEDIUM)
        yield from _policy(domain)
        yield from _exchangers(domain)
        yield from _certificate(domain, conversation, observed)
    reporting = domain.reporting
    if isinstance(reporting, Unknown):
        yield reporting
    elif reporting is not None:
        yield from _told(reporting.problems, f"the TLSRPT record of {sts.domain}", Severity.LOW)
    elif sts.record is not None and not isinstance(sts.record, Unknown):
        yield Finding(
            None,
            f"{sts.domain} has MTA-STS and no TLSRPT record",
            "Nobody learns of the mail that others could not deliver because of the policy.",
            Fix(f"_smtp._tls.{sts.domain}. TXT v=TLSRPTv1; rua=mailto:tls@{sts.domain}"),
            severity=Severity.INFO,
        )


def _told(problems: tuple[str, ...], what: str, severity: Severity) -> _Parts:
    if problems:
        consequence = "Senders pass over what they cannot read, and nothing is protected."
        yield Finding(None, f"{what}: {'; '.join(problems[:3])}", consequence, _FIX, severity=severity)


def _policy(domain: DomainAround) -> _Parts:
    sts = domain.sts
    if isinstance(sts.page, Unknown):
        yield sts.page
    elif sts.page is not None and sts.page.fault is not None:
        message = f"the MTA-STS policy of {sts.domain} cannot be fetched: {sts.page.fault}"
        yield Finding(None, message, "Senders that have no policy from before deliver as if there was none.", _FIX)
    if sts.policy is None:
        return
    yield from _told(sts.policy.problems, f"the MTA-STS policy of {sts.domain}", Severity.MEDIUM)
    if sts.policy.max_age is not None and sts.policy.max_age < _SHORTEST and sts.policy.mode != "none":
        message = f"the MTA-STS policy of {sts.domain} holds for {sts.policy.max_age} seconds only"
        consequence = "Whoever can suppress the DNS record for that long gets mail in clear."
        yield Finding(None, message, consequence, Fix("max_age: 604800"), severity=Severity.LOW)


def _exchangers(domain: DomainAround) -> _Parts:
    policy, exchangers = domain.sts.policy, domain.exchangers
    if policy is None or policy.mode in (None, "none") or not policy.mx:
        return
    if isinstance(exchangers, Unknown):
        yield exchangers
        return
    unnamed = [host.name for host in exchangers.hosts if not policy.names(host.name)]
    if unnamed:
        enforced = policy.mode == "enforce"
        yield Finding(
            None,
            f"the MTA-STS policy of {domain.sts.domain} does not name its exchanger {', '.join(unnamed)}",
            "Senders that go by it do not deliver there." if enforced else "In mode enforce none would deliver there.",
            Fix("; ".join(f"mx: {name}" for name in unnamed)),
            severity=Severity.HIGH if enforced else None,
        )


def _certificate(domain: DomainAround, talk: Conversation, observed: Observed) -> _Parts:
    policy, exchangers, host = domain.sts.policy, domain.exchangers, normal(observed.settings.certified)
    if policy is None or policy.mode in (None, "none") or isinstance(exchangers, Unknown) or talk.tls is None:
        return
    if host not in {normal(each.name) for each in exchangers.hosts} or talk.tls.verified:
        return
    if observed.settings.ca is not None:
        yield Unknown("the certificate was judged by other authorities than senders have")
        return
    yield Finding(
        None,
        f"{domain.sts.domain} has MTA-STS, and the certificate of {host} does not verify: {talk.tls.why_not}",
        "Senders that go by the policy want a certificate that public authorities vouch for.",
        Fix("have the certificate issued by a public authority, for the name of the MX record"),
        severity=Severity.HIGH if policy.mode == "enforce" else None,
    )
