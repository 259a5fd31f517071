r"""A mailer's setting stands below the MAILER it is for.

MAILER writes the mailer's line with the path, flags and arguments that are set at that moment. A
define of one of them, or a MODIFY_MAILER_FLAGS, further down changes nothing (cf/README,
"MAILERS"). Settings of options, SMART_HOST, DAEMON_OPTIONS and TRUST_AUTH_MECH may stand anywhere,
since m4 uses them at the end of the file.

In the log or at the client:
    nothing; the .cf keeps the mailer's defaults
Bad:
    MAILER(`procmail')dnl
    define(`RELAY_MAILER_ARGS', `TCP $h 587')dnl
Bad:
    MAILER(`procmail')dnl
    MODIFY_MAILER_FLAGS(`LOCAL', `-m')dnl
Bad:
    FEATURE(`local_procmail')dnl
    define(`PROCMAIL_MAILER_PATH', `/usr/bin/procmail')dnl
Good:
    define(`RELAY_MAILER_ARGS', `TCP $h 587')dnl
Good:
    MAILER(`procmail')dnl
    define(`confTO_IDENT', `0')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
Not when: it is an option, SMART_HOST, DAEMON_OPTIONS or TRUST_AUTH_MECH, or the mailer comes below
    it.
See: howto step 6; cf/README, "MAILERS" and "OSTYPE".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, decided, shown, sure, unread

_SETTING = lazy(r"([A-Z][A-Z0-9]*)_(?:MAILER|SHELL)_[A-Z]+")
#: The mailer file that uses the settings with each prefix.
_FILE_OF = {
    "LOCAL": "local",
    "PROCMAIL": "procmail",
    "SMTP": "smtp",
    "ESMTP": "smtp",
    "SMTP8": "smtp",
    "DSMTP": "smtp",
    "RELAY": "smtp",
    "UUCP": "uucp",
    "USENET": "usenet",
    "FAX": "fax",
    "POP": "pop",
    "PH": "phquery",
    "QPAGE": "qpage",
    "MAIL11": "mail11",
    "CYRUS": "cyrus",
    "BB": "cyrus",
    "CYRUSV2": "cyrusv2",
}

_WORDS = Words(
    "m4 complains, and the mailer is written with what was set above it.",
    "set it above the MAILER",
)


@check("MCF017", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def mailer_setting_below_mailer(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Compare the place of each such setting with that of its mailer."""
    yield from decided("MCF017", _read(view), complaints, view, _WORDS)


def _read(view: McView) -> Verdicts:
    mailers: dict[str, MacroCall] = {}
    procmail: MacroCall | None = None
    for call in sure(view, "MAILER", "FEATURE", "define", "MODIFY_MAILER_FLAGS"):
        name = call.value(0)
        if call.name == "MAILER":
            mailers.setdefault(name, call)
        elif call.name == "FEATURE":
            procmail = call if name == "local_procmail" and len(call.args) == 1 else procmail
        else:
            yield from _judged(call, mailers)
            if name == "PROCMAIL_MAILER_PATH" and procmail is not None:
                yield _finding(call, procmail)
    yield from unread(view)


def _judged(call: MacroCall, mailers: dict[str, MacroCall]) -> Iterator[Finding]:
    name = call.value(0)
    setting = _SETTING.fullmatch(name)
    prefix = name if call.name == "MODIFY_MAILER_FLAGS" else setting[1] if setting is not None else ""
    mailer = mailers.get(_FILE_OF.get(prefix, ""))
    if mailer is not None:
        yield _finding(call, mailer)


def _finding(call: MacroCall, user: MacroCall) -> Finding:
    return Finding(
        call.args[0].inner,
        f"{call.value(0)} is set below {shown(user)}, which has used it already",
        "The line has no effect, and nobody is told.",
        Fix(f"move the line above {shown(user)}"),
        related=((user.name_span, "used here"),),
    )
