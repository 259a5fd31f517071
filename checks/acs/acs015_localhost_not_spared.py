r"""Connections of this host's own are limited or refused by the access map.

Mail handed in here comes from 127.0.0.1, be it from the submission program, a webmail or a mail
list. An entry that refuses that address stops it; a pause or a limit that holds for everybody holds
for it as well, unless an entry with 0 takes it out. Each client address is looked up octet by
octet: 127.0.0.1, 127.0.0, 127.0, 127 (cf/README, ratecontrol, conncontrol and greet_pause).

In the log or at the client:
    452 4.3.2 Connection rate limit exceeded, to the submission program
Bad:
    --- /etc/mail/access
    Connect:127	REJECT
    GreetPause:127.0.0.1	0
Bad:
    --- /etc/mail/access
    ClientRate:	30
    ClientConn:127.0.0.1	0
    GreetPause:127.0.0.1	0
Good:
    --- /etc/mail/access
    ClientRate:	30
    ClientRate:127	0
    GreetPause:localhost	0
Not when: there is neither a default entry nor an argument of greet_pause, so that nobody is
limited.
See: cf/README, ratecontrol, conncontrol and greet_pause.
"""

from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknowable
from auditor.sendmail.access import refuses

_OWN = ("127.0.0.1", "127.0.0", "127.0", "127")
_NAMES = ("localhost", "localhost.localdomain", "localdomain")
_LIMITS = {"ClientRate": "ratecontrol", "ClientConn": "conncontrol"}
_BLOCKED = ("Connect:", "")


@check("ACS015", severity=Severity.HIGH)
def localhost_not_spared(access: AccessMap, features: Features) -> Verdicts:
    """Look 127.0.0.1 up as the rulesets would."""
    entries = access.document.index
    for key in [f"{tag}{name}" for name in (*_NAMES, *_OWN) for tag in ("connect:", "")]:
        entry = entries.get(key)
        if entry is not None:
            found = next(each for each in access if each.start == entry.start)
            if refuses(found):
                yield _finding(found.lhs, f"{found.lhs.text} refuses this host's own connections", "delete the line")
            break
    for tag, feature in _LIMITS.items():
        default = entries.get(f"{tag.lower()}:")
        spared = any(f"{tag.lower()}:{key}" in entries for key in _OWN)
        if default is not None and not spared and default.value.text.strip() not in ("", "0") and features.get(feature):
            yield _finding(
                default.lhs, f"{tag}: limits this host's own connections as well", f"add a line: {tag}:127.0.0.1\t0"
            )
    yield from _pause(access, features)


def _pause(access: AccessMap, features: Features) -> Verdicts:
    try:
        use = features.get("greet_pause")
    except Unknowable as unknowable:
        yield unknowable.unknown
        return
    if use is None or not use.args or not use.args[0].strip("0"):
        return
    if not any(f"greetpause:{key}" in access.document.index for key in (*_NAMES[:1], *_OWN)):
        at = use.span or access.document.source.span(0, 0)
        yield _finding(
            at,
            f"greet_pause holds this host's own connections for {use.args[0]} ms",
            "add a line: GreetPause:127.0.0.1\t0",
            severity=Severity.MEDIUM,
        )


def _finding(at: Span, message: str, title: str, severity: Severity | None = None) -> Finding:
    consequence = "Mail of this host's own users and programs waits, or is turned away, when there is much of it."
    if "refuses" in message:
        consequence = "Nothing that is handed in on this host leaves it."
    return Finding(at, message, consequence, Fix(title), severity=severity)
