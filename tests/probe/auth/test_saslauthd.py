"""saslauthd is asked as testsaslauthd asks it, and nothing at the other end of the socket does harm."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.probe.auth.passwords import Password
from auditor.probe.auth.saslauthd import Asked, ask
from auditor.probe.errors import Closed, Garbled, TimedOut, Unreachable, WireError

WORD = "correct horse"
NOBODY = 65534


def counted(text: bytes) -> bytes:
    """A string after its length."""
    return len(text).to_bytes(2, "big") + text


@contextmanager
def listening(path: Path, answer: Callable[[bytes], bytes | None]) -> Iterator[list[bytes]]:
    """A saslauthd for one question; it hangs where the answer is None until the block ends."""
    heard: list[bytes] = []
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(4096))
                said = answer(heard[0])
                if said is None:
                    connection.recv(1)
                else:
                    connection.sendall(said)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield heard
        thread.join(5)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"OK", Asked(True, "OK")),  # noqa: FBT003
        (b"OK remote authentication successful", Asked(True, "OK remote authentication successful")),  # noqa: FBT003
        (b"NO Incorrect password", Asked(False, "NO Incorrect password")),  # noqa: FBT003
        (b"NO \x1b[31m", Asked(False, "NO \\x1b[31m")),  # noqa: FBT003
        (b"", Asked(None, "")),
        (b"what", Asked(None, "what")),
    ],
)
def test_answers(answer: bytes, expected: Asked, tmp_path: Path) -> None:
    """Name, password, service and realm go out counted; the answer is read as OK, NO or neither."""
    path = tmp_path / "mux"
    with listening(path, lambda _: counted(answer)) as heard:
        assert ask(path, "alice", Password(WORD), "smtp", "example.org", timeout=5) == expected
    assert heard == [counted(b"alice") + counted(WORD.encode()) + counted(b"smtp") + counted(b"example.org")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.binary(max_size=40))
def test_any_answer(tmp_path: Path, answer: bytes) -> None:
    """Any bytes end in an answer or the wire's error."""
    with listening(tmp_path / "mux", lambda _: answer), suppress(WireError):
        assert isinstance(ask(tmp_path / "mux", "alice", Password(WORD), timeout=5), Asked)


def test_garbage_and_silence(tmp_path: Path) -> None:
    """A length beyond reason, an early end and silence are each told as what they are."""
    path = tmp_path / "mux"
    answers: tuple[tuple[bytes | None, type[WireError]], ...] = (
        (b"\xff\xff", Garbled),
        (b"", Closed),
        (b"\x00\x05OK", Closed),
        (None, TimedOut),
    )
    for said, kind in answers:
        with listening(path, repeat(said)), pytest.raises(kind) as caught:
            ask(path, "alice", Password(WORD), timeout=0.2)
        assert WORD not in str(caught.value)


def repeat(said: bytes | None) -> Callable[[bytes], bytes | None]:
    """An answer that does not look at the question."""
    return lambda _: said


def test_a_byte_now_and_then(tmp_path: Path) -> None:
    """The time counts for the whole answer, however often a piece of it comes."""
    path = tmp_path / "mux"
    over = Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"\x03\x00")
                while not over.wait(0.01):
                    connection.sendall(b"x")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(TimedOut):
            ask(path, "alice", Password(WORD), timeout=0.2)
        over.set()
        thread.join(5)


def test_no_saslauthd(tmp_path: Path) -> None:
    """Why there is nobody to ask is told: no socket, nobody at it, no socket's name."""
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "left"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(tmp_path / "other"))
        for name, part in (
            ("nowhere", "no such socket"),
            ("file/mux", "no such socket"),
            ("file", "nobody listens"),
            ("left", "nobody listens"),
            ("other", "another kind"),
            ("x" * 200, "cannot be that of a socket"),
            ("a\0\x1b", "a.x00.x1b"),
        ):
            with pytest.raises(Unreachable, match=part):
                ask(tmp_path / name, "alice", Password(WORD))


def test_no_permission(tmp_path: Path) -> None:
    """A socket that is not for this user is told from one that is not there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        with pytest.raises(Unreachable, match="may not"):
            ask(closed / "mux", "alice", Password(WORD))
    finally:
        if is_root:
            os.seteuid(0)


def test_what_is_not_asked(tmp_path: Path) -> None:
    """A string that saslauthd would not take is not sent."""
    for user, word in (("x" * 257, WORD), ("alice", "x" * 257), ("alice", "\ud800")):
        found = ask(tmp_path / "mux", user, Password(word))
        assert found.ok is None
        assert found.answer.startswith("not asked: ")
