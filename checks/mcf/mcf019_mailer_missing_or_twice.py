r"""No MAILER carries mail to other hosts, or one is called twice.

MAILER(`smtp') defines the mailers esmtp, relay and their like. Without it the rules still name
them, and every message for another host fails. Each MAILER may be called once (cf/README,
"MAILERS").

In the log or at the client:
    554 5.3.5 buildaddr: unknown mailer esmtp
    *** ERROR: MAILER(smtp) already included
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
Bad:
    MAILER(`procmail')dnl
    MAILER(`procmail')dnl
Good:
    MAILER(`smtp')dnl
Not when: FEATURE(`nullclient') or FEATURE(`msp') calls MAILER itself, mail leaves by UUCP only, or
    an included file may hold it.
See: howto step 6; cf/README, "MAILERS".
"""

from collections.abc import Iterator

from auditor.facts.bare_text import foreign
from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, decided, drop_line, shown, sure, unread, unseen

#: Mailers that carry mail to other hosts.
_AWAY = frozenset(("smtp", "uucp", "fax", "mail11", "ssh"))
_CALL_MAILER = frozenset(("msp", "nullclient"))

_WORDS = Words(
    "m4 prints an error and leaves the second call out.",
    "remove the second call",
)


@check("MCF019", severity=Severity.HIGH, howto="6")
def mailer_missing_or_twice(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look for a mailer to other hosts, and for repeated calls."""
    yield from decided("MCF019", _read(view), complaints, view, _WORDS, backed=_told)


def _told(finding: Finding) -> bool:
    """Whether m4 tells of it; of a mailer that is missing it does not."""
    return finding.message.endswith("twice")


def _read(view: McView) -> Verdicts:
    uses = [call for call in view.of("FEATURE") if call.value(0) in _CALL_MAILER]
    names = {call.value(0) for call in view.of("MAILER")}
    if not uses and not names & _AWAY:
        yield from _missing(view)
    yield from _twice(view)
    yield from unread(view)


def _missing(view: McView) -> Verdicts:
    doubt = unseen(view, "MAILER") or foreign(view)
    calls = [call for call in view.calls if call.name == "MAILER"]
    if doubt is not None or any(not call.live or call.gap is not None for call in calls):
        if doubt is not None:
            yield doubt
        return
    at = calls[-1].span if calls else view.document.path
    yield Finding(
        at,
        "there is no MAILER(`smtp')",
        "The rules name mailers that do not exist: all mail for other hosts fails.",
        Fix("write MAILER(`smtp')dnl below MAILER(`local')dnl at the end"),
    )


def _twice(view: McView) -> Iterator[Finding]:
    seen: dict[tuple[str, str], MacroCall] = {}
    for call in sure(view, "MAILER"):
        # A second argument gives the mailer a name of its own.
        key = (call.value(0), call.value(1))
        first = seen.setdefault(key, call)
        if first is not call and call.args:
            yield Finding(
                call.span,
                f"{shown(call)} is called twice",
                "m4 prints an error and leaves the second call out.",
                drop_line(call.span, "remove the second call"),
                related=((first.name_span, "the first one"),),
                severity=Severity.LOW,
            )
