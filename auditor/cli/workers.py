"""Run pieces of work in several processes, and give their outcomes in the order of the work.

The processes are forked when everything they need is loaded, so that they start in a few milliseconds and inherit the
work itself; what comes back is bytes. One that dies takes nothing with it but the piece it was at.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import NoReturn

#: Makes the bytes that the outcome of one piece of work comes to, by its number.
Work = Callable[[int], bytes]

_NUMBER = struct.Struct("!I")
_HEAD = struct.Struct("!II")
#: Pieces that a worker has before it, so that it never waits for the next one.
_AHEAD = 2
_READ = 1 << 18


class Died(Exception):  # noqa: N818  # It says what happened.
    """A worker ended at a piece of work; the message says how."""


class _Worker:
    """A forked process, seen from outside."""

    __slots__ = ("given", "inbox", "pid", "pieces", "received")

    def __init__(self, pid: int, pieces: int, inbox: int) -> None:
        self.pid = pid
        self.pieces = pieces
        self.inbox = inbox
        self.given: deque[int] = deque()
        self.received = bytearray()


def run(work: Work, count: int, jobs: int) -> Iterator[bytes | Died]:
    """Do all pieces of work, ``jobs`` at the same moment, and give the outcomes in their order.

    Args:
        work: gives the outcome of a piece by its number; runs in another process.
        count: how many pieces there are.
        jobs: how many processes are used.

    """
    crew = _Crew(work, count)
    try:
        crew.hire(min(jobs, count))
        yield from crew.outcomes()
    finally:
        crew.dismiss()


class _Crew:
    def __init__(self, work: Work, count: int) -> None:
        self._work = work
        self._count = count
        self._todo = deque(range(count))
        self._done: dict[int, bytes | Died] = {}
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def hire(self, number: int) -> None:
        """Fork workers and give them their first pieces."""
        sys.stdout.flush()
        sys.stderr.flush()
        # What is there now is shared with the workers for as long as nobody writes to it, and collecting writes.
        gc.freeze()
        for _ in range(number):
            self._fork()

    def outcomes(self) -> Iterator[bytes | Died]:
        """The outcomes in the order of the work."""
        for number in range(self._count):
            while number not in self._done:
                for key, _ in self._selector.select():
                    self._hear(key.data)
            yield self._done.pop(number)

    def dismiss(self) -> None:
        """End the workers, whatever they are at."""
        for worker in self._workers:
            os.close(worker.pieces)
            os.close(worker.inbox)
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGTERM)
        for worker in self._workers:
            os.waitpid(worker.pid, 0)
        self._workers = []
        self._selector.close()
        gc.unfreeze()

    def _fork(self) -> None:
        pieces_out, pieces_in = os.pipe()
        inbox_out, inbox_in = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(pieces_in)
            os.close(inbox_out)
            for other in self._workers:
                os.close(other.pieces)
                os.close(other.inbox)
            _labour(self._work, pieces_out, inbox_in)
        os.close(pieces_out)
        os.close(inbox_in)
        worker = _Worker(pid, pieces_in, inbox_out)
        self._workers.append(worker)
        self._selector.register(inbox_out, selectors.EVENT_READ, worker)
        for _ in range(_AHEAD):
            self._give(worker)

    def _give(self, worker: _Worker) -> None:
        if not self._todo:
            return
        number = self._todo.popleft()
        worker.given.append(number)
        try:
            os.write(worker.pieces, _NUMBER.pack(number))
        except BrokenPipeError:
            return  # It is dead, which its inbox tells as well.

    def _hear(self, worker: _Worker) -> None:
        data = os.read(worker.inbox, _READ)
        if not data:
            self._bury(worker)
            return
        worker.received += data
        while len(worker.received) >= _HEAD.size:
            number, size = _HEAD.unpack_from(worker.received)
            if len(worker.received) < _HEAD.size + size:
                return
            self._done[number] = bytes(worker.received[_HEAD.size : _HEAD.size + size])
            del worker.received[: _HEAD.size + size]
            worker.given.remove(number)
            self._give(worker)

    def _bury(self, worker: _Worker) -> None:
        self._selector.unregister(worker.inbox)
        self._workers.remove(worker)
        os.close(worker.pieces)
        os.close(worker.inbox)
        _, status = os.waitpid(worker.pid, 0)
        if worker.given:
            self._done[worker.given.popleft()] = Died(_how(status))
        self._todo.extendleft(reversed(worker.given))
        if self._todo:
            self._fork()


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"its process ended with {code}"
    return f"its process was ended by signal {-code} ({signal.strsignal(-code)})"


def _labour(work: Work, pieces: int, outbox: int) -> NoReturn:
    """What a worker does until there is no more for it, or nobody listens."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    code = 0
    try:
        signal.signal(signal.SIGTERM, end)
        while len(number := os.read(pieces, _NUMBER.size)) == _NUMBER.size:
            (piece,) = _NUMBER.unpack(number)
            outcome = work(piece)
            _send(outbox, _HEAD.pack(piece, len(outcome)) + outcome)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    except BaseException as error:  # noqa: BLE001  # Whatever it is, this process is at its end and says so.
        sys.stderr.write(f"mailaudit: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
        code = 1
    os._exit(code)


def _send(outbox: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(outbox, view) :]
