r"""SMART_HOST holds something that is no host.

The value may begin with a mailer and a colon, then comes a host, or hosts with colons between them.
A port cannot be given: in "relay.example.org:587" 587 is a second host, and in "relay:587" relay is
a mailer. The port belongs into RELAY_MAILER_ARGS, above MAILER(`smtp') (cf/README, "SMART_HOST" and
"MAILERS").

In the log or at the client:
    554 5.3.5 buildaddr: unknown mailer smarthost
Bad:
    define(`SMART_HOST', `relay.example.org:587')dnl
Bad:
    define(`SMART_HOST', `smarthost:587')dnl
Bad:
    define(`SMART_HOST', `relay.example.org, mail.example.org')dnl
Good:
    define(`SMART_HOST', `esmtp:[relay.example.org]')dnl
Good:
    define(`SMART_HOST', `relay.example.org')dnl
    define(`RELAY_MAILER_ARGS', `TCP $h 587')dnl
Not when: the value is a mailer, a colon and a host, with or without square brackets.
See: howto step 6; cf/README, "MAILERS".
"""

import re
from collections.abc import Iterator

from auditor.facts.features import Defines
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.mc import Define

_PORT = lazy(r"(?P<host>.*):(?P<port>\d{1,5})")


@check("MCF034", severity=Severity.MEDIUM, howto="6")
def smart_host_value(defines: Defines) -> Verdicts:
    """Take the value apart."""
    define = defines.written("SMART_HOST")
    if define is not None and define.body and define.value_span is not None:
        yield from _judged(define, define.value_span, define.body)


def _judged(define: Define, place: Span, value: str) -> Iterator[Finding]:
    port = _PORT.fullmatch(value.strip())
    if port is not None:
        host = port["host"]
        mailer = re.fullmatch(r"[A-Za-z][\w-]*", host) is not None
        yield Finding(
            place.find(f":{port['port']}").part(1),
            f"SMART_HOST cannot name a port, as {value} does",
            f"sendmail takes {host} for a mailer and {port['port']} for the host: mail bounces."
            if mailer
            else f"sendmail takes {port['port']} for another host to try; the port stays 25.",
            replace(
                define.span or place,
                f"define(`SMART_HOST', `{host}')dnl\ndefine(`RELAY_MAILER_ARGS', `TCP $h {port['port']}')",
                "give the port in RELAY_MAILER_ARGS, above MAILER(`smtp')",
            ),
            severity=Severity.HIGH if mailer else None,
        )
    elif re.search(r"[\s,#;]", value):
        yield Finding(
            place,
            f'SMART_HOST is "{value}", which is not one host',
            "sendmail uses the whole text as the host's name, which does not exist.",
            Fix("write one name, or several with colons between them"),
        )
