r"""SKIP stands where the rulesets do not know it.

SKIP ends a search without a result, which the rulesets of a client's name and address and of a
domain do only if FEATURE(`access_db') has the argument skip. Without it, SKIP is the text of a
permanent error. For a single sender's address, user@domain or user@, even the argument does not
help; tried in a dialogue (cf/README, access_db).

In the log or at the client:
    553 5.3.0 <x@partner.example>... SKIP
Bad:
    Connect:198.51.100.7	SKIP
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `skip')dnl
    FEATURE(`blocklist_recipients')dnl
    FEATURE(`greet_pause', `5000')dnl
    FEATURE(`ratecontrol', `nodelay', `terminate')dnl
    FEATURE(`conncontrol', `nodelay', `terminate')dnl
    --- +/etc/mail/access
    Connect:198.51.100.7	SKIP
Not when: the argument is there and the entry is for a host or domain.
See: cf/README, access_db.
"""

from auditor.facts.configurations import CfFile
from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.access import action_of, tag_name
from checks.acs import has_argument


@check("ACS009", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def skip_without_argument(access: AccessMap, features: Features, cf: CfFile | Unknown) -> Verdicts:
    """Compare the entries with the feature's arguments."""
    entries = [each for each in access if tag_name(each) in ("", "connect", "from", "to") and action_of(each) == "SKIP"]
    known = bool(entries) and has_argument(features, cf, "skip", "R<SKIP> <$+>")
    for entry in entries:
        is_sender = "@" in entry.key.text and tag_name(entry) in ("", "from")
        if not known or is_sender:
            why = "a sender's address cannot be skipped" if known else "FEATURE(`access_db') lacks the argument skip"
            fix = "write OK" if known else "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `skip')dnl"
            yield Finding(
                entry.value.stripped(),
                f"{entry.lhs.text} SKIP: {why}",
                "Mail it is for is refused with 553 5.3.0 and the word SKIP, instead of being let through.",
                Fix(fix),
            )
