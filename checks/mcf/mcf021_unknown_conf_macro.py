r"""A conf macro is defined that nothing reads.

m4 lets every name be defined. The option stays as it was if the name is not the one proto.m4 asks
for, and nobody is told (cf/README, "TWEAKING CONFIGURATION OPTIONS").

In the log or at the client:
    nothing; the option keeps its default
Bad:
    define(`confAUTH_MECHANISM', `PLAIN LOGIN')dnl
Bad:
    define(`confMAX_HOPS', `30')dnl
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
Good:
    define(`confSITE', `doe.org')dnl
    LOCAL_DOMAIN(confSITE)dnl
Not when: the .mc uses the name itself, a vendor's cf tree knows it, or a file of the site's own
    may.
See: howto step 6; cf/README, "TWEAKING CONFIGURATION OPTIONS".
"""

from collections import Counter

from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.spelling import unmistakable
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import OPTION_OF, OTHER_CONF, known_conf, nearest
from auditor.sendmail.mc import Define, McView
from checks.mcf import unread

_NAMES = frozenset(OPTION_OF) | OTHER_CONF
#: Macros that Build reads from site.config.m4; in a .mc they have no effect either, and are no misspelling.
_BUILD = lazy(r"conf(?:CC|OPTIMIZE|ENVDEF|INCDIRS|LIBDIRS|LIBS|MAPDEF|[A-Z_]*(?:DIR|OWN|GRP|MODE))")


@check("MCF021", severity=Severity.MEDIUM, howto="6")
def unknown_conf_macro(view: McView) -> Verdicts:
    """Look up each conf macro the file defines, and whether its name stands anywhere else."""
    words = Counter(node.text for node in view.document.of_kind("word"))
    defined = Counter(each.name for each in view.defines if each.name_span is not None)
    for define in view.defines:
        if not _odd(define) or define.name_span is None or words[define.name] > defined[define.name]:
            continue
        close = nearest(define.name, _NAMES)
        opaque = view.unseen(define.name)
        if close is None and opaque is not None and not _BUILD.fullmatch(define.name):
            yield Unknown(f"whether {opaque.reason} in line {opaque.span.line} reads {define.name} is not known")
        else:
            others = {each.name for each in view.defines}
            sure_of = close is not None and close not in others and unmistakable(define.name, close, _NAMES)
            yield _finding(define, define.name_span, close, sure_of=sure_of)
    yield from unread(view)


def _odd(define: Define) -> bool:
    return define.origin == "define" and define.name.startswith("conf") and not known_conf(define.name)


def _finding(define: Define, place: Span, close: str | None, *, sure_of: bool) -> Finding:
    return Finding(
        place,
        f"{define.name} is no macro that sendmail's m4 files read" + (f"; {close} is" if close is not None else ""),
        "The line has no effect, and nobody is told: the option keeps its default.",
        replace(place, close, f"write {close}", safe=sure_of)
        if close is not None
        else Fix("remove the line, or use a name from cf/README"),
    )
