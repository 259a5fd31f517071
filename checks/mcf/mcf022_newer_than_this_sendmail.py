r"""A setting or a feature is newer than the sendmail it is for.

Older m4 files do not know the macro, and read nothing of it; an older sendmail refuses the option
where the m4 files are newer than the program (sendmail's RELEASE_NOTES tell what came when).

In the log or at the client:
    nothing, or: readcf: unknown option name ServerSSLOptions
Bad:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv3')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.14.4
     Compiled with: DNSMAP LOG NAMED_BIND NETINET NETINET6 NEWDB SASLv2 STARTTLS USERDB
      (canonical domain name) $j = john.doe.org
Good:
    define(`confTO_IDENT', `0')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LDAPMAP LOG MAP_REGEX MILTER NAMED_BIND NETINET NETINET6 NEWDB PIPELINING SASLv2 SOCKETMAP
    \t\tSTARTTLS TLS_EC USERDB XDEBUG
       FFR Defines: _FFR_TLS_ALTNAMES
      (canonical domain name) $j = john.doe.org
Not when: the version is not known, or a distribution has carried the setting back.
See: cf/README, "TWEAKING CONFIGURATION OPTIONS"; RELEASE_NOTES.
"""

from auditor.facts.live import Binary
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import CONF_SINCE, FEATURES
from auditor.sendmail.mc import McView
from checks.mcf import sure, unread

_NUMBERS = 3


@check("MCF022", severity=Severity.MEDIUM)
def newer_than_this_sendmail(view: McView, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    """Compare what came when with the installed program, or with the version the .cf was made for."""
    release = () if isinstance(version, Unknown) else version.release
    if not isinstance(binary, Unknown):
        release = binary.release
    if not release:
        yield Unknown("the version of sendmail is not known")
        return
    release = release[:_NUMBERS]
    for define in view.defines:
        since = CONF_SINCE.get(define.name)
        if since is not None and define.origin == "define" and define.name_span is not None and release < since:
            yield _finding(define.name_span, since, release)
    for call in sure(view, "FEATURE"):
        facts = FEATURES.get(call.value(0))
        if facts is not None and facts.since is not None and release < facts.since and call.args:
            yield _finding(call.args[0].inner, facts.since, release)
    yield from unread(view)


def _finding(place: Span, since: tuple[int, ...], release: tuple[int, ...]) -> Finding:
    needed, there = (".".join(map(str, numbers)) for numbers in (since, release))
    return Finding(
        place,
        f"{place.text} came with sendmail {needed}; this is {there}",
        "Older m4 files leave it out without a word, and an older sendmail refuses the option if they do not.",
        Fix(f"upgrade to sendmail {needed} or later, or remove the line"),
    )
