"""What a server answers to the commands that tell of users and queues, and to senders and recipients it should know.

`ask` needs a conversation after EHLO and asks everything there; the other functions need a connection of their own,
since what they ask makes a server close it or is only told at its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.answers import Answer, Heard, answer
from auditor.probe.banner import help_version
from auditor.probe.errors import Closed, TryLater, WireError
from auditor.probe.relay_forms import DOMAIN, NOBODY
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.transactions import Replies, Talk, checked, transact

#: A domain that never resolves (RFC 2606).
NOWHERE = "mailaudit-no-such-domain.invalid"
#: Replies to VRFY that deny a user, by code; RFC 5321, section 3.5.3.
DENIALS = (550, 551, 553)

_NULL = "MAIL FROM:<>"
_POSTMASTER = "RCPT TO:<postmaster>"
# VERB comes last: sendmail's later replies may be mixed with what it tells of its doings.
_SINGLE = ("VRFY postmaster", f"VRFY {NOBODY}", "EXPN postmaster", f"ETRN {NOWHERE}", "HELP", "NOOP", "VERB")


@frozen
class Commands:
    """The answers; an `Inconclusive` says why there is none.

    Attributes:
        null_sender: to the sender of bounces; RFC 5321, section 4.5.5. Where a login is needed, its kind is ``login``.
        postmaster: to the recipient ``postmaster`` without a domain, which every server takes (section 4.5.1).
        postmaster_at: to postmaster in the server's domain.
        abuse: to abuse there (RFC 2142).
        made_up: to a user there whom nobody has made.
        unresolvable_sender: to a sender whose domain does not exist, at MAIL or at the recipient after it.
        unqualified_sender: to a sender without a domain, likewise.
        vrfy: to VRFY of postmaster.
        vrfy_made_up: to VRFY of the made-up user.
        expn: to EXPN of postmaster.
        etrn: to ETRN of a domain that does not exist.
        help: to HELP.
        noop: to NOOP.
        verb: to VERB.

    """

    null_sender: Heard
    postmaster: Heard
    postmaster_at: Heard
    abuse: Heard
    made_up: Heard
    unresolvable_sender: Heard
    unqualified_sender: Heard
    vrfy: Heard
    vrfy_made_up: Heard
    expn: Heard
    etrn: Heard
    help: Heard
    noop: Heard
    verb: Heard

    @property
    def vrfy_discloses(self) -> bool | Inconclusive:
        """Whether VRFY tells users from made-up names; 252 to both, a refusal of both, or 250 to both does not."""
        if isinstance(self.vrfy, Inconclusive):
            return self.vrfy
        if isinstance(self.vrfy_made_up, Inconclusive):
            return self.vrfy_made_up
        if not (self.vrfy.decided and self.vrfy_made_up.decided):
            return Inconclusive("the server put VRFY off")
        confirms = self.vrfy.kind in {"accepted", "neutral"}
        reply = self.vrfy_made_up.reply
        return confirms and reply is not None and reply.code in DENIALS

    @property
    def turned_away(self) -> Reply | None:
        """The one refusal that the sender, VRFY and HELP alike are met with; None where each has its own reply.

        So sendmail treats a client that its ruleset check_relay refuses, for the access map, a blocklist or a rate: it
        greets the client, leaves its extensions out of the reply to EHLO, and refuses whatever else is asked.
        """
        replies = {heard.reply for heard in _met(self.null_sender, self.vrfy, self.help)}
        [reply, *others] = replies or {None}
        return reply if reply is not None and not others and (reply.refused or reply.temporary) else None

    @property
    def version(self) -> str:
        """The version that sendmail tells in its help; empty where it tells none."""
        reply = self.help.reply if isinstance(self.help, Answer) else None
        return help_version(reply) if reply else ""


def ask(talk: Talk, *, extensions: Extensions | None = None, own: Sequence[str] = ()) -> Commands:
    """Ask for all of it; what begins a transaction is reset, and no mail is sent.

    Args:
        talk: a conversation after EHLO, without a transaction.
        extensions: what EHLO offered; with PIPELINING all transactions take one round trip.
        own: domains for which the server should take mail; the first that is a domain is asked about.

    """
    domain = next((name for name in own if DOMAIN.fullmatch(name)), "")
    recipients = [_POSTMASTER]
    if domain:
        recipients += [f"RCPT TO:<{user}@{domain}>" for user in ("postmaster", "abuse", NOBODY)]
    transactions = [(_NULL, recipient) for recipient in recipients]
    transactions += [(f"MAIL FROM:<{sender}>", _POSTMASTER) for sender in (f"{NOBODY}@{NOWHERE}", NOBODY)]
    pipelined = extensions is not None and "PIPELINING" in extensions
    replies, interrupted = transact(talk, transactions, pipelined=pipelined)
    heard = [_recipient(line, each, interrupted) for line, each in zip(recipients, replies, strict=False)]
    heard += [Inconclusive("no domain of the server's own is known")] * (4 - len(heard))
    senders = [
        _sender(transaction[0], each, heard[0], interrupted)
        for transaction, each in zip(transactions[-2:], replies[-2:], strict=True)
    ]
    return Commands(_null_sender(replies[0], interrupted), *heard, *senders, *_singly(talk, interrupted))


def http(talk: Talk) -> Heard:
    """Say what a web browser says; sendmail drops a client that begins so (``421 4.7.0 Rejecting open proxy``).

    Browsers can be made to talk to mail servers across protocols (ALPACA), and open proxies to send mail.

    Args:
        talk: a conversation after the greeting, in which nothing was said; it is of no use afterwards.

    """
    return _out_of_turn(talk, "GET / HTTP/1.0", 1)


def traffic_before_reply(talk: Talk, ehlo: str) -> Heard:
    """Send a command behind EHLO without waiting for its reply, where no PIPELINING was offered yet.

    sendmail from 8.18 answers 554 5.5.0 where it enforces that; others, and those before, answer as if nothing was.

    Args:
        talk: a conversation after the greeting.
        ehlo: what we call ourselves.

    """
    return _out_of_turn(talk, f"EHLO {ehlo}\r\nNOOP", 2)


def mail_without_ehlo(talk: Talk) -> Heard:
    """Begin a transaction without having said EHLO, and give it up.

    Before TLS it shows whether the server asks for politeness (``needmailhelo``). If so, it shows after STARTTLS
    whether the server forgot what was said in clear, as RFC 3207, section 4.2, demands: the answer has to be 503 again.
    """
    try:
        reply = checked(talk.command(_NULL))
        if reply.ok:
            checked(talk.command("RSET"))
    except WireError as error:
        return Inconclusive(str(error))
    return answer(_NULL, reply)


def starttls_within_tls(talk: Talk) -> Heard:
    """Say STARTTLS once more within TLS, where it must not be accepted; the conversation is then of no more use."""
    return _single(talk, "STARTTLS")


def _out_of_turn(talk: Talk, text: str, replies: int) -> Heard:
    reply = None
    shown = text.rpartition("\n")[2]
    try:
        talk.send_raw(f"{text}\r\n".encode("ascii"))
        for _ in range(replies):
            reply = checked(talk.read_reply())
            if reply.refused:
                break
    except TryLater as error:
        return Answer(shown, "dropped", getattr(error, "reply", reply))
    except Closed:
        return Answer(shown, "dropped", reply)
    except WireError as error:
        return Inconclusive(str(error))
    return answer(shown, reply) if reply else Inconclusive("nothing was asked")


def _met(*heard: Heard) -> list[Answer]:
    """The answers, if all of them are refusals of what the client is, for now or for ever; else none."""
    answers = [each for each in heard if isinstance(each, Answer) and each.kind in {"refused", "later"}]
    return answers if len(answers) == len(heard) else []


def _null_sender(replies: Replies, interrupted: str) -> Heard:
    return answer(_NULL, replies[0]) if replies else Inconclusive(interrupted)


def _recipient(line: str, replies: Replies, interrupted: str) -> Heard:
    if not replies or (len(replies) == 1 and replies[0].ok):
        return Inconclusive(interrupted)
    if len(replies) == 1:
        return Inconclusive(f"the null sender was refused: {replies[0]}")
    return answer(line, replies[1], line[len("RCPT TO:<") : -1])


def _sender(line: str, replies: Replies, control: Heard, interrupted: str) -> Heard:
    if not replies or (len(replies) == 1 and replies[0].ok):
        return Inconclusive(interrupted)
    found = answer(line, replies[-1], line[len("MAIL FROM:<") : -1], "postmaster")
    if len(replies) == 1 or found.accepted:
        return found
    # With delay_checks sendmail refuses a sender only at the recipient.
    if isinstance(control, Answer) and control.accepted:
        return found
    return Inconclusive(f"postmaster is refused whoever the sender is: {replies[-1]}")


def _singly(talk: Talk, interrupted: str) -> list[Heard]:
    heard: list[Heard] = []
    for line in _SINGLE:
        found = Inconclusive(interrupted) if interrupted else _single(talk, line)
        interrupted = interrupted or (found.reason if isinstance(found, Inconclusive) else "")
        heard.append(found)
    return heard


def _single(talk: Talk, line: str) -> Heard:
    try:
        return answer(line, checked(talk.command(line)), *line.split()[1:])
    except WireError as error:
        return Inconclusive(str(error))
