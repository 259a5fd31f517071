r"""An error that the access map spells out is put together wrongly.

ERROR:5.7.1:"550 text" gives an enhanced status code and a reply with its code. The code must be one
of an error, 4xx or 5xx, followed by a text; the first digit of the status must be the same; quotes
and parentheses must be balanced, for sendmail parses the text as an address. Blanks and @ need no
quotes, and without a status sendmail finds one that fits: 450 gives 450 4.0.0 (cf/README,
"ANTI-SPAM CONFIGURATION CONTROL"; tried in a dialogue).

In the log or at the client:
    250 2.0.0 <x@spam.example>... fine, to a client that was to be refused
Bad:
    From:spam.example	ERROR:250 fine
Bad:
    From:spam.example	ERROR:4.7.1:550 Refused
Bad:
    From:spam.example	ERROR:5.7.1 550 Refused
Bad:
    From:spam.example	ERROR:5.7.1:"550 Refused
Good:
    From:spam.example	ERROR:5.7.1:"550 Refused"
Good:
    From:slow.example	ERROR:450 Come back later
Good:
    From:spam.example	550 Not from user@spam.example
Not when: only the text lacks a code; sendmail then says 553 5.3.0, which refuses as well.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL"; RFC 3463.
"""

import re

from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.pattern import lazy
from auditor.sendmail.access import action_of, tag_of, value_of

_PARTS = lazy(r"(?:ERROR:)?(?:(\d+)\.(\d+)\.(\d+):)?(.*)", re.IGNORECASE | re.DOTALL)
_STATUS = lazy(r"\d+\.\d+\.\d+\s")
_CODE = lazy(r"(\d{3})(?:\s+(.*)|$)", re.DOTALL)


@check("ACS008", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def error_reply_malformed(access: AccessMap) -> Verdicts:
    """Take every spelled-out reply apart."""
    for entry in access:
        tag = tag_of(entry)
        if tag is None or tag.name not in ("", "Connect", "From", "To") or action_of(entry) != "ERROR":
            continue
        found = _judged(value_of(entry))
        if found is not None:
            wrong, consequence = found
            place = entry.value.stripped()
            fix = replace(place, 'ERROR:5.7.1:"550 Refused"', "write a code of an error, and a status of the same kind")
            yield Finding(place, f"{entry.lhs.text}: {wrong}", consequence, fix)


def _judged(value: str) -> tuple[str, str] | None:
    match = _PARTS.match(value)
    kind, rest = (match[1], match[4].strip()) if match is not None else (None, "")
    if not _is_balanced(value):
        return "a quote or bracket is never closed", "The client gets the raw entry, with sendmail's complaint of it."
    if _STATUS.match(rest):
        return "a blank, not a colon, follows the status code", "The client is told 553 5.3.0, with your codes as text."
    if not rest:
        return "nothing follows ERROR:", "The client is told a fragment of a ruleset."
    if kind is not None and kind not in "45":
        return f"the status code begins with {kind}, which is no error", "Clients and logs see a success that is none."
    code = _CODE.match(rest.strip('"').strip())
    return None if code is None else _code(code[1], code[2], kind)


def _code(code: str, text: str | None, kind: str | None) -> tuple[str, str] | None:
    if code[0] not in "45":
        return f"the code {code} is no error", "The client is told that all is well, and its mail is lost on the way."
    if not text:
        return "the code has no text", f"The client is told 553 5.3.0, with {code} as text."
    if kind is not None and kind != code[0]:
        wrong = f"the status {kind}.x.x contradicts the code {code}"
        return wrong, "Whether the client tries again depends on which of them it reads."
    return None


def _is_balanced(value: str) -> bool:
    bare = re.sub(r'"[^"]*"', "", value)
    return '"' not in bare and all(bare.count(a) == bare.count(b) for a, b in ("()", "<>"))
