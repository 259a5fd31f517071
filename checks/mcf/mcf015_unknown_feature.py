r"""FEATURE or MAILER names something that the cf tree has not.

FEATURE includes a file of that name from the cf tree's directory feature, MAILER one from mailer. A
misspelt name, or one with a blank in it, is a file that is not there: m4 says so, goes on, and the
.cf comes without the feature (cf/README, "FEATURES").

In the log or at the client:
    m4:sendmail.mc:30: cannot open `/usr/share/sendmail/cf/feature/acces_db.m4': No such file or directory
Bad:
    FEATURE(`mailer_table', `hash -o /etc/mail/mailertable')dnl
Bad:
    FEATURE(`redirect ')dnl
Bad:
    FEATURE(`sts')dnl
    --- /usr/share/sendmail/cf/feature/redirect.m4
    divert(0)
Good:
    FEATURE(`redirect')dnl
Good:
    dnl FEATURE(`redirecting')dnl
Bad:
    FEATURE(`ours_alone')dnl
Not when: the cf tree is in sight and has the file. Where it is not, a name that resembles none of sendmail's own is
    told with less weight: a site may have features of its own.
See: howto step 6; cf/README, "FEATURES".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import FEATURES, MAILERS, nearest
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, beside_cf_m4, complete, decided, misquoted, shown, sure, unread

_WORDS = Words(
    "m4 exits with 1; the .cf it writes all the same lacks the feature or the mailer.",
    "name a file of the cf tree",
)


@check("MCF015", severity=Severity.HIGH, howto="6")
def unknown_feature(view: McView, tree: Tree, complaints: Complaints | Unknown) -> Verdicts:
    """Look each name up in the cf tree, or among the names sendmail comes with."""
    yield from decided("MCF015", _read(view, tree), complaints, view, _WORDS, backed=lambda _: True, settles=complete)


def _read(view: McView, tree: Tree) -> Verdicts:
    yield from _judged(view, "FEATURE", frozenset(FEATURES), beside_cf_m4(view, tree, "feature"))
    yield from _judged(view, "MAILER", frozenset(MAILERS), beside_cf_m4(view, tree, "mailer"))
    yield from unread(view)


def _judged(
    view: McView, macro: str, known: frozenset[str], there: frozenset[str] | None
) -> Iterator[Finding | Unknown]:
    names = there if there is not None else known
    for call in sure(view, macro):
        name = call.value(0)
        if not call.args or misquoted(call.args[0]) or name in names or (macro == "FEATURE" and _removed(name)):
            continue
        close = name.strip() if name.strip() in names else nearest(name, names)
        if there is None and close is None:
            yield _strange(call)
        else:
            yield _finding(call, close, sure_of=close is not None and unmistakable(name, close, names))


def _strange(call: MacroCall) -> Finding:
    """A name that no release has, and that is like none: a site may have a file of its own by it."""
    place = call.name.lower()
    return Finding(
        call.args[0].inner,
        f"{shown(call)} comes with no release of sendmail",
        f"Unless the host's cf tree has such a file of the site's own, m4 exits with 1 and the .cf lacks the {place}.",
        Fix(f"look whether the host's cf tree has {place}/{call.value(0)}.m4"),
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
    )


def _removed(name: str) -> bool:
    """Whether sendmail once had the feature, of which another rule tells."""
    facts = FEATURES.get(name)
    return facts is not None and facts.removed is not None


def _finding(call: MacroCall, close: str | None, *, sure_of: bool) -> Finding:
    name = call.args[0].inner
    facts = FEATURES.get(call.value(0)) if call.name == "FEATURE" else None
    since = f"; it came with sendmail {'.'.join(map(str, facts.since))}" if facts is not None and facts.since else ""
    return Finding(
        name,
        f"{shown(call)} is unknown to this cf tree{since}",
        f"m4 cannot open the file and exits with 1; the .cf it writes all the same lacks the {call.name.lower()}.",
        replace(name, close, f"write {close}", safe=sure_of)
        if close is not None and facts is None
        else Fix(f"name one of the files in the cf tree's directory {call.name.lower()}"),
    )
