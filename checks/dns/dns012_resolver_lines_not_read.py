r"""Parts of resolv.conf are not read, or are left from a guide.

The C library takes three name servers and one address a line, and of several search and domain
lines the last; before glibc 2.26 it took six domains. A long search list also costs a question each
for every name that is not found (resolv.conf(5)).

In the log or at the client:
    nothing; a server is never asked
Bad:
    --- /etc/resolv.conf
    nameserver 192.0.2.53
    nameserver 192.0.2.54
    nameserver 192.0.2.55
    nameserver 192.0.2.56
Bad:
    --- /etc/resolv.conf
    domain doe.org
    search example.net doe.org
    nameserver 192.0.2.53
Bad:
    --- /etc/resolv.conf
    nameserver 1.2.3.4
Bad:
    --- /etc/resolv.conf
    nameserver 192.0.2.53 192.0.2.54
Good:
    --- /etc/resolv.conf
    search doe.org
    nameserver 192.0.2.53
    nameserver 192.0.2.54
    nameserver 192.0.2.55
Not when: what follows an address is a comment.
See: howto step 4; resolv.conf(5).
"""

from collections.abc import Iterator

from auditor.facts.network import Resolver
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span

_PLACEHOLDER = "1.2.3.4"
_DOMAINS = 6
_NAMESERVER_WORDS = 2


@check("DNS012", severity=Severity.LOW, howto="4")
def resolver_lines_not_read(resolver: Resolver) -> Verdicts:
    """Judge what the C library passes over."""
    for span, message, consequence, fix in _passed_over(resolver):
        yield Finding(span, message, consequence, Fix(fix))


def _passed_over(resolver: Resolver) -> Iterator[tuple[Span, str, str, str]]:
    document = resolver.document
    for span in resolver.surplus:
        yield span, f"{span.text} is the fourth name server or a later one", "It is never asked.", "keep the best three"
    for span in document.nameservers:
        if span.text == _PLACEHOLDER:
            consequence = "Every look-up waits until that address has not answered."
            yield (
                span,
                f"{_PLACEHOLDER} is the address that the howto prints for your server",
                consequence,
                "write your server's",
            )
    for line in document.lines("nameserver"):
        rest = line.words[_NAMESERVER_WORDS:]
        if rest and rest[0].text[0] not in "#;":
            message = f"only the first address of the line counts, {rest[0].text} is not read"
            yield rest[0], message, "It is never asked.", "give each name server a line of its own"
    lines = document.lines("search", "domain")
    if len({line.kind for line in lines}) > 1:
        consequence = f"The {lines[0].kind} line has no effect."
        yield (
            lines[0].words[0],
            "search and domain lines exclude each other, the last one counts",
            consequence,
            "keep one of them",
        )
    if len(resolver.search) > _DOMAINS:
        message = f"{len(resolver.search)} domains are searched, of which glibc before 2.26 takes {_DOMAINS}"
        consequence = "Each name that does not exist is asked for once with every domain, and mail waits for it."
        yield resolver.search[_DOMAINS], message, consequence, "search the host's own domain only"
