r"""DANE is on, and answers come from a name server elsewhere.

DANE takes the resolver's word that an answer was verified with DNSSEC. Over the net that word can
be forged, so a verifying resolver must run on this host and be the one resolv.conf names (RFC 7672,
section 2.1; Sendmail Installation and Operation Guide, 5.6, DANE).

In the log or at the client:
    STARTTLS=client, relay=mx.example.com., verify=FAIL
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confDANE', `True')dnl
    --- /etc/resolv.conf
    nameserver 192.0.2.53
Good:
    --- +/etc/mail/sendmail.mc
    define(`confDANE', `True')dnl
    --- /etc/resolv.conf
    nameserver 127.0.0.1
    options trust-ad edns0
Not when: every name server is on the loopback interface, or none is named, which means 127.0.0.1.
See: RFC 7672; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.network import Resolver
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown

_OFF = ("false", "no", "0", "n", "f")


@check("TLS016", severity=Severity.MEDIUM)
def dane_without_resolver_of_its_own(options: Options, resolver: Resolver | Unknown) -> Verdicts:
    """Hold DANE against resolv.conf."""
    setting = options.get("DANE")
    if setting is None or setting.value.strip().lower() in _OFF:
        yield NotApplicable("DANE is not on")
        return
    if isinstance(resolver, Unknown):
        yield resolver
        return
    for server in resolver.nameservers:
        if not server.text.startswith("127.") and server.text != "::1":
            yield Finding(
                server,
                f"DANE is on, and the name server {server.text} is on another host",
                "Whoever can forge its answers chooses which certificate is right, or that there is none.",
                Fix("run a verifying resolver on this host, and name 127.0.0.1 in resolv.conf"),
                ((setting.span, "DANE is switched on here"),),
            )
