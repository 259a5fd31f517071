r"""A rule is refused: no tab, an empty side, or a sign on the wrong side.

The two sides of a rule are parted by tabs, which editors and web pages turn into blanks. The right
side may use $1 to $9 as far as the left one has wildcards, and no wildcards itself; what $( and $[
open must be closed (Sendmail Installation and Operation Guide, 5.2).

In the log or at the client:
    invalid rewrite line "R$* $: $1" (tab expected)
    replacement $2 out of bounds
    R line: null LHS
Bad:
    --- +/etc/mail/sendmail.cf
    SLocal_check_mail
    R$* $: $1
Bad:
    LOCAL_RULESETS
    SLocal_check_mail
    R$+ @ doe.org\t$: $2
Bad:
    LOCAL_RULESETS
    SLocal_check_mail
    R$+\t$: $(access $1
Good:
    LOCAL_RULESETS
    SLocal_check_mail
    R$+ @ doe.org\t$: $1
    R$+\t$: $(access $1 $: none $)
Not when: the rule holds a condition, $?x, which is resolved when the file is read.
See: Sendmail Installation and Operation Guide, 5.2.
"""

from collections.abc import Iterator

from auditor.facts.configurations import CfFile
from auditor.facts.logical import passed
from auditor.facts.mailers import Rulesets
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.cf import Line, view_of
from auditor.sendmail.mc import McView
from auditor.sendmail.rule_lines import RuleProblem, rule_problem
from checks.cff import also, origin

_DOWN = "sendmail does not start with this configuration: no mail goes in or out."


@check("CFF005", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def rule_refused(cf: CfFile | Unknown, rulesets: Rulesets | Unknown, view: McView | Unknown) -> Verdicts:
    """Judge each R line of the .cf, or those that the .mc passes on."""
    if isinstance(rulesets, Rulesets):
        for orphan in rulesets.orphans:
            yield _finding(
                orphan.stripped(),
                "the rule belongs to no ruleset: no S line stands above it",
                view,
                Fix("put it below an S line"),
            )
    elif isinstance(view, Unknown):
        yield view
    orphans = {orphan.start for orphan in rulesets.orphans} if isinstance(rulesets, Rulesets) else set()
    for line in _lines(cf, view):
        problem = rule_problem(line) if line.node.start not in orphans else None
        if problem is not None:
            yield _finding(line.span(problem.start, problem.end), problem.what, view, _fix(problem, line))


def _lines(cf: CfFile | Unknown, view: McView | Unknown) -> Iterator[Line]:
    if isinstance(cf, CfFile):
        yield from view_of(cf.document).lines("rule")
    elif isinstance(view, McView):
        yield from (
            each.line for each in passed(view, "R") if each.first.section is not None and not each.first.partial
        )


def _finding(place: Span, what: str, view: McView | Unknown, fix: Fix) -> Finding:
    source = place.source
    start = source.text.rfind("\n", 0, place.start) + 1
    whole = Span(source, start, start + len(source.text[start:].partition("\n")[0]))
    at = origin(whole, view)
    same = at is whole
    return Finding(place if same else at, what, _DOWN, fix, () if same else also(at, place))


def _fix(problem: RuleProblem, line: Line) -> Fix:
    if "tab" not in problem.what:
        return Fix("mend the rule: a tab between the sides, wildcards on the left, $1 to $9 on the right")
    left, gap, right = line.text.partition("  ")
    place = line.node
    if not gap or place.path.endswith(".cf") or not place.text.startswith(line.text):
        return Fix("put a tab between the two sides, and build the .cf anew")
    return replace(place.part(0, len(line.text)), f"{left}\t{right.lstrip()}", "put a tab between the two sides")
