r"""Mechanisms are offered for which the server must keep passwords in clear.

CRAM-MD5, DIGEST-MD5, SCRAM, NTLM and OTP never send the password: the server computes with one that it has,
in sasldb2 or another store of libsasl's own. saslauthd can never serve them, so where it is what checks
passwords, mail programs that choose such a mechanism fail. From outside nobody can tell which it is (Cyrus
SASL, "Options", pwcheck_method).

In the log or at the client:
    AUTH failure (CRAM-MD5): user not found (-20) SASL(-13): user not found: no secret in database
Bad:
    --- @ mail.doe.org:587 endpoint(within="PIPELINING AUTH=PLAIN=CRAM-MD5")
Good:
    --- @ mail.doe.org:587 endpoint(within="PIPELINING AUTH=PLAIN=LOGIN")
Good:
    --- @ mail.doe.org:587 endpoint(within="AUTH=SCRAM-SHA-256=PLAIN", login={"SCRAM-SHA-256": "235 2.0.0 OK"})
Not when: a login with such a mechanism was accepted.
See: howto steps 6 and 10; SAS020; Cyrus SASL, "Options".
"""

from auditor.facts.wire import Conversation, Logins
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.strength import SHARED_SECRET
from checks.prb import mechanisms


@check("PRB033", severity=Severity.INFO, confidence=Confidence.HIGH, same_as=("SAS009", "SAS020"))
def shared_secrets_offered(talk: Conversation, logins: Logins | Unknown | NotApplicable) -> Verdicts:
    """Look for such mechanisms among all that are offered."""
    offered = dict.fromkeys((*mechanisms(talk.clear), *mechanisms(talk.within)))
    if not offered:
        yield NotApplicable("no AUTH is offered")
        return
    found = [name for name in offered if name.startswith(SHARED_SECRET)]
    works = isinstance(logins, Logins) and any(each.accepted and each.mechanism in found for each in logins.results)
    if found and not works:
        yield Finding(
            None,
            f"the server offers AUTH {' and '.join(found)}, for which it has to keep the passwords itself",
            "If saslauthd checks the passwords, mail programs that choose such a mechanism cannot log in.",
            Fix("with saslauthd write into Sendmail.conf: mech_list: plain login"),
            evidence=("> EHLO", f"< 250-AUTH {' '.join(offered)}"),
        )
