r"""A login was asked for, and no password was sent.

A password goes only over TLS whose certificate verifies for the expected name. What stood in the way here
stands in the way of every mail program that is set up with care (RFC 8314, 4).

In the log or at the client:
    certificate verify failed: Hostname mismatch
Bad:
    --- @ mail.doe.org:587 endpoint(verified="it is not for mail.doe.org", code=62, unsent="no password was sent: certificate verify failed")
Bad:
    --- @ mail.doe.org:587 endpoint(within="PIPELINING AUTH=GSSAPI", unsent="no password was sent: the server offers no mechanism that is spoken here", trial="")
Good:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "235 2.0.0 OK"})
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: no login was asked for, or a password was sent.
See: RFC 8314, 4; the options --name, --ca and --insecure-auth.
"""  # noqa: E501  # An example is one line.

from auditor.facts.wire import Conversation, Logins
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive
from checks.prb import mechanisms

_UNSAFE = Fix("mend the certificate, or name what it is for: --name NAME, --ca FILE; --insecure-auth sends it anyway")
_OTHERWISE = Fix("log in to a port with TLS and a mechanism that is spoken here, such as PLAIN")


@check("PRB036", severity=Severity.INFO, confidence=Confidence.HIGH)
def password_not_sent(logins: Logins, talk: Conversation) -> Verdicts:
    """Tell why there was no login."""
    if not logins.unsent:
        return
    tls = talk.tls
    if tls is not None and not tls.verified:
        yield Finding(
            None,
            f"{logins.unsent}",
            f"Mail programs stop at the same point: {tls.why_not}.",
            _UNSAFE,
            severity=Severity.MEDIUM,
        )
    elif tls is not None and mechanisms(talk.within) and "mechanism" not in logins.unsent:
        # TLS, certificate and AUTH were all there in the first conversation, so a later one went wrong.
        yield Inconclusive(logins.unsent)
    else:
        yield Finding(None, logins.unsent, "Whether passwords are checked as they should be is not known.", _OTHERWISE)
