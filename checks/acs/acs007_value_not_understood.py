r"""A value is none that the rulesets know, so it is sent to the client as an error.

Whatever a look-up of a client, sender or recipient finds that is not OK, RELAY, REJECT, DISCARD,
QUARANTINE:text, ERROR:text or a reply with its code, sendmail takes for the text of a permanent
error. A misspelt REJECT still rejects, with odd words; a misspelt RELAY or OK rejects as well. A
rate or a pause that is no number counts as none (cf/README, "ANTI-SPAM CONFIGURATION CONTROL").
Upper and lower case are alike.

In the log or at the client:
    553 5.3.0 <x@example.net>... DENY
Bad:
    From:spam.example	DENY
Bad:
    Connect:198.51.100	ALLOW
Bad:
    From:spam.example	"ERROR:550 Go away"
Bad:
    GreetPause:198.51.100	no
Good:
    From:spam.example	reject
Good:
    From:spam.example	550 Not from here
Good:
    From:odd.example	QUARANTINE:looked at by hand
Not when: the value is a text of several words, which reaches the client as it stands; a # after the
value is MAP005's.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

import difflib
import re

from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, tag_name, tag_of, value_of

_WORDS = ("OK", "RELAY", "REJECT", "DISCARD", "SKIP", "QUARANTINE", "ERROR")
_MEANT = {"DENY": "REJECT", "DROP": "DISCARD", "ALLOW": "OK", "ACCEPT": "OK", "PERMIT": "OK", "BLOCK": "REJECT"}
_OTHERS = {
    "spam": ("FRIEND", "HATER"),
    "certissuer": ("RELAY", "SUBJECT"),
    "certsubject": ("RELAY",),
    "try_tls": ("NO",),
}
_NUMBERS = ("clientrate", "clientconn", "greetpause")
_OLD = ("SPAMFRIEND", "SPAMHATER")


@check("ACS007", severity=Severity.HIGH, confidence=Confidence.HIGH)
def value_not_understood(access: AccessMap) -> Verdicts:
    """Judge the values of the tags whose values are words or numbers."""
    for entry in access:
        tag = tag_of(entry)
        value = value_of(entry)
        if tag is None or (tag_name(entry) == "" and _is_other(entry)):
            continue
        if tag.name in ("", "Connect", "From", "To"):
            yield from _action(entry, value)
        elif tag_name(entry) in _NUMBERS and not value.isdigit():
            yield _finding(entry, f"{value} is no number", "The entry sets no limit and no exception.", None)
        elif tag_name(entry) in _OTHERS and value.upper() not in (*_OTHERS[tag_name(entry)], "SKIP"):
            words = " or ".join(_OTHERS[tag_name(entry)])
            yield _finding(entry, f"{value} is not {words}", "The entry does nothing.", words.split()[0])


def _action(entry: AccessEntry, value: str) -> Verdicts:
    first = re.split(r"[\s:]", value, maxsplit=1)[0].upper()
    if action_of(entry) != "TEXT" or "#" in value or first in _OLD:
        return
    inner = value.strip('"')
    known = first.strip('"') in _WORDS
    if " " in inner and not known:
        return
    word = _MEANT.get(first) or next(iter(difflib.get_close_matches(first.strip('"'), _WORDS, 1, 0.7)), None)
    if value.startswith('"') and known:
        word = inner
    elif known:
        word = {"QUARANTINE": "QUARANTINE:looked at by hand", "ERROR": 'ERROR:5.7.1:"550 Refused"'}.get(first, first)
    yield _finding(entry, f"{value} is no action", f"Whom it is for is answered 553 5.3.0 ... {value}.", word)


def _finding(entry: AccessEntry, message: str, consequence: str, word: str | None) -> Finding:
    place = entry.value.stripped()
    fix = replace(place, word, f"write {word}") if word else Fix("write a value that the tag knows")
    return Finding(place, f"{entry.lhs.text}: {message}", consequence, fix)


def _is_other(entry: AccessEntry) -> bool:
    # Without a tag and with a colon the key may be an IPv6 address, which ACS016 judges.
    return ":" in entry.lhs.text and not entry.lhs.text.lower().startswith("ipv6:")
