r"""A feature needs maps that the sendmail program was built without.

FEATURE(badmx) and FEATURE(check_other) look names up with regular expressions, which takes
MAP_REGEX; badmx asks the DNS as well, and FEATURE(sts) wants a socket map and the option behind
_FFR_MTA_STS (sendmail/README, "DATABASE DEFINITIONS"; cf/README).

In the log or at the client:
    readcf: map Bcheck_other: class regex not available
Bad:
    FEATURE(`badmx')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Bad:
    --- +/etc/mail/sendmail.cf
    Kchecked regex -a@MATCH ^[0-9]+$
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
       FFR Defines: _FFR_TLS_ALTNAMES
          (canonical domain name) $j = john.doe.org
Not when: no such feature is used, and no line of the class regex is there.
See: howto, prerequisites; cf/README, badmx and check_other.
"""

from auditor.facts.features import Features
from auditor.facts.live import Binary
from auditor.facts.maps import Maps
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown

_NEEDS = {
    "badmx": ("MAP_REGEX", "DNSMAP"),
    "check_other": ("MAP_REGEX",),
    "sts": ("SOCKETMAP", "_FFR_MTA_STS"),
}
_CONSEQUENCE = "sendmail refuses the map, and what depends on it is not checked, or all mail is put off."


@check("ENV004", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="P")
def regular_expressions_not_built_in(binary: Binary, features: Features | Unknown, maps: Maps | Unknown) -> Verdicts:
    """Compare features, and maps of the class regex, with what the program was built with."""
    there = binary.flags | binary.experimental
    told = False
    for use in features if isinstance(features, Features) else ():
        missing = [flag for flag in _NEEDS.get(use.name, ()) if flag not in there]
        if missing:
            told = True
            message = f"FEATURE({use.name}) needs {' and '.join(missing)}, which sendmail {binary.version} lacks"
            yield Finding(use.span, message, _CONSEQUENCE, Fix("drop the feature, or install a build that has it"))
    for each in maps if isinstance(maps, Maps) else ():
        if each.type == "regex" and "MAP_REGEX" not in there and not told:
            message = f"the map {each.name} needs MAP_REGEX, which sendmail {binary.version} was built without"
            yield Finding(each.node, message, _CONSEQUENCE, Fix("drop the line, or install a build that has MAP_REGEX"))
    for fact in (features, maps):
        if isinstance(fact, Unknown):
            yield fact
