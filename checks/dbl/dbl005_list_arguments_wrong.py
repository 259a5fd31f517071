r"""The arguments of a block list do not mean what they say.

The zone is a bare domain: sendmail adds the dot itself, and a URL is no domain. A comma in the
message parts m4's arguments a second time inside the feature, unless the message stands in two
pairs of quotes: the rule that refuses listed clients is then lost, or throws their mail away
without a word (cf/README, FEATURE(`dnsbl'); tried with m4). Both features ask about the client's
address, so that a list of domains has nothing to say to them.

In the log or at the client:
    *** ERROR: missing argument for FEATURE(`dnsbl')
Bad:
    FEATURE(`dnsbl')dnl
Bad:
    FEATURE(`dnsbl', `bl.example.net.')dnl
Bad:
    FEATURE(`dnsbl', `http://bl.example.net/')dnl
Bad:
    FEATURE(`dnsbl', `bl.example.net', `"550 5.7.1 Refused, see example.net"')dnl
Bad:
    FEATURE(`dnsbl', `bl.example.net', "550 5.7.1 Refused, see example.net")dnl
Bad:
    FEATURE(`dnsbl', `dbl.spamhaus.org')dnl
Good:
    FEATURE(`dnsbl', `bl.example.net', `"550 5.7.1 Refused: see example.net"')dnl
Good:
    FEATURE(`dnsbl', `bl.example.net', ``"550 5.7.1 Refused, see example.net"'')dnl
Good:
    FEATURE(`dnsbl', `bl.example.net', `discard')dnl
Not when: the comma stands inside parentheses or a second pair of quotes, which keep it together.
See: cf/README.
"""

import re

from auditor.facts.blocklists import FEATURES, Blocklist, Blocklists
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.sendmail.blocklists import DOMAIN_LIST, DOMAIN_LIST_ANSWER, is_domain
from auditor.sendmail.mc import MacroCall

_MESSAGE = 2
_KEPT = lazy(r"`[^`']*'|\([^()]*\)")
_MESSAGES = ("quarantine", "discard")


@check("DBL005", severity=Severity.HIGH)
def list_arguments_wrong(lists: Blocklists) -> Verdicts:
    """Judge the zone and the message of each list."""
    for each in lists:
        if not is_domain(each.zone):
            what = f"{each.zone} is no bare domain" if each.zone else f"FEATURE(`{_feature(each)}') names no list"
            yield Finding(
                each.span,
                what,
                "Every look-up fails: the list keeps nobody out, or with the third argument puts everybody off.",
                Fix(f"FEATURE(`{_feature(each)}', `{_bare(each.zone)}')dnl"),
            )
        elif each.name == DOMAIN_LIST:
            yield _domains(each)
        call = each.use.call if each.use is not None else None
        if call is not None and call.unknown(_MESSAGE) is None:
            yield from _message(each, call)
    if lists.doubt is not None:
        yield lists.doubt


def _domains(each: Blocklist) -> Finding:
    everybody = each.takes((DOMAIN_LIST_ANSWER,))
    return Finding(
        each.span,
        f"{each.zone} lists domains, and is asked about addresses",
        f"It answers each such question with {DOMAIN_LIST_ANSWER}: "
        + ("every client is refused." if everybody else "it keeps nobody out, and each client waits for it."),
        Fix("ask a list of addresses, such as zen.spamhaus.org with its answers; a milter can ask lists of domains"),
        severity=Severity.CRITICAL if everybody else Severity.LOW,
    )


def _message(each: Blocklist, call: MacroCall) -> Verdicts:
    text = call.value(_MESSAGE)
    fix = Fix("put the message in two pairs of quotes: ``\"550 5.7.1 Refused, see example.net\"''")
    if text.count('"') % 2:
        message = f"a comma cuts the message of {each.zone} in two: {text.strip()}"
        yield Finding(
            each.argument(_MESSAGE),
            message,
            "The rule in the .cf is broken: its second half is taken for the third argument.",
            fix,
        )
    elif "," in _KEPT.sub("", text):
        message = f"the comma in the message of {each.zone} parts m4's arguments inside the feature"
        dropped = "The rule that refuses listed clients is lost, or their mail is thrown away without a word."
        yield Finding(each.argument(_MESSAGE), message, dropped, fix)


def _feature(each: Blocklist) -> str:
    return "enhdnsbl" if each.enhanced else next(iter(FEATURES))


def _bare(zone: str) -> str:
    return re.sub(r"^\w+://", "", zone).strip("./") or "zen.spamhaus.org"
