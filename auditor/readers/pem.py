"""PEM files: blocks between BEGIN and END lines, with any text before, between and after them.

The rules are those of OpenSSL's reader, which sendmail uses (RFC 7468 is stricter): a BEGIN line starts in the first
column, blanks after its dashes do not matter, lines outside of blocks are passed over, and the END line must carry the
same label. A byte order mark of UTF-8 before the first line is passed over as well, as OpenSSL 3 does.
"""

from __future__ import annotations

import base64
import re

from auditor.model.pattern import lazy, lazy_bytes
from auditor.model.text import Document, Node, Source, Span

#: Text outside of any block.
TEXT = "text"
#: A block from its BEGIN line to the end of its END line.
BLOCK = "block"
#: A block without an END line, or with an END line of another label.
BROKEN = "broken"

# A regular expression and not pyparsing: a bundle of certificates has a quarter of a million characters, of which a
# grammar's scan would try each, while this looks for dashes at the start of lines only.
_BOUNDARY = lazy(r"^(?:(?<![\s\S])\xef\xbb\xbf)?-----(BEGIN|END) ([^\n]*?)-----[\x00-\x09\x0b-\x20]*$", re.MULTILINE)
_HEADER = lazy(r"\A[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[^\n]+\n)*?(?=[ \t\r]*\n)")
_BLANK = "".join(map(chr, range(ord(" ") + 1)))
_BASE64 = lazy(r"[A-Za-z0-9+/]*={0,2}")
_FULL_LINE = 64
_BLANKS = lazy(r"[\x00-\x20]+")
_BODY_CHARACTER = lazy(r"[^\s=:,-]")


class Block(Node):
    """One PEM block; ``label`` is what its BEGIN line says, and ``body`` the lines between BEGIN and END."""

    __slots__ = ("body", "label")

    def __init__(self, source: Source, start: int, end: int, kind: str, label: str, body: Span) -> None:  # noqa: PLR0913
        super().__init__(source, start, end, kind)
        self.label = label
        self.body = body

    def __repr__(self) -> str:
        # The text of a block may be a private key, so it is not shown.
        return f"Block({self.path}:{self.line}, {self.label!r}, {self.kind})"

    @property
    def is_key(self) -> bool:
        """Whether the block claims to hold a private key, encrypted or not."""
        return self.label.endswith("PRIVATE KEY")

    @property
    def is_encrypted(self) -> bool:
        """Whether it is a key under a passphrase, in the form of PKCS#8 or in that of RFC 1421."""
        return self.label == "ENCRYPTED PRIVATE KEY" or (
            self.is_key and "Proc-Type: 4,ENCRYPTED" in self.body.text[:200]
        )

    def der(self) -> bytes | None:
        """The bytes that the block carries in base64, None where it is broken or is no base64."""
        if self.kind == BROKEN:
            return None
        lines = _data_lines([line.rstrip(_BLANK) for line in self.body.text.split("\n")[:-1]])
        text = _BLANKS.sub("", "".join(lines))
        if not text or len(text) % 4 or not _BASE64.fullmatch(text):
            return None
        return base64.b64decode(text)


def _data_lines(lines: list[str]) -> list[str]:
    # An empty line ends the header of RFC 1421, and whatever precedes it counts as one; after it lines must be full.
    if "" not in lines:
        return lines
    data = lines[lines.index("") + 1 :]
    whole = all(len(line) == _FULL_LINE for line in data[:-1]) and all(
        0 < len(line) <= _FULL_LINE for line in data[-1:]
    )
    return data if whole else []


class PEMFile(Document):
    """A file cut into PEM blocks and the text around them."""

    __slots__ = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order of the file, broken ones included."""
        return tuple(node for node in self.nodes if isinstance(node, Block))

    def labelled(self, labels: frozenset[str]) -> tuple[Block, ...]:
        """The blocks whose label is one of these."""
        return tuple(block for block in self.blocks if block.label in labels)

    def first(self, labels: frozenset[str]) -> Block | None:
        """The block that OpenSSL comes to first when it looks for some labels; a malformed one before it stops it."""
        for block in self.blocks:
            if block.label in labels or block.der() is None:
                return block
        return None


def read(source: Source) -> PEMFile:
    """Cut a file into blocks and text; any bytes are accepted, and a file without blocks is one node of text."""
    nodes: list[Node] = []
    done = 0
    begin: re.Match[str] | None = None
    text = source.text
    for boundary in _BOUNDARY.finditer(text):
        if boundary[1] == "BEGIN":
            # OpenSSL takes a second BEGIN for a line of the block that is open, which then is no base64.
            begin = begin or boundary
            continue
        if begin is None:
            continue
        end = _line_end(text, boundary.end())
        nodes += _text(source, done, begin.start())
        kind = BLOCK if boundary[2] == begin[2] else BROKEN
        nodes.append(_block(source, begin, kind, boundary.start(), end))
        done, begin = end, None
    if begin is not None:
        nodes += _text(source, done, begin.start())
        nodes.append(_block(source, begin, BROKEN, len(text), len(text)))
        done = len(text)
    nodes += _text(source, done, len(text))
    return PEMFile(source, tuple(nodes))


def redacted(source: Source) -> Source:
    """The same file with every character of its private keys replaced, lines and offsets unchanged.

    What is neither PEM nor known to hold no key, such as a key in DER, is replaced as a whole.
    """
    document = read(source)
    text = source.text
    if not document.blocks:
        text = _masked(text) if sniff(source.data) in _SECRET_CONTENT else text
    elif any(block.is_key for block in document.blocks):
        text = "".join(_without_secret(node) for node in document.nodes)
    return source if text is source.text else Source(source.path, text.encode("latin-1"))


def _without_secret(node: Node) -> str:
    if not isinstance(node, Block) or not node.is_key:
        return node.text
    body = node.body
    before, after = node.part(0, body.start - node.start), node.part(body.end - node.start)
    header = _HEADER.match(body.text)
    kept = header.end() if header else 0
    return before.text + body.text[:kept] + _masked(body.text[kept:]) + after.text


def _masked(text: str) -> str:
    return _BODY_CHARACTER.sub("x", text)


def _block(source: Source, begin: re.Match[str], kind: str, body_end: int, end: int) -> Block:
    body_start = min(_line_end(source.text, begin.end()), body_end)
    return Block(source, begin.start(), end, kind, begin[2], Span(source, body_start, body_end))


def _text(source: Source, start: int, end: int) -> list[Node]:
    return [Node(source, start, end, TEXT)] if end > start else []


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


# What a file holds that is not PEM.
EMPTY = "nothing"
CERTIFICATE = "a certificate in DER"
REVOCATION_LIST = "a revocation list in DER"
REQUEST = "a certificate request in DER"
PRIVATE_KEY = "a private key in DER"
PKCS7 = "a PKCS#7 bundle in DER"
PKCS12 = "a PKCS#12 bundle"
HTML = "an HTML page"
UTF16 = "text in UTF-16"
BASE64 = "base64 without BEGIN and END lines"
SHIFTED = "PEM whose BEGIN line does not start in the first column"
OTHER = "no certificate, key or list"
#: What OpenSSL is sure not to take for a certificate or a list.
CERTAIN = frozenset({EMPTY, PKCS7, PKCS12, HTML, UTF16, BASE64, SHIFTED, OTHER, REQUEST, PRIVATE_KEY})
_SECRET_CONTENT = frozenset({PRIVATE_KEY, PKCS12, BASE64, OTHER, UTF16, SHIFTED})
_BASE64_START = lazy_bytes(rb"\A\s*MI[A-Za-z0-9+/\r\n]{60}")
_SHIFTED_BEGIN = lazy_bytes(rb"-----\s*BEGIN [A-Z0-9 .]+-----")


def sniff(data: bytes) -> str:
    """What a file without PEM blocks holds, in words that follow "it holds"."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.strip(b"\0"):
        return EMPTY
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"-\0-\0-\0-\0-" in head:
        return UTF16
    if re.match(rb"(?i)<(!doctype|html|head|\?xml|script|title|body)", head):
        return HTML
    if data[:1] == b"\x30":
        return _der_content(data)
    if _SHIFTED_BEGIN.search(data):
        return SHIFTED
    return BASE64 if _BASE64_START.match(head) else OTHER


_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _BITS = 0x30, 0x31, 0x02, 0x06, 0x04, 0x03
_TIMES = (0x17, 0x18)
_CONTEXT_0 = 0xA0
#: What the tags of the outer sequence's first elements tell.
_OUTER = (
    ((_OID, _CONTEXT_0), PKCS7),
    ((_INTEGER, _SEQUENCE, _OCTETS), PRIVATE_KEY),
    ((_INTEGER, _INTEGER, _INTEGER), PRIVATE_KEY),
    ((_INTEGER, _OCTETS), PRIVATE_KEY),
    ((_SEQUENCE, _OCTETS), PRIVATE_KEY),
    ((_INTEGER, _SEQUENCE), PKCS12),
)


def _der_content(data: bytes) -> str:
    outer = _elements(data, 0, len(data))
    if len(outer) != 1:
        return OTHER
    parts = _elements(data, outer[0][1], outer[0][2])
    tags = tuple(tag for tag, _, _ in parts)
    if tags == (_SEQUENCE, _SEQUENCE, _BITS):
        return _signed_content([tag for tag, _, _ in _elements(data, parts[0][1], parts[0][2])])
    return next((what for first, what in _OUTER if tags[: len(first)] == first), OTHER)


def _signed_content(tags: list[int]) -> str:
    # A certificate and a list are told apart by what follows the issuer: a sequence of two times, or one time.
    if tags[:1] == [_CONTEXT_0] or tags[:5] == [_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE]:
        return CERTIFICATE
    plain = tags[1:] if tags[:1] == [_INTEGER] else tags
    if len(plain) > 2 and plain[2] in _TIMES:  # noqa: PLR2004  # Algorithm, issuer, time.
        return REVOCATION_LIST
    return REQUEST if tags[:3] == [_INTEGER, _SEQUENCE, _SEQUENCE] else OTHER


_ELEMENT_LIMIT = 16
_LONG_LENGTH = 0x80
_LENGTH_OCTETS = 4


def _elements(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """The first elements between two offsets as (tag, start, end) of their contents; none where lengths do not fit."""
    found: list[tuple[int, int, int]] = []
    at = start
    while at + 2 <= end and len(found) < _ELEMENT_LIMIT:
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= _LONG_LENGTH:
            count = length - _LONG_LENGTH
            if not 0 < count <= _LENGTH_OCTETS or at + count > end:
                return []
            length = int.from_bytes(data[at : at + count])
            at += count
        if at + length > end:
            return []
        found.append((tag, at, at + length))
        at += length
    return found if at == end or len(found) == _ELEMENT_LIMIT else []


def integers(der: bytes) -> tuple[int, ...]:
    """The numbers at the start of a sequence in DER, none where the bytes are no sequence."""
    outer = _elements(der, 0, len(der))
    if len(outer) != 1 or outer[0][0] != _SEQUENCE:
        return ()
    return tuple(
        int.from_bytes(der[start:end], signed=True)
        for tag, start, end in _elements(der, outer[0][1], outer[0][2])
        if tag == _INTEGER
    )


def public_key(der: bytes) -> bytes | None:
    """The SubjectPublicKeyInfo of a certificate, byte for byte as it stands there; None where there is none.

    Encoding the key anew would give other bytes for a compressed point or for unusual parameters.
    """
    outer = _elements(der, 0, len(der))
    inner = _elements(der, outer[0][1], outer[0][2]) if len(outer) == 1 else []
    parts = _elements(der, inner[0][1], inner[0][2]) if inner else []
    # A version stands first, from version 2 on; then number, algorithm, issuer, times, subject and the key.
    at = 6 if parts[:1] and parts[0][0] == _CONTEXT_0 else 5
    if len(parts) <= at or parts[at][0] != _SEQUENCE:
        return None
    return der[parts[at - 1][2] : parts[at][2]]
