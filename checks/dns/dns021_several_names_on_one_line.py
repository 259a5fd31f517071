r"""Only the first name of a line counts, and there are more.

sendmail reads a class file line by line with scanf's %s, which takes one word and drops the rest. A
wiki or an editor that joins two lines thus loses the second domain. Debian's %[^\#] takes the whole
line up to a comment (Sendmail Installation and Operation Guide, 5.3).

In the log or at the client:
    550 5.7.1 <alice@doe.org>... Relaying denied
    553 5.3.5 doe.org. config error: mail loops back to me (MX problem?)
Bad:
    --- /etc/mail/local-host-names
    john.doe.org doe.org
Bad:
    --- /etc/mail/relay-domains
    192.0.2 198.51.100
Bad:
    --- /etc/mail/trusted-users
    alice bob
Good:
    --- /etc/mail/local-host-names
    john.doe.org # the host itself
    doe.org the domain
    mail.doe.org doe.org
    smtp.doe.org
Not when: the rest of the line is a remark, or the name is in the class by another line.
See: howto step 9; Sendmail Installation and Operation Guide, 5.3.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from auditor.facts.classes import FileUse, LocalNames, RelayDomains, TrustedUsers
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, Unknown
from auditor.readers.flat import words_of
from auditor.sendmail.cf_commands import scanf

_CONSEQUENCES = {
    "w": "Mail for what is lost is refused as relaying, or loops until it bounces.",
    "R": "Mail for what is lost, or from there, is refused as relaying.",
    "t": "The users that are lost get a warning in every message whose sender they set.",
}


@check("DNS021", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="9")
def several_names_on_one_line(local: LocalNames, relayed: RelayDomains, trusted: TrustedUsers) -> Verdicts:
    """Read the files of classes w, R and t as sendmail does, and look at what it leaves."""
    for named in (local, relayed, trusted):
        members = {member.word.lower() for member in named}
        for use in named.files:
            if use.file.kind != "file" or isinstance(use.content, Missing):
                continue
            pattern = scanf(use.file.format)
            if isinstance(use.content, Unknown):
                yield use.content
            elif pattern is not None:
                for words, lost in _lines(use.content, pattern, named.NAME, members):
                    yield _finding(use, words, lost)


def _lines(
    source: Source, pattern: re.Pattern[str], name: str, members: set[str]
) -> Iterator[tuple[list[Span], list[Span]]]:
    """For each line that loses names: its words up to a comment, and the lost ones."""
    for start, end in pairwise([*source.starts, len(source.text)]):
        read = pattern.match(source.text, start, end) if source.text[start : start + 1] != "#" else None
        if read is None:
            continue
        words = list(takewhile(lambda word: word.text[0] != "#", words_of(source.span(start, end))))
        lost = [w for w in words if w.start >= read.end(1) and _is_name(w.text, name) and w.text.lower() not in members]
        if lost:
            yield words, lost


def _is_name(word: str, name: str) -> bool:
    # A remark is made of words; a domain has a dot inside, a network digits.
    form = r"[a-z_][a-z0-9_-]*" if name == "t" else r"\[?[\w-]+([.:][\w-]+)+\]?"
    return re.fullmatch(form, word, re.ASCII | re.IGNORECASE) is not None


def _gives_no_rights(use: FileUse, words: list[Span]) -> bool:
    """Whether the lost names only say which mail stays here; networks may relay, and trusted users may be anybody."""
    return use.file.name == "w" or (use.file.name == "R" and not any(word.text[:1].isdigit() for word in words))


def _finding(use: FileUse, words: list[Span], lost: list[Span]) -> Finding:
    shown = ", ".join(word.shown for word in lost)
    gaps = [Span(one.source, one.end, two.start) for one, two in pairwise(words)]
    return Finding(
        Span(lost[0].source, lost[0].start, lost[-1].end),
        f"{shown} is lost: of each line only the first word gets into class {use.file.name}",
        _CONSEQUENCES[use.file.name],
        Fix(
            "write one name on each line",
            edits=tuple(Edit(gap, "\n") for gap in gaps),
            safe=_gives_no_rights(use, words),
        ),
        ((use.file.span, "it is read here"),),
        severity=Severity.MEDIUM if use.file.name == "t" else None,
    )
