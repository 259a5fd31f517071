r"""A Srv_Features entry has letters that do not do what is meant, or does too much.

Each word's first character counts, lower case switches on and upper case off; what follows it is
ignored, but for the 2 of g2 and u2. Words are separated by blanks. As the default for everybody, S
takes STARTTLS away, l asks strangers on port 25 for a password, and G, U, O or F give up the
protection against smuggled messages that 8.18 brought (Sendmail Installation and Operation Guide,
5.1.4.10; release notes of 8.18.1).

In the log or at the client:
    srv_features: unknown feature q
Bad:
    Srv_Features:198.51.100.7	q
Bad:
    Srv_Features:198.51.100.7	SV
Bad:
    Srv_Features:	S
Bad:
    Srv_Features:	G U
Good:
    Srv_Features:198.51.100.7	g2 u2
Good:
    Srv_Features:198.51.100.7	V S
Not when: the letter is for one host or network, or sendmail is too old to know it.
See: Sendmail Installation and Operation Guide, 5.1.4.10; cf/README, STARTTLS.
"""

from auditor.facts.mapfiles import AccessMap
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import tag_name, value_of

#: Every letter that 8.17 and 8.18 take without a word, in either case.
_KNOWN = frozenset("abcdefghilnoprsuvx")
_FOR_ALL = {
    "S": (
        "S as the default takes STARTTLS away from everybody",
        "No client can encrypt, whatever certificates there are.",
        None,
    ),
    "l": (
        "l as the default asks every client for a password",
        "Other servers cannot: all mail from outside is refused with 530.",
        None,
    ),
}
_SMUGGLING = {
    letter: f"{letter} as the default lets everybody end lines and messages otherwise than RFC 5321 does"
    for letter in "GUO"
}
_SMUGGLING["F"] = "F as the default gives up the check of what clients send out of turn"
_SINCE = (8, 18)
_DEBIAN = (8, 17, 1, 9)


@check("ACS012", severity=Severity.HIGH)
def srv_features_letters(access: AccessMap, version: Version | Unknown) -> Verdicts:
    """Judge every word of every entry."""
    old = isinstance(version, Version) and bool(version.release) and version.release < _SINCE
    old = old and isinstance(version, Version) and version.release != _DEBIAN
    for entry in access:
        if tag_name(entry) != "srv_features":
            continue
        for word in value_of(entry).split():
            yield from _word(entry, word)
            if entry.key.text == "":
                yield from _default(entry, word, old=old)


def _word(entry: AccessEntry, word: str) -> Verdicts:
    place = entry.value.find(word)
    if word[0].lower() not in _KNOWN:
        yield Finding(
            place,
            f"no feature has the letter {word[0]}",
            "sendmail logs it as unknown for every connection, and what was meant does not happen.",
            _without(entry, place),
        )
    elif word[1:] not in ("", "2") or (word[1:] == "2" and word[0] not in "gu"):
        yield Finding(
            place,
            f"of {word} only the {word[0]} is read",
            "The other letters are ignored without a word.",
            replace(place, " ".join(word), "put blanks between the letters"),
        )


def _without(entry: AccessEntry, place: Span) -> Fix:
    """A key with no letter left is no entry any more."""
    if place.text == entry.value.text.strip():
        return replace(entry, "", "delete the line")
    return replace(place, "", "take it away")


def _default(entry: AccessEntry, word: str, *, old: bool) -> Verdicts:
    place = entry.value.find(word)
    if word[0] in _FOR_ALL:
        message, consequence, severity = _FOR_ALL[word[0]]
        yield Finding(place, message, consequence, _without(entry, place), severity=severity)
    elif word[0] in _SMUGGLING and not old:
        new = word[0].lower() + ("2" if word[0] in "GU" else "")
        yield Finding(
            place,
            _SMUGGLING[word[0]],
            "A sender can hide a second message in the first, with any sender's name (CVE-2023-51765).",
            replace(place, new, "replace what is out of order instead, or keep the letter to single hosts"),
            severity=Severity.CRITICAL,
            confidence=Confidence.HIGH,
        )
