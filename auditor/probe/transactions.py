"""Mail transactions that are begun and given up: MAIL, RCPT, RSET and never DATA, in as few round trips as allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from auditor.probe.errors import TryLater, WireError
from auditor.probe.smtp import Reply

#: Transactions sent at once. Their text fits into one packet or two, so that neither side waits for the other to read.
AT_ONCE = 8

CLOSING = 421


class Talk(Protocol):
    """An SMTP conversation after its greeting, under deadlines of its own; a session is one."""

    def command(self, line: str) -> Reply:
        """Send a line and read its reply; raises a WireError."""

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are; raises a WireError."""

    def read_reply(self) -> Reply:
        """The next reply, whatever it replies to; raises a WireError."""


#: MAIL and the RCPT commands after it, without line ends.
Transaction = tuple[str, ...]
#: The replies to MAIL and RCPT; to MAIL alone where that was refused; none where nothing was answered any more.
Replies = tuple[Reply, ...]


def transact(
    talk: Talk, transactions: Sequence[Transaction], *, pipelined: bool, give_up: Callable[[], str] = str
) -> tuple[list[Replies], str]:
    """Ask for transactions one after the other, each reset before the next.

    MAIL, RCPT and RSET are the commands that may stand anywhere in a pipelined group (RFC 2920, section 3.1).

    Args:
        talk: the conversation, after EHLO.
        transactions: what to ask.
        pipelined: whether the server offers PIPELINING.
        give_up: asked before each group; the rest is left out where it gives a reason.

    Returns:
        The replies of each transaction, in order, and why the later ones were not answered: a sentence, empty where
        all were.

    """
    done: list[Replies] = []
    ask = _pipelined if pipelined else _one_by_one
    for first in range(0, len(transactions), AT_ONCE):
        group = transactions[first : first + AT_ONCE]
        why = give_up() or ask(talk, group, done)
        if why:
            return [*done, *((),) * (len(transactions) - len(done))], why
    return done, ""


def checked(reply: Reply) -> Reply:
    """The reply itself.

    Raises:
        TryLater: it says that the server closes the connection (RFC 5321, section 3.8).

    """
    if reply.code == CLOSING:
        message = f"the server put us off: {reply}"
        raise TryLater(message)
    return reply


def _one_by_one(talk: Talk, group: Sequence[Transaction], done: list[Replies]) -> str:
    for transaction in group:
        replies: list[Reply] = []
        why = ""
        try:
            for line in transaction:
                replies.append(checked(talk.command(line)))
                if not replies[0].ok:
                    break
            if replies[0].ok:
                checked(talk.command("RSET"))
        except WireError as error:
            why = str(error)
        done.append(tuple(replies))
        if why:
            return why
    return ""


def _pipelined(talk: Talk, group: Sequence[Transaction], done: list[Replies]) -> str:
    lines = [line for transaction in group for line in (*transaction, "RSET")]
    replies: list[Reply] = []
    why = ""
    try:
        talk.send_raw("".join(f"{line}\r\n" for line in lines).encode("ascii"))
        for _ in lines:
            replies.append(checked(talk.read_reply()))  # noqa: PERF401  # What came before an error counts.
    except WireError as error:
        why = str(error)
    at = 0
    for transaction in group:
        answered = tuple(replies[at : at + len(transaction)])
        at += len(transaction) + 1
        done.append(answered if answered and answered[0].ok else answered[:1])
    return why
