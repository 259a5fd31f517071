"""What the tests of the small readers share: files broken as editors break them, and what is asked of every reader."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from auditor.model.text import Document, Source

Read = Callable[[Source], Document]


def tiled(read: Read, data: bytes) -> Document:
    """The document of some bytes, after its nodes were seen to tile it."""
    document = read(Source("/etc/some.file", data))
    at = 0
    for node in document.nodes:
        assert node.start == at
        assert node.end > at
        at = node.end
    assert at == len(data)
    assert "".join(node.text for node in document.nodes) == document.source.text
    return document


def lossless(read: Read, data: bytes) -> Document:
    """The same, for a reader that keeps the source as it is."""
    document = tiled(read, data)
    assert document.source.data == data
    return document


def kinds(document: Document) -> list[str]:
    """The kinds of a document's nodes, blank ones left out."""
    return [node.kind for node in document.nodes if node.kind != "blank"]


def grammar(*pieces: bytes) -> st.SearchStrategy[bytes]:
    """Files put together from pieces of a format and the signs that break any format."""
    broken = (b"\n", b"\r\n", b" ", b"\t", b"\0", b"\\", b"\\\n", b"\xa0", b"\xc2\xa0", b"\xe9", b"\xef\xbb\xbf", b"#")
    return st.lists(st.sampled_from((*pieces, *pieces, *broken)), max_size=30).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn, *samples: bytes) -> bytes:
    """A real file as an editor, a wiki or a broken copy leaves it."""
    data = draw(st.sampled_from(samples))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 40)))
    data = data[:start] + draw(st.binary(max_size=4)) + data[end:]
    change = draw(st.sampled_from(("none", "crlf", "bom", "nbsp", "joined", "cut")))
    return {
        "none": data,
        "crlf": data.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + data,
        "nbsp": data.replace(b" ", b"\xc2\xa0"),
        "joined": data.replace(b"\n", b" "),
        "cut": data.rstrip(b"\n"),
    }[change]


def linear(read: Callable[[bytes], object], *units: bytes, size: int = 12_000) -> None:
    """Four times the text takes no more than about four times as long; the margin is for the garbage collector."""
    for unit in units:
        data = unit * (size // len(unit))
        read(data)
        most = 12 * max(_seconds(read, data), 0.02)
        assert any(_seconds(read, data * 4) < most for _ in range(3)), unit


def linear_reading(read: Read, *units: bytes) -> None:
    """The same, for a reader by itself."""
    linear(lambda data: read(Source("/etc/some.file", data)), *units)


def corpus_files(*names: str) -> list[bytes]:
    """The real sites' files by their names, where ``MAILAUDIT_CORPUS`` names a folder of them."""
    named = os.environ.get("MAILAUDIT_CORPUS")
    if not named:
        return []
    return [path.read_bytes() for path in sorted(Path(named).rglob("*")) if path.name in names and path.is_file()]


def _seconds(read: Callable[[bytes], object], data: bytes) -> float:
    begin = time.process_time()
    read(data)
    return time.process_time() - begin
