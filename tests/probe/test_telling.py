"""What a probe finds is told as it is found, line by line, and no line steers a terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from auditor.probe.auth.passwords import Password
from auditor.probe.logins import Login
from auditor.probe.observe import Plan, observe
from auditor.probe.resolver import Resolver
from tests.probe.dns_server import serving
from tests.probe.servers import NAME, Answer, SMTPServer, server_context
from tests.probe.servers import Conversation as Talking

#: Seconds within which a line has to have been told that another thing waits for.
SOON = 3.0


class Watcher:
    """Keeps the lines, and lets others wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.late: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, line: str) -> None:
        """Keep a line."""
        with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    def has(self, part: str) -> bool:
        """Whether a line with this part was told."""
        return any(part in line for line in self.lines)

    def before(self, part: str, answer: Answer) -> Callable[[Talking, str], str | bytes | None]:
        """The answer, but only after a line with this part was told."""

        def answered(talk: Talking, line: str) -> str | bytes | None:
            with self._changed:
                if not self._changed.wait_for(lambda: self.has(part), SOON):
                    self.late.append(part)
            return answer(talk, line) if callable(answer) else answer

        return answered


def test_lines_come_while_the_conversation_goes_on() -> None:
    """The server holds each answer back until what was found before it has been told."""
    watcher = Watcher()
    server = SMTPServer(tls=server_context(), extensions=("AUTH PLAIN", "SIZE 1000"))
    usual = server.replies
    waiting = {
        "EHLO": "greets after",
        "AUTH": "AUTH within TLS: PLAIN",
        "MAIL": "AUTH PLAIN without a password",
        "GET": "weak suites",
    }
    server.replies = usual | {
        verb: watcher.before(part, usual.get(verb, "500 5.5.1 Command unrecognized")) for verb, part in waiting.items()
    }
    with server:
        observe(server.settings(), Plan(idle=0.1), watcher)
    assert watcher.late == []
    expected = [
        "greets after 0.0",
        "in clear: SIZE, STARTTLS",
        "AUTH in clear: PLAIN",
        "TLSv1.3 with TLS_",
        f"certificate: {NAME}, until ",
        "within TLS: SIZE",
        "AUTH within TLS: PLAIN",
        "AUTH PLAIN without a password: ",
        "commands: VRFY unsupported, ",
        "relaying: closed; ",
        "TLSv1.3: offered, TLS_",
        "TLSv1.2: offered, ",
        "TLSv1.1: refused",
        "TLSv1: refused",
        "SSLv3: refused",
        "SSLv2: refused",
        "weak suites: none",
        "a web browser's request: unsupported, 500 5.5.1",
        "a command before the reply to EHLO: ",
        "saying nothing for 0.1 seconds",
        "silence: the server waited for the 0.1 seconds",
    ]
    found = iter(watcher.lines)
    assert [part for part in expected if not any(part in line for line in found)] == []


def test_each_login_is_told() -> None:
    """Every mechanism that is tried has a line of its own, and so has the reason why none is."""
    watcher = Watcher()
    login = Login("alice", Password("secret"), every=True, insecure=True)
    with SMTPServer(extensions=("AUTH PLAIN LOGIN",), replies={"AUTH": "535 5.7.8 no"}) as server:
        observe(server.settings(), Plan(login=login), watcher)
        observe(server.settings(), Plan(login=Login("alice", Password("secret"))), watcher)
    assert [line for line in watcher.lines if line.startswith("login")] == [
        "login PLAIN: refused, 535 5.7.8 no",
        "login LOGIN: refused, 535 5.7.8 no",
        "login: no password was sent: without TLS none may be (--insecure-auth lets it go)",
    ]


def test_intrusive_tests_are_told() -> None:
    """Each of the intrusive tests has a line."""
    watcher = Watcher()
    with SMTPServer(tls=server_context()) as server:
        observe(server.settings(), Plan(intrusive=True), watcher)
    for test in ("injection behind STARTTLS: safe", "renegotiation: ", "heartbeat: safe", "early ChangeCipherSpec: "):
        assert watcher.has(test)


def test_names_are_told() -> None:
    """What the DNS says is told as well, from whichever thread asks it."""
    watcher = Watcher()
    with serving({"1.0.0.127.in-addr.arpa PTR": ["mail.example.org."]}) as dns, SMTPServer() as server:
        resolver = Resolver(["127.0.0.1"], dns.port, lifetime=2)
        observe(server.settings(), Plan(resolver=resolver, domain="example.org"), watcher)
    assert watcher.has("DNS: 127.0.0.1, ")
    assert watcher.has("MX: ")
    assert watcher.has("MTA-STS: none")


@pytest.mark.parametrize("tls", [True, False])
def test_foreign_words_are_printable(tls: bool) -> None:  # noqa: FBT001
    """Whatever a server says reaches the lines as escapes, and no line is without end."""
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x7f\x85" + "x" * 3000
    watcher = Watcher()
    replies: dict[str, Answer] = dict.fromkeys(("VRFY", "GET", "NOOP", "AUTH", "RCPT", "HELP"), f"550 {evil}")
    with SMTPServer(
        tls=server_context() if tls else None,
        greeting=f"220 {NAME} {evil}",
        extensions=("AUTH PLAIN " + evil, *(f"X{number}{evil}" for number in range(15))),
        replies=replies,
    ) as server:
        login = Login("alice", Password("secret"), insecure=True)
        observe(server.settings(), Plan(login=login, idle=0.1), watcher)
    assert watcher.has(r"\x1b]0;owned\x07")
    assert all(line.isprintable() and len(line) < 600 for line in watcher.lines)
