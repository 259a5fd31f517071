"""The addresses a relay test asks with, and the words in which servers refuse to relay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from auditor.model.pattern import lazy
from auditor.model.value import frozen, replaced
from auditor.probe.smtp import Reply

#: Of the domains of the server, as many beyond the first get forms of their own.
FURTHER_DOMAINS = 2
#: A domain as it may stand in a command of ours; a server's greeting may hold anything.
DOMAIN = lazy(
    r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*"
)
#: A local part that nobody has; no word of it is one that a refusal is recognised by.
NOBODY = "mailaudit-no-such-user"

NULL_SENDER = "null sender"
FOREIGN_SENDER = "foreign sender"


@frozen
class Form:
    """One way to ask for mail to be carried to a foreign domain.

    Attributes:
        name: what it is called, unique among the forms of a test.
        sender: the address of MAIL, empty for the null sender; None for the sender that the test finds suitable.
        recipient: the address of RCPT.
        local: whether a server may also take the recipient for an address of its own.

    """

    name: str
    sender: str | None
    recipient: str
    local: bool = False


def address_literal(address: str) -> str:
    """An IP address as a domain (RFC 5321, section 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def by_sender(sender: str, recipient: str, own: str, address: str) -> Iterator[Form]:
    """Forms with a plain foreign recipient and senders that a careless rule trusts.

    Args:
        sender: a foreign address.
        recipient: another, at a domain that the server does not serve.
        own: a domain of the server, empty where none is known.
        address: its IP address, empty where it is not known.

    """
    yield Form(NULL_SENDER, "", recipient)
    yield Form(FOREIGN_SENDER, sender, recipient)
    if own:
        yield Form("sender in the server's domain", f"postmaster@{own}", recipient)
    yield Form("sender at localhost", "postmaster@localhost", recipient)
    yield Form("unqualified sender", "postmaster", recipient)
    if address:
        yield Form("sender at the server's address", f"postmaster@{address_literal(address)}", recipient)


def by_recipient(recipient: str, own: Sequence[str], address: str) -> Iterator[Form]:
    """Forms that hide the foreign recipient in routing or quoting; what is likeliest to get through comes first.

    Args:
        recipient: a foreign address.
        own: domains of the server.
        address: its IP address, empty where it is not known.

    """
    user, _, foreign = recipient.rpartition("@")
    if own:
        yield from _at_host(user, foreign, own[0])
    yield Form("percent hack, unqualified", None, f"{user}%{foreign}", local=True)
    yield Form("bang path", None, f"{foreign}!{user}", local=True)
    yield Form("quoted address", None, f'"{recipient}"', local=True)
    if address:
        literal = address_literal(address)
        yield Form("percent hack at the server's address", None, f"{user}%{foreign}@{literal}", local=True)
        yield Form("source route by the server's address", None, f"@{literal}:{recipient}")
        yield Form("two domains, the server's address last", None, f"{recipient}@{literal}", local=True)
    for domain in own[1 : 1 + FURTHER_DOMAINS]:
        for form in _at_host(user, foreign, domain):
            yield replaced(form, name=f"{form.name} ({domain})")


def _at_host(user: str, foreign: str, host: str) -> Iterator[Form]:
    yield Form("percent hack", None, f"{user}%{foreign}@{host}", local=True)
    yield Form("quoted percent hack", None, f'"{user}%{foreign}"@{host}', local=True)
    yield Form("quoted address at the server", None, f'"{user}@{foreign}"@{host}', local=True)
    yield Form("source route", None, f"@{host}:{user}@{foreign}")
    yield Form("bang path at the server", None, f"{foreign}!{user}@{host}", local=True)
    yield Form("bang path by way of the server", None, f"{host}!{user}@{foreign}")
    yield Form("two domains", None, f"{user}@{foreign}@{host}", local=True)


# Between "relay" and the denial, or the other way round, stand a few words at most and no full stop: the names of
# hosts, and of lists of relays that are blocked, are no refusal to relay. It is searched in words of lower case, since
# to ignore the case would take ten times as long to compile.
_GAP = r"[ \t,:;'-]+(?:[a-z']+[ \t,:;'-]+){0,4}?"
_RELAY = r"(?<![.\w-])relay(?:ing|ed)?(?![.\w-])"
_NOT = r"(?:not|isn't|cannot|can't|won't|don't|doesn't|no)"
_REFUSAL = lazy(
    rf"{_RELAY}{_GAP}(?:denied|prohibited|refused|rejected|forbidden|disallowed|disabled)\b"
    rf"|{_RELAY}{_GAP}{_NOT}{_GAP}(?:permitted|allowed|authori[sz]ed|supported|accepted|possible|enabled)\b"
    rf"|\b(?:{_NOT}|never|unable|refuse[sd]?|denied|prohibited|forbidden|without){_GAP}{_RELAY}"
    rf"|\b(?:no|denied|unauthori[sz]ed|prohibited) {_RELAY}"
    r"|\brcpthosts\b"
    r"|\bnot local; please try\b"
)
# What a server says that lists the client, or thinks of it as a relay; such a refusal is not about the recipient.
_LISTED = lazy(r"open relay|black ?list|block ?list|\blisted\b|dnsbl|\brbl\b|spam|reputation", re.IGNORECASE)
_LOGIN = lazy(
    r"authenticat\w+ (?:is )?required|requires? (?:smtp )?auth|must (?:first )?(?:authenticate|log ?in)"
    r"|not (?:authenticated|logged in)|auth\w* first",
    re.IGNORECASE,
)
_ENCRYPTION = lazy(r"\b(?:starttls|tls|ssl|encrypt\w*)\b", re.IGNORECASE)
_LOGIN_NEEDED = 530


def refuses_to_relay(reply: Reply, *said: str) -> bool:
    """Whether a reply refuses to carry mail elsewhere, in the words of sendmail or of another server.

    They are sendmail's `Relaying denied` and its variants, temporary ones among them, Postfix's `Relay access denied`,
    Exim's `relay not permitted`, qmail's `rcpthosts`, `Unable to relay` and suchlike. A site's own `confRELAY_MSG`
    may say anything; then it is not recognised.

    Args:
        reply: to MAIL or RCPT.
        said: the addresses that the commands held, which servers repeat and which may hold such words.

    """
    text = _own_words(reply, said)
    return not reply.ok and bool(_REFUSAL.search(text.lower())) and not _LISTED.search(text)


def asks_for_login(reply: Reply, *said: str) -> bool:
    """Whether a reply refuses a client because it has not logged in (530 5.7.0, RFC 4954), not for want of TLS."""
    text = _own_words(reply, said)
    if not reply.refused or _ENCRYPTION.search(text):
        return False
    return reply.code == _LOGIN_NEEDED or bool(_LOGIN.search(text))


def _own_words(reply: Reply, said: Sequence[str]) -> str:
    text = " ".join(line.strip() for line in reply.lines)
    for address in filter(None, said):
        text = text.replace(f"<{address}>", "").replace(address, "")
    return text
