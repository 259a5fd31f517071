r"""The server lets anybody log in.

An empty login, without user or password, is accepted. Who is logged in may send mail to the whole world: the
server is an open relay with one step more, and spammers try that step (RFC 4954, 4).

In the log or at the client:
    235 2.0.0 OK Authenticated
Bad:
    --- @ mail.doe.org:587 endpoint(trial="235 2.0.0 OK Authenticated")
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: no mechanism that sends a password is offered.
See: RFC 4954, 4; RFC 4616, 2.
"""

from auditor.facts.wire_parts import TrialResult
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive
from checks.prb import said


@check("PRB037", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def login_without_password(trial: TrialResult) -> Verdicts:
    """Look whether the empty login was taken."""
    if trial.verdict == "open":
        yield Finding(
            None,
            f"AUTH {trial.mechanism} without user and password is accepted",
            "Anybody sends mail to anywhere in this server's name, until it is on every blocklist.",
            Fix("take the mechanism away at once, then look what checks the passwords"),
            evidence=said(f"AUTH {trial.mechanism} =", trial.reply),
        )
    elif trial.verdict in ("later", "unclear") or trial.reply is None:
        yield Inconclusive(trial.meaning)
