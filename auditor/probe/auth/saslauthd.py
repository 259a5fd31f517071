"""A question to saslauthd by its own socket, as ``testsaslauthd`` puts it.

The request is four counted strings, user, password, service and realm, each after its length in two bytes, the most
significant first; the answer is one counted string, ``OK`` or ``NO`` with a reason. It is the protocol of Cyrus SASL's
saslauthd/ipc_unix.c and lib/checkpw.c.
"""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path

from auditor.model.value import frozen
from auditor.probe.auth.base import Unfit
from auditor.probe.auth.passwords import Password, octets
from auditor.probe.errors import Closed, Garbled, TimedOut, Unreachable, WireError
from auditor.probe.words import excerpt

#: Bytes of each string that saslauthd takes.
LONGEST = 256
#: Bytes of an answer that are believed; the length field would allow 65535.
LONGEST_ANSWER = 1024
#: Seconds for an answer; PAM waits two or three after a wrong password.
TIMEOUT = 15.0
_LENGTH = 2

_REASONS = {
    errno.ENOENT: "there is no such socket: saslauthd does not run, or was started with another -m",
    errno.ENOTDIR: "there is no such socket: saslauthd does not run, or was started with another -m",
    errno.ECONNREFUSED: "nobody listens on it: saslauthd has ended and left its socket behind",
    errno.EACCES: "this user may not use it: its directory is for root and the group sasl",
    errno.EPERM: "this user may not use it",
    errno.EPROTOTYPE: "it is a socket of another kind than saslauthd's",
    errno.EAGAIN: "its queue is full: saslauthd's processes are all busy or stuck",
}


@frozen
class Asked:
    """What saslauthd said.

    Attributes:
        ok: whether it accepts the login; None where its answer is neither ``OK`` nor ``NO``, or the question could
            not be put.
        answer: its answer in printable words, such as ``OK`` or ``NO Incorrect password``.

    """

    ok: bool | None
    answer: str


def ask(  # noqa: PLR0913  # What saslauthd is asked.
    path: Path,
    user: str,
    password: Password,
    service: str = "smtp",
    realm: str = "",
    *,
    timeout: float = TIMEOUT,
) -> Asked:
    """Ask whether a user may log in; saslauthd logs the question as any other, and a failure counts as one.

    Args:
        path: the socket, ``mux`` in the directory of saslauthd's ``-m``.
        user: the user's name, without a realm unless saslauthd runs with ``-r``.
        password: the password.
        service: what PAM chooses its file by; sendmail says ``smtp``.
        realm: the part after the user's ``@``.
        timeout: seconds for all of it.

    Raises:
        Unreachable: there is no socket, nobody at it, or no permission; the text says which.
        TimedOut: no whole answer came in time.
        Closed: saslauthd closed the connection without an answer.
        Garbled: what came is no answer of saslauthd's.

    """
    try:
        parts = (octets(user), octets(password.reveal()), octets(service), octets(realm))
    except Unfit as error:
        return Asked(None, f"not asked: {error}")
    if any(len(part) > LONGEST for part in parts):
        del parts
        return Asked(None, f"not asked: saslauthd takes no name or password of over {LONGEST} bytes")
    request = Password(b"".join(len(part).to_bytes(_LENGTH) + part for part in parts).decode("latin-1"))
    del parts
    return _judged(_exchange(path, request, time.monotonic() + timeout))


def _judged(answer: bytes) -> Asked:
    verdict = {b"OK": True, b"NO": False}.get(answer[:2])
    return Asked(verdict, excerpt(answer))


def _exchange(path: Path, request: Password, deadline: float) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.settimeout(_left(deadline))
            _connect(stream, path)
            stream.sendall(request.reveal().encode("latin-1"))
            return _answer(stream, deadline)
    except WireError:
        raise
    except TimeoutError:
        message = f"{excerpt(str(path))} did not answer in time: saslauthd is stuck or what it asks is"
        failure: WireError = TimedOut(message)
    except OSError as error:
        failure = Closed(f"{excerpt(str(path))} broke off: {error.strerror or 'no reason given'}")
    raise failure


def _connect(stream: socket.socket, path: Path) -> None:
    try:
        stream.connect(str(path))
    except TimeoutError:
        raise
    except (OSError, ValueError) as error:
        # A name that is too long for a socket, or holds a NUL, is refused without a number.
        number = error.errno if isinstance(error, OSError) else None
        reason = _REASONS.get(number or 0) or getattr(error, "strerror", None) or "its name cannot be that of a socket"
        message = f"{excerpt(str(path))}: {reason}"
        raise Unreachable(message) from None


def _answer(stream: socket.socket, deadline: float) -> bytes:
    size = int.from_bytes(_exactly(stream, _LENGTH, deadline))
    if size > LONGEST_ANSWER:
        message = f"saslauthd announces an answer of {size} bytes, which is not its protocol"
        raise Garbled(message)
    return _exactly(stream, size, deadline)


def _exactly(stream: socket.socket, size: int, deadline: float) -> bytes:
    found = b""
    while len(found) < size:
        stream.settimeout(_left(deadline))
        data = stream.recv(size - len(found))
        if not data:
            message = "saslauthd closed the connection without an answer"
            raise Closed(message, found)
        found += data
    return found


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
