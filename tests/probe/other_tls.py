"""TLS of another make than OpenSSL's, for servers that speak what OpenSSL no longer does: SSLv3 and its suites.

tlslite-ng computes in Python alone and is not made to keep secrets, which is all one to a server that tests run on
loopback. It stands where `tests.probe.servers` takes a context of the standard library:

    with SMTPServer(tls=OtherTLS("SSLv3", "SSLv3", cipherNames=["rc4"])) as server:
        observe(server.settings(), Plan(), print)
"""

from __future__ import annotations

import socket
from functools import cache
from typing import Any

from tlslite.errors import BaseTLSException
from tlslite.handshakesettings import HandshakeSettings, Keypair, VirtualHost
from tlslite.tlsconnection import TLSConnection
from tlslite.utils.keyfactory import parsePEMKey
from tlslite.x509certchain import X509CertChain

from auditor.probe.tls.numbers import VERSIONS
from tests import certificates
from tests.probe.servers import current_certificate


class OtherTLS:
    """How the TLS of a server is set up.

    Args:
        oldest: the oldest protocol it speaks, in the words of `VERSIONS`.
        newest: the newest.
        kinds: of which kinds its keys are (``rsa``, ``ec``, ``dsa``); none for a server without a certificate.
        handshake: further arguments of `TLSConnection.handshakeServer`, by name.
        settings: attributes of `HandshakeSettings`, by name.

    """

    def __init__(
        self,
        oldest: str,
        newest: str,
        kinds: tuple[str, ...] = ("rsa",),
        handshake: dict[str, Any] | None = None,
        **settings: Any,  # noqa: ANN401  # An attribute of any type.
    ) -> None:
        self._handshake = dict(handshake or {})
        self._settings = HandshakeSettings()
        self._settings.minVersion, self._settings.maxVersion = map(_number, (oldest, newest))
        spoken = [_number(name) for name in VERSIONS if VERSIONS[oldest] <= VERSIONS[name] <= VERSIONS[newest]]
        for name, value in {"versions": spoken[::-1], "minKeySize": 512, "keyShares": [], **settings}.items():
            assert hasattr(self._settings, name)
            setattr(self._settings, name, value)
        # A mistake shows here and not in a thread of the server's.
        self._settings = self._settings.validate()
        pairs = [_pair(kind) for kind in kinds]
        if pairs:
            self._handshake |= {"certChain": X509CertChain(pairs[0].certificates), "privateKey": pairs[0].key}
        if pairs[1:]:
            host = VirtualHost()
            host.keys = pairs
            self._settings.virtual_hosts = [host]

    def wrap_socket(self, connection: socket.socket, /, server_side: bool) -> OtherLayer:  # noqa: FBT001  # As in `TLS`.
        """Shake hands.

        Raises:
            OSError: nothing came of it.

        """
        assert server_side
        layer = TLSConnection(connection)
        try:
            layer.handshakeServer(settings=self._settings, **self._handshake)
        except BaseTLSException as error:
            raise OSError(str(error)) from error
        return OtherLayer(connection, layer)


class OtherLayer:
    """A connection after its handshake."""

    def __init__(self, connection: socket.socket, layer: Any) -> None:  # noqa: ANN401  # A library without types.
        self._connection = connection
        self._layer = layer

    def recv(self, size: int) -> bytes:
        """What came, as from a socket."""
        try:
            return bytes(self._layer.recv(size))
        except BaseTLSException as error:
            raise OSError(str(error)) from error

    def sendall(self, data: bytes) -> None:
        """Send it, as by a socket."""
        try:
            self._layer.sendall(data)
        except BaseTLSException as error:
            raise OSError(str(error)) from error

    def shutdown(self, how: int) -> None:
        """End the connection below, whoever waits for it."""
        self._connection.shutdown(how)

    def close(self) -> None:
        """Say goodbye and close."""
        try:
            self._layer.close()
        except BaseTLSException as error:
            raise OSError(str(error)) from error


def _number(name: str) -> tuple[int, int]:
    return divmod(VERSIONS[name], 256)


@cache
def _pair(kind: str) -> Keypair:
    chain = X509CertChain()
    chain.parsePemList(current_certificate(kind=kind).decode())
    text = certificates.key(kind=kind).decode()
    return Keypair(parsePEMKey(text, private=True, implementations=["python"]), chain.x509List)
