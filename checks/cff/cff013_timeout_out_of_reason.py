r"""A timeout is far too long or too short.

By default a client may keep a connection, and so one of the daemon's children, for an hour before
each command and each block of data, or in the middle of a TLS handshake. On the client's side RFC
5321, section 4.5.3.2, gives what must be waited at least. A message should be tried for some days,
and its sender be told before it is given up (Sendmail Installation and Operation Guide, 4.1.2 and
5.6).

In the log or at the client:
    timeout waiting for input from ... during server cmd read
Bad:
    define(`confTO_COMMAND', `2h')dnl
Bad:
    undefine(`confTO_COMMAND')dnl
Bad:
    define(`confTO_QUEUERETURN', `12h')dnl
Bad:
    define(`confTO_QUEUERETURN', `4d')dnl
    define(`confTO_QUEUEWARN', `5d')dnl
Bad:
    define(`confTO_DATAFINAL', `30s')dnl
Bad:
    define(`confTO_MAIL', `5x')dnl
Good:
    define(`confTO_COMMAND', `10m')dnl
    define(`confTO_QUEUERETURN', `3d')dnl
    define(`confTO_QUEUEWARN', `0')dnl
    define(`confTO_DATAFINAL', `1h')dnl
Not when: every listener is bound to the loopback interface; there nobody is kept waiting by
    strangers.
See: Sendmail Installation and Operation Guide, 5.6, Timeout; RFC 5321, 4.5.3.2.
"""

from collections.abc import Iterator

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Profile
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.sendmail.times import seconds, spoken

#: What a stranger may draw out, with the macro that sets it and a good value; an hour where it is not set.
_IDLE = {
    "command": ("confTO_COMMAND", "5m"),
    "datablock": ("confTO_DATABLOCK", "10m"),
    "starttls": ("confTO_STARTTLS", "2m"),
}
_HOUR, _DAY, _MINUTE = 3600, 86400, 60
#: What a client is to wait at least, in minutes.
_LEAST = {"initial": 5, "mail": 5, "rcpt": 5, "datainit": 2, "datablock": 3, "datafinal": 10}
_DAYS = (1, 7)
_UNITS = {"queuereturn": "d", "queuewarn": "h"}
_KINDS = ("", ".normal", ".urgent", ".non-urgent")


@check("CFF013", severity=Severity.MEDIUM)
def timeout_out_of_reason(
    options: Options, listeners: Listeners, files: ConfigurationFiles, profile: Profile
) -> Verdicts:
    """Judge what strangers can draw out, what peers are given, and how long mail waits."""
    if not listeners.only_loopback:
        yield from _idle(options, files, profile.number("idle_minutes"))
    for name, minutes in _LEAST.items():
        yield from _hasty(options.get(f"Timeout.{name}"), minutes)
    for kind in _KINDS:
        yield from _queued(options, kind)


def _length(setting: Setting) -> int | None:
    unit = _UNITS.get(setting.name.split(".")[1].lower(), "m")
    return seconds(setting.value, unit)


def _idle(options: Options, files: ConfigurationFiles, minutes: int) -> Iterator[Finding]:
    unset = []
    for name, (macro, good) in _IDLE.items():
        setting = options.get(f"Timeout.{name}")
        length = _length(setting) if setting is not None else _HOUR
        if length is None or length <= minutes * _MINUTE:
            continue
        if setting is None:
            unset.append((name, f"define(`{macro}', `{good}')dnl"))
            continue
        yield Finding(
            setting.span,
            f"{setting.name} is {setting.value}",
            "Whoever connects and says nothing keeps one of the daemon's processes for so long.",
            setting.set_to(good, f"set it to some minutes: {good}"),
        )
    if unset:
        yield Finding(
            files.to_mend,
            f"left at an hour: {', '.join(f'Timeout.{name}' for name, _ in unset)}",
            "Whoever connects and says nothing keeps one of the daemon's processes for so long.",
            Fix("".join(line.removesuffix("dnl") for _, line in unset) + "dnl"),
            severity=Severity.LOW,
        )


def _hasty(setting: Setting | None, minutes: int) -> Iterator[Finding]:
    if setting is None:
        return
    length = _length(setting)
    if length is None and setting.value:
        yield Finding(
            setting.span,
            f'{setting.name} is "{setting.value}", which is no time',
            "sendmail complains of an invalid time unit at every start and takes what digits it finds.",
            setting.set_to(f"{minutes}m", "write a number with s, m, h or d"),
        )
    elif length is not None and 0 < length < minutes * _MINUTE:
        yield Finding(
            setting.span,
            f"{setting.name} is {setting.value}; RFC 5321 asks for {minutes}m at least",
            "Mail to slow or busy servers is broken off and tried again, or sent to them twice.",
            setting.set_to(f"{minutes}m", f"wait {minutes} minutes"),
            severity=None if length < _MINUTE else Severity.LOW,
        )


def _queued(options: Options, kind: str) -> Iterator[Finding]:
    given, warned = options.get(f"Timeout.queuereturn{kind}"), options.get(f"Timeout.queuewarn{kind}")
    back = _length(given) if given is not None else None
    note = _length(warned) if warned is not None else None
    if given is not None and back and not _DAYS[0] * _DAY <= back <= _DAYS[1] * _DAY and kind in _KINDS[:2]:
        yield Finding(
            given.span,
            f"{given.name} is {given.value}",
            "Mail comes back although the other side is down for a night only."
            if back < _DAY
            else "Senders of mail to a misspelt or dead host learn of it after more than a week.",
            given.set_to("5d", "try for five days"),
        )
    if given is not None and warned is not None and back and note and note >= back:
        yield Finding(
            warned.span,
            f"{warned.name} is {warned.value}, no less than {given.name}, {given.value}",
            "Nobody is ever told that his mail is delayed: it is returned before that.",
            warned.set_to("4h", f"warn before {spoken(back)} are over"),
            ((given.span, f"{given.name} is set here"),),
        )
