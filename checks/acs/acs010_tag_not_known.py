r"""A tag is misspelt, or parted from its key by a blank.

The rulesets look up the tags they know and no others; an entry with another one is never found. A
blank behind the colon ends the key for makemap: the rest of the line becomes the value (cf/README,
"ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    nothing; the entry has no effect
Bad:
    Conect:198.51.100	REJECT
Bad:
    ClientRelay:198.51.100	RELAY
Bad:
    Connect: 198.51.100	REJECT
Bad:
    From : spam.example	REJECT
Good:
    connect:198.51.100	REJECT
Good:
    TLS_Rcpt:secure.example	VERIFY+CITag:Trusted
    Trusted:/C=US/CN=Some+20CA	OK
Not when: a requirement names the tag with CITag:, or a rule of the configuration looks it up.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL" and STARTTLS.
"""

import difflib
import re

from auditor.facts.configurations import CfFile, McFile
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.spelling import unmistakable
from auditor.model.unknown import Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import TAGS, is_ipv6, tag_name
from checks.acs import is_new

_PARTED = lazy(r":?\s*([^\s:]+(?::[^\s]+)?)\s+(?:OK|RELAY|REJECT|DISCARD|SKIP|ERROR:.*|\d+)\s*", re.IGNORECASE)
_CLOSE = 0.75


@check("ACS010", severity=Severity.HIGH)
def tag_not_known(access: AccessMap, cf: CfFile | Unknown, mc: McFile | Unknown) -> Verdicts:
    """Look at every tag, and at what a blank made of one."""
    texts = [file.document.source.text.lower() for file in (cf, mc) if not isinstance(file, Unknown)]
    named = set(re.findall(r"citag:(\w+)", access.document.source.text.lower()))
    for entry in access:
        parted = _parted(entry)
        if parted is not None:
            yield parted
        elif entry.tag is not None and not is_ipv6(entry.lhs.text):
            tag = tag_name(entry)
            if tag not in TAGS and tag not in named and not any(re.search(rf"\b{tag}\b", text) for text in texts):
                yield _unknown(entry, tag)


def _parted(entry: AccessEntry) -> Finding | None:
    lhs = entry.lhs.text
    name = lhs.rstrip(":").lower()
    match = _PARTED.fullmatch(entry.value.text)
    if name not in TAGS or match is None or not (lhs.endswith(":") or entry.value.text.startswith(":")):
        return None
    head = entry.source.span(entry.start, entry.value.start + match.start(1))
    return Finding(
        head.stripped(),
        f"a blank parts the tag {lhs} from its key {match[1]}",
        "makemap takes the tag for the whole key and the rest for its value; nobody is looked up with it.",
        replace(
            head, f"{lhs.rstrip(':')}:", "take the blank away", safe=is_new(entry, f"{lhs.rstrip(':')}:{match[1]}")
        ),
    )


def _unknown(entry: AccessEntry, tag: str) -> Finding:
    close = difflib.get_close_matches(tag, TAGS, 1, _CLOSE)
    place = entry.tag or entry.lhs
    name = TAGS[close[0]].name if close else ""
    return Finding(
        place,
        f"no ruleset looks up the tag {place.text}:{f', {name}: is meant' if close else ''}",
        "The entry is never found, and what it allows or forbids is not allowed or forbidden.",
        replace(place, name, f"write {name}", safe=_is_sure(entry, tag, close[0]))
        if close
        else Fix("use a tag that the rulesets know, or delete the line"),
    )


def _is_sure(entry: AccessEntry, tag: str, close: str) -> bool:
    """Whether only one tag can be meant, and no other entry has it with this key."""
    return unmistakable(tag, close, TAGS) and is_new(entry, f"{TAGS[close].name}:{entry.key.text}")
