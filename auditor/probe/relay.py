"""The relay test: would this server carry a stranger's mail to a foreign domain? It asks by RCPT and never sends DATA.

Only a refusal to relay says that a form of address is closed. A server that refuses for another reason, because the
sender's domain does not resolve or a list names the client, has not come to that question: the form is undecided.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from auditor.model.pattern import lazy
from auditor.model.value import frozen, replaced
from auditor.probe.relay_forms import (
    DOMAIN,
    FOREIGN_SENDER,
    NOBODY,
    NULL_SENDER,
    Form,
    asks_for_login,
    by_recipient,
    by_sender,
    refuses_to_relay,
)
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.transactions import Replies, Talk, Transaction, transact
from auditor.probe.words import excerpt

#: Addresses at domains that are reserved for such use (RFC 2606) and resolve; neither receives mail.
FOREIGN_FROM = "mailaudit@example.net"
FOREIGN_TO = "mailaudit@example.org"
#: Seconds after which no further group of forms is asked; a server that slows down takes a second for each.
PATIENCE = 60.0
#: The addresses that sendmail lets relay before it looks at any class or map.
ALWAYS_TRUSTED = ("127.0.0.1", "::1")
SLOW = "the server takes its time over each recipient, so that the test was ended"

OPEN: Literal["open"] = "open"
CLOSED: Literal["closed"] = "closed"
INCONCLUSIVE: Literal["inconclusive"] = "inconclusive"
Verdict = Literal["open", "closed", "inconclusive"]

# The usual size of one site's network, in bits of its prefix, by the version of IP.
_NEAR = {4: 24, 6: 64}
_ADDRESS = lazy(r"[A-Za-z0-9#$&'*+/=?^_{|}~.-]{1,64}")


@frozen
class Attempt:
    """What became of one form.

    Attributes:
        form: the addresses, with the sender that was used.
        verdict: ``open``: the recipient was accepted; ``closed``: the server refused to relay.
        reason: why it is closed or inconclusive, a clause; empty where it is open.
        reply: what decided, None where nothing came.

    """

    form: Form
    verdict: Verdict
    reason: str
    reply: Reply | None


@frozen
class Relaying:
    """The outcome of the test.

    Attributes:
        attempts: of every form, in the order of asking.
        may_relay: why the server may let this very client relay, a clause; empty where nothing suggests that.
        always_may: whether sendmail lets it in any case, so that an accepted recipient says nothing about strangers.
        interrupted: why the test ended early, a sentence; empty where it was brought to its end.

    """

    attempts: tuple[Attempt, ...]
    may_relay: str = ""
    always_may: bool = False
    interrupted: str = ""

    @property
    def opened(self) -> tuple[Attempt, ...]:
        """The attempts that got through."""
        return tuple(attempt for attempt in self.attempts if attempt.verdict == OPEN)

    @property
    def verdict(self) -> Verdict:
        """``open`` where a form is; ``closed`` where at least one was refused as relaying and none got through."""
        if self.opened:
            return INCONCLUSIVE if self.always_may else OPEN
        return CLOSED if any(attempt.verdict == CLOSED for attempt in self.attempts) else INCONCLUSIVE

    @property
    def reason(self) -> str:
        """Why the verdict is inconclusive, a clause; empty for another verdict."""
        if self.verdict != INCONCLUSIVE:
            return ""
        if self.opened:
            return self.may_relay
        return self.interrupted or next((item.reason for item in self.attempts if item.reason), "nothing was asked")


def relay(  # noqa: PLR0913  # All but the conversation have a default.
    talk: Talk,
    *,
    extensions: Extensions | None = None,
    own: Sequence[str] = (),
    server: str = "",
    client: str = "",
    relay_from: str = FOREIGN_FROM,
    relay_to: str = FOREIGN_TO,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> Relaying:
    """Ask with every form of address whether the server relays; each transaction is reset, none sends mail.

    Args:
        talk: a conversation after EHLO, not logged in and without a transaction.
        extensions: what EHLO offered; with PIPELINING the forms go out in groups.
        own: domains of the server, its host name first; what is no domain among them is left out.
        server: its IP address as the client sees it.
        client: the IP address it is asked from.
        relay_from: a foreign sender; its domain should resolve.
        relay_to: a foreign recipient, at a domain that the server does not serve.
        patience: seconds after which no further forms are asked.
        clock: seconds of a monotonic clock.

    Raises:
        ValueError: ``relay_from`` or ``relay_to`` is no plain address, or the latter is in a domain of the server.

    """
    domains = tuple(dict.fromkeys(domain.lower() for domain in own if DOMAIN.fullmatch(domain)))
    _check(relay_from, relay_to, domains)
    end = clock() + patience

    def ask(transactions: list[Transaction]) -> tuple[list[Replies], str]:
        pipelined = extensions is not None and "PIPELINING" in extensions
        return transact(talk, transactions, pipelined=pipelined, give_up=lambda: SLOW if clock() > end else "")

    senders = list(by_sender(relay_from, relay_to, domains[0] if domains else "", server))
    replies, interrupted = ask([_transaction(form) for form in senders])
    first = [judged(form, answer, interrupted) for form, answer in zip(senders, replies, strict=True)]
    recipients = [replaced(form, sender=_suitable(first)) for form in by_recipient(relay_to, domains, server)]
    control = Form("control", _suitable(first), f"{NOBODY}@{domains[0]}" if domains else NOBODY)
    # Where no sender is taken at all, the null sender's refusal is that of every form, and asking on would only annoy.
    is_heard = any(len(answer) > 1 for answer in replies)
    replies = [() if interrupted else replies[0]] * (len(recipients) + 1)
    if is_heard and not interrupted:
        replies, interrupted = ask([_transaction(form) for form in (control, *recipients)])
    doubt = _doubt(replies[0])
    later = [judged(form, answer, interrupted, doubt) for form, answer in zip(recipients, replies[1:], strict=True)]
    return Relaying((*first, *later), *privilege(client, server), interrupted)


def judged(form: Form, replies: Replies, interrupted: str = "", doubt: str = "") -> Attempt:
    """What the replies to a form's MAIL and RCPT say.

    Args:
        form: what was asked.
        replies: to MAIL, and to RCPT if MAIL was accepted; fewer where the test was interrupted.
        interrupted: why it was.
        doubt: why an accepted recipient is no proof if the server may take it for an address of its own.

    """
    if not replies or (len(replies) == 1 and replies[0].ok):
        return Attempt(form, INCONCLUSIVE, interrupted, None)
    reply = replies[-1]
    said = (form.recipient, form.sender or "")
    if reply.ok:
        return Attempt(form, INCONCLUSIVE, doubt, reply) if form.local and doubt else Attempt(form, OPEN, "", reply)
    if refuses_to_relay(reply, *said):
        return Attempt(form, CLOSED, "the server refuses to relay", reply)
    if asks_for_login(reply, *said):
        return Attempt(form, CLOSED, "the server wants a login first", reply)
    what = "recipient" if len(replies) > 1 else "sender"
    return Attempt(form, INCONCLUSIVE, f"the {what} is refused for another reason: {reply}", reply)


def privilege(client: str, server: str) -> tuple[str, bool]:
    """Why a server may let this client relay, and whether sendmail's rules do so whatever is configured.

    They let 127.0.0.1, ::1 and the host's own addresses (ruleset Relay_ok); networks are let by configuration.

    Args:
        client: the IP address that the server sees.
        server: its own.

    Returns:
        A clause, empty where nothing suggests it, and whether it is certain.

    """
    import ipaddress  # noqa: PLC0415  # It takes some milliseconds, and only this asks for it.

    try:
        ours, theirs = ipaddress.ip_address(client.partition("%")[0]), ipaddress.ip_address(server.partition("%")[0])
    except ValueError:
        return "", False
    if str(ours) in ALWAYS_TRUSTED or (ours == theirs and not ours.is_loopback):
        return f"{client} is an address of the server's own, and those may always relay", True
    network = ipaddress.ip_network((theirs, _NEAR[theirs.version]), strict=False)
    likely = {
        f"{client} is a loopback address, which many a server lets relay": ours.is_loopback,
        f"{client} may be in the server's own network, {network}, which it may let relay": ours in network,
        f"{client} is in a private network as the server is, which it may let relay": ours.is_private
        and theirs.is_private,
    }
    return next((reason for reason, holds in likely.items() if holds), ""), False


def _transaction(form: Form) -> Transaction:
    return f"MAIL FROM:<{form.sender or ''}>", f"RCPT TO:<{form.recipient}>"


def _doubt(control: Replies) -> str:
    """Why a recipient that the server may take for its own is no proof when accepted; empty if it is one."""
    reply = control[1] if len(control) > 1 else None
    if reply is not None and reply.refused:
        return ""
    heard = (
        f"answers a made-up user of its own with {reply}" if reply else "told nothing about a made-up user of its own"
    )
    return f"the server {heard}, so that it may take this address for one of its own"


def _suitable(attempts: Sequence[Attempt]) -> str:
    """The sender with which the forms of recipient are asked: one with which the server came to the question."""
    decided = {item.form.name: item.form.sender or "" for item in attempts if item.verdict != INCONCLUSIVE}
    for name in (FOREIGN_SENDER, NULL_SENDER, *decided):
        if name in decided:
            return decided[name]
    return ""


def check_address(address: str) -> None:
    """See whether an address can be asked with.

    Raises:
        ValueError: it is no plain address of the form ``user@domain``; the text is a sentence.

    """
    user, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(user) or not DOMAIN.fullmatch(domain):
        message = f"{excerpt(address)!r} is no plain address"
        raise ValueError(message)


def _check(relay_from: str, relay_to: str, domains: Sequence[str]) -> None:
    for address in (relay_from, relay_to):
        check_address(address)
    if relay_to.rpartition("@")[2].lower() in domains:
        message = f"{relay_to} is in a domain of the server's own, to which it relays nothing"
        raise ValueError(message)
