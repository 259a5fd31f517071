"""Facts of the effective configuration: its options, listeners, mailers and lines."""

import re

from auditor.facts.version import Version
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.readers.cf import CfDocument
from auditor.sendmail.cf import view_of
from auditor.sendmail.mc import McView

USUAL_FILE = "/etc/mail/sendmail.mc"

#: What is typed to make a .cf without losing the old one when m4 stops halfway.
BUILD = "m4 sendmail.mc > new.cf && sendmail -C $PWD/new.cf -bC && mv new.cf sendmail.cf"


def before_8_12(version: Version | Unknown) -> bool:
    """Whether a .cf says that it is for a sendmail whose commands and options are not those known here."""
    if isinstance(version, Unknown):
        return False
    return version.release < _FIRST if version.release else 0 < version.level < _LEVEL


_FIRST, _LEVEL = (8, 12), 10


def lacking(document: CfDocument) -> tuple[str, ...]:
    """Which of the parts without which sendmail cannot deliver anything are not in a .cf."""
    view = view_of(document)
    parts = {
        "the local mailer": any(re.match(r"Mlocal\b", node.text) for node in document.of_kind("mailer")),
        "QueueDirectory": "queuedirectory" in view.effective,
        "the ruleset parse": any(re.match(r"S(?:parse\b|0(?!\d))", node.text) for node in document.of_kind("ruleset")),
    }
    return tuple(part for part, there in parts.items() if not there)


def origin(span: Span, view: McView | Unknown) -> Span:
    """The line of the .mc that passes a line on to the .cf, or that line of the .cf itself.

    Of several equal lines the last ones are the .mc's, since what the macros write of themselves stands above.
    """
    if isinstance(view, McView):
        wanted = span.text.strip()
        lines = [line.span for line in view.lines if line.text.strip() == wanted]
        below = (
            len(re.findall(rf"^{re.escape(wanted)}[ \t\r]*$", span.source.text[span.end :], re.MULTILINE))
            if lines
            else 0
        )
        if below < len(lines):
            return lines[-1 - below]
    return span


def also(at: Span, line: Span) -> tuple[tuple[Span, str], ...]:
    """The related place in the .cf, where a finding stands at its origin in the .mc."""
    return () if at is line or at.path == line.path else ((line, "it stands here in the .cf"),)
