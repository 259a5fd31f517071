r"""A login is offered before TLS.

PLAIN and LOGIN send the password itself, XOAUTH2 and OAUTHBEARER a token that is as good. A mail program
that is not set up for TLS sends it readable to everybody on the way, and so does one whose STARTTLS somebody
has taken out of the reply. sendmail waits for TLS with p in AuthOptions (Sendmail Installation and Operation
Guide, 5.6; RFC 4954, 4).

In the log or at the client:
    250-AUTH LOGIN PLAIN, before STARTTLS
Bad:
    --- @ mail.doe.org:587 endpoint(ehlo="PIPELINING STARTTLS AUTH=PLAIN=LOGIN")
Bad:
    --- @ mail.doe.org:25 endpoint(ehlo="PIPELINING AUTH=CRAM-MD5 STARTTLS")
Bad:
    --- @ mail.doe.org:587 endpoint(within="AUTH=PLAIN AUTH==PLAIN")
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:465 endpoint()
Good:
    --- @ mail.doe.org:587 endpoint(ehlo="PIPELINING STARTTLS AUTH=GSSAPI=SCRAM-SHA-256")
Not when: TLS begins with the connection, as on port 465. Over the loopback interface nobody listens, and
another listener may answer other hosts, so that there it counts for less.
See: howto step 6, the notes; SAS001; RFC 8314, 3.
"""

from collections.abc import Iterable

from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from auditor.sendmail.strength import AUTH_OPTIONS, IN_CLEAR, ON_BROKEN_HASHES, SENDS_PASSWORD, SENDS_TOKEN
from checks.prb import mechanisms

_WAIT = Fix(f"offer it after TLS only; in sendmail: define(`confAUTH_OPTIONS', `{AUTH_OPTIONS}')dnl")


@check("PRB030", severity=Severity.CRITICAL, confidence=Confidence.HIGH, same_as=("SAS001",))
def login_offered_in_clear(talk: Conversation) -> Verdicts:
    """Judge the mechanisms of the EHLO in clear."""
    if talk.last.legacy_auth:
        yield Finding(
            None,
            f"AUTH is also announced in the old form AUTH={' '.join(talk.last.legacy_auth)}",
            "Only programs of the nineties look for it, and they know no TLS.",
            Fix("drop it; in Postfix it is broken_sasl_auth_clients"),
            severity=Severity.INFO,
        )
    if talk.clear is None:
        yield NotApplicable("the conversation does not begin in clear")
        return
    offered = mechanisms(talk.clear)
    evidence = ("> EHLO", f"< 250-AUTH {' '.join(offered)}")
    sent, guessed = (_among(offered, names) for names in (SENDS_PASSWORD + SENDS_TOKEN, ON_BROKEN_HASHES))
    if sent:
        near = _is_loopback(talk.peer)
        yield Finding(
            None,
            f"the server offers AUTH {sent} before TLS{' over the loopback interface' if near else ''}",
            "If other hosts are offered the same, a mail program without TLS sends the password readable to everybody."
            if near
            else IN_CLEAR,
            _WAIT,
            evidence=evidence,
            severity=Severity.MEDIUM if near else None,
        )
    elif guessed:
        yield Finding(
            None,
            f"the server offers AUTH {guessed} before TLS",
            "Who listens can try passwords against what was said, at home and as fast as the machine goes.",
            Fix("wait for TLS with every mechanism, or offer SCRAM-SHA-256 in their place"),
            evidence=evidence,
            severity=Severity.LOW,
        )


def _is_loopback(peer: str) -> bool:
    return peer.startswith(("127.", "[::1]"))


def _among(offered: Iterable[str], names: tuple[str, ...]) -> str:
    return " and ".join(name for name in offered if name in names)
