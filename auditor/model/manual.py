"""A rule's manual: its docstring, cut into the parts that people read and tests run."""

from __future__ import annotations

import re
from functools import cache
from textwrap import dedent

from auditor.model.pattern import lazy
from auditor.model.value import frozen

#: The headings a manual may have; each stands alone at the beginning of a line and ends with a colon.
_HEADING = lazy(r"^(In the log or at the client|Bad|Good|Not when|See|Fix):[ \t]*(.*)$")
_FILE = lazy(
    r"^--- (?P<path>[$?] .+|@ \S+|\+?/\S*)(?: (?P<mode>[0-7]{3,5}) (?P<owner>[a-z]\S*))?"
    r"(?: (?P<made>missing|directory|socket|link to \S+|\w+\(.*\)))?$"
)
_ESCAPE = lazy(r"\\(t|r|x[0-9a-fA-F]{2}|\\)")


@frozen
class ExampleFile:
    """One file of an example.

    Attributes:
        path: where it lies; None for the family's usual file. ``$ COMMAND`` stands for what a program prints on the
            running host, ``? NAME TYPE`` for what the resolver answers, ``@ HOST:PORT`` for an endpoint as a probe met
            it. A leading ``+`` adds the text to a clean install's file.
        text: its content with escapes resolved, one character a byte.
        mode: its permission bits, None where the example does not say.
        owner: ``user`` or ``user:group``, None where the example does not say.
        made: ``missing``, ``directory``, ``socket``, ``link to PATH``, or the call that makes its content
            (``certificate(rsa=1024)``); None where ``text`` is the content.

    """

    path: str | None
    text: str
    mode: int | None = None
    owner: str | None = None
    made: str | None = None


@frozen
class Section:
    """One headed part of a manual; ``example`` is filled for Bad and Good."""

    heading: str
    text: str
    example: tuple[ExampleFile, ...] = ()


@frozen
class Manual:
    """A whole manual: a title line, the prose under it, and the headed sections in their order."""

    title: str
    prose: str
    sections: tuple[Section, ...]

    def examples(self, heading: str) -> list[tuple[ExampleFile, ...]]:
        """The examples under one heading, ``Bad`` or ``Good``."""
        return [section.example for section in self.sections if section.heading == heading]


@cache
def parse(docstring: str) -> Manual:
    """Cut a docstring into its parts."""
    title, _, rest = docstring.strip("\n").partition("\n")
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in dedent(rest).splitlines():
        heading = _HEADING.match(line)
        if heading is None:
            blocks[-1][1].append(line)
        else:
            blocks.append((heading[1], [heading[2]] if heading[2] else []))
    prose = "\n".join(blocks[0][1]).strip("\n")
    return Manual(title.strip(), prose, tuple(_section(heading, lines) for heading, lines in blocks[1:]))


def _section(heading: str, lines: list[str]) -> Section:
    text = dedent("\n".join(lines)).strip("\n")
    return Section(heading, text, _files(text) if heading in ("Bad", "Good") else ())


def _files(text: str) -> tuple[ExampleFile, ...]:
    files: list[tuple[re.Match[str] | None, list[str]]] = []
    for line in text.splitlines():
        header = _FILE.match(line)
        if header is not None:
            files.append((header, []))
        else:
            if not files:
                files.append((None, []))
            files[-1][1].append(line)
    return tuple(_file(header, lines) for header, lines in files)


def _file(header: re.Match[str] | None, lines: list[str]) -> ExampleFile:
    # The escapes stand for bytes, so they are resolved after the text itself has become bytes.
    text = "".join(f"{line}\n" for line in lines).encode().decode("latin-1")
    # A line that ends in \c is the file's last and has no line end.
    text = _ESCAPE.sub(_unescape, text).replace("\\c\n", "")
    if header is None:
        return ExampleFile(None, text)
    mode = int(header["mode"], 8) if header["mode"] else None
    return ExampleFile(header["path"], text, mode, header["owner"], header["made"])


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code.startswith("x"):
        return chr(int(code[1:], 16))
    return {"t": "\t", "r": "\r", "\\": "\\"}[code]
