"""What every mechanism's client has in common."""

from __future__ import annotations

from typing import Protocol

from auditor.model.value import frozen
from auditor.probe.errors import Garbled


class Unproved(Garbled):
    """The server did not prove that it knows the password, although the mechanism lets it (RFC 5802, RFC 2831)."""


class Unfit(ValueError):  # noqa: N818  # As the errors of the wire, it says what is the case.
    """A user name, password or binding that the mechanism cannot carry; the text says why and holds none of them."""


@frozen
class ChannelBinding:
    """What ties a login to the TLS connection it runs on (RFC 5056).

    Attributes:
        type: ``tls-exporter`` (RFC 9266), ``tls-unique`` or ``tls-server-end-point`` (RFC 5929).
        data: the bytes which that type defines for the connection.

    """

    type: str
    data: bytes


class Client(Protocol):
    """One mechanism's side of one login; it does no I/O, and is used once.

    Attributes:
        finished: whether all is said that the mechanism has to say, the server's proof included.
        proved: whether the server proved that it knows the password; None where the mechanism has no such proof.
        complaint: what the server said of a failure within the mechanism, printable; empty where it said nothing.

    """

    finished: bool
    proved: bool | None
    complaint: str

    def initial(self) -> bytes | None:
        """The initial response, None where the server speaks first."""

    def respond(self, challenge: bytes) -> bytes:
        """The response to a challenge, both decoded.

        Raises:
            Garbled: the challenge is not the mechanism's, or is one too many.
            Unproved: the challenge was to hold the server's proof, and does not.

        """


def server_end_point(certificate: bytes) -> ChannelBinding:
    """The binding ``tls-server-end-point`` for a server's certificate in DER (RFC 5929, section 4.1).

    Raises:
        Unfit: it is no certificate, or its signature names no hash.

    """
    from cryptography import x509  # noqa: PLC0415  # It costs a tenth of a second.
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except Exception:  # noqa: BLE001  # Foreign bytes; the library does not say all that it may raise.
        algorithm = None
    if algorithm is None:
        message = "the certificate's signature names no hash, so that nothing can be bound to it"
        raise Unfit(message)
    # Weak hashes are replaced by SHA-256, as the RFC asks.
    weak = isinstance(algorithm, hashes.MD5 | hashes.SHA1)
    digest = hashes.Hash(hashes.SHA256() if weak else algorithm)
    digest.update(certificate)
    return ChannelBinding("tls-server-end-point", digest.finalize())
