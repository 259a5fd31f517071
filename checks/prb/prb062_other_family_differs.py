r"""The host answers otherwise over IPv6 than over IPv4.

A name with addresses of both families is one server to all others, and which of the addresses they take is
for them to say: mostly IPv6, where they have it (RFC 6724). In sendmail each family has a listener of its
own, with its own modifiers (Sendmail Installation and Operation Guide, 5.1.8, DaemonPortOptions), and what
was added to the one is easily forgotten at the other. Who tests over the good one finds nothing wrong.

In the log or at the client:
    Connection refused, or no STARTTLS, for some clients and not for others
Bad:
    --- @ mail.doe.org:25 endpoint(other={"ehlo": "ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=26214400 DSN DELIVERBY HELP"})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"certificate": 'certificate(days=5, names=["mail.doe.org"], cn="mail.doe.org")'})
Bad:
    --- @ mail.doe.org:587 endpoint(other={"within": "PIPELINING AUTH=PLAIN=LOGIN=CRAM-MD5"})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"versions": "TLSv1.2"})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"failed": "no cipher in common", "kind": "no shared cipher", "alert": 40})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"refusal": "454 4.3.3 TLS not available"})
Bad:
    --- @ mail.doe.org:465 endpoint(other={"plain": "220 mail.doe.org ESMTP"})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"refused": "[2001:db8::25]:25 cannot be reached: connection refused"})
Bad:
    --- @ mail.doe.org:25 endpoint(other={"greeting": "220 mail6.doe.org ESMTP Sendmail; Sun, 22 Nov 2026 12:00:00 GMT"})
Good:
    --- @ mail.doe.org:25 endpoint(other={"greeting": "220 mail.doe.org ESMTP Sendmail; Sun, 22 Nov 2026 12:00:09 GMT"})
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the host has addresses of one family only; or this machine has no route to the other ones. Another
name in the greeting alone, as of a pool of servers, is told for information.
See: RFC 6724; RFC 3974; Sendmail Installation and Operation Guide, 5.1.8, DaemonPortOptions.
"""  # noqa: E501  # An endpoint is described on one line.

from auditor.facts.families import BothFamilies
from auditor.facts.wire import Observed
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity


@check("PRB062", severity=Severity.MEDIUM)
def other_family_differs(both: BothFamilies, observed: Observed) -> Verdicts:
    """Judge what differs."""
    (near, far), host, port = both.families, observed.settings.host, observed.settings.port
    listener = f"DAEMON_OPTIONS(`Family={'inet6' if far == 'IPv6' else 'inet'}, Port={port}, ...')dnl"
    if both.refused:
        yield Finding(
            None,
            f"{host} answers over {near} ({both.first}) and refuses connections over {far} ({both.other})",
            f"Others try the address again and again; those that have {far} alone never get through.",
            Fix(f"in sendmail: {listener}, or take the address {both.other} out of the DNS"),
            evidence=(f"* {both.refused}",),
            severity=Severity.INFO if both.is_loopback else None,
        )
    elif both.differences:
        serious = any(each.serious for each in both.differences)
        told = "; ".join(each.text for each in both.differences)
        yield Finding(
            None,
            f"{host} answers otherwise over {far} ({both.other}) than over {near} ({both.first}): {told}",
            "What a client meets depends on the address it takes, and a test over the other one does not show it."
            if serious
            else "Where the two addresses are those of one machine, one of its listeners has another name.",
            Fix(f"in sendmail: the same modifiers (M=), certificate and name for both listeners, {listener}"),
            severity=None if serious else Severity.INFO,
        )
    if both.undecided is not None:
        yield both.undecided
