r"""A TLS requirement is not one, or asks for what nobody has.

A value of TLS_Srv:, TLS_Clt: or TLS_Rcpt: is PERM+ or TEMP+ if wanted, then VERIFY, VERIFY:bits or
ENCR:bits, then + and conditions joined by ++: CN:name, CS:subject, CI:issuer, CITag:tag. Anything
else is accepted and asks for nothing. No cipher has more than 256 bits. VERIFY for all clients
refuses every server without a certificate that verifies here (cf/README, STARTTLS).

In the log or at the client:
    403 4.7.0 encryption too weak 256 less than 512
    454 4.7.0 authentication required
Bad:
    TLS_Rcpt:secure.example	VERYFY
Bad:
    TLS_Srv:secure.example	ENCR:512
Bad:
    TLS_Clt:	VERIFY
Bad:
    TLS_Srv:secure.example	VERIFY+XN:secure.example
Good:
    TLS_Rcpt:secure.example	TEMP+VERIFY:128
Good:
    TLS_Srv:secure.example	PERM+ENCR:128+CN:mx.secure.example++CITag:Trusted
Not when: the value is OK, which takes a host out of the default.
See: cf/README, STARTTLS, "Allowing Connections".
"""

import re

from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import tag_name, value_of

_TAGS = ("tls_srv", "tls_clt", "tls_rcpt")
_REQUIREMENT = lazy(r"(?:(?:PERM|TEMP)\s*\+\s*)?(VERIFY|ENCR)(?:\s*:\s*(\d+))?(?:\s*\+(?!\+)\s*(.*))?", re.IGNORECASE)
_CONDITION = lazy(r"CN|CN:.+|CS:.+|CI:.+|CITag:\w+", re.IGNORECASE)
_MOST_BITS = 256
_GOOD = "TEMP+VERIFY:128"


@check("ACS013", severity=Severity.MEDIUM)
def tls_requirement_malformed(access: AccessMap) -> Verdicts:
    """Take every requirement apart."""
    for entry in access:
        if tag_name(entry) in _TAGS and value_of(entry).upper() not in ("OK", "SKIP"):
            yield from _judged(entry)


def _judged(entry: AccessEntry) -> Verdicts:
    value = value_of(entry)
    place = entry.value.stripped()
    match = _REQUIREMENT.fullmatch(value)
    if match is None or (match[1].upper() == "ENCR" and match[2] is None):
        yield Finding(
            place,
            f"{value} is no TLS requirement",
            "The connection is accepted as it is, in the clear if need be, and nothing says so.",
            replace(place, _GOOD, "write PERM+ or TEMP+, VERIFY or ENCR:bits, and conditions"),
        )
        return
    if match[2] is not None and int(match[2]) > _MOST_BITS:
        yield Finding(
            place,
            f"{match[2]} bits are more than any cipher has",
            "Every connection counts as too weak, and all mail it is for stays in the queue or is refused.",
            Fix("ask for 128 bits"),
        )
    wrong = next(
        (part for part in (match[3] or "").split("++") if part and not _CONDITION.fullmatch(part.strip())), None
    )
    if wrong is not None:
        yield Finding(
            place.find(wrong),
            f"{wrong} is no condition",
            "The ruleset cannot read it, and whether the requirement holds is left to chance.",
            Fix("conditions are CN, CN:name, CS:subject, CI:issuer and CITag:tag, joined by ++"),
        )
    if entry.key.text == "" and tag_name(entry) != "tls_rcpt" and match[1].upper() == "VERIFY":
        clients = tag_name(entry) == "tls_clt"
        whom = "every client" if clients else "every server"
        yield Finding(
            place,
            f"{entry.lhs.text} {value} asks {whom} for a certificate that verifies",
            "Most servers have none that verifies here: mail from them is refused."
            if clients
            else "Mail to every server without one stays in the queue.",
            Fix("name the hosts of which it is asked"),
            severity=Severity.HIGH if clients else None,
        )
