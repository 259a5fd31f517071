r"""A line of a map's text is refused by makemap, or says something else than it seems to.

A line is a key in the first column, blanks, and a value. makemap refuses one without a value, one
that begins with a blank, one of 1024 characters or more, and a second line for the same key, upper
and lower case being alike. Only a # in the first column begins a comment: behind a value it becomes
part of it. A CR at a line's end does no harm (makemap(8); each was tried with it).

In the log or at the client:
    makemap: /etc/mail/access: line 5: no RHS for LHS spam.example
    553 5.3.0 <x@spam.example>... REJECT # by hand
Bad:
    From:spam.example
Bad:
    \x20From:spam.example	REJECT
Bad:
    From:spam.example	REJECT
    from:Spam.Example	OK
Bad:
    From:spam.example	REJECT # by hand
Good:
    # by hand
    From:spam.example	REJECT
Good:
    From:spam.example REJECT\r
Not when: the map is not made by makemap (the classes text and stab); makemap -D and -t change the
signs.
See: howto step 2; makemap(8).
"""

from auditor.facts.mapfiles import MapFile, MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.maps import COMPLAINTS, MapText

_REMARK = lazy(r"[ \t]+#.*$")


@check("MAP005", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def line_refused_by_makemap(configuration: Configuration, files: MapFiles) -> Verdicts:
    """Read every text as makemap does."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    for file in files:
        if isinstance(file.text, Unknown):
            yield file.text
        elif isinstance(file.text, MapText) and file.path != file.database_path:
            yield from _judged(file, file.text)


def _judged(file: MapFile, text: MapText) -> Verdicts:
    for node in text.refused:
        yield Finding(
            node.stripped(),
            f"makemap refuses the line: {COMPLAINTS[node.kind]}",
            "The line does not reach the database, and makemap ends with an error that may stop what called it.",
            replace(node, f"{node.text.strip()}\n", "begin in the first column")
            if node.kind == "leading-blank" and len(node.text.split()) > 1
            else Fix("give the line a key, a blank and a value"),
        )
    for entry, first in text.duplicates:
        same = entry.value.text.split() == first.value.text.split()
        yield Finding(
            entry.lhs,
            f"{entry.lhs.text} is there already: makemap keeps the first, {first.value.shown.strip()}",
            "makemap complains of a duplicate key and ends with an error; this line has no effect.",
            replace(entry, "", "delete the line", safe=same),
            related=((first.lhs, "the first is here"),),
            severity=Severity.LOW if same else None,
        )
    for entry in text.entries:
        remark = _REMARK.search(entry.value.text)
        if remark is not None:
            place = entry.value.part(*remark.span())
            is_access = file.name.lower() == "access"
            yield Finding(
                place.stripped(),
                f"{remark[0].strip()} becomes part of the value of {entry.lhs.shown}",
                "The client is told 553 5.3.0 with the whole value: even a RELAY or OK refuses."
                if is_access
                else "Mail goes to an address or host with the remark in it.",
                replace(place, "", "put the remark on a line of its own, with # in the first column"),
                severity=Severity.HIGH if is_access else None,
            )
