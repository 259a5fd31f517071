r"""Port 25 takes mail only after a login.

The modifier a on the listener that the world's mail servers connect to refuses them all: none has a password here.
The guide says not to use it on a public MTA (Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    530 5.7.0 Authentication required
Bad:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, M=a')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, M=a, Addr=127.0.0.1')dnl
Not when: the listener is bound to one private address.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re
from ipaddress import ip_address

from auditor.facts.listeners import Listener, Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace


@check("CFF023", severity=Severity.CRITICAL)
def auth_required_on_port_25(listeners: Listeners) -> Verdicts:
    """Judge every public listener on port 25."""
    for listener in listeners.on(25):
        if "a" in listener.modifiers and not _is_private(listener):
            yield Finding(
                listener.span,
                f"the listener {listener.name} on port 25 demands a login of every mail server",
                "No mail from outside arrives: every peer is told 530 5.7.0 Authentication required.",
                _fix(listener),
            )


def _is_private(listener: Listener) -> bool:
    if listener.is_loopback:
        return True
    try:
        address = ip_address((listener.address or "").removeprefix("IPv6:"))
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified


def _fix(listener: Listener) -> Fix:
    modifiers = re.search(r"\b[Mm]\w*=\s*([^,\s]*)", listener.span.text)
    title = "take the modifier a away from port 25"
    if modifiers is None or modifiers[1] == "a":
        return Fix(title)
    return replace(listener.span.part(modifiers.start(1), modifiers.end(1)), modifiers[1].replace("a", ""), title)
