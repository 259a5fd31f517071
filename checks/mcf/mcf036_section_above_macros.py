r"""A section that depends on the mailers stands above MAILER.

LOCAL_TLS_CLIENT, LOCAL_TRY_TLS and the other sections that begin a ruleset belong below MAILER; m4
warns when none stands above them. The other LOCAL_ sections may stand anywhere, since m4 collects
each in a place of its own, but a reader expects them at the end (cf/README, "INTRODUCTION AND
EXAMPLE").

In the log or at the client:
    *** WARNING: MAILER() should be before LOCAL_TLS_CLIENT
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    LOCAL_TRY_TLS
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    LOCAL_TRY_TLS
    R$*\t$@ $1
Good:
    LOCAL_CONFIG
    D{site}doe.org
Not when: a MAILER stands above it, or FEATURE(`msp') or FEATURE(`nullclient'), which call MAILER
    themselves.
See: cf/README, "INTRODUCTION AND EXAMPLE" and "STARTTLS".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided, unread, whole

_BELOW_MAILER = frozenset(
    "LOCAL_SRV_FEATURES LOCAL_CLT_FEATURES LOCAL_TRY_TLS LOCAL_TLS_RCPT LOCAL_TLS_CLIENT LOCAL_TLS_SERVER".split(),
)
_CALL_MAILER = frozenset(("msp", "nullclient"))

_WORDS = Words(
    "m4 warns at every build; the ruleset is written all the same.",
    "move the section below the MAILER lines",
)


@check("MCF036", severity=Severity.LOW, confidence=Confidence.HIGH)
def section_above_macros(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Compare the place of each such section with that of the first MAILER, if any."""
    yield from decided("MCF036", _read(view), complaints, view, _WORDS, backed=lambda _: True, settles=whole)


def _read(view: McView) -> Verdicts:
    for call in view.of("MAILER", "FEATURE", *_BELOW_MAILER):
        if call.name == "MAILER" or (call.name == "FEATURE" and call.value(0) in _CALL_MAILER):
            break
        opaque = any(each.order < call.order and each.names is None for each in view.opaque)
        if call.name in _BELOW_MAILER and not call.conditional and not opaque:
            yield Finding(
                call.name_span,
                f"{call.name} stands above every MAILER",
                "m4 warns at every build; the ruleset is written all the same.",
                Fix("move the section below the MAILER lines"),
            )
    yield from unread(view)
