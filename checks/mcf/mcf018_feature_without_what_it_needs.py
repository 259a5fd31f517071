r"""A FEATURE needs something that does not stand above it.

Several features look in the access map and therefore need access_db above them, some need
delay_checks, an argument, or a definition. m4 prints an error, exits with 0, and the feature has no
effect or half of one (cf/README, "FEATURES").

In the log or at the client:
    *** ERROR: FEATURE(blocklist_recipients) requires FEATURE(access_db)
    *** WARNING: FEATURE(`greet_pause') before FEATURE(`access_db')
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`blocklist_recipients')dnl
    FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    FEATURE(`nouucp')dnl
Bad:
    FEATURE(`preserve_luser_host')dnl
    define(`LUSER_RELAY', `relay:mail.doe.org')dnl
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl
    FEATURE(`ratecontrol', `nodelay', `terminate')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    FEATURE(`lookupdotdomain')dnl
Good:
    FEATURE(`nouucp', `reject')dnl
Not when: an included file or a DOMAIN file of the site's own may hold what is needed.
See: howto step 6; cf/README, "FEATURES" and "ANTI-SPAM CONFIGURATION CONTROL".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import FEATURES
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, decided, shown, sure, unread, whole

#: Features that have no effect without an argument, with one that they take.
_ARGUMENT = {
    "nouucp": "reject",
    "nopercenthack": "reject",
    "nullclient": "mail.example.org",
    "dnsbl": "dnsbl.example.org",
    "enhdnsbl": "dnsbl.example.org",
    "prefixmod": "prefix",
}

_WORDS = Words(
    "m4 prints an error and exits with 0; the feature does not work, or does half of what it should.",
    "give it what it needs, above it",
)


@check("MCF018", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def feature_without_what_it_needs(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Ask for each feature what stands above it."""
    yield from decided("MCF018", _read(view), complaints, view, _WORDS, backed=lambda _: True, settles=whole)


def _read(view: McView) -> Verdicts:
    uses = [call for call in sure(view, "FEATURE") if call.gap is None]
    above: set[str] = set()
    for call in uses:
        for need in _needs(call):
            if need not in above:
                yield from _lacking(view, call, need, uses)
        above.add(call.value(0))
        yield from _alone(view, call)
        if call.value(0) == "greet_pause" and len(call.args) > 1:
            yield from _pause(call, uses)
    yield from unread(view)


def _needs(call: MacroCall) -> Iterator[str]:
    name, argument = call.value(0), call.value(1).lower()
    facts = FEATURES.get(name)
    yield from facts.needs if facts is not None else ()
    if name in ("ratecontrol", "conncontrol") and argument == "nodelay":
        yield "delay_checks"
    if (name == "bcc" and argument == "access") or (name == "greet_pause" and len(call.args) == 1):
        yield "access_db"


def _lacking(view: McView, call: MacroCall, need: str, uses: list[MacroCall]) -> Iterator[Finding | Unknown]:
    possible = [each for each in view.of("FEATURE") if each.conditional and each.value(0) == need]
    opaque = next((each for each in view.opaque if each.order < call.order and each.names is None), None)
    if possible or opaque is not None:
        line = possible[0].span.line if possible else opaque.span.line if opaque is not None else 0
        yield Unknown(f"line {line} may switch on {need} for {shown(call)}")
        return
    below = next((each for each in uses if each.value(0) == need and each.order > call.order), None)
    yield Finding(
        call.args[0].inner,
        f"{shown(call)} needs FEATURE(`{need}') above it" + ("; it stands below" if below is not None else ""),
        "m4 prints an error and exits with 0; the feature does not work.",
        Fix(f"put FEATURE(`{need}') above it"),
        related=((below.span, "too late here"),) if below is not None else (),
    )


def _alone(view: McView, call: MacroCall) -> Iterator[Finding]:
    name = call.value(0)
    if len(call.args) == 1 and _ARGUMENT.get(name):
        yield Finding(
            call.args[0].inner,
            f"{shown(call)} has no argument",
            "m4 prints an error and exits with 0; the feature does not know what to do.",
            Fix(f"write FEATURE(`{name}', `{_ARGUMENT[name]}')dnl"),
        )
    if name == "preserve_luser_host" and not _has_luser_relay(view, call) and view.unseen("LUSER_RELAY") is None:
        yield Finding(
            call.args[0].inner,
            "preserve_luser_host needs LUSER_RELAY above it",
            "m4 complains; the host part is lost for unknown users.",
            Fix("define LUSER_RELAY above the feature"),
        )


def _has_luser_relay(view: McView, call: MacroCall) -> bool:
    return any(each.name == "LUSER_RELAY" and each.order < call.order for each in view.defines)


def _pause(call: MacroCall, uses: list[MacroCall]) -> Iterator[Finding]:
    access = next((each for each in uses if each.value(0) == "access_db"), None)
    if access is not None and access.order > call.order:
        yield Finding(
            call.args[0].inner,
            "greet_pause stands above access_db, so it will not look in the access map",
            "GreetPause: entries of the access map have no effect; every client waits.",
            Fix("put FEATURE(`access_db') above greet_pause"),
            related=((access.span, "access_db is here"),),
            severity=Severity.MEDIUM,
        )
