r"""A map is of a class that the sendmail program was built without.

Each class of map is a compile-time option: hash and btree need NEWDB, ldap needs LDAPMAP, and so
on. A program without it refuses the line, and every look-up in the map fails. Since distributions
give up Berkeley DB, hash is missing from some (sendmail/README, "DATABASE DEFINITIONS").

In the log or at the client:
    readcf: map access: class hash not available
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: CDB DNSMAP LOG MAP_REGEX NAMED_BIND NETINET SASLv2 SOCKETMAP STARTTLS USERDB
          (canonical domain name) $j = john.doe.org
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB=5.3 SASLv2 SOCKETMAP STARTTLS USERDB
       FFR Defines: _FFR_TLS_ALTNAMES
          (canonical domain name) $j = john.doe.org
Not when: the class needs no option, such as text or sequence.
See: howto, prerequisites; sendmail/README, "DATABASE DEFINITIONS".
"""

import re
from collections.abc import Iterator

from auditor.facts.live import Binary
from auditor.facts.maps import Maps
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.unknown import Unknown

#: What each class of map must be built with; regular expressions are left to ENV004.
_NEEDS = {
    "btree": "NEWDB",
    "cdb": "CDB",
    "dbm": "NDBM",
    "dns": "DNSMAP",
    "hash": "NEWDB",
    "hesiod": "HESIOD",
    "ldap": "LDAPMAP",
    "ldapx": "LDAPMAP",
    "nis": "NIS",
    "nisplus": "NISPLUS",
    "ph": "PH_MAP",
    "socket": "SOCKETMAP",
    "userdb": "USERDB",
}
_ALIAS_CLASS = lazy(r"(?:^|,)\s*([a-z]+):", re.IGNORECASE)


@check("ENV003", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="P")
def map_class_not_built_in(binary: Binary, maps: Maps | Unknown, options: Options) -> Verdicts:
    """Compare the classes in use with what the program was built with."""
    if isinstance(maps, Unknown):
        yield maps
        return
    for name, type_, span in _in_use(maps, options):
        flag = _NEEDS.get(type_.lower())
        if flag is not None and flag not in binary.flags:
            yield Finding(
                span,
                f"the map {name} is of the class {type_}, and sendmail {binary.version} was built without {flag}",
                "sendmail refuses the line; what the map decides, such as who may relay, fails or is not asked.",
                Fix("change it to a class that the program has and make the database anew, or install another build"),
                evidence=(f"Compiled with: {' '.join(sorted(binary.flags))}",),
            )
    if maps.doubt is not None:
        yield Unknown(maps.doubt)


def _in_use(maps: Maps, options: Options) -> Iterator[tuple[str, str, Span]]:
    for each in maps:
        yield each.name, each.type, each.span
    for setting in options.all("AliasFile"):
        for match in _ALIAS_CLASS.finditer(setting.value):
            yield "aliases", match[1], setting.span
