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

from auditor.facts.mta_sts import PolicyFit
from auditor.facts.wire_parts import DomainAround
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown

_MEDIUM, _LOW = Severity.MEDIUM, Severity.LOW
_FIX = Fix("serve at https://mta-sts.DOMAIN/.well-known/mta-sts.txt: version: STSv1, mode, mx lines, max_age")
_UNREADABLE = "Senders pass over what they cannot read, and nothing is protected."


@check("PRB061", severity=_MEDIUM)
def mta_sts_policy_broken(domain: DomainAround, fit: PolicyFit) -> Verdicts:
    """Judge record, policy, exchangers and certificate, then the record for reports."""
    sts, reporting = domain.sts, domain.reporting
    if isinstance(sts.record, Unknown):
        yield sts.record
    elif sts.record is None:
        yield NotApplicable(f"{sts.domain} has no MTA-STS record")
    else:
        yield from _told(sts.record.problems, f"the MTA-STS record of {sts.domain}", _MEDIUM)
        yield from _policy(domain)
        yield from _fit(fit)
    if isinstance(reporting, Unknown):
        yield reporting
    elif reporting is not None:
        yield from _told(reporting.problems, f"the TLSRPT record of {sts.domain}", _LOW)
    elif sts.record is not None and not isinstance(sts.record, Unknown):
        consequence = "Nobody learns of the mail that others could not deliver because of the policy."
        fix = Fix(f"_smtp._tls.{sts.domain}. TXT v=TLSRPTv1; rua=mailto:tls@{sts.domain}")
        yield Finding(None, f"{sts.domain} has MTA-STS and no TLSRPT record", consequence, fix, severity=Severity.INFO)


def _told(problems: tuple[str, ...], what: str, severity: Severity) -> Verdicts:
    if problems:
        yield Finding(None, f"{what}: {'; '.join(problems[:3])}", _UNREADABLE, _FIX, severity=severity)


def _policy(domain: DomainAround) -> Verdicts:
    page, policy, what = domain.sts.page, domain.sts.policy, f"the MTA-STS policy of {domain.sts.domain}"
    if isinstance(page, Unknown):
        yield page
    elif page is not None and page.fault is not None:
        consequence = "Senders that have no policy from before deliver as if there was none."
        yield Finding(None, f"{what} cannot be fetched: {page.fault}", consequence, _FIX)
    if policy is None:
        return
    yield from _told(policy.problems, what, _MEDIUM)
    if policy.is_brief:
        consequence = "Whoever can suppress the DNS record for that long gets mail in clear."
        message = f"{what} holds for {policy.max_age} seconds only"
        yield Finding(None, message, consequence, Fix("max_age: 604800"), severity=_LOW)


def _fit(fit: PolicyFit) -> Verdicts:
    severity = Severity.HIGH if fit.enforced else _MEDIUM
    if isinstance(fit.unnamed, Unknown):
        yield fit.unnamed
    elif fit.unnamed:
        message = f"the MTA-STS policy of {fit.domain} does not name its exchanger {', '.join(fit.unnamed)}"
        consequence = "Senders that go by it do not deliver there."
        fix = Fix("; ".join(f"mx: {name}" for name in fit.unnamed))
        later = "In mode enforce none would deliver there."
        yield Finding(None, message, consequence if fit.enforced else later, fix, severity=severity)
    if isinstance(fit.distrust, Unknown):
        yield fit.distrust
    elif fit.distrust:
        message = f"{fit.domain} has MTA-STS, and the certificate of {fit.host} does not verify: {fit.distrust}"
        consequence = "Senders that go by the policy want a certificate that public authorities vouch for."
        fix = Fix("have the certificate issued by a public authority, for the name of the MX record")
        yield Finding(None, message, consequence, fix, severity=severity)
