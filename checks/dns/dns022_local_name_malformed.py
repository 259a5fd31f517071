r"""A local name is written so that no address ever matches it.

Class w holds whole domains: no user part, no wildcard, no URL, no dot at the end. A number sign
begins a comment in the first column only, elsewhere it becomes a member. An address of the network
stands in brackets, one of IPv6 as [IPv6:...] (Sendmail Installation and Operation Guide, 5.3; RFC
5321, section 4.1.3).

In the log or at the client:
    550 5.7.1 <alice@sub.doe.org>... Relaying denied
Bad:
    --- +/etc/mail/local-host-names
      # our customers
Bad:
    --- +/etc/mail/local-host-names
    @customer.example
Bad:
    --- +/etc/mail/local-host-names
    *.doe.org
Bad:
    LOCAL_DOMAIN(`http://www.doe.org/')dnl
Bad:
    --- +/etc/mail/local-host-names
    192.0.2.10
Good:
    --- +/etc/mail/local-host-names
    [192.0.2.10]
    [IPv6:2001:db8:0:25:0:0:0:10]
    Lists.DOE.org
    localhost
Not when: letters are capitals, which do not count, or an address stands in brackets.
See: howto step 9; Sendmail Installation and Operation Guide, 5.3.
"""

import re

from auditor.facts.classes import LocalNames
from auditor.facts.features import Features
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown
from checks.dns import keeps_no_mail

#: The first pattern that fits tells what is wrong.
_FLAWS = tuple(
    (lazy(pattern, re.IGNORECASE), flaw)
    for pattern, flaw in (
        (r"#", "a comment that does not begin in the first column"),
        (r".*://", "a URL, not a domain"),
        (r".*@", "an address or part of one, not a domain"),
        (r".*\*", "a wildcard, which class w does not know"),
        (r".*[^.]\.$", "a domain with a dot at its end"),
        (r"\.", "a domain with a dot in front, which does not stand for the hosts below it"),
        (r".*[,;]", "several names with a sign between them, which are taken for one"),
        (r"(\d{1,3}\.){3}\d{1,3}$", "an address without its brackets"),
        (r"(?!\[IPv6:)[^\]]*:[^\]]*:", "an IPv6 address that is not written [IPv6:...]"),
        (r"\[(?!IPv6:)[^\]]*:", "an IPv6 address that is not written [IPv6:...]"),
    )
)


@check("DNS022", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def local_name_malformed(names: LocalNames, features: Features | Unknown, configuration: Configuration) -> Verdicts:
    """Judge the form of each member of class w."""
    reason = keeps_no_mail(configuration, features)
    if reason is not None:
        yield reason
        return
    for member in names:
        flaw = next((flaw for pattern, flaw in _FLAWS if pattern.match(member.word)), None)
        if flaw is not None:
            is_comment = member.word.startswith("#")
            yield Finding(
                member.span,
                f"{member.span.shown} is a member of class w: {flaw}",
                "No address matches it, so that mail for what was meant is refused or sent away.",
                Fix(
                    "begin the comment in the first column" if is_comment else "write the bare domain, one on each line"
                ),
                severity=Severity.LOW if is_comment else None,
            )
    if names.unseen is not None:
        yield Unknown(names.unseen)
