r"""The access map is optional.

With -o a missing map is no error but an empty one. For mailertable or virtusertable that is meant;
for the access map it means that everybody whom it refuses gets in, as soon as access.db is missing,
and nobody is told (Sendmail Installation and Operation Guide, 5.7).

In the log or at the client:
    nothing
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`access_db', `hash -o -T<TMPF> /etc/mail/access')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    FEATURE(`mailertable', `hash -o /etc/mail/mailertable')dnl
    FEATURE(`virtusertable', `hash -o /etc/mail/virtusertable')dnl
Not when: it is another map; in the lines that Red Hat and the BSDs ship it is only a note.
See: howto step 6; Sendmail Installation and Operation Guide, 5.7.
"""

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.mc import McView
from checks.mcf import sure, unread

_OPTIONAL = lazy(r"[ \t]+-o(?=[ \t])")
#: What Red Hat, FreeBSD and OpenBSD ship.
_SHIPPED = frozenset(
    (
        "hash -T<TMPF> -o /etc/mail/access.db",
        "hash -o -T<TMPF> /etc/mail/access",
        "hash -o -T<TMPF> MAIL_SETTINGS_DIR`'access",
    ),
)


@check("MCF028", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def access_db_optional(view: McView) -> Verdicts:
    """Look at the map's specification."""
    for call in sure(view, "FEATURE"):
        found = (
            _OPTIONAL.search(call.args[1].inner.text) if call.value(0) == "access_db" and len(call.args) > 1 else None
        )
        if found is not None:
            flag: Span = call.args[1].inner.part(*found.span())
            yield Finding(
                flag.stripped(),
                "the access map is optional (-o)",
                "Without access.db sendmail starts as if nothing were refused, and says nothing.",
                replace(flag, "", "remove -o"),
                severity=Severity.INFO if call.args[1].inner.text in _SHIPPED else None,
            )
    yield from unread(view)
