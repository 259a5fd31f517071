"""By what a ``.cf`` shows the features it was made with, where no ``.mc`` tells.

Found by comparing what m4 writes with and without each feature, from the cf tree of 8.17.1.9. Only features that leave
a sure sign are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from auditor.model.pattern import lazy
from auditor.model.text import Span

#: Logical lines, each as its text and its span.
Lines: TypeAlias = Sequence[tuple[str, Span]]
#: The uses of a feature that a .cf shows: the arguments as far as they can be told, and the place, if there is one.
Signature: TypeAlias = Callable[[Lines], Iterator[tuple[tuple[str, ...], Span | None]]]


def _line(pattern: str, *, all_of_them: bool = False) -> Signature:
    compiled = lazy(pattern)

    def signature(lines: Lines) -> Iterator[tuple[tuple[str, ...], Span | None]]:
        for text, span in lines:
            found = compiled.match(text)
            if found is not None:
                yield tuple(group or "" for group in found.groups()), span
                if not all_of_them:
                    return

    return signature


def _missing(pattern: str, among: str = r"Scheck_?rcpt\b|Srelay_ok|SRelay_ok") -> Signature:
    # An absence counts only in a file that has the rules it would be among.
    compiled, context = lazy(pattern), lazy(among)

    def signature(lines: Lines) -> Iterator[tuple[tuple[str, ...], Span | None]]:
        if any(context.match(text) for text, _ in lines) and not any(compiled.match(text) for text, _ in lines):
            yield (), None

    return signature


def _first_rule(ruleset: str, pattern: str) -> Signature:
    opening, compiled = lazy(ruleset), lazy(pattern)

    def signature(lines: Lines) -> Iterator[tuple[tuple[str, ...], Span | None]]:
        inside = False
        for text, span in lines:
            if inside and text.startswith("R"):
                if compiled.match(text):
                    yield (), span
                return
            inside = (inside and not text.startswith("S")) or opening.match(text) is not None

    return signature


_LIST = r"R\$-\.\$-\.\$-\.\$-[ \t]+\$: <\?> \$\(MAP \$4\.\$3\.\$2\.\$1\.(\S+?)\.? \$: OK \$\)"

#: The features that a .cf shows, and how.
SIGNATURES: Mapping[str, Signature] = {
    "access_db": _line(r"Kaccess[ \t]+(\S.*\S)"),
    "accept_unresolvable_domains": _missing(r"Kresolve[ \t]+host\b"),
    "accept_unqualified_senders": _missing(r"R<@> < \$\* @ localhost >"),
    "authinfo": _line(r"Kauthinfo[ \t]+(\S.*\S)"),
    "bestmx_is_local": _line(r"Kbestmx[ \t]+bestmx"),
    "bitdomain": _line(r"Kbitdomain[ \t]+(\S.*\S)"),
    "badmx": _line(r"Kbadmx[ \t]+regex"),
    "conncontrol": _line(r"SConnControl\b"),
    "compat_check": _line(r"Scheck_compat\b"),
    "delay_checks": _line(r"Scheck(?:mail|relay)\b"),
    "dnsbl": _line(_LIST.replace("MAP", "dnsbl"), all_of_them=True),
    "domaintable": _line(r"Kdomaintable[ \t]+(\S.*\S)"),
    "enhdnsbl": _line(_LIST.replace("MAP", "ednsbl"), all_of_them=True),
    "genericstable": _line(r"Kgenerics[ \t]+(\S.*\S)"),
    "greet_pause": _line(r"Sgreet_pause\b"),
    "ldap_routing": _line(r"Kldapmh[ \t]+(\S.*\S)"),
    "local_procmail": _line(r"Mlocal,[ \t]*P=(\S*procmail),"),
    "loose_relay_check": _first_rule(r"S[Rr]cpt_ok\b", r"R\$\*[ \t]+\$: \$>CanonAddr \$1"),
    "mailertable": _line(r"Kmailertable[ \t]+(\S.*\S)"),
    "msp": _line(r"O UseMSP=True"),
    "mtamark": _line(r"Kmtamark[ \t]"),
    "promiscuous_relay": _missing(r"R.*\$#error .*Relaying denied|R.*\$>\"?Relay_ok"),
    "queuegroup": _line(r"Squeuegroup\b"),
    "ratecontrol": _line(r"SRateControl\b"),
    "redirect": _line(r"CPREDIRECT\b"),
    "relay_based_on_MX": _line(r"Kmxserved[ \t]+bestmx"),
    "relay_entire_domain": _line(r"R\$\+ < @ \$\* \$=m >[ \t]+\$@ RELAY"),
    "relay_local_from": _line(r"R.*\$@ RELAY[ \t]+FROM local"),
    "relay_mail_from": _line(r"R.*RELAY FROM sender ok"),
    "smrsh": _line(r"Mprog,[ \t]*P=(\S*smrsh),"),
    "use_ct_file": _line(r"Ft(\S+)"),
    "use_cw_file": _line(r"Fw(\S.*\S)"),
    "uucpdomain": _line(r"Kuudomain[ \t]+(\S.*\S)"),
    "virtusertable": _line(r"Kvirtuser[ \t]+(\S.*\S)"),
}
