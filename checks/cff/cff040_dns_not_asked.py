r"""The service switch keeps sendmail from DNS, or ResolverOptions has a word it refuses.

Where ServiceSwitchFile, /etc/mail/service.switch by default, exists and its hosts line lacks dns,
sendmail asks for no MX record: mail goes to the address a file gives, or comes back. Without the
file DNS is asked. The system's own nsswitch.conf is another matter (Sendmail Installation and
Operation Guide, 5.6, ServiceSwitchFile and ResolverOptions).

In the log or at the client:
    Host unknown (Name server: example.net: host not found)
    readcf: I option value WorkAroundBrokenAAA unrecognized
Bad:
    --- /etc/mail/service.switch
    # service sources
    hosts\tfiles
    aliases\tfiles
Bad:
    define(`confBIND_OPTS', `+WorkAroundBrokenAAA')dnl
Good:
    --- /etc/mail/service.switch
    hosts files dns
    aliases files
Good:
    define(`confBIND_OPTS', `+WorkAroundBrokenAAAA -dnsrch')dnl
Not when: all mail goes to a smart host in brackets, whose address a file gives; submit.cf, which
    talks to this host only.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re
from collections.abc import Iterator

from auditor.facts.features import Defines
from auditor.facts.given import Tree
from auditor.facts.listeners import Listeners
from auditor.facts.macros import CfMacros
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.text import Source
from auditor.model.unknown import Missing, NotApplicable, Unknown

_USUAL = "/etc/mail/service.switch"
#: What ResolverOptions may hold, of every system's resolver.
_WORDS = frozenset(
    """
    debug aaonly usevc primary igntc recurse defnames stayopen dnsrch true haswildcardmx workaroundbrokenaaaa
    use_inet6 inet6 rotate nocheckname keeptsig use_edns0 edns0 use_dnssec dnssec
    """.split()
)


@check("CFF040", severity=Severity.HIGH, confidence=Confidence.HIGH)
def dns_not_asked(
    options: Options,
    tree: Tree,
    macros: CfMacros | Unknown,
    defines: Defines | Unknown,
    listeners: Listeners,  # noqa: ARG001  # A daemon's configuration only.
) -> Verdicts:
    """Read the service switch that the option names, and the words of ResolverOptions."""
    yield from _words(options)
    if re.match(r"(?:\w+:)?\[", _smart_host(macros, defines)):
        yield NotApplicable("all mail goes to a smart host whose MX is not asked for")
        return
    setting = options.get("ServiceSwitchFile")
    path = setting.value if setting is not None else _USUAL
    source = tree.read(path)
    if isinstance(source, Source):
        yield from _judge(source)
    elif not isinstance(source, Missing):
        yield source


def _smart_host(macros: CfMacros | Unknown, defines: Defines | Unknown) -> str:
    if isinstance(macros, CfMacros):
        macro = macros.get("S")
        return macro.value if macro is not None else ""
    return (defines.value("SMART_HOST") or "") if isinstance(defines, Defines) else ""


def _judge(source: Source) -> Iterator[Finding]:
    for line in re.finditer(r"^hosts[ \t]+([^#\n]*?)[ \t]*(?:#.*)?$", source.text, re.MULTILINE):
        if line[1] and "dns" not in line[1].split():
            span = source.span(line.start(1), line.end(1))
            yield Finding(
                span,
                f"hosts is looked up in {line[1]} only",
                "No MX record is asked for: mail to other domains goes to the wrong host, or comes back.",
                replace(span, f"{line[1]} dns", "add dns"),
            )
        if line[1]:
            return


def _words(options: Options) -> Iterator[Finding]:
    setting = options.get("ResolverOptions")
    for word in re.findall(r"[^\s,]+", setting.value) if setting is not None else ():
        if word.lstrip("+-").lower() not in _WORDS and setting is not None:
            span = setting.span.find(word)
            yield Finding(
                span,
                f"ResolverOptions has {word}, which sendmail does not know",
                "sendmail refuses it and does not start: no mail goes in or out.",
                Fix("write a name that the guide lists, such as +WorkAroundBrokenAAAA"),
                severity=Severity.CRITICAL,
                confidence=Confidence.MEDIUM,
            )
