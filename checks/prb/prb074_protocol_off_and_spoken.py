r"""A protocol that ServerSSLOptions switches off is spoken all the same.

sendmail reads the option when it starts, and only 8.15 and later know it. What answers was not
restarted since the line was written, or is another program in front of sendmail (Sendmail
Installation and Operation Guide, 5.6, ServerSSLOptions).

In the log or at the client:
    STARTTLS=server, relay=client.example.org, version=TLSv1, verify=NO
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
    --- @ localhost:25 endpoint(versions="TLSv1 TLSv1.1 TLSv1.2 TLSv1.3")
Good:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
    --- @ localhost:25 endpoint()
Not when: the option does not switch the protocol off; whether it should is for TLS001 and TLS002 to say.
See: TLS001; TLS002; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.met import Met
from auditor.facts.options import Options
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.sendmail.tls import PROTOCOLS, disabled_protocols


@check("PRB074", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def protocol_off_and_spoken(met: Met, options: Options) -> Verdicts:
    """Compare the option with what is spoken."""
    setting = options.get("ServerSSLOptions")
    off = disabled_protocols(setting.value) if setting is not None else frozenset()
    if setting is None or not off:
        yield NotApplicable("ServerSSLOptions switches no protocol off")
        return
    for meeting in met.meetings:
        offer = meeting.observed.offer
        if isinstance(offer, Unknown | NotApplicable):
            yield offer
            continue
        yield from (state for name in PROTOCOLS if name in off and isinstance(state := _state(offer, name), Unknown))
        spoken = [name for name in PROTOCOLS if name in off and _state(offer, name) == "offered"]
        if spoken:
            yield Finding(
                setting.span,
                f"{' and '.join(spoken)} {'is' if len(spoken) == 1 else 'are'} switched off here and spoken on "
                f"{meeting.endpoint.name}",
                "What the line is there to keep away still works, and security scans report it.",
                command("service sendmail restart", "restart sendmail, which then reads the option"),
                evidence=tuple(f"{name} with {suite}" for name in spoken if (suite := _suite(offer, name))),
            )


def _state(offer: TLSOffer, name: str) -> str | Inconclusive:
    return offer.version(name).state


def _suite(offer: TLSOffer, name: str) -> str:
    preferred = offer.version(name).preferred
    return preferred.name if preferred is not None else ""
