"""What a connection's TLS is, once it is on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.model.value import field, frozen
from auditor.probe.verify import peer_chain, verify

if TYPE_CHECKING:
    import ssl


@frozen
class TLSState:
    """The TLS of a connection.

    Attributes:
        version: as the ssl module says it, such as ``TLSv1.3``.
        cipher: the suite's name in OpenSSL.
        bits: the size of its key.
        verified: whether the certificate verifies for the expected name.
        why_not: a clause that says why it does not; empty where it does.
        chain: the certificates as sent, in DER, the server's own first; none where the suite needs none.
        unique: the channel binding ``tls-unique`` (RFC 5929); None in TLS 1.3, which has none.
        code: OpenSSL's number of what keeps it from verifying, as in `Verified`; 0 where it does.

    """

    version: str
    cipher: str
    bits: int
    verified: bool
    why_not: str
    chain: tuple[bytes, ...] = field(repr=False)
    unique: bytes | None = field(repr=False)
    code: int = 0


def state(connection: ssl.SSLObject, name: str, ca_file: Path | None, at: datetime | None) -> TLSState:
    """Describe a connection whose handshake is done.

    A context that verifies has let the connection pass, so there is no more to ask; for any other one the chain is
    judged now.

    Args:
        connection: the ssl module's object.
        name: whom the certificate has to name.
        ca_file: the authorities to trust, None for the system's.
        at: the moment to judge it for, None for now.

    Raises:
        ValueError: ``ca_file`` cannot be used.

    """
    import ssl  # noqa: PLC0415  # It is loaded by now.

    chain = peer_chain(connection)
    why_not, code = "", 0
    if connection.context.verify_mode != ssl.CERT_REQUIRED or not connection.context.check_hostname:
        verdict = verify(chain, name, at or datetime.now(UTC), ca_file)
        why_not, code = verdict.reason, verdict.code
    cipher, _, bits = connection.cipher() or ("", "", 0)
    version = connection.version() or ""
    unique = connection.get_channel_binding("tls-unique") if version != "TLSv1.3" else None
    return TLSState(version, cipher, bits or 0, not why_not, why_not, chain, unique, code)
