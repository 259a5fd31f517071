r"""A block list is asked that no longer exists.

Lists end. Some then answer every question with yes for a while, so that all mail is refused; some
let look-ups run into timeouts at each connection; the others simply list nobody. RFC 5782, 5, wants
127.0.0.2 listed and 127.0.0.1 not, which tells a working list; a running host is asked for both.

In the log or at the client:
    550 5.7.1 Rejected: 192.0.2.7 listed at relays.ordb.org
Bad:
    FEATURE(`dnsbl', `relays.ordb.org', `"550 5.7.1 Rejected: listed at ordb.org"')dnl
Bad:
    FEATURE(`dnsbl', `dnsbl.sorbs.net')dnl
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `bl.example.net')dnl
    --- ? 2.0.0.127.bl.example.net A
    --- ? 1.0.0.127.bl.example.net A
    --- ? bl.example.net SOA
    ns.example.net. hostmaster.example.net. 1 7200 3600 604800 300
    --- ? net NS
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `bl.example.net')dnl
    --- ? 2.0.0.127.bl.example.net A
    --- ? 1.0.0.127.bl.example.net A
    --- ? bl.example.net SOA
    --- ? net NS
    a.gtld-servers.net
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `bl.example.net')dnl
    --- ? 1.0.0.127.bl.example.net A
    203.0.113.80
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`enhdnsbl', `bl.spamcop.net')dnl
    --- ? 2.0.0.127.bl.spamcop.net A
    127.0.0.2
    --- ? 1.0.0.127.bl.spamcop.net A
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`enhdnsbl', `relays.ordb.doe.org')dnl
    --- ? 2.0.0.127.relays.ordb.doe.org A
    --- ? 1.0.0.127.relays.ordb.doe.org A
    --- ? relays.ordb.doe.org SOA
    ns.doe.org. hostmaster.doe.org. 1 7200 3600 604800 300
Not when: the list gave no answer, or answers with an error, which DBL004 and DBL012 tell; the resolver does not
    know the top-level domain either; the list is of one's own domain, and only lacks the test address; or it is
    only said to have ended, and works.
See: howto step 6; RFC 5782.
"""

from auditor.facts.blocklists import (
    LISTS_ALL,
    LISTS_NONE,
    UNDECIDED,
    WORKS,
    Blocklist,
    Blocklists,
    ListHealth,
    ListState,
)
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.sendmail.blocklists import DeadList, can_be_asked, dead, is_own

_FATES = {
    "lists all": "Where it still answers it lists everybody, and all mail is refused; else clients wait for nothing.",
    "silent": "Look-ups run into timeouts: each connection waits, and with the third argument set all mail is put off.",
    "empty": "It lists nobody: each connection waits for a useless answer.",
    "merged": "Another list has taken its place; answers may end without notice.",
}
_DELETE = Fix("delete the FEATURE line, or ask the list's operator")
_LOOPBACK = "127."
_REST = lazy(r"[ \t]*(?:dnl\b[^\n]*)?(?:\n|$)")


@check("DBL001", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def list_has_ended(lists: Blocklists, health: ListHealth | Unknown, name: HostName | Unknown) -> Verdicts:
    """Look each zone up in the table, and on a running host at how it answers."""
    host = name.name if isinstance(name, HostName) else ""
    for each in lists:
        ended = dead(each.name)
        state = health if isinstance(health, Unknown) else health.of(each)
        if isinstance(state, ListState) and state.state == LISTS_ALL:
            yield _lists_all(each, state)
        elif ended is not None and not _hearsay(ended, state):
            yield _known(each, ended)
        elif not can_be_asked(each.name):
            yield NotApplicable(f"{each.zone or 'a FEATURE'} names no list that could be asked, as DBL005 says")
        elif isinstance(state, Unknown):
            yield state
        else:
            yield from _asked(each, state, host)
    if lists.doubt is not None:
        yield lists.doubt


def _hearsay(ended: DeadList, state: ListState | Unknown) -> bool:
    """Whether a list that is only said to have ended works."""
    works = isinstance(state, ListState) and state.state == WORKS
    return works and not ended.certain and ended.successor is None


def _asked(each: Blocklist, state: ListState, host: str) -> Verdicts:
    if state.state == UNDECIDED:
        yield Inconclusive(f"{each.zone}: {state.reason}")
    elif state.state == LISTS_NONE and is_own(each.name, host):
        yield NotApplicable(f"{each.zone} is a list of this host's own domain, which need not list 127.0.0.2")
    elif state.state == LISTS_NONE:
        yield _lists_none(each, state)


def _known(each: Blocklist, ended: DeadList) -> Finding:
    since = f" since {ended.since}" if ended.since else ""
    what = f"is part of {ended.successor}" if ended.successor else "no longer exists"
    severity = {"lists all": Severity.CRITICAL, "merged": Severity.LOW}.get(ended.fate)
    return Finding(
        each.span,
        f"the block list {each.zone} {what}{since}",
        _FATES[ended.fate],
        Fix(f"ask {ended.successor} instead") if ended.successor else _deleted(each, safe=ended.certain),
        severity=severity,
        confidence=None if ended.certain else Confidence.LOW,
    )


def _deleted(each: Blocklist, *, safe: bool) -> Fix:
    """An edit where the FEATURE has its lines for itself; at most what follows it there is a dnl."""
    title = "delete the FEATURE line"
    call = each.use.call if each.use is not None else None
    if call is None or call.conditional:
        return Fix(title)
    source = call.span.source
    start = source.starts[call.span.line - 1]
    rest = _REST.match(source.text, call.span.end)
    if rest is None or source.text[start : call.span.start].strip():
        return Fix(title)
    return replace(source.span(start, rest.end()), "", title, safe=safe)


def _lists_all(each: Blocklist, state: ListState) -> Finding:
    counts = each.takes(state.answers)
    strange = not all(answer.startswith(_LOOPBACK) for answer in state.answers)
    return Finding(
        each.span,
        f"the block list {each.zone} lists 127.0.0.1 ({', '.join(state.answers)}), which no working list does",
        "It seems to list everybody: all mail is refused."
        if counts
        else "It seems to list everybody; only the answers that the FEATURE asks for keep mail from being refused.",
        Fix("see whether the resolver makes up answers for names that do not exist; else delete the FEATURE line")
        if strange
        else _DELETE,
        severity=Severity.CRITICAL if counts else Severity.MEDIUM,
    )


def _lists_none(each: Blocklist, state: ListState) -> Finding:
    gone = not state.has_zone
    return Finding(
        each.span,
        f"the block list {each.zone} does not exist in the DNS"
        if gone
        else f"the block list {each.zone} does not list 127.0.0.2, as every working list does",
        "It lists nobody: each connection waits for a useless answer.",
        _DELETE,
        severity=None if gone else Severity.MEDIUM,
        confidence=None if gone else Confidence.MEDIUM,
    )
