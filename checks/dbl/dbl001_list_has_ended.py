r"""A block list is asked that no longer exists.

Lists end. Some then answer every question with yes for a while, so that all mail is refused; some
let look-ups run into timeouts at each connection; the others simply list nobody. RFC 5782 wants
127.0.0.2 listed and 127.0.0.1 not, which tells a working list.

In the log or at the client:
    550 5.7.1 Rejected: 192.0.2.7 listed at relays.ordb.org
Bad:
    FEATURE(`dnsbl', `relays.ordb.org', `"550 5.7.1 Rejected: listed at ordb.org"')dnl
Bad:
    FEATURE(`dnsbl', `dnsbl.sorbs.net')dnl
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `bl.example.net')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
    --- ? 2.0.0.127.bl.example.net A
Good:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Good:
    FEATURE(`dnsbl', `relays.ordb.doe.org')dnl
Not when: a zone of one's own has a similar name.
See: howto step 6; RFC 5782.
"""

from auditor.facts.blocklists import Blocklist, Blocklists
from auditor.facts.given import Host
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.blocklists import DeadList, dead

_FATES = {
    "lists all": "Where it still answers it lists everybody, and all mail is refused; else clients wait for nothing.",
    "silent": "Look-ups run into timeouts: each connection waits, and with the third argument set all mail is put off.",
    "empty": "It lists nobody: each connection waits for a useless answer.",
    "merged": "Another list has taken its place; answers may end without notice.",
}


@check("DBL001", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def list_has_ended(lists: Blocklists, host: Host) -> Verdicts:
    """Look each zone up in the table, and on a running host in the DNS."""
    for each in lists:
        ended = dead(each.name)
        if ended is not None:
            yield _finding(each, ended)
        elif host.closed is None:
            yield from _asked(each, host)
    if lists.doubt is not None:
        yield lists.doubt


def _finding(each: Blocklist, ended: DeadList) -> Finding:
    since = f" since {ended.since}" if ended.since else ""
    what = f"is part of {ended.successor}" if ended.successor else "no longer exists"
    severity = {"lists all": Severity.CRITICAL, "merged": Severity.LOW}.get(ended.fate)
    return Finding(
        each.span,
        f"the block list {each.zone} {what}{since}",
        _FATES[ended.fate],
        Fix(f"ask {ended.successor} instead" if ended.successor else "delete the FEATURE line"),
        severity=severity,
        confidence=None if ended.certain else Confidence.LOW,
    )


def _asked(each: Blocklist, host: Host) -> Verdicts:
    """RFC 5782, section 5: the address that must be listed, and the one that must not."""
    listed, unlisted = (host.answers(f"{last}.0.0.127.{each.name}", "A") for last in (2, 1))
    fix = Fix("delete the FEATURE line, or ask the list's operator")
    if isinstance(unlisted, tuple) and unlisted:
        message = f"the block list {each.zone} lists 127.0.0.1 ({unlisted[0]}), which no working list does"
        yield Finding(
            each.span, message, "It may list everybody: all mail is refused.", fix, severity=Severity.CRITICAL
        )
    elif isinstance(listed, Unknown) or listed:
        return
    else:
        message = f"the block list {each.zone} does not list 127.0.0.2, as every working list does"
        yield Finding(
            each.span, message, "It seems to list nobody.", fix, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM
        )
