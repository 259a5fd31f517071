r"""A listener on the smtps port answers in plaintext.

Port 465 means TLS from the first byte (RFC 8314, section 3.3). sendmail does that only for a listener with the
modifier s, which it has since 8.13; E merely refuses ETRN (Sendmail Installation and Operation Guide, 5.6,
DaemonPortOptions).

In the log or at the client:
    SSL routines::wrong version number
    did not issue MAIL/EXPN/VRFY/ETRN during connection to MSA-SSL
Bad:
    DAEMON_OPTIONS(`Port=smtps, Name=MSA-SSL, M=E')dnl
Bad:
    DAEMON_OPTIONS(`Name=MSA-SSL, Port=465')dnl
Good:
    DAEMON_OPTIONS(`Port=smtps, Name=MSA-SSL, M=sE')dnl
Not when: sendmail is older than 8.13, which has no such modifier.
See: howto step 6; Sendmail Installation and Operation Guide, 5.6; RFC 8314, 3.3.
"""

import re

from auditor.facts.listeners import Listener, Listeners
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import NotApplicable, Unknown

_SMTPS = 465
_FIRST_WITH_S = (8, 13)


@check("CFF020", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="6")
def smtps_listener_without_tls(listeners: Listeners, version: Version | Unknown) -> Verdicts:
    """Judge every listener on port 465."""
    if isinstance(version, Version) and () < version.release < _FIRST_WITH_S:
        yield NotApplicable("sendmail before 8.13 cannot speak TLS from the first byte")
        return
    for listener in listeners.on(_SMTPS):
        if "s" not in listener.modifiers:
            yield Finding(
                listener.span,
                f"the listener {listener.name} on port 465 answers in plaintext: its modifiers lack s",
                "Mail clients set to SSL/TLS fail with a wrong version number or hang until they time out.",
                _fix(listener),
            )


def _fix(listener: Listener) -> Fix:
    text = listener.span.text
    title = "give the listener the modifier s"
    modifiers = re.search(r"\b([Mm]\w*=\s*)([^,\s]*)", text)
    if modifiers is None:
        return replace(listener.span, f"{text}, M=s", title, safe=True)
    place = listener.span.part(modifiers.start(2), modifiers.end(2))
    return replace(place, f"s{place.text}", title, safe=True)
