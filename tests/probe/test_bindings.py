"""What a login is bound to: the handshake where TLS has a name for that, and the certificate where it has none."""

from __future__ import annotations

import ssl
from hashlib import sha256

import pytest

from auditor.probe.logins import _binding
from auditor.probe.session import Session
from auditor.probe.verify import permissive_context
from tests.probe.servers import Conversation, SMTPServer, current_certificate, server_context


def told(talk: Conversation, _line: str) -> str:
    """Tells the binding as the server has it."""
    assert isinstance(talk.connection, ssl.SSLSocket)
    unique = talk.connection.get_channel_binding("tls-unique")
    return f"250 {(unique or b'').hex()}"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("implicit", [False, True])
def test_binding_follows_the_version(version: ssl.TLSVersion, implicit: bool) -> None:  # noqa: FBT001
    """TLS 1.2 binds with tls-unique, the same on both sides; TLS 1.3 has none, and the certificate takes its place."""
    context = permissive_context()
    context.maximum_version = version
    with SMTPServer(tls=server_context(), implicit=implicit, replies={"NOOP": told}) as server:
        session = Session.open(server.settings(), context=context)
        session.ehlo()
        if not implicit:
            session.starttls(context)
            session.ehlo()
        binding = _binding(session)
        theirs = session.command("NOOP").text
        session.quit()
    assert binding is not None
    if version == ssl.TLSVersion.TLSv1_2:
        assert (binding.type, binding.data.hex()) == ("tls-unique", theirs)
    else:
        digest = sha256(ssl.PEM_cert_to_DER_cert(current_certificate().decode())).digest()
        assert (binding.type, binding.data) == ("tls-server-end-point", digest)


def test_nothing_is_bound_in_clear() -> None:
    """A connection without TLS has no binding."""
    with SMTPServer() as server:
        session = Session.open(server.settings())
        assert _binding(session) is None
        session.quit()
