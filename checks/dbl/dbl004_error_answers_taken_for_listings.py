r"""Error answers of a block list are taken for listings.

The lists of Spamhaus answer 127.255.255.252, .254 or .255 where they do not serve who asks: a
mistyped zone, a public resolver, too many questions; another list may do so too. dnsbl takes
any answer for a listing, and enhdnsbl does so without its answers; then every client is refused. A
query key (dq.spamhaus.net) and a resolver of one's own avoid the case (RFC 5782; the operator's
terms of use).

In the log or at the client:
    550 5.7.1 Rejected: 192.0.2.7 listed at zen.spamhaus.org
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `zen.spamhaus.org')dnl
    --- /etc/resolv.conf
    nameserver 8.8.8.8
Bad:
    FEATURE(`enhdnsbl', `zen.spamhaus.org', `"550 5.7.1 Refused"')dnl
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`dnsbl', `bl.example.net')dnl
    --- ? 2.0.0.127.bl.example.net A
    127.255.255.254
Good:
    FEATURE(`enhdnsbl', `zen.spamhaus.org', `"550 5.7.1 Refused"', `', `127.0.0.2.', `127.0.0.3.')dnl
Good:
    FEATURE(`enhdnsbl', `abcdefghijklmnop.zen.dq.spamhaus.net', `"550 5.7.1 Refused"')dnl
Not when: the answers that count are listed, or the zone is one with a query key that is served. With a
    resolver on this host it is a low risk.
See: howto step 6; RFC 5782.
"""

from auditor.facts.blocklists import ERROR_ANSWERS, REFUSES, WORKS, Blocklists, ListHealth, ListState
from auditor.facts.network import Resolver
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.blocklists import SPAMHAUS_ANSWERS, answers_with_errors, is_public_resolver


@check("DBL004", severity=Severity.HIGH, howto="6")
def error_answers_taken_for_listings(
    lists: Blocklists, resolver: Resolver | Unknown, health: ListHealth | Unknown
) -> Verdicts:
    """Look for lists with error answers that are asked without naming answers."""
    servers = resolver.nameservers if isinstance(resolver, Resolver) else ()
    public = next((server for server in servers if is_public_resolver(server.text)), None)
    local = bool(servers) and all(server.text.startswith("127.") or server.text == "::1" for server in servers)
    for each in lists:
        state = health if isinstance(health, Unknown) else health.of(each)
        answered = state.state if isinstance(state, ListState) else None
        refused = answered == REFUSES
        if each.answers or not (refused or answers_with_errors(each.name)):
            continue
        turned_away = refused or (public is not None and answered != WORKS)
        known = SPAMHAUS_ANSWERS if answers_with_errors(each.name) else SPAMHAUS_ANSWERS[:1]
        answers = ", ".join(f"`{answer}'" for answer in known)
        related: tuple[tuple[Span | str, str], ...] = ((public, "this resolver serves everybody"),) if public else ()
        yield Finding(
            each.span,
            f"any answer of {each.zone} counts as a listing, its error answers {ERROR_ANSWERS}x too",
            "The list turns this resolver away, and every client is refused."
            if turned_away
            else "Once the list turns the resolver away, for its questions or its provider, every client is refused.",
            Fix(
                f"FEATURE(`enhdnsbl', `{each.zone}', `\"550 5.7.1 Refused\"', `', {answers})dnl; "
                "before 8.18 with a dot at the end of each answer"
            ),
            related,
            evidence=state.shown if refused and isinstance(state, ListState) else (),
            severity=Severity.CRITICAL if turned_away else Severity.LOW if local else None,
        )
    if lists.doubt is not None:
        yield lists.doubt
