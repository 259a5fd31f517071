"""A DNS server on loopback, over UDP and TCP, that answers from a table and misbehaves to order."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from dns import edns, flags, message, name, rcode, rdatatype, rrset

from auditor.probe.resolver import Resolver

#: Records by name and type, as in a zone file: ``{"john.doe.org A": ["192.0.2.1"]}``.
Zone = Mapping[str, Sequence[str]]


class DNSServer:
    """Answers from a zone; names in it that are not there do not exist.

    Attributes:
        zone: the records.
        proven: domains below which answers carry the AD bit, if the question wants to know.
        misdeeds: for a name what happens instead of an answer: a response code such as ``SERVFAIL``, ``silent``,
            ``garbage``, ``bogus`` (SERVFAIL with an extended error), ``truncated`` (over UDP), ``no edns`` (FORMERR to
            questions with extensions), ``loop`` (an alias of itself), or seconds to wait for.
        asked: the questions that came, as ``NAME TYPE TRANSPORT``.
        port: its port on 127.0.0.1.

    """

    def __init__(self, zone: Zone, proven: Sequence[str], misdeeds: Mapping[str, str | float]) -> None:
        self.zone = {(key.lower().split()[0], key.lower().split()[1]): list(found) for key, found in zone.items()}
        self.proven = tuple(proven)
        self.misdeeds = misdeeds
        self.asked: list[str] = []
        self.port = 0

    def answer(self, wire: bytes, transport: str) -> bytes | None:
        """The answer to a question, None for silence."""
        query = message.from_wire(wire)
        owner = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = rdatatype.to_text(query.question[0].rdtype)
        self.asked.append(f"{owner} {kind} {transport}")
        misdeed = self.misdeeds.get(owner, "")
        if isinstance(misdeed, float):
            time.sleep(misdeed)
        if misdeed == "silent":
            return None
        if misdeed == "garbage":
            return wire[:2] + b"\xff" * 40
        response = message.make_response(query, recursion_available=True)
        if not _misbehave(str(misdeed), query, response, transport):
            self._fill(response, owner, kind, query)
        return bytes(response.to_wire(max_size=65535))

    def _fill(self, response: message.Message, owner: str, kind: str, query: message.Message) -> None:
        while (owner, "cname") in self.zone and kind != "CNAME":
            target = self.zone[owner, "cname"][0]
            response.answer.append(rrset.from_text(name.from_text(owner), 60, "IN", "CNAME", target))
            owner = target.lower().removesuffix(".")
        records = self.zone.get((owner, kind.lower()), [])
        if records:
            response.answer.append(rrset.from_text(name.from_text(owner), 60, "IN", kind, *records))
        elif not any(key[0] == owner for key in self.zone):
            response.set_rcode(rcode.NXDOMAIN)
        wanted = query.flags & flags.AD or query.ednsflags & flags.DO
        if wanted and any(f".{owner}".endswith(f".{domain}") for domain in self.proven):
            response.flags |= flags.AD


def _misbehave(misdeed: str, query: message.Message, response: message.Message, transport: str) -> bool:
    """Make something wrong of the response; false where it is to be filled after all."""
    owner = query.question[0].name
    if misdeed == "truncated" and transport == "udp":
        response.flags |= flags.TC
    elif misdeed == "bogus":
        response.use_edns(0, options=[edns.EDEOption(edns.EDECode.DNSSEC_BOGUS, "see \x1b[31m")])
        response.set_rcode(rcode.SERVFAIL)
    elif misdeed == "loop":
        response.answer.append(rrset.from_text(owner, 60, "IN", "CNAME", owner.to_text()))
    elif misdeed == "no edns" and query.edns >= 0:
        response.use_edns(-1)
        response.set_rcode(rcode.FORMERR)
    elif misdeed.isupper():
        response.set_rcode(rcode.from_text(misdeed))
    else:
        return False
    return True


class _UDP(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request
        answer = self.server.dns.answer(data, "udp")  # type: ignore[attr-defined]
        if answer is not None:
            sock.sendto(answer, self.client_address)


class _TCP(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        size = int.from_bytes(self.rfile.read(2))
        answer = self.server.dns.answer(self.rfile.read(size), "tcp")  # type: ignore[attr-defined]
        if answer is not None:
            self.wfile.write(len(answer).to_bytes(2) + answer)


class _UDPServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False


class _TCPServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _bound() -> tuple[_UDPServer, _TCPServer]:
    """Two servers on the same port, which may be taken for the one or the other."""
    while True:
        udp = _UDPServer(("127.0.0.1", 0), _UDP)
        try:
            return udp, _TCPServer(("127.0.0.1", udp.server_address[1]), _TCP)
        except OSError:
            udp.server_close()


@contextmanager
def serving(
    zone: Zone, *, proven: Sequence[str] = (), misdeeds: Mapping[str, str | float] | None = None
) -> Iterator[DNSServer]:
    """A server that runs as long as the block."""
    dns = DNSServer(zone, proven, misdeeds or {})
    servers = _bound()
    for server in servers:
        server.dns = dns  # type: ignore[union-attr]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    dns.port = int(servers[0].server_address[1])
    try:
        yield dns
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@contextmanager
def resolving(
    zone: Zone,
    *,
    proven: Sequence[str] = (),
    misdeeds: Mapping[str, str | float] | None = None,
    lifetime: float = 5.0,
) -> Iterator[Resolver]:
    """A resolver that asks such a server."""
    with serving(zone, proven=proven, misdeeds=misdeeds) as dns:
        yield Resolver(["127.0.0.1"], dns.port, lifetime=lifetime)
