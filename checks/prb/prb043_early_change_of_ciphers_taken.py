r"""A ChangeCipherSpec is taken before keys are agreed.

OpenSSL before 1.0.1h, 1.0.0m and 0.9.8za takes that message at any time, and then works with keys made of nothing,
which anybody on the way can make as well.

In the log or at the client:
    no alert to a ChangeCipherSpec that came too early
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"early_ccs": "exposed the message was taken in silence"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"early_ccs": "safe the server sent alert 10"})
Not when: ``--intrusive`` was not asked for, or the test gave no verdict.
See: CVE-2014-0224.
"""

from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Fix, Severity
from checks.prb import exposed


@check("PRB043", severity=Severity.HIGH, confidence=Confidence.HIGH)
def early_change_of_ciphers_taken(intrusive: Intrusive) -> Verdicts:
    """Judge what the test showed."""
    yield from exposed(
        intrusive.early_ccs,
        "a ChangeCipherSpec is taken before keys are agreed",
        "Who sits between this server and a client with the same defect reads and changes what they say.",
        Fix("update OpenSSL and restart the server"),
    )
