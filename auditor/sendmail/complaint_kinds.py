"""The kinds of complaints that GNU m4 and sendmail's cf tree make, each with the rule that tells of it.

Sources: GNU m4 1.4.19; every ``errprint`` of the cf tree of sendmail 8.17.1.9.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.model.finding import Severity
from auditor.model.pattern import lazy

#: A name as the cf tree says it, with m4's quotes or without.
_WORD = r"`?(?P<name>[\w.+-]*)'?"


class Kind(NamedTuple):
    """One kind of complaint.

    Attributes:
        rule: the id of the rule that tells of it.
        grade: ``error``, ``warning`` or ``note``.
        pattern: what its text begins with; ``name`` is the macro or file it is about.
        clause: what is wrong, in words, with the pattern's names in braces.
        severity: where it is not the one that the rule's other findings have.
        absent: whether it says that something is not there, which a file that was not read could hold.

    """

    rule: str
    grade: str
    pattern: re.Pattern[str]
    clause: str
    severity: Severity | None = None
    absent: bool = False


#: Every kind of complaint that m4 and the cf tree are known to make; of two that fit the first one counts.
KINDS: tuple[Kind, ...] = (
    # GNU m4's own.
    Kind(
        "MCF001",
        "warning",
        lazy("Warning: end of file treated as newline"),
        "the file ends in a dnl that has no line feed behind it",
    ),
    Kind("MCF002", "error", lazy("ERROR: end of file in string"), "a quote is never closed"),
    Kind("MCF037", "error", lazy("ERROR: end of file in comment"), "a comment is never closed", Severity.HIGH),
    Kind("MCF003", "error", lazy("ERROR: end of file in argument list"), "a parenthesis is never closed"),
    Kind("MCF029", "error", lazy(r"cannot undivert `(?P<name>[^\n]*)':"), "{name} cannot be opened", Severity.MEDIUM),
    Kind(
        "MCF020",
        "warning",
        lazy(r"Warning: excess arguments to builtin `(?P<macro>\w+)' ignored"),
        "{macro} gets more arguments than it takes, and drops the rest",
    ),
    Kind("MCF042", "error", lazy("recursion limit of "), "calls within calls go too deep"),
    # The cf tree's; what stands in the way of the .mc as a whole.
    Kind("MCF013", "error", lazy(r"\*\*\* ERROR: No system type defined"), "there is no OSTYPE", absent=True),
    Kind("MCF013", "error", lazy(r"duplicate OSTYPE\((?P<name>[^)\n]*)"), "a second OSTYPE(`{name}')"),
    Kind(
        "MCF014",
        "error",
        lazy(r"\*\*\* ERROR: You have not specified a valid operating system"),
        "OSTYPE(`unknown') only stands in for the name of a system",
    ),
    Kind(
        "MCF014",
        "error",
        lazy(r"\*\*\* ERROR: You are trying to use the Berkeley sample"),
        "this DOMAIN is an example that works in Berkeley only",
    ),
    # Order.
    Kind(
        "MCF016",
        "error",
        lazy(r"\*\*\* ERROR: FEATURE\(\) should be before MAILER\(\)"),
        "a FEATURE stands below MAILER",
    ),
    Kind(
        "MCF016",
        "error",
        lazy(rf"\*\*\* FEATURE\({_WORD}\) must occur before MAILER\((?P<mailer>\w+)\)"),
        "FEATURE(`{name}') stands below MAILER(`{mailer}')",
        Severity.HIGH,
    ),
    Kind(
        "MCF016",
        "error",
        lazy(rf"\*\*\* MAILER\(`?(?P<mailer>\w+)'?\) must appear after FEATURE\({_WORD}\)"),
        "FEATURE(`{name}') stands below MAILER(`{mailer}')",
        Severity.HIGH,
    ),
    Kind(
        "MCF017",
        "error",
        lazy(r"\*\*\* (?P<name>SSH_MAILER_\w+) must be defined before MAILER\(`?(?P<mailer>\w+)"),
        "{name} is not set above MAILER(`{mailer}')",
        absent=True,
    ),
    Kind(
        "MCF036",
        "warning",
        lazy(r"\*\*\* WARNING: MAILER\(\) should be before (?P<name>\w+)"),
        "{name} stands above every MAILER",
        absent=True,
    ),
    # Conditions.
    Kind(
        "MCF018",
        "error",
        lazy(rf"(?:\*\*\* ERROR: )?(?:FEATURE|HACK)\({_WORD}\) requires FEATURE\(`?(?P<need>\w+)"),
        "{name} needs FEATURE(`{need}') above it",
        absent=True,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(rf"\*\*\* ERROR: FEATURE\({_WORD}, `?(?P<argument>[^']*)'?\) requires FEATURE\(`?(?P<need>\w+)"),
        "FEATURE(`{name}', `{argument}') needs FEATURE(`{need}') above it",
        absent=True,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(r"\*\*\* ERROR: (?P<name>\w+) requires (?:FEATURE\(`?)?(?P<need>\w+)"),
        "{name} needs {need} above it",
        absent=True,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(rf"\*\*\* ERROR: missing argument for FEATURE\({_WORD}\)"),
        "FEATURE(`{name}') has no argument",
    ),
    Kind(
        "MCF018",
        "error",
        lazy(r'(?:Feature|Hack) "(?P<name>\w+)" requires (?P<number>two )?argument'),
        "{name} lacks an argument",
    ),
    Kind(
        "MCF018",
        "error",
        lazy(
            rf"\*\*\* ERROR: (?:illegal argument|unknown parameter) (?P<argument>.*?) for FEATURE\({_WORD}\)", re.DOTALL
        ),
        "FEATURE(`{name}') does not know the argument {argument}",
    ),
    Kind(
        "MCF018",
        "error",
        lazy(rf"\*\*\* ERROR: FEATURE\({_WORD}\): unknown argument (?P<argument>[^\n]*)"),
        "FEATURE(`{name}') does not know the argument {argument}",
    ),
    Kind(
        "MCF018",
        "warning",
        lazy(r"\*\*\* WARNING: FEATURE\(`(?P<name>greet_pause)'\) before FEATURE\(`access_db'\)"),
        "greet_pause stands above access_db, so it will not look in the access map",
        Severity.MEDIUM,
    ),
    Kind(
        "MCF018",
        "warning",
        lazy(rf"\*\*\* WARNING: FEATURE\({_WORD}\) does not work well with FEATURE\(`(?P<need>\w+)"),
        "FEATURE(`{name}') does not go with FEATURE(`{need}')",
        Severity.MEDIUM,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(rf"\*\*\* (?P<need>LUSER_RELAY) should be defined before FEATURE\({_WORD}\)"),
        "{name} needs {need} above it",
        absent=True,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(r"\*\*\* MAILER\(`(?P<need>smtp)'\) must appear before MAILER\(`(?P<name>uucp)'\)"),
        "MAILER(`{name}') stands above MAILER(`{need}'), so it lacks the mailers uucp-dom and uucp-uudom",
        Severity.MEDIUM,
    ),
    Kind(
        "MCF018",
        "error",
        lazy(r"\*\*\* ERROR: define either Hater or Friend"),
        "FEATURE(`delay_checks') is told both friend and hater",
    ),
    Kind(
        "MCF018",
        "warning",
        lazy(r"WARNING: Using default FEATURE\((?P<name>ldap_routing)\) map"),
        "FEATURE(`ldap_routing') has default maps, and confLDAP_DEFAULT_SPEC names no server",
        Severity.MEDIUM,
        absent=True,
    ),
    Kind(
        "MCF019",
        "error",
        lazy(r"\*\*\* ERROR: MAILER\((?P<name>[^)\n]*)\) already included"),
        "MAILER(`{name}') is called twice",
        Severity.LOW,
    ),
    # Old names.
    Kind(
        "MCF024",
        "error",
        lazy(r"\*\*\* (?:compound )?(?P<name>conf\w+) is obsolete"),
        "{name} is obsolete",
    ),
    Kind(
        "MCF024", "warning", lazy(r"WARNING: (?P<name>conf\w+) is (?:no longer valid|deprecated)"), "{name} is obsolete"
    ),
    Kind(
        "MCF024",
        "error",
        lazy(rf"\*\*\* ERROR: FEATURE\({_WORD}\) has been replaced by (?P<new>\w+)"),
        "{name} is obsolete: use {new}",
    ),
    Kind(
        "MCF024",
        "note",
        lazy(r"NOTE: OSTYPE\((?P<name>[^)\n]*)\) is deprecated\.  Use OSTYPE\((?P<new>\w+)\)"),
        "OSTYPE(`{name}') is obsolete: use OSTYPE(`{new}')",
        Severity.INFO,
    ),
    Kind(
        "MCF030",
        "warning",
        lazy(r"WARNING: FEATURE\((?P<name>blacklist_recipients)\) is deprecated"),
        "blacklist_recipients is called blocklist_recipients from sendmail 8.16.1 on",
    ),
    Kind(
        "MCF027",
        "warning",
        lazy(
            r"\*\*\* WARNING: missing -T<TMPF> in argument of "
            r"FEATURE\(`(?P<name>access_db)',? *(?P<argument>[^\n]*?)\)?(?:\n|$)"
        ),
        "the access map is set up as {argument}, without -T<TMPF>",
    ),
    # What rules of other families tell.
    Kind("RLY001", "warning", lazy(r"\*\*\* WARNING: FEATURE\(`(?P<name>promiscuous_relay)'\)"), "everybody may relay"),
    Kind(
        "RLY002", "warning", lazy(r"\*\*\* WARNING: FEATURE\(`(?P<name>relay_local_from)'\)"), "local senders may relay"
    ),
    Kind(
        "RLY003", "warning", lazy(r"\*\*\* WARNING: FEATURE\(`(?P<name>relay_mail_from)'\)"), "listed senders may relay"
    ),
    Kind(
        "CFF016",
        "warning",
        lazy("WARNING: Antispam rules not available in deferred delivery mode"),
        "the delivery mode is deferred",
    ),
    Kind("MCF040", "error", lazy("You need a newer version of M4"), "the cf tree wants another m4"),
)
