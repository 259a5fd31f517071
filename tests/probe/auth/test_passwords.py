"""Passwords come from where they are told to be, and are seen nowhere."""

from __future__ import annotations

import copy
import os
import pickle
import traceback
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.auth.base import Unfit
from auditor.probe.auth.passwords import (
    LONGEST,
    VARIABLE,
    Hidden,
    Password,
    from_environment,
    from_file,
    from_prompt,
    octets,
)
from auditor.probe.auth.saslprep import prepared

WORD = "correct horse"


def test_a_password_is_not_shown() -> None:
    """Neither a print nor a format nor a traceback with variables shows it, and it cannot be stored."""
    password = Password(WORD)
    line = Hidden(WORD)
    assert WORD not in f"{password} {password!r} {[password]} {[line]} {line!r}"
    assert password.reveal() == WORD
    assert line == WORD
    for store in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            store(password)
    try:
        raise RuntimeError  # noqa: TRY301  # For its traceback.
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Password(***)" in shown
    assert WORD not in shown


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"word\n", "word"),
        (b"word", "word"),
        (b" wo rd \t\nsecond line\n", " wo rd \t"),
        (b"word\r\n", "word"),
        ("wörd\n".encode(), "wörd"),
        (b"w\xf6rd\n", "w\udcf6rd"),
    ],
)
def test_first_line_of_a_file(content: bytes, word: str, tmp_path: Path) -> None:
    """The first line counts, with all its blanks and without its end."""
    path = tmp_path / "password"
    path.write_bytes(content)
    assert from_file(path).password.reveal() == word
    assert octets(word) == content.split(b"\n")[0].rstrip(b"\r")


@pytest.mark.parametrize(
    ("mode", "exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, False)]
)
def test_exposed_files(mode: int, exposed: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """A file that its group or everybody may read is said to be exposed."""
    path = tmp_path / "password"
    path.write_text("word\n")
    path.chmod(mode)
    assert from_file(path).exposed == exposed


def test_files_that_hold_no_password(tmp_path: Path) -> None:
    """What cannot be read, is empty or too long is an OSError that shows nothing of the content."""
    path = tmp_path / "password"
    for content in (b"", b"\n", b"\r\nword\n", b"x" * (LONGEST + 1)):
        path.write_bytes(content)
        with pytest.raises(OSError, match="first line") as caught:
            from_file(path)
        assert "xxx" not in str(caught.value)
    for wrong in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(OSError, match=wrong.name):
            from_file(wrong)


def test_a_pipe_will_do(tmp_path: Path) -> None:
    """A password can come through a pipe, which exposes nothing."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = Thread(target=path.write_text, args=("word\n",))
    writer.start()
    found = from_file(path)
    writer.join()
    assert (found.password.reveal(), found.exposed) == ("word", False)


def test_environment_and_prompt() -> None:
    """The variable counts unless it is empty; the prompt names the user."""
    found = from_environment({VARIABLE: WORD})
    assert found is not None
    assert found.reveal() == WORD
    assert from_environment({VARIABLE: ""}) is None
    assert from_environment({}) is None
    assert from_prompt(lambda text: text.upper(), "alice").reveal() == "PASSWORD OF ALICE: "


@given(st.text())
def test_octets_of_any_text(text: str) -> None:
    """Any text is written, or refused in words that do not repeat it."""
    with suppress(Unfit):
        assert octets(text).decode("utf-8", "surrogateescape") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX"), ("a\u00a0b", "a b")],
)
def test_saslprep(text: str, expected: str) -> None:
    """The examples of RFC 4013, section 3, come out."""
    assert prepared(text) == expected


@pytest.mark.parametrize("text", ["\x07", "\u06271", "", "\u00ad", "\ue000", "\u0627a\u0627", "\ud800"])
def test_saslprep_refuses(text: str) -> None:
    """What the RFC prohibits, and what nothing is left of, is refused."""
    with pytest.raises(Unfit):
        prepared(text)


def test_right_to_left_is_taken() -> None:
    """A password wholly written from the right is as good as any."""
    assert prepared("\u0627\u0628") == "\u0627\u0628"
