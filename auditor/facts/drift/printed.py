"""A .cf against what m4 prints with the very cf tree it was made with."""

import re
from collections import Counter
from collections.abc import Iterator

from auditor.facts.configurations import banner_of, version_ids
from auditor.facts.drift.commands import commands, misread
from auditor.facts.drift.copied import without_copy
from auditor.facts.drift.determined import giving
from auditor.facts.drift.difference import Difference, Origin, added, missing, short
from auditor.facts.drift.rulesets import rulesets
from auditor.facts.features import Defines
from auditor.facts.generated import Generated
from auditor.model.pattern import lazy
from auditor.model.text import Document, Source, Span
from auditor.readers.cf import CfDocument
from auditor.sendmail.cf import CfView, view_of
from auditor.sendmail.cf_commands import mailer

#: What the cf tree itself writes at the head of a .cf; a file that somebody wrote has none of it.
_PRINTED = lazy(r"^#####(?:\t\tSENDMAIL CONFIGURATION FILE|.*\b(?:cfhead|cf|proto)\.m4\b)", re.MULTILINE)
#: Who built it, where and when.
_BANNER = lazy(r"^##### +(?:built by|in|using)(?: .*)?\n", re.MULTILINE)
#: The marks of the files that every .cf is made with.
_CORE = lazy(r"^#####.*\b((?:cfhead|cf|proto)\.m4\b.*?) +#####$", re.MULTILINE)
_RELEASE = lazy(r"^DZ([^\s/]*)", re.MULTILINE)
#: Differences in single lines that are told where nothing else tells of them.
_LINES = 5


def is_printed(document: Document) -> bool:
    """Whether a .cf shows that m4 printed it with sendmail's cf tree."""
    return _PRINTED.search(document.source.text) is not None


def same_tree(cf: Document, made: Document) -> bool:
    """Whether two printed files bear the same release, and the same marks of the cf tree's main files."""
    if _RELEASE.findall(cf.source.text) != _RELEASE.findall(made.source.text):
        return False
    theirs, ours = ({text.partition("m4")[0]: text for text in _CORE.findall(each.source.text)} for each in (cf, made))
    return all(ours[name] == text for name, text in theirs.items() if name in ours)


def printed(cf: CfDocument, generated: Generated, defines: Defines) -> Iterator[Difference]:
    """What differs between a .cf and what m4 prints; nothing where but the banner is not the same.

    Raises:
        Unknowable: the expansion was given up.

    """
    made = generated.document
    if _body(cf.source.text) == _body(made.source.text):
        return

    views = view_of(cf), view_of(made)
    # The cf tree takes a mailer's flags apart letter by letter, so that their text does not lead back to the .mc.
    given = {
        field.span.start: place
        for each in map(mailer, views[1].lines("mailer"))
        for letter, field in each.fields.items()
        if (place := giving(defines, each.name, letter)) is not None
    }

    def origin(span: Span) -> Span | None:
        return given.get(span.start) or generated.origin(span.start, span.end)

    yield from commands(*views, origin)
    yield from rulesets(*views, origin)
    yield from _other_lines(*views, origin)
    yield from _marks(cf, made, defines.view.document.source)


def _body(text: str) -> list[str]:
    text = _BANNER.sub("", without_copy(text.replace("\r\n", "\n")))
    return text.rstrip().split("\n")


def _other_lines(cf: CfView, made: CfView, origin: Origin) -> Iterator[Difference]:
    """Lines that mean nothing to sendmail, and so have nothing by which they could be compared."""
    theirs, ours = ([(" ".join(node.text.split()), node) for node in misread(view)] for view in (cf, made))
    has, gives = Counter(text for text, _ in theirs), Counter(text for text, _ in ours)
    for text, node in [each for each in ours if each[0] in gives - has][:_LINES]:
        yield missing(f'the line "{short(text)}"', origin(node))
    for text, node in [each for each in theirs if each[0] in has - gives][:_LINES]:
        yield added(f'the line "{short(text)}"', node)


def _marks(cf: CfDocument, made: CfDocument, mc: Source) -> Iterator[Difference]:
    present = banner_of(cf).version_ids
    for each in banner_of(made).version_ids:
        text = " ".join(each.split())
        if text in version_ids(mc) and each not in present:
            what = f"the .cf does not carry the .mc's VERSIONID ({short(text)})"
            yield Difference(what, None, mc.span().find(text), acts=False)
