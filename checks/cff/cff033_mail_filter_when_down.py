r"""Mail filters: what happens while one is down, and whether each is asked at all.

An X line whose F= is missing lets mail pass unfiltered while the filter cannot be reached; F=R
refuses all of it for good, F=T for the time being. InputMailFilters, or a listener's own list, says
which are asked: a name that no X line defines keeps the daemon from starting, and a filter that no
list names is never called (Sendmail Installation and Operation Guide, 5.11; libmilter/README).

In the log or at the client:
    InputFilter spamd not defined
    Milter (clamav): to error state
Bad:
    INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav/milter.sock')dnl
Bad:
    INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav/milter.sock, F=R')dnl
Bad:
    MAIL_FILTER(`clamav', `S=local:/run/clamav/milter.sock, F=T')dnl
    define(`confINPUT_MAIL_FILTERS', `spamd')dnl
Bad:
    MAIL_FILTER(`clamav', `S=local:/run/clamav/milter.sock, F=T')dnl
Good:
    INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav/milter.sock, F=T, T=C:5m;S:1m;R:1m;E:5m')dnl
Good:
    define(`confMILTER_LOG_LEVEL', `9')dnl
Not when: the filter only watches; its X line may then well be without F=, which the severity allows
    for.
See: cf/README, "ADDING NEW MAIL FILTERS"; Sendmail Installation and Operation Guide, 5.11.
"""

from collections.abc import Iterator

from auditor.facts.listeners import Listeners
from auditor.facts.mailers import Milters
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.cf_commands import Mailer

_NAME = lazy(r"[^\s,;]+")


@check("CFF033", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def mail_filter_when_down(milters: Milters, options: Options, listeners: Listeners) -> Verdicts:
    """Compare the filters that are defined with those that are asked, and judge what a failure leads to."""
    asked = list(_asked(options, listeners))
    for name, place in asked:
        if not any(milter.name.lower() == name.lower() for milter in milters):
            yield Finding(
                place,
                f"the mail filter {name} is asked for and not defined",
                "sendmail says so at its start and exits: no mail goes in or out.",
                Fix(f"define it: INPUT_MAIL_FILTER(`{name}', `S=local:/path/of/its/socket, F=T')dnl, or drop the name"),
                severity=Severity.CRITICAL,
            )
    names = {name.lower() for name, _ in asked}
    for milter in milters:
        if milter.name.lower() in names:
            yield from _policy(milter)
        else:
            yield Finding(
                _place(milter, milter.name),
                f"the mail filter {milter.name} is defined and never asked",
                "Mail passes without it, and nothing in the log tells.",
                Fix(f"define(`confINPUT_MAIL_FILTERS', `{', '.join([*(name for name, _ in asked), milter.name])}')dnl"),
            )


def _asked(options: Options, listeners: Listeners) -> Iterator[tuple[str, Span]]:
    setting = options.get("InputMailFilters")
    lists = [(setting.value, setting.span)] if setting is not None else []
    lists += [(each.input_filters, each.span) for each in listeners if each.input_filters is not None]
    for text, span in lists:
        for name in _NAME.findall(text):
            yield name, span.find(name)


def _policy(milter: Mailer) -> Iterator[Finding]:
    flags = milter.flags
    if not flags:
        yield Finding(
            _place(milter, milter.name),
            f"the X line of the mail filter {milter.name} has no F=",
            "While the filter is down or slow, mail passes unfiltered.",
            Fix("add F=T: mail is put off until the filter is back"),
        )
    elif flags.startswith("R"):
        yield Finding(
            milter.fields["F"].span if not _elsewhere(milter) else _place(milter, "F=R"),
            f"the mail filter {milter.name} has F=R",
            "While it is down all mail is refused for good, and its senders get it back.",
            Fix("write F=T: mail is put off until the filter is back"),
        )


def _elsewhere(milter: Mailer) -> bool:
    """Whether the line was made up from a call in the .mc, so that the places of its fields mean nothing."""
    return not milter.node.text.startswith("X")


def _place(milter: Mailer, word: str) -> Span:
    return milter.node.find(word)
