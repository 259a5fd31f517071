"""The files of ``key: value`` lines that Cyrus SASL reads: Sendmail.conf, and saslauthd.conf of its LDAP mechanism.

libsasl's own parser is followed (lib/config.c of Cyrus SASL 2.1): letters, digits, ``-`` and ``_`` make a key, the
colon follows at once, the value is what remains without the blanks at its ends. The first line that breaks this makes
libsasl give up the whole file. Of a key that occurs twice the first one counts.
"""

from __future__ import annotations

import re

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.readers.flat import cut, kind_of, trimmed, words_of

#: What makes libsasl refuse a line, by the kind of its node; a clause for a report.
COMPLAINTS = {
    "no-colon": "no colon follows the key",
    "no-value": "no value follows the colon",
}

# C ends a string at its first NUL: what follows on the line is not seen.
_GRAMMAR = r"""
    (?P<blank>[\t\v\f\r\ ]*+(?:\0[^\n]*+\n?|\n) | [\t\v\f\r\ ]++\Z)
  | (?P<comment>[\t\v\f\r\ ]*+\#[^\n]*+\n?)
  | (?P<entry>[\t\v\f\r\ ]*+(?P<key>[A-Za-z0-9_-]*+):[\t\v\f\r\ ]*+(?P<value>[^\s\0][^\n\0]*+)(?:\0[^\n]*+)?\n?)
  | (?P<no_value>[\t\v\f\r\ ]*+[A-Za-z0-9_-]*+:[^\n]*+\n?)
  | (?P<no_colon>[^\n]++\n?)
"""
_MERGED = lazy(r"(?<=[\t ])[A-Za-z][A-Za-z0-9_-]*:(?!//)", re.ASCII)


class KeyValue(Node):
    """A line that libsasl takes; ``key`` and ``value`` without the blanks around them."""

    __slots__ = ("key", "value")

    def __init__(self, source: Source, start: int, end: int, key: Span, value: Span) -> None:
        super().__init__(source, start, end, "entry")
        self.key = key
        self.value = value

    @property
    def name(self) -> str:
        """The key in lower case, as libsasl compares it."""
        return self.key.text.lower()

    @property
    def words(self) -> tuple[Span, ...]:
        """The words of the value, cut at blanks."""
        return words_of(self.value)

    @property
    def merged(self) -> tuple[Span, ...]:
        """What looks like keys of further lines that ended up inside the value, each without its colon."""
        return tuple(self.value.part(m.start(), m.end() - 1) for m in _MERGED.finditer(self.value.text))


class KeyValueText(Document):
    """A file of ``key: value`` lines: nodes of kind ``entry``, ``comment``, ``blank`` or one of ``COMPLAINTS``."""

    __slots__ = ()

    @property
    def entries(self) -> list[KeyValue]:
        """The lines with a key and a value, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, KeyValue)]

    @property
    def refused(self) -> list[Node]:
        """The malformed lines; one of them is enough for libsasl to refuse the whole file."""
        return self.of_kind(*COMPLAINTS)

    def all(self, name: str) -> list[KeyValue]:
        """The lines of one key, given in lower case."""
        return [entry for entry in self.entries if entry.name == name]

    def get(self, name: str) -> KeyValue | None:
        """The line that counts for a key, the first one, or None where the key does not occur."""
        return next((entry for entry in self.entries if entry.name == name), None)


def read_key_values(source: Source) -> KeyValueText:
    """The lines of a Sendmail.conf or saslauthd.conf."""
    return KeyValueText(source, tuple(_node(source, start, end, match) for start, end, match in cut(source, _GRAMMAR)))


def _node(source: Source, start: int, end: int, match: re.Match[str] | None) -> Node:
    if match is None:
        return Node(source, start, end, UNPARSED)
    if match.lastgroup != "entry":
        return Node(source, start, end, kind_of(match))
    return KeyValue(source, start, end, source.span(*match.span("key")), trimmed(source.span(*match.span("value"))))
