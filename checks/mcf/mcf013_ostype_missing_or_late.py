r"""OSTYPE is missing, comes twice, or comes too late.

OSTYPE tells the m4 macros where this system keeps its programs and files. Every .mc needs exactly
one, above whatever overrules it and above MAILER, which uses the paths it sets (cf/README, "OSTYPE"
and "INTRODUCTION AND EXAMPLE").

In the log or at the client:
    *** ERROR: No system type defined (use OSTYPE macro)
    duplicate OSTYPE(linux)
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
    OSTYPE(`linux')dnl
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    define(`STATUS_FILE', `/var/lib/mail/statistics')dnl
    OSTYPE(`freebsd6')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    OSTYPE(`linux')dnl
Good:
    --- /etc/mail/submit.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    VERSIONID(`submission program')dnl
    define(`__OSTYPE__', `')dnl
    define(`confTIME_ZONE', `USE_TZ')dnl
    define(`confDONT_INIT_GROUPS', `True')dnl
    FEATURE(`msp', `[127.0.0.1]')dnl
Not when: a file that is included may hold it, or __OSTYPE__ is defined, as sendmail's submit.mc
    does. m4 prints the message and exits with 0 all the same.
See: howto step 6; cf/README, "OSTYPE".
"""

from collections.abc import Iterator

from auditor.facts.bare_text import foreign
from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, decided, drop_line, shown, unseen, whole

_WORDS = Words(
    "m4 complains and exits with 0 all the same; the paths in the .cf may be another system's.",
    "write OSTYPE once, above the first FEATURE",
)


@check("MCF013", severity=Severity.HIGH, howto="6")
def ostype_missing_or_late(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Count the calls, and compare their place with those of MAILER and the definitions they overrule."""
    yield from decided("MCF013", _read(view), complaints, view, _WORDS, backed=_told, settles=whole)


def _told(finding: Finding) -> bool:
    """Whether m4 tells of it; of one that comes too late it does not."""
    return finding.message.startswith(("a second", "there is no"))


def _read(view: McView) -> Verdicts:
    calls = [call for call in view.of("OSTYPE") if call.gap is None]
    if not calls:
        yield from _missing(view)
        return
    first, *others = [call for call in calls if not call.conditional] or calls[:1]
    for call in others:
        yield Finding(
            call.name_span,
            f"a second {shown(call)}",
            "m4 reads both files, and what the second sets overrules the first.",
            drop_line(call.name_span, "keep one OSTYPE"),
            related=((first.name_span, "the first one"),),
        )
    yield from _late(view, first)
    yield from _overruled(view, first)


def _missing(view: McView) -> Verdicts:
    doubt = unseen(view, "OSTYPE") or foreign(view)
    if doubt is not None:
        yield doubt
        return
    if any(call.name == "OSTYPE" for call in view.calls) or any(each.name == "__OSTYPE__" for each in view.defines):
        # Either it is there and no call for m4, which other rules tell, or the file does without, as submit.mc does.
        return
    place = next(view.of("FEATURE", "MAILER", "VERSIONID", "include"), None)
    yield Finding(
        place.name_span if place is not None else view.document.path,
        "there is no OSTYPE",
        "m4 prints an error, exits with 0 and writes a .cf whose programs and files are guesses.",
        Fix("put OSTYPE(`linux')dnl, or your system's name, above the first FEATURE"),
    )


def _late(view: McView, call: MacroCall) -> Iterator[Finding]:
    mailer = next((each for each in view.of("MAILER") if not each.conditional), None)
    if mailer is not None and mailer.order < call.order:
        yield Finding(
            call.name_span,
            f"{shown(call)} stands below {shown(mailer)}",
            "The mailer is written with default paths; those that OSTYPE sets come too late for it.",
            Fix("move OSTYPE above the first FEATURE"),
            related=((mailer.name_span, "the mailer is defined here"),),
        )


def _overruled(view: McView, call: MacroCall) -> Iterator[Finding]:
    """Definitions of the file's own above OSTYPE that it sets otherwise."""
    theirs = {each.name: each for each in view.defines if each.call is call and each.origin.startswith("OSTYPE")}
    for define in view.defines:
        other = theirs.get(define.name)
        own = define.origin == "define" and not define.conditional and define.name_span is not None
        if own and other is not None and define.order < other.order and other.body not in (None, define.body):
            yield Finding(
                define.name_span,
                f"{define.name} is overruled by {shown(call)} below it",
                f"It becomes {other.body}.",
                Fix("move the define below OSTYPE"),
                related=((call.name_span, "set again here"),),
            )
