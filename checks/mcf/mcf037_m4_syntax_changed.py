r"""The file changes m4's quotes or comments.

changequote and changecom change how m4 reads what follows, the cf tree's own files included, which
count on ` and '. What the file says from there on is not judged here (GNU m4 manual, "Changequote"
and "Changecom").

In the log or at the client:
    unknown configuration line, or errors of m4 about the cf tree's files
Bad:
    changequote([, ])dnl
Bad:
    changecom(`//')dnl
Good:
    dnl changequote([, ]) would be one.
Good:
    changequote`'dnl
    changecom`'dnl
Not when: changequote has no argument or sets ` and ' again, or changecom has none below the include
    of cf.m4.
See: cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided

_WORDS = Words("m4 stops at the end of its input, and the .cf it leaves is a stump.", "leave m4's comments as they are")
_CHANGES = {"changequote": "quotes", "changecom": "comments"}


@check("MCF037", severity=Severity.LOW, confidence=Confidence.HIGH)
def m4_syntax_changed(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Point at the change."""
    yield from decided("MCF037", _read(view), complaints, view, _WORDS)


def _read(view: McView) -> Verdicts:
    for trouble in view.troubles:
        what = _CHANGES.get(trouble.kind)
        if what is not None:
            yield Finding(
                trouble.span,
                f"{trouble.kind} changes m4's {what}",
                "The cf tree's files count on m4's usual syntax, and the lines below are not judged here.",
                Fix("write the file with ` and ' as quotes, and remove the line"),
            )
