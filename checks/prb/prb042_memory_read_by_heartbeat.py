r"""A heartbeat is answered with memory that was never sent.

OpenSSL 1.0.1 to 1.0.1f answers a heartbeat request with as many bytes as the request claims to hold. Each request
yields up to 64 kB of the server's memory: passwords of other users, mail, the private key itself.

In the log or at the client:
    a heartbeat response longer than the request
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"heartbleed": "exposed a heartbeat of 16 claimed bytes came back"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"heartbleed": "safe no heartbeat came back"})
Not when: ``--intrusive`` was not asked for, or the test gave no verdict.
See: CVE-2014-0160; RFC 6520, section 4.
"""

from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Fix, Severity
from checks.prb import exposed


@check("PRB042", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def memory_read_by_heartbeat(intrusive: Intrusive) -> Verdicts:
    """Judge what the test showed."""
    yield from exposed(
        intrusive.heartbleed,
        "a heartbeat is answered with memory that it did not send",
        "Anybody can read the server's memory, with passwords and the private key in it, and leaves no trace.",
        Fix("update OpenSSL, restart the server, make a new key and certificate, have users change their passwords"),
    )
