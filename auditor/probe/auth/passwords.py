"""Passwords that no log, transcript or traceback shows, and where they come from."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from auditor.model.value import frozen
from auditor.probe.auth.base import Unfit

#: The environment variable that may hold the password.
VARIABLE = "MAILAUDIT_PASSWORD"
#: Bytes of a password file that are looked at; an OAuth token is the longest that anyone has.
LONGEST = 65536
_OTHERS = stat.S_IRGRP | stat.S_IROTH


class Password:
    """A password or token; its text is had by `reveal` alone.

    Whoever reveals it does so within an expression: a variable would be seen by tracebacks that show variables.
    """

    __slots__ = ("__word",)

    def __init__(self, word: str) -> None:
        self.__word = word

    def reveal(self) -> str:
        """The password itself; bytes that are no UTF-8 are surrogates, as in a file's name."""
        return self.__word

    def __bool__(self) -> bool:
        return bool(self.__word)

    def __repr__(self) -> str:
        return "Password(***)"

    def __reduce__(self) -> NoReturn:
        message = "a password is not stored"
        raise TypeError(message)


class Hidden(str):
    """A text that is sent as any other and shows only stars where variables are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@frozen
class PasswordFile:
    """What a password file held.

    Attributes:
        password: its first line.
        exposed: whether the file's group or everybody may read it.

    """

    password: Password
    exposed: bool


def octets(text: str) -> bytes:
    """A user name or password as UTF-8, with the bytes that were not UTF-8 where they came from.

    Raises:
        Unfit: it holds half a character.

    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # The error itself would carry the text.
        message = "it holds half a character, which UTF-8 cannot write"
    raise Unfit(message)


def from_file(path: Path) -> PasswordFile:
    """The first line of a file, without its line end and with every blank it has.

    A pipe will do, as for ``--password-file <(pass show mail)``.

    Raises:
        OSError: the file cannot be read, or its first line is empty or too long; the text holds nothing of it.

    """
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        exposed = stat.S_ISREG(state.st_mode) and bool(state.st_mode & _OTHERS)
        password = _first_line(file.readline(LONGEST + 1))
    if password is None:
        raise OSError(errno.EINVAL, "its first line is empty or longer than a password may be", str(path))
    return PasswordFile(password, exposed)


def _first_line(line: bytes) -> Password | None:
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    return Password(line.decode("utf-8", "surrogateescape")) if 0 < len(line) <= LONGEST else None


def from_environment(environment: Mapping[str, str]) -> Password | None:
    """The password in ``MAILAUDIT_PASSWORD``; None where it is unset or empty."""
    return Password(environment[VARIABLE]) if environment.get(VARIABLE) else None


def from_prompt(ask: Callable[[str], str], user: str) -> Password:
    """The password that a person types; ``ask`` shows its text and does not show what is typed, as ``getpass``."""
    return Password(ask(f"Password of {user}: "))
