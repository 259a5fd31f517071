r"""The server did not prove that it knows the password.

SCRAM and DIGEST-MD5 let the server prove in its last word that it has the password too (RFC 5802, 3; RFC 2831,
2.1.3). One that cannot is broken, or is not the server it says it is and lets everybody in to see what comes.

In the log or at the client:
    nothing
Bad:
    --- @ mail.doe.org:587 endpoint(within="AUTH=SCRAM-SHA-256", login={"SCRAM-SHA-256": "235 2.0.0 OK"}, proved=False)
Good:
    --- @ mail.doe.org:587 endpoint(within="AUTH=SCRAM-SHA-256", login={"SCRAM-SHA-256": "235 2.0.0 OK"}, proved=True)
Good:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "235 2.0.0 OK"})
Not when: the mechanism has no such proof, or the login was refused before it.
See: RFC 5802, 3; RFC 2831, 2.1.3.
"""

from auditor.facts.wire import Logins
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from checks.prb import said


@check("PRB038", severity=Severity.HIGH)
def server_does_not_know_password(logins: Logins) -> Verdicts:
    """Look for a proof that was due and failed."""
    for each in logins.results:
        if each.server_proved is False:
            yield Finding(
                None,
                f"the server's proof in AUTH {each.mechanism} does not fit the password",
                "Somebody may stand between, or the server's store of passwords is damaged.",
                Fix("see that you talk to the right host, and set the user's password anew in the server's store"),
                evidence=said(f"AUTH {each.mechanism} ***", each.reply),
            )
