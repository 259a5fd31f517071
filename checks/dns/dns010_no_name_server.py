r"""resolv.conf names no name server, or one of them is lost on another line.

Each server stands on a line of its own that begins with the word nameserver; on a search line the
same word is one more domain to try. Where no line is right the C library asks 127.0.0.1
(resolv.conf(5)).

In the log or at the client:
    stat=Deferred: Name server: mx.example.net.: host name lookup failure
Bad:
    --- /etc/resolv.conf
    search doe.org nameserver 192.0.2.53
Bad:
    --- /etc/resolv.conf
    nameserver ns.example.net
Bad:
    --- /etc/resolv.conf
    nameserver 192.0.2.53
     nameserver 192.0.2.54
Good:
    --- /etc/resolv.conf
    search doe.org
    nameserver 127.0.0.53
Good:
    --- /etc/resolv.conf
    # nameserver 192.0.2.53
    nameserver 2001:db8::53
    options edns0
Not when: the server is systemd's 127.0.0.53, or nsswitch.conf has hosts looked up in files only, as some
containers do.
See: howto step 4; resolv.conf(5).
"""

from collections.abc import Iterator

from auditor.facts.live import Addresses
from auditor.facts.network import Nsswitch, Resolver
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.flat import Words

_LOST = "Where no other server is named no host name is found: mail waits in the queue, and senders seem not to exist."
_USUAL = Fix("write one line for each server: nameserver 192.0.2.53, with its address")


@check("DNS010", severity=Severity.CRITICAL, howto="4")
def no_name_server(resolver: Resolver, nsswitch: Nsswitch | Unknown, addresses: Addresses | Unknown) -> Verdicts:
    """Look for servers that no line names as it should."""
    if isinstance(nsswitch, Nsswitch) and not {"dns", "resolve"}.intersection(nsswitch.hosts):
        yield NotApplicable("nsswitch.conf has no host looked up in the DNS")
        return
    lost = list(_lost(resolver))
    severity = Severity.MEDIUM if resolver.nameservers else None
    for span, message, fix in lost:
        yield Finding(span, message, _LOST, fix, severity=severity, confidence=Confidence.HIGH)
    # A server on the host itself needs no line; where one answered, it is there.
    if not lost and not resolver.nameservers and isinstance(addresses, Unknown):
        message = "resolv.conf names no name server, so that 127.0.0.1 is asked"
        consequence = "Unless a name server runs on this very host, no host name can be looked up and all mail waits."
        yield Finding(
            "/etc/resolv.conf", message, consequence, _USUAL, severity=Severity.MEDIUM, confidence=Confidence.LOW
        )


def _lost(resolver: Resolver) -> Iterator[tuple[Span, str, Fix]]:
    for node in resolver.document.nodes:
        if isinstance(node, Words) and node.kind != "nameserver":
            for before, word in zip(node.words, node.words[1:], strict=False):
                if word.text.lower() == "nameserver":
                    gap = Span(node.source, before.end, word.start)
                    fix = Fix("begin a new line there", edits=(Edit(gap, "\n"),))
                    yield word, f"a name server stands on the {node.kind} line, which takes it for a domain", fix
        elif node.kind == "ignored" and node.text.strip().lower().startswith("nameserver"):
            yield (
                node.stripped(),
                "a line that names a server is not read: its first column must be the n of nameserver",
                _USUAL,
            )
    for line in resolver.document.unusable:
        shown = line.words[1].shown.strip() if len(line.words) > 1 else "nothing"
        yield (
            (line.words[-1] if len(line.words) > 1 else line.words[0]),
            f"{shown} is no address of a name server",
            _USUAL,
        )
