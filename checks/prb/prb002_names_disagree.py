r"""The server goes by several names, or its address has none.

Greeting, reply to EHLO, the PTR record of the address and the certificate should name the same host.
Receivers look at the PTR record when this host sends: it should be there, and its name should lead
back to the address (RFC 1912, 2.1; RFC 5321, 4.1.4).

In the log or at the client:
    550 5.7.1 <x@example.org>... Relaying denied. IP name lookup failed [192.0.2.25]
    550 5.7.25 The IP address sending this message does not have a PTR record setup
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 john.doe.org ESMTP Sendmail")
Bad:
    --- @ mail.doe.org:25 endpoint(ptr=())
Bad:
    --- @ mail.doe.org:25 endpoint(confirmed=False)
Good:
    --- @ mail.doe.org:25 endpoint(ptr=("mail.doe.org", "john.doe.org"))
Good:
    --- @ mail.doe.org:25 endpoint(addresses=("192.168.1.25",), ptr=())
Not when: the address is private, so that no stranger looks for its name.
See: howto step 3; RFC 1912, 2.1; RFC 9525, 6.
"""

from collections.abc import Iterator

from auditor.facts.greeting import Greeting
from auditor.facts.wire import Conversation
from auditor.facts.wire_parts import HostAround
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers import x509
from auditor.readers.host_names import any_matches, normal

_NAME = Fix("let all of them name one host: in sendmail define(`confDOMAIN_NAME', `mail.doe.org')dnl")
_PTR = Fix("have whoever the address is from, mostly the provider, set its PTR record to the name of this host")


@check("PRB002", severity=Severity.LOW)
def names_disagree(
    greeting: Greeting, conversation: Conversation, host: HostAround | Unknown | NotApplicable
) -> Verdicts:
    """Compare what the host calls itself with what others call it."""
    name = greeting.name if greeting.qualified else ""
    if name and "." in greeting.ehlo and normal(greeting.ehlo) != normal(name):
        yield Finding(
            None,
            f"the server greets as {name} and answers EHLO as {greeting.ehlo}",
            "Whoever reads the logs of a peer takes it for two hosts, or for a relay in between.",
            _NAME,
            evidence=(f"< {greeting.line}", f"< 250 {conversation.last.greeting}"),
        )
    if isinstance(host, HostAround):
        yield from _reverse(host, conversation.peer, name)
    else:
        yield host
    yield from _certificate(conversation, name, greeting)


def _reverse(host: HostAround, peer: str, name: str) -> Iterator[Finding | Unknown]:
    for reverse in host.names.reverse:
        if reverse.is_inside:
            continue
        called = reverse.names
        if isinstance(called, Unknown):
            yield called
        elif not called:
            message = f"the address {reverse.address} has no PTR record"
            yield Finding(None, message, "Many receivers refuse or distrust mail that comes from it.", _PTR)
        elif not reverse.confirmed and reverse.doubtful:
            yield Unknown(f"whether {reverse.doubtful[0]} leads back to {reverse.address} was not answered")
        elif not reverse.confirmed:
            message = f"{reverse.address} is called {called[0]}, and that name does not lead back to it"
            yield Finding(None, message, "sendmail says may be forged, and receivers distrust mail from it.", _PTR)
        elif name and peer.rpartition(":")[0].strip("[]") == reverse.address and not _has(called, name):
            message = f"the server greets as {name}, and its address {reverse.address} is called {called[0]}"
            yield Finding(None, message, "Spam filters count it against mail from here when the two differ.", _NAME)


def _has(names: tuple[str, ...], name: str) -> bool:
    return normal(name) in {normal(each) for each in names}


def _certificate(talk: Conversation, name: str, greeting: Greeting) -> Iterator[Finding]:
    found = x509.certificate(talk.tls.chain[0]) if talk.tls is not None and talk.tls.chain else None
    if not name or not isinstance(found, x509.Certificate) or any_matches(found.all_names, name):
        return
    yield Finding(
        None,
        f"the server greets as {name}, and its certificate is for {', '.join(found.all_names[:3]) or 'no name'}",
        "Nothing fails by that alone: what counts is the name by which clients look for the host.",
        Fix("have the certificate issued with the host's own name as well"),
        evidence=(f"< {greeting.line}",),
        severity=Severity.INFO,
    )
