r"""The MX records of the domain are wrong.

An MX record names a host that has addresses: no address, no alias, nothing that does not resolve
(RFC 5321, 5.1; RFC 2181, 10.3). Senders differ in what they make of the rest; sendmail follows an
alias, and others return the mail.

In the log or at the client:
    stat=Host unknown (Name server: mx.doe.org.: host not found)
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", mx_alias="host7.hosting.example")
Bad:
    --- @ mail.doe.org:25 endpoint(domain="doe.org", mx_problems=("mail.doe.org is named by two MX records",))
Good:
    --- @ mail.doe.org:25 endpoint(domain="doe.org")
Not when: the target was named itself, and no domain.
See: RFC 5321, 5.1; RFC 2181, 10.3.
"""

from auditor.facts.wire_parts import DomainAround
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("PRB064", severity=Severity.MEDIUM)
def exchangers_wrong(domain: DomainAround) -> Verdicts:
    """Judge the records, then each host."""
    exchangers = domain.exchangers
    if isinstance(exchangers, Unknown):
        yield exchangers
        return
    for problem in exchangers.problems:
        yield Finding(
            None,
            f"{exchangers.domain}: {problem}",
            "Some senders pass such a record over, others return the mail.",
            Fix(f"let each MX record of {exchangers.domain} name one host with addresses, each host once"),
        )
    for host in exchangers.hosts:
        if host.alias is not None:
            yield Finding(
                None,
                f"the MX record of {exchangers.domain} names {host.name}, an alias of {host.alias}",
                "Some senders refuse an alias there, and the certificate is looked for under either name.",
                Fix(f"name {host.alias} in the MX record, or give {host.name} addresses of its own"),
                severity=Severity.LOW,
            )
        if isinstance(host.addresses, Unknown):
            yield host.addresses
        elif not host.addresses:
            yield Finding(
                None,
                f"the MX record of {exchangers.domain} names {host.name}, which has no address",
                "Senders try it in vain; where no other is left, mail is returned.",
                Fix(f"give {host.name} an A or AAAA record, or take the MX record out"),
            )
