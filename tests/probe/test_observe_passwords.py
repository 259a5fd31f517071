"""Whom a password is sent to, and whom not: every way in which a server, or who sits between, might come by it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe.auth.passwords import Password
from auditor.probe.logins import Login
from auditor.probe.observe import Plan
from auditor.probe.observed import Logins
from tests import certificates
from tests.probe.servers import NAME, SMTPServer, current_certificate, server_context
from tests.probe.servers import Conversation as Talking
from tests.probe.whole import LATER, LOGIN, USER, WORD, judged, met


def prompting(talk: Talking, _line: str) -> None:
    """Ask for more, whatever is said."""
    for _ in range(10_000):
        talk.send(b"334 VXNlcm5hbWU6\r\n")
        if talk.line() is None:
            return


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256", "XOAUTH2"])
def test_prompts_without_end(mechanisms: str, authority: Path) -> None:
    """A server that asks for more and more gets no verdict on its AUTH, and the login is broken off."""
    extensions = (f"AUTH {mechanisms}",)
    with SMTPServer(tls=server_context(), extensions=extensions, replies={"AUTH": prompting}) as server:
        found = met(server, LATER, Plan(login=Login(USER, Password(WORD), every=True)), ca=authority)
    if isinstance(found.conversation, Inconclusive):
        # Where passwords are sent as they are, that is tried before other questions, which then meet prompts as well.
        assert "334" in found.conversation.reason
    else:
        assert isinstance(found.logins, Logins)
        assert [each.accepted for each in found.logins.results] == [None] * len(mechanisms.split())
    assert WORD not in str(found.transcript)


def heard(lines: list[str]) -> str:
    """What was said, with all base64 in it decoded as well."""
    words = [word for line in lines for word in line.split()]
    decoded = []
    for word in words:
        try:
            decoded.append(base64.b64decode(word, validate=True).decode("latin-1"))
        except ValueError:
            continue
    return "\n".join((*lines, *decoded))


def stripping(after: int) -> Callable[[Talking, str], str]:
    """Offer STARTTLS and AUTH to so many connections, and to the later ones AUTH alone."""

    def ehlo(talk: Talking, _line: str) -> str:
        offers = talk.server.connections <= after and not talk.secured
        return f"250-{NAME}\n250-AUTH PLAIN LOGIN CRAM-MD5\n250 {'STARTTLS' if offers else 'HELP'}"

    return ehlo


@pytest.mark.parametrize("after", [0, 1, 3])
def test_stripped_starttls(after: int, authority: Path) -> None:
    """Whoever takes STARTTLS out of a conversation, from the first on or later, gets neither password nor user name."""
    with SMTPServer(tls=server_context(), replies={"EHLO": stripping(after), "AUTH": "334 "}) as server:
        found = met(server, LATER, Plan(login=LOGIN), ca=authority)
    assert isinstance(found.logins, Logins)
    assert found.logins.results == ()
    assert "no password was sent" in found.logins.unsent
    said = heard(server.clear_lines)
    assert WORD not in said
    assert USER not in said
    if not after:
        assert isinstance(found.offer, NotApplicable)


@pytest.mark.parametrize("reply", ["454 4.3.3 TLS not available", "220 go\r\n" + "x" * 200, "500 what?", "421 busy"])
def test_starttls_that_fails(reply: str, authority: Path) -> None:
    """STARTTLS that is offered and does not come about lets no password out either, and is not called missing."""
    extensions = ("STARTTLS", "AUTH PLAIN LOGIN")
    with SMTPServer(extensions=extensions, replies={"STARTTLS": reply, "AUTH": "334 "}) as server:
        found = met(server, LATER, Plan(login=LOGIN), ca=authority, tls="starttls")
    assert isinstance(found.logins, Logins | NotApplicable)
    assert not isinstance(found.logins, Logins) or not found.logins.results
    assert WORD not in heard(server.clear_lines)
    assert USER not in heard(server.clear_lines)
    assert not [item for item in judged(found).reported if "STARTTLS is not offered" in item.finding.message]


def test_certificate_of_a_stranger(tmp_path: Path) -> None:
    """Inside TLS that proves nothing no password is sent either."""
    other = tmp_path / "other.pem"
    other.write_bytes(certificates.authority("Another Authority"))
    with SMTPServer(tls=server_context(), extensions=("AUTH PLAIN LOGIN",), replies={"AUTH": "334 "}) as server:
        found = met(server, LATER, Plan(login=LOGIN), ca=other)
    assert isinstance(found.logins, Logins)
    assert "no password was sent" in found.logins.unsent
    said = heard(server.clear_lines + server.secured_lines)
    assert WORD not in said
    assert USER not in said


@pytest.mark.parametrize(("offered", "accepted"), [("PLAIN", True), ("SCRAM-SHA-256-PLUS", None)])
def test_certificate_that_nothing_can_be_bound_to(offered: str, accepted: bool | None) -> None:  # noqa: FBT001
    """An Ed25519 certificate names no hash to bind with: that ends the mechanism that needs it, and no other."""
    context = server_context(current_certificate(kind="ed25519", issuer=None), certificates.key(kind="ed25519"))
    login = Login(USER, Password(WORD), insecure=True)
    replies = {"AUTH": lambda _talk, line: "235 2.7.0 welcome" if len(line) > len("AUTH PLAIN =") else "501 5.5.2 no"}
    with SMTPServer(tls=context, extensions=(f"AUTH {offered}",), replies=replies) as server:
        found = met(server, LATER, Plan(login=login))
    assert isinstance(found.logins, Logins)
    (result,) = found.logins.results
    assert result.accepted is accepted
    assert accepted or "nothing was sent" in result.meaning
