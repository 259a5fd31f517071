"""Questions to the DNS, through the resolver this host uses or one that is named.

A name or type that does not exist is an answer, an empty one. A resolver that fails, refuses or keeps silent gives no
answer at all, and what it would have said stays unknown.
"""

# ruff: noqa: PLC0415  # dnspython costs a tenth of a second, which only who asks pays.

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from auditor.model.unknown import Unknown
from auditor.model.value import field, frozen
from auditor.probe.words import excerpt

#: A name and a record type: ``("john.doe.org", "MX")``.
Question = tuple[str, str]

#: Records of one answer that are looked at.
RECORD_LIMIT = 100
#: Questions that are out at the same moment.
_THREADS = 16
#: Seconds until a question is asked again, of the next server where there is one.
_TRY = 2.0
#: Servers of resolv.conf that are asked, as glibc does.
_SERVERS = 3
#: What a server makes of an extension that it does not know (RFC 6891, section 7).
_NO_EXTENSIONS = frozenset({"FORMERR", "NOTIMP", "BADVERS"})
_EXTENDED_ERROR = 15


@frozen
class Answer:
    """What the resolver said of a name and a record type.

    Attributes:
        records: the records as text, sorted, since their order in an answer means nothing. ``A`` and ``AAAA`` are
            addresses; ``PTR``, ``CNAME`` and ``NS`` names without the dot at their end, the root as ``.``; ``MX`` a
            preference and a name, ``10 mail.doe.org``; ``TXT`` the strings joined, each byte a character; ``TLSA`` the
            three numbers and the data in hexadecimal, ``3 1 1 8a9a70…``; others as in a zone file.
        exists: whether the name exists, with records of whatever type; of an alias, whether its target does.
        authenticated: whether the resolver says that DNSSEC proves the answer, the absence of records included. It is
            as good as the way to the resolver.
        aliases: the names that the name's alias led to, in their order; the last one is where the records are.
        surplus: how many records more there were than anybody looks at.

    """

    records: tuple[str, ...] = ()
    exists: bool = True
    authenticated: bool = False
    aliases: tuple[str, ...] = ()
    surplus: int = 0


class Resolver:
    """Asks a resolver, each question once; the same object may be used from many threads.

    Args:
        nameservers: addresses of resolvers; those of /etc/resolv.conf where none is given.
        port: the port they listen on.
        lifetime: seconds that one question may take.
        questions: how many questions it asks at most.
        seconds: how long it may be waited for in all, the time when nobody asks aside.

    """

    def __init__(
        self,
        nameservers: Sequence[str] = (),
        port: int = 53,
        *,
        lifetime: float = 5.0,
        questions: int = 200,
        seconds: float = 30.0,
    ) -> None:
        self._nameservers = tuple(nameservers)
        self._port = port
        self._lifetime = lifetime
        self._questions = questions
        self._watch = _Watch(seconds)
        self._lock = threading.Lock()
        self._answers: dict[Question, Future[Answer | Unknown]] = {}
        self._stub: Any = None

    def ask(self, name: str, kind: str) -> Answer | Unknown:
        """What the resolver says of a name and a record type; an address asked for its ``PTR`` is reversed first."""
        key = _key(name, kind)
        with self._lock:
            answer = self._answers.get(key)
            mine = answer is None
            if answer is None:
                if len(self._answers) >= self._questions:
                    return Unknown(f"more than {self._questions} questions to the DNS would be needed")
                answer = self._answers[key] = Future()
        if mine:
            found: Answer | Unknown = Unknown("the question was given up")
            try:
                with self._watch.running() as left:
                    found = self._asked(key, min(self._lifetime, left))
            finally:
                # Others may be waiting for the same answer, whatever became of it.
                answer.set_result(found)
        return answer.result()

    def ask_all(self, questions: Sequence[Question]) -> tuple[Answer | Unknown, ...]:
        """Ask several questions at once, so that all take as long as the slowest; the answers in the same order."""
        with self._lock:
            waiting = {key for question in questions if (key := _key(*question)) not in self._answers}
        if len(waiting) < 2:  # noqa: PLR2004  # A single question needs no thread.
            return tuple(self.ask(*question) for question in questions)
        with ThreadPoolExecutor(min(len(waiting), _THREADS), "resolver") as pool:
            return tuple(pool.map(lambda question: self.ask(*question), questions))

    def _asked(self, question: Question, seconds: float) -> Answer | Unknown:
        if seconds <= 0:
            return Unknown(f"the {self._watch.limit:g} seconds for questions to the DNS are used up")
        try:
            return _resolve(self._made(), question, seconds)
        except Exception as error:  # noqa: BLE001  # Whatever an answer does to the library, it is no answer.
            return Unknown(f"{_shown(question)} could not be asked: {excerpt(str(error)) or type(error).__name__}")

    def _made(self) -> Any:  # noqa: ANN401  # A class of a module that is imported late.
        with self._lock:
            if self._stub is None:
                self._stub = _stub(self._nameservers, self._port)
            return self._stub


class _Watch:
    """Counts the time in which at least one question is out."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._out = 0
        self._spent = 0.0
        self._since = 0.0

    @contextmanager
    def running(self) -> Iterator[float]:
        """Let time count; gives the seconds that are left."""
        with self._lock:
            now = time.monotonic()
            if not self._out:
                self._since = now
            self._out += 1
            left = self.limit - self._spent - (now - self._since)
        try:
            yield left
        finally:
            with self._lock:
                self._out -= 1
                if not self._out:
                    self._spent += time.monotonic() - self._since


def _stub(nameservers: Sequence[str], port: int) -> Any:  # noqa: ANN401
    from dns import flags, resolver

    stub = resolver.Resolver(configure=False)
    servers = list(nameservers)
    if not servers:
        try:
            stub.read_resolv_conf("/etc/resolv.conf")
            servers = [str(server) for server in stub.nameservers[:_SERVERS]]
        except resolver.NoResolverConfiguration:
            # Where no server is named glibc asks this very host.
            servers = ["127.0.0.1"]
    stub.port = port
    stub.nameservers = servers
    stub.timeout = _TRY
    stub.rotate = False
    stub.use_edns(0, flags.DO, 1232)
    stub.flags = flags.RD | flags.AD
    return stub


def plain(name: str) -> str:
    """A domain name for comparing: lower case, without the dot at its end."""
    return name.lower().removesuffix(".")


def _key(name: str, kind: str) -> Question:
    if kind == "PTR":
        try:
            return ip_address(name).reverse_pointer, kind
        except ValueError:
            pass
    return plain(name), kind


def _shown(question: Question) -> str:
    name, kind = question
    return f"{excerpt(name) or 'the root'} {kind}"


def _resolve(stub: Any, question: Question, seconds: float) -> Answer | Unknown:  # noqa: ANN401
    from dns import exception, name

    try:
        asked = name.from_text(question[0] or ".")
    except (exception.DNSException, UnicodeError):
        return Unknown(f"{excerpt(question[0])} is no name that the DNS can hold")
    until = time.monotonic() + seconds
    found = _one(stub, asked, question, seconds)
    if isinstance(found, _Failure) and found.codes & _NO_EXTENSIONS:
        bare = copy.copy(stub)
        bare.use_edns(-1)
        found = _one(bare, asked, question, max(0.1, until - time.monotonic()))
    if isinstance(found, Answer):
        return found
    return Unknown(f"{_shown(question)}: {found.reason}")


@frozen
class _Failure:
    """Why there is no answer, and the response codes that came instead."""

    reason: str
    codes: frozenset[str] = field(default_factory=frozenset)


def _one(stub: Any, asked: Any, question: Question, seconds: float) -> Answer | _Failure:  # noqa: ANN401
    from dns import resolver

    try:
        found = stub.resolve(asked, question[1], lifetime=seconds, search=False, raise_on_no_answer=False)
        return _answer(found.response, found.rrset, question[1], exists=True)
    except resolver.NXDOMAIN as absent:
        return _answer(absent.kwargs["responses"][asked], None, question[1], exists=False)
    except (resolver.NoNameservers, resolver.LifetimeTimeout) as failed:
        return _failure(failed.kwargs.get("errors") or (), seconds)
    except resolver.YXDOMAIN:
        return _Failure("a rule for a whole domain (DNAME) makes the name longer than the DNS can hold")


def _answer(response: Any, records: Any, kind: str, *, exists: bool) -> Answer:  # noqa: ANN401
    from dns import flags

    texts = sorted({_text(kind, record) for record in records or ()}, key=_order)
    return Answer(
        tuple(texts[:RECORD_LIMIT]),
        exists,
        bool(response.flags & flags.AD),
        tuple(_name(cname[0].target) for cname in response.resolve_chaining().cnames),
        max(0, len(texts) - RECORD_LIMIT),
    )


def _text(kind: str, record: Any) -> str:  # noqa: ANN401
    if kind == "MX":
        return f"{record.preference} {_name(record.exchange)}"
    if kind in ("PTR", "CNAME", "NS"):
        return _name(record.target)
    if kind == "TXT":
        return b"".join(record.strings).decode("latin-1")
    if kind == "TLSA":
        return f"{record.usage} {record.selector} {record.mtype} {record.cert.hex()}"
    return str(record.to_text())


def _name(name: Any) -> str:  # noqa: ANN401
    text: str = name.to_text()
    return text if text == "." else text.removesuffix(".")


def _order(text: str) -> tuple[int, str]:
    first = text.split(" ", 1)[0]
    return (int(first) if first.isascii() and first.isdecimal() and len(first) < 6 else 0, text)  # noqa: PLR2004


def _failure(errors: Sequence[Any], seconds: float) -> _Failure:
    """What to say of a question that failed, from dnspython's list of server, transport, port, error and response."""
    codes = [(error, response) for _, _, _, error, response in errors if isinstance(error, str)]
    if codes:
        code, response = codes[-1]
        return _Failure(f"the resolver answers {code}{_extended(response)}", frozenset(code for code, _ in codes))
    broken = [error for _, _, _, error, _ in errors]
    if any(type(error).__name__ == "Timeout" for error in broken) or not broken:
        return _Failure(f"the resolver gave no answer in {seconds:.3g} seconds")
    if isinstance(broken[-1], OSError):
        return _Failure(f"the resolver cannot be reached: {broken[-1].strerror or broken[-1]}")
    return _Failure(f"the resolver's answer is malformed: {excerpt(str(broken[-1])) or type(broken[-1]).__name__}")


def _extended(response: Any) -> str:  # noqa: ANN401
    """The names of the extended errors that a response carries, in brackets (RFC 8914)."""
    options = [option for option in getattr(response, "options", ()) if option.otype == _EXTENDED_ERROR]
    words = [str(getattr(option.code, "name", option.code)).lower().replace("_", " ") for option in options[:3]]
    return f" ({', '.join(words)})" if words else ""
