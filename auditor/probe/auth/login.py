"""One login over SMTP (RFC 4954), whatever the mechanism."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Protocol

from auditor.model.value import frozen
from auditor.probe.auth.base import ChannelBinding, Client, Unfit, Unproved
from auditor.probe.auth.explain import explain
from auditor.probe.auth.mechanisms import client
from auditor.probe.auth.passwords import Hidden, Password, octets
from auditor.probe.errors import Garbled, WireError
from auditor.probe.smtp import Reply
from auditor.probe.words import excerpt

#: Octets of a command line without its end, beyond which an initial response has to wait for the server's prompt.
LONGEST_COMMAND = 510
#: The code of a prompt.
PROMPT = 334
#: Base64 characters of a challenge (RFC 4954, section 4).
LONGEST_CHALLENGE = 12288
#: What takes back an AUTH that has begun.
CANCEL = "*"
_HIDDEN = "***"
# A shorter text is found anywhere, and hiding it would show where.
_SHORTEST = 4


class Talk(Protocol):
    """A conversation in which EHLO was said, such as a `Session`; both raise the errors of the wire."""

    def command(self, line: str) -> Reply:
        """Send a line and read the reply."""

    def secret(self, line: str) -> Reply:
        """As `command`, for a line that is nowhere to be seen."""


@frozen
class LoginResult:
    """What came of one login.

    Attributes:
        mechanism: its name in upper case.
        accepted: whether the server let us in; None where it did not come to an answer that counts.
        reply: the reply that ended it, with stars where it repeated what we sent; None where nothing was sent.
        meaning: what that means and where to look, for a report.
        server_proved: whether the server proved that it knows the password; None where the mechanism has no such proof
            or it did not come to that.

    """

    mechanism: str
    accepted: bool | None
    reply: Reply | None
    meaning: str
    server_proved: bool | None


def login(  # noqa: PLR0913  # What a login consists of.
    talk: Talk,
    mechanism: str,
    user: str,
    password: Password,
    *,
    host: str,
    binding: ChannelBinding | None = None,
) -> LoginResult:
    """Log in once. It is the caller who sees to it that a password goes only where it may go.

    Nonsense, and a prompt too many, are answered by ``*``, which leaves the conversation usable. sendmail lets wait for
    a second from about the third AUTH of one connection on, then for two, four, eight: take a new connection for each
    mechanism.

    Args:
        talk: the conversation.
        mechanism: the mechanism's name, in any case.
        user: the name to log in as.
        password: the password or token.
        host: the server's name.
        binding: the connection's channel binding, for -PLUS.

    Raises:
        WireError: the conversation broke; `TryLater` where the server put us off.

    """
    name = mechanism.upper()
    try:
        machine = client(name, user, password, host=host, binding=binding)
    except Unfit as error:
        return LoginResult(excerpt(name, 40), None, None, f"nothing was sent: {error}", None)
    dialogue = _Dialogue(talk, password)
    wrong = dialogue.hold(name, machine)
    reply = dialogue.reply and dialogue.cleaned(dialogue.reply)
    if wrong is not None:
        proved = False if isinstance(wrong, Unproved) else None
        return LoginResult(name, None, reply, f"the login was broken off: {wrong}", proved)
    bound = binding.type if binding is not None and name.endswith("-PLUS") else ""
    return _judged(name, machine, reply, bound)


class _Dialogue:
    """Prompts and responses, and the texts in them that no reply may repeat."""

    __slots__ = ("_password", "_sent", "_talk", "reply")

    def __init__(self, talk: Talk, password: Password) -> None:
        self._talk = talk
        self._password = password
        self._sent: list[Hidden] = []
        self.reply: Reply | None = None

    def hold(self, name: str, machine: Client) -> Garbled | None:
        """Go on until the server asks no more, or asks nonsense, which is returned."""
        self._begin(name, machine)
        # It ends since every mechanism refuses a prompt too many.
        while self.reply is not None and self.reply.code == PROMPT:
            try:
                response = self._hidden(machine.respond(challenge(self.reply)))
            except Garbled as error:
                self._cancel()
                return error
            self.reply = self._talk.secret(response)
        return None

    def cleaned(self, reply: Reply) -> Reply:
        """The reply with stars in the place of what we sent."""
        word = Hidden(octets(self._password.reveal()).decode("latin-1"))
        secrets = sorted({each for each in (*self._sent, word) if len(each) >= _SHORTEST}, key=len, reverse=True)
        lines, raw = reply.lines, reply.raw
        for each in secrets:
            lines = tuple(line.replace(each, _HIDDEN) for line in lines)
            raw = raw.replace(each.encode("latin-1"), _HIDDEN.encode())
        return Reply(reply.code, lines, raw)

    def _begin(self, name: str, machine: Client) -> None:
        command = f"AUTH {name}"
        initial = machine.initial()
        first = None if initial is None else self._hidden(initial)
        del initial
        if first is not None and len(command) + 1 + len(first) <= LONGEST_COMMAND:
            # RFC 4954 writes an empty response as = here, and as an empty line after a prompt.
            self.reply = self._talk.secret(Hidden(f"{command} {first or '='}"))
            return
        self.reply = self._talk.command(command)
        if first is not None and self.reply.code == PROMPT:
            # What stands in a prompt for the initial response has no meaning, and some servers put words there.
            self.reply = self._talk.secret(first)

    def _cancel(self) -> None:
        self.reply = None
        # Why it was cancelled is more worth telling than that the server did not take it well.
        with suppress(WireError):
            self.reply = self._talk.command(CANCEL)

    def _hidden(self, response: bytes) -> Hidden:
        line = Hidden(b64encode(response).decode())
        self._sent.append(line)
        return line


def challenge(prompt: Reply) -> bytes:
    """The challenge within a prompt.

    Raises:
        Garbled: it is no base64, or too long.

    """
    text = prompt.text.strip(" \t")
    if len(text) > LONGEST_CHALLENGE:
        message = f"the server's challenge has over {LONGEST_CHALLENGE} characters"
        raise Garbled(message)
    try:
        return b64decode(text.encode("latin-1"), validate=True)
    except binascii.Error:
        message = "the server's challenge is no base64"
    raise Garbled(message)


def _judged(name: str, machine: Client, reply: Reply | None, bound: str) -> LoginResult:
    if reply is None or not reply.ok:
        refused = reply is not None and reply.refused
        if refused and _is_of_binding(bound, machine.complaint):
            words = f"the server refuses, maybe for it binds otherwise than with {bound}; without -PLUS it can be told"
            return LoginResult(name, None, reply, words, None)
        meaning = explain(reply, name) if reply is not None else ""
        told = f"; the server's own words: {machine.complaint}" if machine.complaint else ""
        return LoginResult(name, False if refused else None, reply, meaning + told, None)
    meaning = "the login is accepted"
    if machine.proved is False:
        meaning = "the login is accepted, though the server did not prove that it knows the password"
    elif not machine.finished:
        meaning = "the server accepts the login before it has asked for the password"
    return LoginResult(name, accepted=True, reply=reply, meaning=meaning, server_proved=machine.proved)


def _is_of_binding(bound: str, complaint: str) -> bool:
    """Whether a refusal may be that of the channel binding rather than of the password.

    For TLS 1.3 the binding of choice is tls-exporter (RFC 9266), which the ssl module does not give. Cyrus SASL refuses
    one that is not the server's own, and as it does so without a word it looks like a wrong password.
    """
    if "channel-binding" in complaint:
        return True
    return bound == "tls-server-end-point" and complaint not in ("invalid-proof", "unknown-user")
