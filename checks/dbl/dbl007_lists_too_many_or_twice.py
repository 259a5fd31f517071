r"""Block lists are asked twice for the same, or are too many.

Each list costs every client a look-up, one after the other, before it may send. A list that another
one contains, such as sbl in zen, or one that is named twice, adds nothing (cf/README,
FEATURE(`dnsbl')).

In the log or at the client:
    the greeting or the answer to RCPT comes late
Bad:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
    FEATURE(`enhdnsbl', `bl.spamcop.net')dnl
Bad:
    FEATURE(`dnsbl', `a.example.net')dnl
    FEATURE(`dnsbl', `b.example.net')dnl
    FEATURE(`dnsbl', `c.example.net')dnl
    FEATURE(`dnsbl', `d.example.net')dnl
    FEATURE(`dnsbl', `e.example.net')dnl
Good:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Good:
    FEATURE(`dnsbl', `bl.example.net', `"450 4.7.1 Listed by us"')dnl
    FEATURE(`dnsbl', `other.example.net')dnl
Not when: the list is asked by enhdnsbl again with other answers, which may lead to another reply.
See: howto step 6; cf/README.
"""

from auditor.facts.blocklists import Blocklist, Blocklists
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.sendmail.blocklists import CONTAINED

_MOST = 4


@check("DBL007", severity=Severity.LOW, howto="6")
def lists_too_many_or_twice(lists: Blocklists) -> Verdicts:
    """Count the lists, and look for those that are there already."""
    seen: list[Blocklist] = []
    for each in lists:
        first = next((other for other in seen if other.name == each.name and other.answers == each.answers), None)
        whole = next((other for other in lists if CONTAINED.get(each.name) == other.name), None)
        other = first or whole
        if other is not None:
            yield Finding(
                each.span,
                f"the block list {each.zone} is {'asked already' if first else 'contained in ' + other.zone}",
                "Every client waits for a look-up that cannot tell anything new.",
                Fix("delete this FEATURE line"),
                ((other.span, "the other one"),),
            )
        seen.append(each)
    if len(seen) > _MOST:
        yield Finding(
            seen[_MOST].span,
            f"{len(seen)} block lists are asked one after the other",
            "Every client waits for all of them; one slow list delays all mail.",
            Fix("keep the two or three that refuse the most"),
        )
    if lists.doubt is not None:
        yield lists.doubt
