r"""OSTYPE, DOMAIN or HACK names a file that the cf tree has not.

The macro includes a file of that name from the cf tree's directory ostype, domain or hack. Where it
is not there m4 says so and goes on; the .cf lacks what the file would have set (cf/README, "OSTYPE"
and "DOMAINS").

In the log or at the client:
    *** ERROR: You have not specified a valid operating system type.
    m4:sendmail.mc:3: cannot open `/usr/share/sendmail/cf/ostype/Linux.m4': No such file or directory
Bad:
    OSTYPE(`Linux')dnl
Bad:
    DOMAIN(`doe.org')dnl
    --- /usr/share/sendmail/cf/domain/generic.m4
    divert(0)
Bad:
    OSTYPE(`unknown')dnl
Good:
    OSTYPE(`linux')dnl
Good:
    OSTYPE(`linux')dnl
    --- /usr/share/sendmail/cf/ostype/linux.m4
    divert(0)
Not when: the cf tree is not in sight and the name resembles none of sendmail's own.
See: howto step 6; cf/README, "OSTYPE" and "DOMAINS".
"""

from auditor.facts.complaints import Complaints
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import nearest
from auditor.sendmail.mc import MacroCall, McView
from auditor.sendmail.mc_known import DOMAINS, OSTYPES
from checks.mcf import Words, beside_cf_m4, complete, decided, misquoted, shown, sure, unread

_KNOWN = {"OSTYPE": frozenset(OSTYPES), "DOMAIN": frozenset(DOMAINS), "HACK": frozenset[str]()}

_WORDS = Words(
    "m4 complains; the .cf it writes all the same lacks what the file sets, or has what fits no system.",
    "name a file of the cf tree",
)


@check("MCF014", severity=Severity.HIGH, howto="6")
def no_such_ostype_or_domain(view: McView, tree: Tree, complaints: Complaints | Unknown) -> Verdicts:
    """Look each name up in the cf tree, or among the names sendmail comes with."""
    yield from decided("MCF014", _read(view, tree), complaints, view, _WORDS, backed=lambda _: True, settles=complete)


def _read(view: McView, tree: Tree) -> Verdicts:
    for call in sure(view, *_KNOWN):
        if not call.args or misquoted(call.args[0]):
            continue
        name, kind = call.value(0), call.name.lower()
        if (call.name, name) == ("OSTYPE", "unknown"):
            yield _unnamed(call)
            continue
        there = beside_cf_m4(view, tree, kind)
        names = there if there is not None else _KNOWN[call.name]
        if name in names:
            continue
        close = nearest(name, names) or nearest(name.lower(), names)
        if there is None and close is None:
            yield Unknown(f"whether the cf tree has {kind}/{name}.m4 is not known")
        else:
            yield _finding(call, kind, close, sure_of=close is not None and unmistakable(name, close, names))
    yield from unread(view)


def _unnamed(call: MacroCall) -> Finding:
    return Finding(
        call.args[0].inner,
        "OSTYPE(`unknown') only stands in for the name of a system",
        "m4 prints an error, exits with 0, and the .cf has paths and flags that may fit no system.",
        Fix("name this system's file in the cf tree's ostype, such as OSTYPE(`linux')dnl"),
    )


def _finding(call: MacroCall, kind: str, close: str | None, *, sure_of: bool) -> Finding:
    name = call.args[0].inner
    return Finding(
        name,
        f"{shown(call)}: there is no {kind}/{call.value(0)}.m4",
        "m4 cannot open it and exits with 1; the .cf it writes all the same lacks what the file sets.",
        replace(name, close, f"write {close}", safe=sure_of)
        if close is not None
        else Fix(f"name a file of the cf tree's {kind}"),
    )
