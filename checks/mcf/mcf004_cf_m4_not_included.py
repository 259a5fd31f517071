r"""The .mc does not get hold of cf.m4, or gets hold of it too late.

OSTYPE, FEATURE, MAILER and the rest exist only once cf.m4 has been read. Without it, and above its
include, they are plain text for the .cf. A relative path is looked up from the directory m4 is run
in, so ../m4/cf.m4 works in cf/cf and nowhere else (cf/README, "INTRODUCTION AND EXAMPLE").

In the log or at the client:
    m4:sendmail.mc:1: cannot open `../m4/cf.m4': No such file or directory
Bad:
    --- /etc/mail/sendmail.mc
    include(`../m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    --- /etc/mail/sendmail.mc
    VERSIONID(`a file that m4 is given alone')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    --- /etc/mail/sendmail.mc
    OSTYPE(`linux')dnl
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    dnl include(`../m4/cf.m4') would do in /usr/share/sendmail/cf/cf only.
Not when: whatever builds the .cf gives m4 the file cf.m4 before the .mc.
See: howto steps 6 and 7; cf/README, "INTRODUCTION AND EXAMPLE".
"""

import posixpath

from auditor.facts.bare_text import BareText, foreign
from auditor.facts.complaints import Complaints
from auditor.facts.configurations import CfFile
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, before, decided, whole_line

#: Where distributions put cf.m4.
_PLACES = (
    "/usr/share/sendmail/cf/m4/cf.m4",
    "/usr/share/sendmail-cf/m4/cf.m4",
    "/usr/lib/sendmail-cf/m4/cf.m4",
    "/usr/share/sendmail/m4/cf.m4",
)

_WORDS = Words("m4 exits with 1, and what cf.m4 was to define is text for the .cf.", f"include {_PLACES[0]}")


@check("MCF004", severity=Severity.HIGH, howto="6")
def cf_m4_not_included(
    view: McView, text: BareText, cf: CfFile | Unknown, tree: Tree, complaints: Complaints | Unknown
) -> Verdicts:
    """Find the include, follow it, and look at what stands above it."""
    yield from decided("MCF004", _read(view, text, cf, tree), complaints, view, _WORDS)


def _read(view: McView, text: BareText, cf: CfFile | Unknown, tree: Tree) -> Verdicts:
    include = _include(view)
    if include is not None:
        yield from _followed(view, include, tree)
    elif not view.includes_cf:
        yield from _without(view, cf, tree)
    for stray in text.of("early"):
        yield Finding(
            stray.place,
            f"{stray.place.text} stands above the include of cf.m4, where it is no macro yet",
            "m4 writes the line into the .cf as it stands"
            + (f", and sendmail refuses to start: {stray.taken.what}." if stray.taken and stray.refused else "."),
            Fix("move it below the include of cf.m4"),
            severity=Severity.CRITICAL if stray.refused else None,
        )


def _include(view: McView) -> MacroCall | None:
    calls = view.of("include", "sinclude")
    return next((call for call in calls if call.value(0).strip().endswith("cf.m4")), None)


def _followed(view: McView, include: MacroCall, tree: Tree) -> Verdicts:
    if include.unknown(0) is not None:
        yield Unknown(f"the path of cf.m4 in line {include.span.line} is put there later")
        return
    path = include.value(0).strip()
    here = posixpath.dirname(view.document.path)
    found = tree.entry(posixpath.normpath(posixpath.join(here, path)))
    known = next((place for place in _PLACES if not isinstance(tree.entry(place), (Missing, Unknown))), None)
    better = replace(include.args[0].inner, known or _PLACES[0], "name cf.m4 by its full path")
    if not path.startswith("/"):
        at_home = here.endswith("/cf/cf") or not isinstance(found, (Missing, Unknown))
        lost = f" From {here}, where the .mc is, it cannot open it." if isinstance(found, Missing) else ""
        yield Finding(
            include.args[0].inner,
            f"cf.m4 is included by a relative path, {path}",
            f"m4 finds it only when it is run in the directory that the path counts from.{'' if at_home else lost}",
            better,
            severity=Severity.LOW if at_home else None if isinstance(found, Missing) else Severity.MEDIUM,
        )
    elif isinstance(found, Missing) and known is not None:
        yield Finding(
            include.args[0].inner,
            f"{path} does not exist; the cf tree is elsewhere",
            "m4 cannot open it, and everything below is text for the .cf.",
            better,
        )


def _without(view: McView, cf: CfFile | Unknown, tree: Tree) -> Verdicts:
    odd = foreign(view)
    if odd is not None:
        yield odd
        return
    if isinstance(cf, CfFile) and cf.generated is None and cf.document.of_kind("version"):
        return
    directory = posixpath.dirname(view.document.path)
    makefile = tree.read(posixpath.join(directory, "Makefile"))
    if isinstance(makefile, Source) and "cf.m4" in makefile.text:
        return
    if not isinstance(makefile, Missing):
        yield Unknown(f"whether m4 gets cf.m4 before {view.document.path} is not known")
        return
    first = next(view.of("VERSIONID", "OSTYPE", "DOMAIN", "FEATURE", "MAILER"), None)
    place = before(whole_line(first.name_span)) if first is not None else view.document.source.span(0, 0)
    yield Finding(
        first.name_span if first is not None else None,
        "nothing includes cf.m4",
        "m4 copies the macros into the .cf as text, and sendmail does not start with it.",
        replace(place, f"include(`{_PLACES[0]}')dnl\n", "include cf.m4 above everything else"),
    )
