"""Which channel bindings Cyrus SASL takes from a SCRAM client, and that sendmail gives it none to offer.

sendmail 8.17 passes no binding on to SASL, so that -PLUS is in none of its replies to EHLO. Other servers with the same
library may do so, each with a kind of its own choice.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p, string_at
from pathlib import Path

import pytest

from auditor.probe.auth.base import ChannelBinding
from auditor.probe.auth.mechanisms import client
from auditor.probe.auth.passwords import Password
from auditor.probe.session import Session
from tests.lab.daemon import NAME, USERS, Recipe, daemon
from tests.lab.probing import settings

pytestmark = pytest.mark.lab

#: Numbers of sasl.h.
CONTINUE, BAD_PROTOCOL, CHANNEL_BINDING, PATH_OF_CONFIGURATION = 1, -5, 21, 1
MECHANISMS = "SCRAM-SHA-256 SCRAM-SHA-1"
UNIQUE = ChannelBinding("tls-unique", b"finished")
END_POINT = ChannelBinding("tls-server-end-point", b"digest")


class Binding(Structure):
    """sasl_channel_binding_t."""

    _fields_ = (("name", c_char_p), ("critical", c_int), ("size", c_ulong), ("data", c_char_p))


@pytest.fixture(scope="module")
def sasl(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Iterator[ctypes.CDLL]:
    """The library as a server that knows alice."""
    place = tmp_path_factory.mktemp("sasl")
    command = [program("saslpasswd2"), "-c", "-p", "-f", str(place / "db"), "-u", NAME, "alice"]
    subprocess.run(command, input=USERS["alice"].encode(), check=True, capture_output=True)
    text = f"auxprop_plugin: sasldb\nsasldb_path: {place}/db\nmech_list: {MECHANISMS}\n"
    (place / "mailaudit.conf").write_text(text)
    try:
        library = ctypes.CDLL("libsasl2.so.2")
    except OSError:
        pytest.skip("Cyrus SASL is not installed")
    library.sasl_server_step.argtypes = [c_void_p, c_char_p, c_uint, POINTER(c_char_p), POINTER(c_uint)]
    assert library.sasl_set_path(PATH_OF_CONFIGURATION, c_char_p(os.fsencode(place))) == 0
    assert library.sasl_server_init(None, b"mailaudit") == 0
    yield library
    library.sasl_done()


class Server:
    """One connection of the library."""

    def __init__(self, sasl: ctypes.CDLL, bound: ChannelBinding | None) -> None:
        self._sasl = sasl
        self._at = c_void_p()
        name = NAME.encode()
        assert sasl.sasl_server_new(b"smtp", name, name, None, None, None, 0, byref(self._at)) == 0
        if bound is not None:
            # The library keeps the address of it.
            self._binding = Binding(bound.type.encode(), 0, len(bound.data), bound.data)
            assert sasl.sasl_setprop(self._at, CHANNEL_BINDING, byref(self._binding)) == 0

    def offered(self) -> set[str]:
        """The mechanisms it would put behind AUTH."""
        found, size, count = c_char_p(), c_uint(), c_int()
        listed = self._sasl.sasl_listmech(self._at, None, b"", b" ", b"", byref(found), byref(size), byref(count))
        assert listed == 0
        return {*(found.value or b"").decode().split()}

    def login(self, mechanism: str, binding: ChannelBinding | None) -> tuple[int, bool | None]:
        """What the library makes of our login, and whether it proved that it knows the password."""
        ours = client(mechanism, "alice", Password(USERS["alice"]), host=NAME, binding=binding)
        out, size = c_char_p(), c_uint()
        first = ours.initial() or b""
        code = self._sasl.sasl_server_start(self._at, mechanism.encode(), first, len(first), byref(out), byref(size))
        while code == CONTINUE:
            said = ours.respond(string_at(out, size.value))
            code = self._sasl.sasl_server_step(self._at, said, len(said), byref(out), byref(size))
        return code, ours.proved


@pytest.mark.parametrize("binding", [UNIQUE, END_POINT])
@pytest.mark.parametrize("hashed", ["SHA-256", "SHA-1"])
def test_a_binding_of_either_kind_is_taken(binding: ChannelBinding, hashed: str, sasl: ctypes.CDLL) -> None:
    """Whatever kind the server binds with, the library takes from us, and refuses any other kind or other data."""
    name = f"SCRAM-{hashed}-PLUS"
    assert name in Server(sasl, binding).offered()
    assert Server(sasl, binding).login(name, binding) == (0, True)
    other = END_POINT if binding is UNIQUE else UNIQUE
    assert Server(sasl, binding).login(name, other)[0] == BAD_PROTOCOL
    assert Server(sasl, binding).login(name, ChannelBinding(binding.type, b"another"))[0] == BAD_PROTOCOL
    # Who says that he does not bind is let in beside it.
    assert Server(sasl, binding).login(f"SCRAM-{hashed}", None) == (0, True)


def test_nothing_is_bound_to_nothing(sasl: ctypes.CDLL) -> None:
    """A server that gives the library no binding offers no -PLUS."""
    assert Server(sasl, None).offered() == {*MECHANISMS.split()}


@pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root")
def test_sendmail_offers_no_binding(trusted: Path) -> None:
    """SCRAM is offered within TLS by sendmail, and never with -PLUS, though it is asked to."""
    asked = f"{MECHANISMS} SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS"
    recipe = Recipe(mechanisms=asked, sasl=f"auxprop_plugin: sasldb\nmech_list: {asked}\n", sasldb={"alice": "word"})
    with daemon(trusted, recipe) as mail, Session.open(settings(mail, "TLSMTA")) as session:
        assert {*session.ehlo().mechanisms} == {*MECHANISMS.split()}
