r"""A ruleset that has rules is opened a second time.

sendmail adds the new rules behind the old ones. Where the old ones end every address, as most of
sendmail's own do, the new ones are never reached; where two people meant two rulesets, both now act
in one (Sendmail Installation and Operation Guide, 5.1).

In the log or at the client:
    WARNING: Ruleset OurDomain has multiple definitions, from sendmail -bt and -bC only
Bad:
    --- +/etc/mail/sendmail.cf
    SOurDomain
    R$+ @ doe.org\t$: $1
    SOurHost
    R$+ @ doe.org\t$: $1
    SOurDomain
    R$+ @ example.org\t$: $1
Good:
    --- +/etc/mail/sendmail.cf
    SOurDomain
    SOurHost
    SOurDomain
    R$+ @ doe.org\t$: $1
Not when: the first S line has no rules below it, as those of sendmail's own files for local
    rulesets.
See: Sendmail Installation and Operation Guide, 5.1.
"""

from itertools import pairwise

from auditor.facts.mailers import Ruleset, Rulesets
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.cff import also, origin


@check("CFF038", severity=Severity.LOW, confidence=Confidence.HIGH)
def ruleset_opened_twice(rulesets: Rulesets, view: McView | Unknown) -> Verdicts:
    """Look for S lines above which the same ruleset has a rule already."""
    for ruleset in rulesets:
        if len(ruleset.lines) > 1:
            yield from _again(ruleset, view)


def _again(ruleset: Ruleset, view: McView | Unknown) -> Verdicts:
    first = ruleset.rules[0].start if ruleset.rules else None
    for earlier, later in pairwise(ruleset.lines):
        if first is None or later.node.start < first:
            continue
        place = later.node.stripped()
        at = origin(place, view)
        yield Finding(
            at,
            f"the ruleset {ruleset.name} is opened a second time",
            "Its rules come behind those of the first one, and may never be reached.",
            Fix("join the two, or give one of them a name of its own"),
            ((earlier.node.stripped(), "it was opened here"), *also(at, place)),
        )
