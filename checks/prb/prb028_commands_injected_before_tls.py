r"""A command sent in clear behind STARTTLS is answered within TLS.

What comes in the same packet as STARTTLS was written before TLS began, by anybody on the way. A server has to forget
it (RFC 3207, section 4.2); one that answers it within TLS lets an attacker put his own commands in front of the
client's, and have its password or mail sent where he likes.

In the log or at the client:
    250 2.0.0 OK, within TLS, to a NOOP that was sent before it
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"injection": "exposed the NOOP sent in clear was answered within TLS"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"injection": "safe the NOOP was forgotten"})
Not when: ``--intrusive`` was not asked for, or the test gave no verdict.
See: CVE-2011-0411; RFC 3207, section 4.2.
"""

from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Fix, Severity
from checks.prb import exposed


@check("PRB028", severity=Severity.HIGH, confidence=Confidence.HIGH)
def commands_injected_before_tls(intrusive: Intrusive) -> Verdicts:
    """Judge what the test showed."""
    yield from exposed(
        intrusive.injection,
        "a command sent in clear behind STARTTLS is answered within TLS",
        "Who sits on the way can put commands in front of a client's, as if they had come over TLS.",
        Fix("update the mail server, or the proxy in front of it that speaks TLS"),
    )
