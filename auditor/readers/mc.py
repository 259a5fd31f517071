"""The reader of ``.mc`` files: bytes cut into the tokens that GNU m4 sees, nothing expanded, nothing executed.

m4 knows few things: names, quotes, parentheses, commas, comments and ``dnl``. What m4 makes of them is told elsewhere;
here each character gets a node. Characters that no editor shows, and directives of the template languages that
configuration management puts into these files, have kinds of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source

if TYPE_CHECKING:
    from pyparsing import ParserElement

#: What each kind of node is, for those who ask a document for nodes of a kind.
KINDS = {
    "word": "a name m4 may take for a macro",
    "quote": "one backquote, m4's opening quote",
    "endquote": "one apostrophe, m4's closing quote",
    "open": "one opening parenthesis",
    "close": "one closing parenthesis",
    "comma": "one comma",
    "blank": "spaces and tabs",
    "newline": "one line feed",
    "text": "any other text",
    "comment": "from # to the end of its line, the line feed not included, where m4 still has comments",
    "dnl": "from an unquoted dnl to the end of its line, the line feed included",
    "hash": "one # that begins no comment",
    "bom": "a UTF-8 byte order mark at the start of the file",
    "nbsp": "a no-break space, in UTF-8 or latin-1",
    "typographic": "a typographic quote, in UTF-8 or Windows-1252",
    "cr": "carriage returns",
    "control": "control bytes",
    "template": "a directive of ERB or Jinja",
    "placeholder": "a name between @ signs, replaced before m4 runs",
}

# A directive's body stops where another directive could begin, so that a scan never crosses the same text twice.
_TEMPLATES = (
    r"<%(?>(?:[^%<]|%(?!>)|<(?!%))*)%>",
    r"\{\{(?>(?:[^{}]|\{(?!\{)|\}(?!\}))*)\}\}",
    r"\{%(?>(?:[^{%]|%(?!\})|\{(?!%))*)%\}",
    r"\{#(?>(?:[^{#]|#(?!\})|\{(?!#))*)#\}",
)
_PLACEHOLDER = r"@{1,2}[A-Z][A-Z0-9_]*+@{1,2}"
_TOKEN = "|".join(
    (
        r"[A-Za-z_][A-Za-z0-9_]*",
        r"[ \t]+",
        r"[\n`'(),#]",
        r"\r+",
        *_TEMPLATES,
        _PLACEHOLDER,
        r"\xef\xbb\xbf",
        r"\xc2\xa0",
        r"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})",
        r"\xa0",
        r"[\x91-\x94]",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+",
        r"(?:(?![A-Za-z_`'(),#<{@])[\x21-\x7e])+",
        r"[<{@]",
        r"[\x80-\x90\x95-\x9f\xa1-\xff]",
    ),
)
#: What counts where only the include of cf.m4 is looked for.
_LEADING = lazy("|".join((r"[A-Za-z_][A-Za-z0-9_]*", "[`'#]", *_TEMPLATES, _PLACEHOLDER)))
_SINGLE = {
    "`": "quote",
    "'": "endquote",
    "(": "open",
    ")": "close",
    ",": "comma",
    "\n": "newline",
    "#": "hash",
    "\xa0": "nbsp",
    "\xc2\xa0": "nbsp",
    "<": "text",
    "{": "text",
    "@": "text",
}
_TYPOGRAPHIC = lazy(r"\xe2\x80[\x98-\x9f]|[\x91-\x94]")
_BOM = "\xef\xbb\xbf"
#: ``include`` of cf.m4 or of a path that only a template or a placeholder names; cf.m4 switches comments off.
_CF_M4 = lazy(
    r"s?include\([ \t\n]*`*(?:[^`'()\s]{0,500}cf\.m4|\{\{[^}\n]{0,200}\}\}|<%=[^%\n]{0,200}%>)'*[ \t]*\)",
)


class McDocument(Document):
    """A ``.mc`` file, or an m4 file that one includes, cut into nodes; ``KINDS`` tells the kinds.

    Attributes:
        include: the ``include`` of cf.m4, or None: then cf.m4 is taken to come before this file on m4's command line.

    """

    __slots__ = ("include",)

    def __init__(self, source: Source, nodes: tuple[Node, ...], include: Node | None) -> None:
        super().__init__(source, nodes)
        self.include = include


def read_mc(source: Source) -> McDocument:
    """Cut a ``.mc`` file into nodes.

    Unquoted text after ``dnl`` becomes one node. So does a ``#`` comment, but only above the ``include`` of cf.m4: from
    there on m4 has no comments, and names in such lines act. A file that never includes cf.m4 is read as if cf.m4 came
    first.
    """
    tokens = list(_tokens(source))
    nodes, include = _merged(source, tokens, comments=True)
    if include is None:
        nodes, _ = _merged(source, tokens, comments=False)
    return McDocument(source, tuple(nodes), include)


def includes_cf_m4(text: str) -> bool:
    """Whether ``read_mc`` would find an ``include`` of cf.m4, told without cutting the text into nodes."""
    depth = at = 0
    while (match := _LEADING.search(text, at)) is not None:
        word, at = match[0], match.end()
        if word == "`":
            depth += 1
        elif word == "'":
            depth = max(0, depth - 1)
        elif depth == 0 and word in ("dnl", "#"):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif depth == 0 and word in ("include", "sinclude") and _CF_M4.match(text, match.start()):
            return True
    return False


def cut(text: str) -> Iterator[tuple[str, str]]:
    """The kinds and texts of the tokens of a text that is no file of its own, such as a macro's value."""
    for tokens, _, _ in _lexer().scan_string(text):
        yield _kind(tokens[0]), tokens[0]


@cache
def _lexer() -> ParserElement:
    from pyparsing import Regex  # noqa: PLC0415  # It costs a tenth of a second at start-up.

    return Regex(_TOKEN).set_whitespace_chars("").parse_with_tabs()


def _kind(text: str) -> str:
    first = text[0]
    kind = _SINGLE.get(text)
    if kind is None:
        kind = "typographic" if _TYPOGRAPHIC.fullmatch(text) else _KIND_OF_FIRST.get(first, "text")
    return kind


def _kinds_of_first() -> dict[str, str]:
    kinds = dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", "word")
    kinds |= dict.fromkeys(map(chr, (*range(9), 11, 12, *range(14, 32), 127)), "control")
    kinds |= {" ": "blank", "\t": "blank", "\r": "cr", "<": "template", "{": "template", "@": "placeholder"}
    return kinds


_KIND_OF_FIRST = _kinds_of_first()


def _tokens(source: Source) -> Iterator[Node]:
    at = 0
    for tokens, start, end in _lexer().scan_string(source.text):
        if start > at:
            yield Node(source, at, start, UNPARSED)
        text = tokens[0]
        yield Node(source, start, end, "bom" if start == 0 and text == _BOM else _kind(text))
        at = end
    if at < len(source.text):
        yield Node(source, at, len(source.text), UNPARSED)


def _merged(source: Source, tokens: list[Node], *, comments: bool) -> tuple[list[Node], Node | None]:
    """Join what follows an unquoted dnl or # to one node each; also find the include of cf.m4."""
    nodes: list[Node] = []
    include = None
    depth = at = 0
    text = source.text
    while at < len(tokens):
        node = tokens[at]
        at += 1
        kind = node.kind
        if kind == "quote":
            depth += 1
        elif kind == "endquote":
            depth = max(0, depth - 1)
        elif depth == 0 and kind == "word":
            word = text[node.start : node.end]
            if word == "dnl":
                at = _line_end(tokens, at, past=True)
                node = Node(source, node.start, tokens[at - 1].end, "dnl")
            elif comments and word in {"include", "sinclude"} and _CF_M4.match(text, node.start):
                include, comments = node, False
        elif depth == 0 and comments and kind == "hash":
            at = _line_end(tokens, at, past=False)
            node = Node(source, node.start, tokens[at - 1].end, "comment")
        nodes.append(node)
    return nodes, include


def _line_end(tokens: list[Node], at: int, *, past: bool) -> int:
    while at < len(tokens) and tokens[at].kind != "newline":
        at += 1
    return min(len(tokens), at + past)
