"""The authorities to trust: a file that was named, or what the system trusts.

OpenSSL needs a third of a millisecond for each certificate it loads, and a system's file has some 140 of them. A chain
needs one or two, so where the chain is known only those are loaded that may have issued something in it. A few more do
no harm, so their names are compared loosely, by letters and digits alone.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.model.pattern import lazy_bytes

if TYPE_CHECKING:
    import ssl

_BLOCK = lazy_bytes(rb"-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END ")
# What is left of a name when spelling, string types and white space no longer matter.
_LOOSE = bytes(range(256)).lower()
_DROPPED = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalnum())
_SEQUENCE, _SET, _VERSION, _INTEGER = 0x30, 0x31, 0xA0, 0x02


def load_all(context: ssl.SSLContext, file: Path | None) -> None:
    """Make a context trust the authorities in a PEM file, or the system's if None.

    Whoever names a file may put a certificate there that is no root, even the server's own: it is trusted as it is.

    Raises:
        ValueError: the file cannot be read, or holds no certificate in PEM; the text is a sentence.

    """
    if file is None:
        context.load_default_certs()
        return
    import ssl  # noqa: PLC0415

    try:
        context.load_verify_locations(cafile=str(file))
    except ssl.SSLError:
        message = f"{file} holds no certificate in PEM"
        raise ValueError(message) from None
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise ValueError(message) from None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def load_for(context: ssl.SSLContext, file: Path | None, chain: tuple[bytes, ...]) -> None:
    """As `load_all`, as far as it makes a difference to this chain of certificates in DER.

    Raises:
        ValueError: as `load_all`.

    """
    if file is not None:
        load_all(context, file)
        return
    import ssl  # noqa: PLC0415

    paths = ssl.get_default_verify_paths()
    system = Path(os.environ.get(paths.openssl_cafile_env) or paths.openssl_cafile)
    known = _known(system)
    issuers = _issuers(chain, known) if known is not None else None
    if issuers is None:
        load_all(context, None)
        return
    # Of a folder OpenSSL reads a file only when it looks for that issuer.
    context.load_verify_locations(capath=os.environ.get(paths.openssl_capath_env) or paths.openssl_capath)
    if issuers:
        context.load_verify_locations(cadata=b"".join(issuers))


def _known(file: Path) -> tuple[bytes, ...] | None:
    """The certificates of a file in DER; None where they cannot be told apart."""
    try:
        state = file.stat()
    except OSError:
        # A system that keeps its authorities in a folder alone has no such file.
        return ()
    return _certificates(file, state.st_mtime_ns, state.st_size)


@cache
def _certificates(file: Path, _changed: int, _size: int) -> tuple[bytes, ...] | None:
    try:
        blocks = _BLOCK.findall(file.read_bytes())
        # A "trusted" certificate carries conditions that its DER alone does not.
        return None if any(kind == b"TRUSTED " for kind, _ in blocks) else tuple(base64.b64decode(b) for _, b in blocks)
    except (OSError, binascii.Error):
        return None


def _issuers(chain: tuple[bytes, ...], known: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
    """Those of the known certificates that may have issued one of the chain or another of them; None if in doubt."""
    loosely = {der: _loose(der) for der in known}
    found: dict[bytes, None] = {}
    wanted = list(chain)
    while wanted:
        name = _issuer(wanted.pop())
        if not name:
            return None
        new = [der for der, text in loosely.items() if name in text and der not in found]
        found |= dict.fromkeys(new)
        wanted += new
    return tuple(found)


def _loose(text: bytes) -> bytes:
    return text.translate(_LOOSE, _DROPPED)


def _issuer(der: bytes) -> bytes:
    """The longest part of the name of a certificate's issuer, loosely; empty where there is none."""
    try:
        fields = _elements(_only(_only(der, _SEQUENCE), _SEQUENCE))
        tag, _ = next(fields)
        # The version is not there in version 1, and then this was the serial number.
        if tag == _VERSION:
            next(fields)
        next(fields)
        _, name = next(fields)
        return max((_loose(value) for value in _values(name)), key=len, default=b"")
    except (IndexError, StopIteration):
        return b""


def _values(name: bytes) -> Iterator[bytes]:
    for _, relative in _elements(name):
        for _, attribute in _elements(relative):
            yield list(_elements(attribute))[-1][1]


def _only(der: bytes, tag: int) -> bytes:
    found, content = next(_elements(der))
    if found != tag:
        raise IndexError
    return content


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and contents in a row of DER; IndexError where an element is cut off."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size > 0x7F:  # noqa: PLR2004  # The long form: the low bits say how many bytes the length has.
            count = size & 0x7F
            size, at = int.from_bytes(der[at : at + count]), at + count
        if at + size > len(der):
            raise IndexError
        yield tag, der[at : at + size]
        at += size
