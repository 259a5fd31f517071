"""Macros and mailers' fields that a ``define`` of the .mc determines, whatever cf tree made the .cf.

Source: cf/README, "MAILERS" and "MASQUERADING AND RELAYING".
"""

from collections.abc import Iterator

from auditor.facts.drift.commands import macro_name
from auditor.facts.drift.difference import Difference, plain, short
from auditor.facts.features import Defines
from auditor.facts.macros import macros_of
from auditor.model.text import Span
from auditor.model.unknown import Unknowable
from auditor.sendmail.cf import CfView
from auditor.sendmail.cf_commands import Mailer, mailer
from auditor.sendmail.mc import Define, MacroCall, McView

#: The one-letter macro of the .cf that holds a macro of the .mc.
_MACROS = {
    "SMART_HOST": "S",
    "MAIL_HUB": "H",
    "LOCAL_RELAY": "R",
    "LUSER_RELAY": "L",
    "MASQUERADE_NAME": "M",
    "confDOMAIN_NAME": "j",
}
#: The mailers whose fields macros of the .mc give, by the macros' first part: path, arguments, and flags to add.
_MAILERS = {
    "LOCAL_MAILER": "local",
    "LOCAL_SHELL": "prog",
    "SMTP_MAILER": "smtp",
    "ESMTP_MAILER": "esmtp",
    "RELAY_MAILER": "relay",
    "PROCMAIL_MAILER": "procmail",
}
#: The mailers that share the flags of SMTP_MAILER_FLAGS.
_SMTP = ("smtp", "smtp8", "relay")
_FIELDS = {"PATH": "P", "ARGS": "A", "FLAGS": "F"}
#: Features that define such macros themselves, each with what the names of these macros begin with.
_FEATURES = {
    "local_procmail": "LOCAL_MAILER",
    "local_lmtp": "LOCAL_MAILER",
    "smrsh": "LOCAL_SHELL",
    "msp": "",
    "nullclient": "",
}


def determined(cf: CfView, mc: McView, defines: Defines) -> Iterator[Difference]:
    """What of it the .cf has otherwise."""
    yield from _macros(cf, mc, defines)
    there = {each.name: each for line in cf.lines("mailer") if (each := mailer(line)).problem is None}
    flags_change = any(mc.of("MODIFY_MAILER_FLAGS"))
    for prefix, name in _MAILERS.items():
        for suffix, letter in _FIELDS.items():
            found = there.get(name)
            given = _given(mc, defines, f"{prefix}_{suffix}")
            if found is not None and given is not None and not (letter == "F" and flags_change):
                yield from _field(found, letter, *given)


def giving(defines: Defines, mailer: str, letter: str) -> Span | None:
    """The value in the .mc that gives a mailer's field, or adds to it."""
    suffix = next((name for name, each in _FIELDS.items() if each == letter), None)
    prefixes = [prefix for prefix, name in _MAILERS.items() if name == mailer] or [f"{mailer.upper()}_MAILER"]
    if letter == "F" and mailer.endswith(_SMTP):
        prefixes.append("SMTP_MAILER")
    written = (defines.written(f"{prefix}_{suffix}") for prefix in prefixes if suffix is not None)
    return next((each.value_span for each in written if each is not None), None)


def _macros(cf: CfView, mc: McView, defines: Defines) -> Iterator[Difference]:
    there = macros_of(cf)
    passed = {line.text[:2] for line in mc.lines}
    for name, letter in _MACROS.items():
        given = _given(mc, defines, name)
        found = there.get(letter)
        if given is None or found is None or f"D{letter}" in passed:
            continue
        if plain(found.value) != plain(given[0]):
            what = f"{macro_name(letter)} is {short(found.value)}, the .mc gives {short(given[0])}"
            yield Difference(what, found.span, given[1].value_span)


def _field(found: Mailer, letter: str, value: str, define: Define) -> Iterator[Difference]:
    has = found.get(letter)
    if letter == "F":
        lacking = "".join(flag for flag in dict.fromkeys(value) if flag not in has and not flag.isspace())
        gives = f"{lacking} among them" if lacking else ""
    else:
        gives = f"{letter}={short(value)}" if plain(has) != plain(value) else ""
    if gives:
        what = f"the mailer {found.name} has {letter}={short(has)}, the .mc's {define.name} gives {gives}"
        place = found.fields.get(letter)
        yield Difference(what, place.span if place is not None else found.node, define.value_span)


def _given(mc: McView, defines: Defines, name: str) -> tuple[str, Define] | None:
    """The value that a call in the .mc gives for certain."""
    try:
        define, value = defines.get(name), defines.value(name)
    except Unknowable:
        return None
    if define is None or value is None or define.origin not in ("define", "MASQUERADE_AS"):
        return None
    later = (call for call in mc.of("HACK", "OSTYPE", "DOMAIN", "FEATURE") if call.order > define.order)
    return None if any(_redefines(call, name) for call in later) else (value, define)


def _redefines(call: MacroCall, name: str) -> bool:
    if call.name != "FEATURE":
        return True
    prefix = _FEATURES.get(call.value(0))
    return prefix is not None and name.startswith(prefix)
