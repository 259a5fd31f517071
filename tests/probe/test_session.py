"""SMTP conversations with servers that mean well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditor.probe.errors import Closed, Garbled, TryLater
from auditor.probe.handshake import HandshakeFailed, PlainGreeting
from auditor.probe.session import PutOff, Refused, Session, raw
from auditor.probe.settings import IMPLICIT, STARTTLS, Settings, own_name
from auditor.probe.transcript import Transcript
from auditor.probe.verify import permissive_context, verifying_context
from tests import certificates
from tests.probe.servers import LOOPBACK, NAME, Answer, Conversation, SMTPServer, server_context


def test_a_conversation() -> None:
    """Greeting, EHLO and commands, with everything said in the transcript."""
    with SMTPServer(replies={"VRFY": "252-2.5.2 Cannot\n252 2.5.2 VRFY user"}) as server:
        with Session.open(server.settings()) as session:
            assert session.greeting.text == f"{NAME} ESMTP"
            assert "PIPELINING" in session.ehlo()
            assert session.command("VRFY root").code == 252
            assert session.command("MAIL FROM:<>").ok
            assert session.command("FOO").refused
            session.quit()
        assert server.clear_lines == ["EHLO client.example.org", "VRFY root", "MAIL FROM:<>", "FOO", "QUIT"]
    said = str(session.transcript).splitlines()
    assert said[0].startswith("* connected to 127.0.0.1:")
    assert said[1:3] == [f"< 220 {NAME} ESMTP", "> EHLO client.example.org"]
    assert "< 252-2.5.2 Cannot" in said
    assert said[-1] == "< 221 2.0.0 closing connection"


def test_starttls() -> None:
    """After STARTTLS the session is a new one inside TLS, and what TLS it is can be asked."""
    with SMTPServer(tls=server_context(), extensions=["X"], secured_extensions=["AUTH PLAIN"]) as server:
        with Session.open(server.settings()) as session:
            assert list(session.ehlo()) == ["X", "STARTTLS"]
            session.starttls(permissive_context())
            assert len(session.extensions) == 0
            assert session.ehlo().parameters("AUTH") == ("PLAIN",)
            assert "STARTTLS" not in session.extensions
            assert session.tls is not None
            assert (session.tls.version, session.tls.bits) == ("TLSv1.3", 256)
            assert session.tls.unique is None
            assert not session.injected
            session.quit()
        assert server.clear_lines == ["EHLO client.example.org", "STARTTLS"]
        assert server.secured_lines == ["EHLO client.example.org", "QUIT"]
    assert any(line.direction == "*" and line.text.startswith("TLSv1.3, ") for line in session.transcript.lines)


def test_implicit_tls(tmp_path: Path) -> None:
    """With implicit TLS the greeting comes through it, and the certificate's verdict is there at once."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(certificates.authority())
    with SMTPServer(tls=server_context(), implicit=True) as server:
        with Session.open(server.settings()) as session:
            assert session.tls is not None
            assert not session.tls.verified
            assert "not among the trusted" in session.tls.why_not
            assert session.greeting.code == 220
        for context in (None, verifying_context(ca)):
            with Session.open(server.settings(ca=ca), context=context) as session:
                assert session.tls is not None
                assert (session.tls.verified, session.tls.why_not) == (True, "")
        with pytest.raises(HandshakeFailed, match="certificate verify failed: Hostname mismatch"):
            Session.open(server.settings(ca=ca, name="mail.example.com"), context=verifying_context(ca))
        assert server.clear_lines == []


def test_implicit_tls_that_is_none() -> None:
    """A server that greets in plain where TLS had to begin is told as that."""
    with (
        SMTPServer() as server,
        pytest.raises(PlainGreeting, match=f"in plain SMTP where TLS has to begin: 220 {NAME}"),
    ):
        Session.open(server.settings(tls=IMPLICIT))


@pytest.mark.parametrize("address", LOOPBACK)
def test_raw_connections(address: str) -> None:
    """A raw connection is one on which TLS may start, after STARTTLS or at once."""
    for implicit in (True, False):
        with SMTPServer(tls=server_context(), implicit=implicit, address=address) as server:
            channel = raw(server.settings())
            channel.wrap(permissive_context(), NAME)
            channel.send(b"NOOP\r\n")
            assert channel.receive().startswith(b"220" if implicit else b"250")
            channel.close()


@pytest.mark.parametrize(
    "reply", ["454 4.3.3 TLS not available after start", "502 5.5.1 no", "503 5.5.0 TLS not available", "250 2.0.0 ok"]
)
def test_starttls_that_is_refused(reply: str) -> None:
    """A server that will not start TLS says so in its reply, and one can go on in clear."""
    with SMTPServer(replies={"STARTTLS": reply}) as server:
        with Session.open(server.settings()) as session:
            with pytest.raises(Refused, match=r"refuses STARTTLS: \d\d\d \d") as caught:
                session.starttls(permissive_context())
            assert str(caught.value.reply) == reply
            assert session.command("NOOP").ok
        with pytest.raises(Refused):
            raw(server.settings(tls=STARTTLS))


@pytest.mark.parametrize("code", [421, 450, 451])
def test_a_greeting_that_puts_off(code: int) -> None:
    """A temporary greeting is inconclusive, with the server's words."""
    with SMTPServer(greeting=f"{code} 4.7.0 {NAME} Too many") as server, pytest.raises(TryLater) as caught:
        Session.open(server.settings())
    assert f"{code} 4.7.0 {NAME} Too many" in str(caught.value)
    assert isinstance(caught.value, PutOff)
    assert caught.value.reply.code == code


def test_a_greeting_that_refuses() -> None:
    """A greeting of 554 is a refusal of us, with the server's words."""
    with (
        SMTPServer(greeting="554 5.7.1 Go away") as server,
        pytest.raises(Refused, match=r"the connection: 554 5\.7\.1 Go"),
    ):
        Session.open(server.settings())


@pytest.mark.parametrize("verb", ["EHLO", "VRFY", "STARTTLS"])
def test_421_anywhere(verb: str) -> None:
    """Whatever is answered with 421 puts us off, and ends the session."""

    def closing(talk: Conversation, _line: str) -> None:
        talk.send(b"421 4.3.2 shutting down\r\n")

    with SMTPServer(replies={verb: closing}) as server, Session.open(server.settings()) as session:
        with pytest.raises(PutOff, match=r"puts us off: 421 4\.3\.2 shutting down"):
            session.ehlo() if verb == "EHLO" else session.command(verb)
        with pytest.raises(Closed):
            session.command("NOOP")


def test_only_helo() -> None:
    """A server without EHLO is asked with HELO, and offers nothing."""
    helo: Answer = f"250-{NAME}\n250 AUTH PLAIN"
    with SMTPServer(replies={"EHLO": "500 what", "HELO": helo}) as server, Session.open(server.settings()) as session:
        assert len(session.ehlo()) == 0
        assert session.extensions.greeting == NAME


@pytest.mark.parametrize(("reply", "error"), [("550 5.7.1 no", Refused), ("450 4.7.1 later", PutOff)])
def test_no_ehlo(reply: str, error: type[Exception]) -> None:
    """A server that refuses both, or for now, has not told what it offers."""
    replies = {"EHLO": reply, "HELO": reply}
    with SMTPServer(replies=replies) as server, Session.open(server.settings()) as session, pytest.raises(error):
        session.ehlo()


def test_the_greetings_delay() -> None:
    """How long the server waited before it spoke is measured."""
    with SMTPServer(latency=0.2) as server, Session.open(server.settings()) as session:
        assert 0.2 <= session.greeting_delay < 1


def test_pipelined_commands() -> None:
    """Bytes may hold several commands, whose replies are then read one by one."""
    with SMTPServer() as server, Session.open(server.settings()) as session:
        session.send_raw(b"MAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nRSET\r\n")
        assert [session.read_reply().code for _ in range(3)] == [250, 550, 250]
        assert session.command("NOOP").code == 250


def test_replies_of_all_shapes() -> None:
    """Bare LF, NUL, control characters and empty texts are replies all the same."""
    shapes = [b"250 a\n", b"250-a\n250 b\r\n", b"250\r\n", b"250 \0\x1b[2J\x9b\r\n", b"250 " + b"x" * 5000 + b"\r\n"]
    for shape in shapes:
        with SMTPServer(replies={"NOOP": shape}) as server, Session.open(server.settings()) as session:
            reply = session.command("NOOP")
            assert reply.raw == shape
            assert all(len(line.text) <= 501 for line in session.transcript.lines)


def test_a_reply_nobody_asked_for() -> None:
    """A reply too many ends the session, since it would be taken for the next command's."""
    with SMTPServer(replies={"NOOP": "250 a\n250 b"}) as server, Session.open(server.settings()) as session:
        assert session.command("NOOP").ok
        with pytest.raises(Garbled, match="no command had asked for"):
            session.command("RCPT TO:<a@example.com>")


def test_bytes_injected_before_tls() -> None:
    """What a server, or somebody between, adds in clear after its 220 is seen and is no part of the secured session."""

    def injecting(talk: Conversation, _line: str) -> None:
        talk.send(b"220 Ready to start TLS\r\n250-injected\r\n250 AUTH PLAIN\r\n")
        talk.secure(server_context())
        while line := talk.line():
            talk.answer("250 2.0.0 inside", line)

    with SMTPServer(replies={"STARTTLS": injecting}) as server, Session.open(server.settings()) as session:
        session.starttls(permissive_context())
        assert session.injected == b"250-injected\r\n250 AUTH PLAIN\r\n"
        assert session.command("NOOP").text == "2.0.0 inside"
    assert "* 30 bytes came in clear before the handshake: 250-injected" in str(session.transcript)


@pytest.mark.parametrize("line", ["NOOP\r\nRSET", "NOOP\n", "\r"])
def test_a_command_is_one_line(line: str) -> None:
    """A line end inside a command, which would be a second command, is an error of the caller."""
    with SMTPServer() as server, Session.open(server.settings()) as session:
        with pytest.raises(ValueError, match="one line"):
            session.command(line)
        assert session.command("NOOP").ok
    assert server.clear_lines == ["NOOP"]


def test_our_own_name() -> None:
    """EHLO says the name in the settings, or this machine's name, or its address as a literal."""
    assert own_name("192.0.2.1").count(".") > 0
    with SMTPServer() as server:
        with Session.open(server.settings(ehlo="")) as session:
            session.ehlo()
            session.ehlo("other.example.org")
        assert server.clear_lines == [f"EHLO {own_name('127.0.0.1')}", "EHLO other.example.org"]


def test_our_own_name_without_a_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose name has no domain is its address."""
    monkeypatch.setattr("socket.gethostname", lambda: "box")
    assert [own_name("192.0.2.1"), own_name("2001:db8::1")] == ["[192.0.2.1]", "[IPv6:2001:db8::1]"]


def test_the_certified_name() -> None:
    """The certificate has to name the host unless another name is given, and never with the last dot."""
    assert Settings("mail.example.org.").certified == NAME
    assert Settings("127.0.0.1", name=NAME).certified == NAME


def test_many_at_once() -> None:
    """Sessions in many threads do not disturb one another."""

    def one(number: int) -> str:
        with Session.open(server.settings(), Transcript()) as session:
            session.ehlo()
            session.starttls(permissive_context())
            return session.command(f"ECHO {number}").text

    with SMTPServer(tls=server_context(), replies={"ECHO": lambda _, line: f"250 {line}"}) as server:
        with ThreadPoolExecutor(20) as pool:
            assert list(pool.map(one, range(40))) == [f"ECHO {number}" for number in range(40)]
        assert server.connections == 40
