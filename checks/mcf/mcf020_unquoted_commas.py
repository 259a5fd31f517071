r"""An unquoted value holds commas, so that only its first part counts.

Outside quotes a comma begins the next argument. define takes two, DAEMON_OPTIONS and the macros
that fill classes take one; what comes after is dropped, and only define gets a warning from GNU m4
(cf/README, "A BRIEF INTRODUCTION TO M4").

In the log or at the client:
    m4:sendmail.mc:9: Warning: excess arguments to builtin `define' ignored
Bad:
    define(`confPRIVACY_FLAGS', goaway,restrictmailq,restrictqrun)dnl
Bad:
    DAEMON_OPTIONS(Port=smtp, Addr=127.0.0.1, Name=MTA)dnl
Bad:
    LOCAL_DOMAIN(`doe.org', `doe.net')dnl
Good:
    define(`confBIND_OPTS', `+WorkAroundBrokenAAAA')dnl
Good:
    LOCAL_DOMAIN(doe.org)dnl
Not when: the value has no comma, or the macro takes as many arguments as there are.
See: howto step 6; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import CLASS_MACROS
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, decided, misquoted, unread

#: How many arguments each of these macros uses.
_TAKES = dict.fromkeys(CLASS_MACROS, 1) | {
    "define": 2,
    "DAEMON_OPTIONS": 1,
    "CLIENT_OPTIONS": 1,
    "MASQUERADE_AS": 1,
    "MAIL_FILTER": 2,
    "INPUT_MAIL_FILTER": 2,
    "QUEUE_GROUP": 2,
    "MODIFY_MAILER_FLAGS": 2,
    "OSTYPE": 2,
    "DOMAIN": 2,
}
#: Whose values are lists of words, so that blanks separate them.
_LISTS = CLASS_MACROS.keys()

_WORDS = Words(
    "m4 takes each comma outside quotes for the beginning of another argument, and warns.",
    "quote the whole value with ` and '",
)


@check("MCF020", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def unquoted_commas(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Count the arguments."""
    yield from decided("MCF020", _read(view), complaints, view, _WORDS, backed=_told)


def _told(finding: Finding) -> bool:
    """Whether m4 warns of it; of its own macros' arguments the cf tree does not."""
    return finding.message.startswith("define ")


def _read(view: McView) -> Verdicts:
    for call in view.of(*_TAKES):
        takes = _TAKES[call.name]
        excess = call.args[takes:]
        if any(argument.value for argument in excess) and not misquoted(call.args[takes - 1]):
            yield _finding(call, takes)
    yield from unread(view)


def _finding(call: MacroCall, takes: int) -> Finding:
    kept = call.args[takes - 1]
    whole = kept.span.source.span(kept.span.start, call.args[-1].span.end)
    parts = [argument.value.strip() for argument in call.args[takes - 1 :] if argument.value.strip()]
    value = (" " if call.name in _LISTS else ", " if call.name.endswith("_OPTIONS") else ",").join(parts)
    plain = not set(value) & set("`'")
    name = f" {call.value(0)}" if takes > 1 and call.name != "DOMAIN" else ""
    return Finding(
        call.args[takes].span,
        f"{call.name}{name} keeps {kept.value or 'nothing'} and drops what follows the comma",
        "m4 takes each comma outside quotes for the beginning of another argument, which the macro does not look at.",
        replace(whole, f"`{value}'", "quote the whole value") if plain else Fix("quote the whole value with ` and '"),
    )
