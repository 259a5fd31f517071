r"""A line of Sendmail.conf holds two settings, or is none.

Each setting has a line of its own: a key, a colon at once behind it, a value. Where two settings
have run together the second is part of the first one's value, and its key is not set. A line
without a colon or without a value makes libsasl refuse the whole file, and sendmail does not start
(Cyrus SASL, "Options").

In the log or at the client:
    421 4.0.0 sasl_server_init failed! [error when parsing configuration file]
    unknown password verifier(s) mech_list:login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method:saslauthd mech_list:login plain
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list plain login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method : saslauthd
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list:
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    # comment
    pwcheck_method:saslauthd\t
    \tmech_list:\tplain login
Not when: a value holds a colon of its own, as an address of an LDAP server does.
See: howto step 10; Cyrus SASL, "Options".
"""

from auditor.facts.auth import SASLSettings
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Node, Span
from auditor.model.unknown import NotApplicable
from auditor.readers.keyvalue import COMPLAINTS, KeyValue
from auditor.sendmail.sasl import KEYS

_MEANT = lazy(r"\s*([\w-]+)[\s:=]+(\S.*?)\s*")
#: Keys whose values are names only, so that a colon in them is always another setting's.
_NAMES_ONLY = ("pwcheck_method", "mech_list", "auxprop_plugin", "canon_user_plugin")


@check("SAS011", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="10")
def lines_merged_or_malformed(settings: SASLSettings) -> Verdicts:
    """Judge the lines of the file that is read."""
    if settings.document is None:
        yield NotApplicable("no Sendmail.conf is read")
        return
    for node in settings.document.refused:
        line = node.stripped()
        yield Finding(
            line,
            f"libsasl cannot read the line `{line.shown}': {COMPLAINTS[node.kind]}",
            "libsasl refuses the whole file, and sendmail does not start.",
            _mended(node, line),
        )
    for entry in settings.document.entries:
        merged = _merged(entry)
        if merged:
            names = ", ".join(span.text for span in merged)
            yield Finding(
                merged[0],
                f"{names} is lost: it is part of the value of {entry.key.text}",
                _consequence(names),
                replace(_whole(entry), _parted(entry, merged), "give each setting a line of its own", safe=True),
                ((entry.key, "the line is read as this one setting"),),
            )


def _merged(entry: KeyValue) -> list[Span]:
    return [span for span in entry.merged if entry.name in _NAMES_ONLY or span.text.lower() in KEYS]


def _consequence(names: str) -> str:
    if "pwcheck_method" in names:
        return "Passwords are looked for in sasldb2, and every login ends in 535 authentication failed."
    if "mech_list" in names:
        return "Every plug-in that AuthMechanisms names is offered, those that cannot work here included."
    return "The setting has no effect, and the other one has a value nobody meant."


def _whole(entry: KeyValue) -> Span:
    return entry.source.span(entry.key.start, entry.value.end)


def _parted(entry: KeyValue, merged: list[Span]) -> str:
    text = _whole(entry).text
    for span in reversed(merged):
        at = span.start - entry.key.start
        text = f"{text[:at].rstrip()}\n{text[at:]}"
    return text


def _mended(node: Node, line: Span) -> Fix:
    meant = _MEANT.fullmatch(line.text)
    if node.kind == "no-colon" and meant is not None and meant[1].lower() in KEYS:
        return replace(line, f"{meant[1]}: {meant[2]}", "write the colon directly behind the key", safe=True)
    return Fix("give it the form `key: value', or put # in front of it")
