r"""The revocation list is out of date.

After the date of its next update a list is worth nothing: every certificate of that authority then fails to verify.
sendmail reads the file once when it starts, so fetching must end in a restart (RFC 5280, 5.1.2.5).

In the log or at the client:
    STARTTLS: TLS cert verify: depth=0, error 12 at 0 depth lookup: CRL has expired
    verify=FAIL
Bad:
    --- /etc/mail/certs/revoke.crl 644 root:root crl(expired=True)
Bad:
    --- /etc/mail/certs/revoke.crl 644 root:root crl(expired=True, der=True)
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the list names no next update.
See: howto step 5; RFC 5280, 5.1.2.5.
"""

from auditor.facts.given import Clock
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable

_CONSEQUENCE = "Every certificate of that authority fails to verify: clients with certificates are turned away."
_NOT_EVEN_LOADED = (
    "Nobody renews it; once it is in a form that sendmail loads, every certificate of that authority fails."
)


@check("CRT032", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="5")
def revocation_list_expired(revocations: Revocations, clock: Clock) -> Verdicts:
    """Compare the list's next update with the clock."""
    found = revocations.list or revocations.unused
    if found is None:
        yield NotApplicable("the list cannot be read")
    elif found.next_update is not None and found.next_update < clock.now:
        yield Finding(
            revocations.span or revocations.file.path,
            f"the revocation list should have been renewed by {found.next_update:%Y-%m-%d}",
            _CONSEQUENCE if revocations.list is not None else _NOT_EVEN_LOADED,
            Fix("fetch it from cron, turn it into PEM, put it in place atomically and restart sendmail"),
            ((revocations.file.span, "the list is named here"),),
        )
