r"""The resolver does not answer.

sendmail asks the DNS for every recipient's domain, every client's name and every sender's domain. A
server that is down, unreachable, or fails on the host's own zone delays or refuses all of that
(resolv.conf(5); Sendmail Installation and Operation Guide, 5.6, ResolverOptions).

In the log or at the client:
    451 4.1.8 Domain of sender address alice@example.net does not resolve
    stat=Deferred: Name server: mx.example.net.: host name lookup failure
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB SASLv2 STARTTLS USERDB
          (canonical domain name) $j = mute.doe.org
Good:
    --- ? john.doe.org A
    192.0.2.25
Not when: it answers that a name does not exist, which is an answer.
See: howto step 4.
"""

from auditor.facts.given import Host
from auditor.facts.live import Binary
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable, Unknown


@check("DNS011", severity=Severity.HIGH)
def resolver_gives_no_answer(host: Host, binary: Binary) -> Verdicts:
    """Ask for the host's own name, and for the root where that fails."""
    if host.closed is not None:
        yield host.closed
        return
    if binary.name is None or "." not in binary.name:
        yield NotApplicable("the host has no full name to look up")
        return
    answer = host.answers(binary.name, "A")
    if not isinstance(answer, Unknown):
        return
    root = host.answers(".", "NS")
    if isinstance(root, Unknown):
        message = f"the resolver answers neither for {binary.name} nor for the root of the DNS"
        consequence = "No domain can be looked up: mail to others waits in the queue, and mail from others is put off."
    else:
        message = f"the resolver answers, but not for {binary.name}"
        consequence = "The servers of your own domain fail, so that others cannot look up this host or its mail domain."
    fix = command(
        f"dig {quoted(binary.name)} A",
        "see what fails; a resolver of its own, such as unbound, spares a mail host much",
        ready=False,
    )
    yield Finding("/etc/resolv.conf", message, consequence, fix, evidence=(answer.reason,))
