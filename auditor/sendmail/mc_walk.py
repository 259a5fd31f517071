"""The walk through a ``.mc`` file that makes the static view: m4's reading of tokens, calls on an explicit stack."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.pattern import lazy
from auditor.model.text import Node, Source, Span
from auditor.readers.mc import McDocument
from auditor.sendmail.macros import ACT_ALONE, CF_MACROS, CLASS_MACROS, NEED_PARENTHESIS, SECTIONS
from auditor.sendmail.mc_acts import Acts
from auditor.sendmail.mc_expand import splits
from auditor.sendmail.mc_pieces import Frame, Piece, Text, closing, index, past_line
from auditor.sendmail.mc_view import Argument, Include, MacroCall, McView, TextLine, Trouble

#: Bodies of conditions are read again for each condition around them; deeper ones are not looked into.
_NESTING = 16
_SHOUTED = lazy(r"[A-Z][A-Z0-9_]{2,}")
_OPENS = lazy(r"<%-?\s*(?:if|unless|case|for|while|begin)\b|<%.*\bdo\b|\{%-?\s*(?:if|for|macro|block)\b")
_ENDS = lazy(r"<%-?\s*(?:end\b|\})|\{%-?\s*end")
_PRINTS = lazy(r"<%=|\{\{")
_HARMLESS = lazy(r"ansible_managed|<%#|\{#")


class Walk(Acts):
    """One walk; ``run`` fills the view it was made with."""

    def __init__(self, view: McView, include: Include | None) -> None:
        super().__init__(view, include)
        self._line: list[str] = []
        self._line_start: Span | None = None
        self._line_end: Span | None = None
        self._partial = self._line_conditional = False
        self._swallow: str | None = None
        self._branches = self._mute = 0

    def run(self) -> None:
        """Walk the whole file."""
        document = self.view.document
        self.view.includes_cf = document.include is not None
        if document.include is None:
            self.read_cf()
        self._document(document, conditional=False)

    def _document(self, document: McDocument, *, conditional: bool) -> None:
        self._flush()
        self._read(Text(document.source, document.nodes, 0, given=conditional))
        self._flush()

    # What the acts of macros ask of the walk.

    def walk_included(self, document: McDocument, *, conditional: bool) -> None:
        """Read an included file in the place of its ``include``."""
        self._document(document, conditional=conditional)

    def swallow(self, by: str) -> None:
        """Lose the rest of the line, as after ``dnl``."""
        self._swallow = by

    def end_line(self, *, partial: bool = False) -> None:
        """Write what has been collected of a line, since the diversion changes here."""
        self._partial |= partial
        self._flush()

    # The walk itself.

    def _read(self, text: Text) -> None:
        at = 0
        while at < len(text.nodes) and not self.stopped:
            text.conditional = text.given or self._branches > 0
            at = self._step(text, at)
        if text.stack and not self.stopped:
            self.trouble("parenthesis", text.stack[0].open)
            self.cloud(text.stack[0].open, "a parenthesis that is never closed, at which m4 gives up")

    def _step(self, text: Text, at: int) -> int:
        node = text.nodes[at]
        kind = node.kind
        if self._swallow is not None and not text.stack:
            return self._swallowed(text.nodes, at)
        if kind == "word":
            return self._word(text, at)
        if kind == "quote":
            return self._quoted(text, at)
        if kind == "dnl":
            self._past_dnl(text, node)
            return at + 1
        if kind == "template":
            self._template(node)
        if text.stack:
            self._in_call(text, node)
        else:
            self._put(node, node.text, text.conditional, partial=kind in _MADE)
        return at + 1

    def _swallowed(self, nodes: Sequence[Node], at: int) -> int:
        end = at
        while end < len(nodes) and nodes[end].kind not in {"newline", "dnl"}:
            end += 1
        lost = Span(nodes[at].source, nodes[at].start, nodes[end - 1].end) if end > at else None
        if lost is not None and lost.text.strip():
            self.view.items.append(Trouble("swallowed", lost.stripped()))
        self._swallow = None
        return min(end + 1, len(nodes))

    def _quoted(self, text: Text, at: int) -> int:
        nodes = text.nodes
        end = closing(nodes, at)
        if end is None:
            self.trouble("quote", nodes[at])
            self.cloud(nodes[at], "a quote that is never closed, at which m4 gives up")
            self.stopped = True
            return len(nodes)
        start, stop = nodes[at].start, nodes[end].end
        inner = text.source.text[start + 1 : stop - 1]
        if text.stack:
            made = any(node.kind in _MADE for node in nodes[at:end])
            text.stack[-1].pieces.append(Piece(inner, start, stop, "made" if made else "quoted"))
        else:
            self._put(Span(text.source, start + 1, stop - 1), inner, text.conditional)
        return end + 1

    def _word(self, text: Text, at: int) -> int:
        nodes, stack = text.nodes, text.stack
        node = nodes[at]
        name = node.text
        parenthesis = text.kind(at + 1) == "open"
        if name == "dnl":
            end = past_line(nodes, at)
            self._past_dnl(text, nodes[end - 1])
            if nodes[end - 1].kind not in {"newline", "dnl"} and not stack and not self._mute:
                self._swallow = "dnl"
            return end
        if self.acts(name, parenthesis=parenthesis):
            if parenthesis:
                stack.append(Frame(node, nodes[at + 1]))
                return at + 2
            self._act(self._call(node, node.end, text.conditional, gap=_gap(text, at)), text)
            return at + 1
        self._dead(text, at)
        if stack:
            stack[-1].pieces.append(Piece(name, node.start, node.end, "text"))
        else:
            self._put(node, name, text.conditional)
        return at + 1

    @staticmethod
    def _past_dnl(text: Text, last: Node) -> None:
        # Once anything has been read of an argument, a dnl for one, m4 keeps the blanks that follow.
        if text.stack:
            text.stack[-1].pieces.append(Piece("", last.end, last.end, "dnl"))

    def _dead(self, text: Text, at: int) -> None:
        """Note what looks like a call and is none."""
        node = text.nodes[at]
        name = node.text
        gap = _gap(text, at)
        parenthesis = text.kind(at + 1) == "open"
        builtin = gap is not None and name in NEED_PARENTHESIS
        shouted = _SHOUTED.fullmatch(name) is not None and (parenthesis or (gap is not None and name in _CALLED))
        if not builtin and not shouted:
            return
        end = text.nodes[at + (1 if parenthesis else 2)].end
        self.view.items.append(self._call(node, end, text.conditional, gap=gap, live=False))
        if parenthesis and self.view.opaque and name not in _CALLED:
            self.cloud(node, f"{name}, a macro that is defined elsewhere or not at all")

    def _call(  # noqa: PLR0913  # Each is a part of the call.
        self,
        name: Node,
        end: int,
        conditional: bool,  # noqa: FBT001  # It is what the text around the call says of itself.
        args: tuple[Argument, ...] = (),
        *,
        gap: Span | None = None,
        live: bool = True,
    ) -> MacroCall:
        span = Span(name.source, name.start, end)
        where = self.diversion, self.section
        return MacroCall(name.text, args, span, name, live, conditional, *where, gap, self.tick())

    # Arguments.

    def _in_call(self, text: Text, node: Node) -> None:
        frame = text.stack[-1]
        kind = node.kind
        if kind in {"blank", "newline"} and not frame.pieces:
            return
        if frame.depth == 0 and kind in {"comma", "close"}:
            self._end_argument(text.source, frame, node.start)
            if kind == "close":
                text.stack.pop()
                call = self._call(frame.name, node.end, text.conditional, tuple(frame.args))
                self._act(call, text)
                self._bodies(call, text)
            return
        frame.depth += (kind == "open") - (kind == "close")
        frame.pieces.append(Piece(None if kind in _MADE else node.text, node.start, node.end, kind))

    def _end_argument(self, source: Source, frame: Frame, end: int) -> None:
        pieces = [piece for piece in frame.pieces if piece.kind != "dnl"]
        frame.pieces = []
        start = pieces[0].start if pieces else end
        stop = pieces[-1].end if pieces else end
        span = Span(source, start, stop)
        quoted = len(pieces) == 1 and pieces[0].kind in {"quoted", "made"}
        stray = tuple(Span(source, p.start, p.end) for p in pieces if p.kind == "endquote")
        unknown = _why_unknown(pieces)
        texts = [piece.text for piece in pieces if piece.text is not None]
        value = "".join(texts) if len(texts) == len(pieces) else span.text
        inner = Span(source, start + 1, stop - 1) if quoted else span
        frame.args.append(Argument(span, value, inner, quoted, stray, unknown))

    def _act(self, call: MacroCall, around: Text) -> None:
        """Record a call that acts, do what it does, and put its expansion where it stands."""
        if call.name not in self.texts:
            self.view.items.append(call)
        text = self.do(call)
        if around.stack:
            if text is not None and call.name != "defn" and splits(text):
                text = None
            around.stack[-1].pieces.append(Piece(text, call.span.start, call.span.end, "expansion"))
        elif text != "" and call.name not in {"ifdef", "ifelse"}:
            self._put(call.span, text or "", call.conditional, partial=text is None)

    def _bodies(self, call: MacroCall, around: Text) -> None:
        """Read the branches of a condition: the one m4 takes, or all of them as conditional where that is not known."""
        bodies, certain = self.branches(call)
        if around.level >= _NESTING and bodies:
            self.cloud(call.span, "conditions nested too deep to follow")
            return
        for body in bodies:
            if body.quoted:
                self._body(body.inner, around, certain=certain)
            elif not around.stack and body.value:
                self._put(body.span, body.value, call.conditional, partial=not certain)

    def _body(self, body: Span, around: Text, *, certain: bool) -> None:
        where = self.diversion, self.section
        pending = None if certain else self._take_line()
        self._mute += bool(around.stack)
        text = Text(body.source, self._nodes(body), around.level + 1, given=not certain or around.conditional)
        self._read(text)
        self._mute -= bool(around.stack)
        if pending is None:
            return
        self._flush()
        self._swallow = None
        self._line, self._line_start, self._line_end, self._partial = pending
        self._partial = True
        if where != (self.diversion, self.section):
            self.diversion = None

    def _nodes(self, body: Span) -> Sequence[Node]:
        nodes = self.nodes_of(body.source)
        low, high = index(nodes, body.start), index(nodes, body.end)
        return nodes[low:high]

    # Text that reaches the .cf.

    def _put(self, span: Span, text: str, conditional: bool, *, partial: bool = False) -> None:  # noqa: FBT001
        if self._mute:
            return
        self._partial |= partial
        self._line_conditional = conditional
        if "\n" not in text:
            self._extend(span, text)
            return
        start = span.start
        *lines, last = text.split("\n")
        exact = len(text) == span.end - span.start
        for line in lines:
            self._extend(Span(span.source, start, start + len(line)) if exact else span, line)
            self._flush()
            start += len(line) + 1
        self._extend(Span(span.source, start, span.end) if exact else span, last)

    def _extend(self, span: Span, text: str) -> None:
        if text:
            self._line_start = self._line_start or span
            self._line_end = span
            self._line.append(text)

    def _take_line(self) -> tuple[list[str], Span | None, Span | None, bool]:
        taken = self._line, self._line_start, self._line_end, self._partial
        self._line, self._line_start, self._line_end, self._partial = [], None, None, False
        return taken

    def _flush(self) -> None:
        parts, start, end, partial = self._take_line()
        text = "".join(parts)
        if start is None or end is None or not text.strip() or (self.diversion or 0) < 0:
            return
        same = start.source is end.source
        span = Span(start.source, start.start, end.end if same else start.end)
        self.view.items.append(
            TextLine(text, span, self.section, self.diversion, self._line_conditional, partial, self.cf)
        )

    # Templates.

    def _template(self, node: Node) -> None:
        text = node.text
        if _HARMLESS.search(text):
            return
        if _ENDS.match(text):
            self._branches = max(0, self._branches - 1)
        elif _OPENS.match(text):
            self._branches += 1
        elif _PRINTS.match(text):
            self.cloud(node, "a template that may put anything here")


#: Names that are calls when a parenthesis stands near: what cf.m4 defines, with a few more.
_CALLED = CF_MACROS | SECTIONS.keys() | CLASS_MACROS.keys() | NEED_PARENTHESIS | ACT_ALONE


_MADE = frozenset({"template", "placeholder"})


def _gap(text: Text, at: int) -> Span | None:
    return text.nodes[at + 1] if text.kind(at + 1) == "blank" and text.kind(at + 2) == "open" else None


def _why_unknown(pieces: list[Piece]) -> str | None:
    for piece in pieces:
        if piece.kind in {"template", "placeholder", "made"}:
            return "a template puts it there"
        if piece.text is None:
            return "what a macro in it expands to is not known"
    return None
