r"""The access map's look-ups may fail unnoticed.

With -T<TMPF> a look-up that fails for a time makes sendmail answer 451 and the client come again.
Without it a failure looks like "no entry", and whoever was to be refused gets in. Today's m4 files
add it and warn; those before 8.12 did not (cf/README, "access_db").

In the log or at the client:
    *** WARNING: missing -T<TMPF> in argument of FEATURE(`access_db', hash /etc/mail/access)
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`access_db', `hash /etc/mail/access')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    FEATURE(`lookupdotdomain')dnl
Not when: the feature has no argument, or the map is a sequence or in LDAP.
See: howto step 6; cf/README, "access_db".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import Argument, McView
from checks.mcf import Words, decided, sure, unread, whole

_TMPF = "<TMPF>"

_WORDS = Words(
    "m4 warns and adds it; with old m4 files a map that cannot be read lets everybody pass.",
    "add -T<TMPF>",
)


@check("MCF027", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def access_db_without_tmpf(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look at the map's specification."""
    yield from decided("MCF027", _read(view), complaints, view, _WORDS, backed=lambda _: True, settles=whole)


def _read(view: McView) -> Verdicts:
    for call in sure(view, "FEATURE"):
        if call.value(0) == "access_db" and len(call.args) > 1 and call.args[1].unknown is None:
            argument = call.args[1]
            if _lacks(argument):
                yield _finding(argument)
    yield from unread(view)


def _lacks(argument: Argument) -> bool:
    value = argument.value
    return value not in ("", "LDAP") and not value.startswith("sequence ") and _TMPF not in value


def _finding(argument: Argument) -> Finding:
    kind, _, rest = argument.value.partition(" ")
    return Finding(
        argument.inner,
        f"the access map is set up as {argument.value}, without -T{_TMPF}",
        "m4 warns and adds it; with old m4 files a map that cannot be read lets everybody pass.",
        replace(argument.inner, f"{kind} -T{_TMPF} {rest}", f"add -T{_TMPF}"),
    )
