"""What somebody at a terminal sees of a probe while it goes on, and what a log or a pipe gets of that: nothing."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.probe.servers import Answer, SMTPServer, server_context
from tests.probe.servers import Conversation as Talking

MAILAUDIT = Path(sys.executable).parent / "mailaudit"
EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x7f[bold red]x[/] \x85"
#: Seconds within which a line has to be seen.
SOON = 10.0


class Terminal:
    """A terminal that somebody looks at."""

    def __init__(self) -> None:
        self.outer, self.inner = pty.openpty()
        self._seen = b""
        self._changed = threading.Condition()

    @property
    def text(self) -> str:
        """What was seen so far."""
        return self._seen.decode()

    def shows(self, part: str) -> bool:
        """Whether a text is seen in time."""
        with self._changed:
            return self._changed.wait_for(lambda: part in self.text, SOON)

    def look(self) -> None:
        """Read until nobody writes any more."""
        with suppress(OSError):
            while data := os.read(self.outer, 65536):
                with self._changed:
                    self._seen += data
                    self._changed.notify_all()


@contextmanager
def terminal() -> Iterator[Terminal]:
    """A terminal until the block ends; by then all that was written is seen."""
    found = Terminal()
    eyes = threading.Thread(target=found.look, daemon=True)
    eyes.start()
    yield found
    os.close(found.inner)
    eyes.join(SOON)
    os.close(found.outer)


def probed(where: Terminal, *words: str, colour: bool = True) -> subprocess.CompletedProcess[bytes]:
    """A probe whose standard error is the terminal."""
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"} | ({} if colour else {"NO_COLOR": "1"})
    command = [str(MAILAUDIT), "probe", "--offline", "--timeout", "5", "--min-severity", "high", *words]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=where.inner, env=environment, check=False
    )


def target(server: SMTPServer) -> str:
    """A server as a command line names it."""
    return f"127.0.0.1:{server.port}"


def test_lines_are_seen_before_the_server_has_said_all() -> None:
    """The first line is on the terminal while the server still holds back its reply to EHLO, and so on."""
    missed: list[str] = []
    with terminal() as screen, SMTPServer(tls=server_context()) as server:

        def after(part: str, answer: Answer) -> Answer:
            def answered(talk: Talking, line: str) -> str | bytes | None:
                if not screen.shows(part):
                    missed.append(part)
                return answer(talk, line) if callable(answer) else answer

            return answered

        server.replies |= {
            "EHLO": after("greets after", server.replies["EHLO"]),
            "MAIL": after("AUTH within TLS", "250 2.1.0 ok"),
            "GET": after("weak suites", "500 5.5.1 what"),
        }
        done = probed(screen, target(server))
    assert missed == []
    assert b"greets after" not in done.stdout
    assert screen.text.count("greets after") == 1
    assert screen.text.endswith("\r\n\r\n")


@pytest.mark.parametrize("colour", [True, False])
def test_nothing_foreign_steers_the_terminal(colour: bool) -> None:  # noqa: FBT001
    """Of control characters only the line's end and our own dimming are written, and that only where it is wanted."""
    replies: dict[str, Answer] = dict.fromkeys(("VRFY", "GET", "RCPT", "AUTH"), f"550 {EVIL}")
    with (
        terminal() as screen,
        SMTPServer(greeting=f"220 x {EVIL}", extensions=(f"AUTH PLAIN {EVIL}", f"X{EVIL}"), replies=replies) as server,
    ):
        probed(screen, target(server), "--tls", "none", colour=colour)
    assert r"\x1b]0;owned\x07" in screen.text
    assert ("\x1b[2m" in screen.text) == colour
    plain = re.sub(r"\x1b\[[02]?m", "", screen.text) if colour else screen.text
    assert all(character.isprintable() or character in "\r\n" for character in plain)


@pytest.mark.parametrize("words", [["--format", "json"], ["--format", "concise"]])
def test_other_forms_are_not_for_people(words: list[str]) -> None:
    """Where the report is for programs the terminal stays empty."""
    with terminal() as screen, SMTPServer() as server:
        probed(screen, target(server), *words)
    assert screen.text == ""


def test_several_targets_are_told_by_their_reports() -> None:
    """Lines of several targets would be a muddle."""
    with terminal() as screen, SMTPServer() as one, SMTPServer() as other:
        done = probed(screen, target(one), target(other), "--tls", "none")
    assert "greets after" not in screen.text
    assert done.stdout.count(b"mailaudit: 127.0.0.1:") == 2


def test_scan_beside_a_probe(tmp_path: Path) -> None:
    """A scan that probes shows the same lines."""
    (tmp_path / "sendmail.mc").write_text("MAILER(`local')dnl\n")
    with terminal() as screen, SMTPServer() as server:
        command = [str(MAILAUDIT), "scan", "--offline", str(tmp_path), "--probe", target(server)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=screen.inner, check=False)
    assert "greets after" in screen.text
    assert b"greets after" not in done.stdout
