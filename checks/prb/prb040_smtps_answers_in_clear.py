r"""A port where TLS comes first answers in clear.

Port 465 means TLS from the first byte (RFC 8314, 3.3). sendmail does that only for a listener with the modifier
s; without it mail programs set to SSL/TLS wait for a handshake that never begins (Sendmail Installation and
Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    SSL routines::wrong version number
    did not issue MAIL/EXPN/VRFY/ETRN during connection to MSA-SSL
Bad:
    --- @ mail.doe.org:465 endpoint(plain="220 mail.doe.org ESMTP Sendmail 8.17.1")
Good:
    --- @ mail.doe.org:465 endpoint()
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: the connection is turned down in clear, by 4xx or 5xx, before anything could be told; or a tunnel ends
TLS before sendmail, which looks like TLS from outside.
See: howto step 6; CFF020; RFC 8314, 3.3.
"""

from auditor.facts.wire import Conversation, Observed
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable

_LINE_END = r"\x0d"


@check("PRB040", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def smtps_answers_in_clear(talk: Conversation, observed: Observed) -> Verdicts:
    """Judge the first bytes of a port with implicit TLS."""
    port = observed.settings.port
    if observed.settings.tls != "implicit":
        yield NotApplicable("TLS does not come first on this port")
    elif talk.plain and not talk.plain.startswith("220"):
        yield Inconclusive(f"the connection is turned down in clear: {talk.plain}")
    elif talk.plain:
        yield Finding(
            None,
            f"port {port} greets in clear, where TLS has to come first",
            "Mail programs set to SSL/TLS fail with a wrong version number or hang until they time out.",
            Fix("in sendmail give the listener the modifier s: DAEMON_OPTIONS(`Port=smtps, Name=TLSMSA, M=sa')dnl"),
            # The bytes of a line's end stand there as escapes.
            evidence=(f"< {talk.plain.partition(_LINE_END)[0]}",),
        )
