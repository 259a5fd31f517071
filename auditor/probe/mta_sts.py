"""MTA-STS, by which a domain tells others to insist on TLS (RFC 8461), and reports of their failures (RFC 8460).

Nothing that a domain publishes is an error of ours: what is wrong with it comes back as clauses for a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from auditor.model.pattern import lazy
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.https import Page, fetch
from auditor.probe.resolver import Answer, Resolver
from auditor.probe.sts_policy import Policy, read_policy
from auditor.probe.sts_records import Reporting, STSRecord, read_record, read_reporting
from auditor.probe.words import excerpt
from auditor.readers.host_names import any_matches, normal

if TYPE_CHECKING:
    import ssl

POLICY_PATH = "/.well-known/mta-sts.txt"
_HOST = lazy(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


@frozen
class STS:
    """What senders learn of a domain's policy.

    Attributes:
        domain: the domain.
        record: its record, None where it has none, or why that is not known.
        page: what the policy's server answered, or why that is not known; None where nobody asks, for want of a record.
        policy: the policy, None where it was not got.

    """

    domain: str
    record: STSRecord | Unknown | None
    page: Page | Unknown | None = None
    policy: Policy | None = None


@frozen
class Covered:
    """One exchanger against a policy.

    Attributes:
        host: the exchanger.
        is_named: whether the policy names it.
        fits: whether its certificate has its name, or why that is not known.

    """

    host: str
    is_named: bool
    fits: bool | Unknown


def around(
    resolver: Resolver, domain: str, *, port: int = 443, context: ssl.SSLContext | None = None, seconds: float = 10.0
) -> STS:
    """Ask for a domain's record, and for its policy where there is one.

    Args:
        resolver: who is asked.
        domain: the domain whose mail it is about.
        port: the port of the policy's server, 443 for all the world.
        context: decides what certificate of that server is trusted; None stands for what the system trusts.
        seconds: how long fetching may take.

    """
    answer = resolver.ask(f"_mta-sts.{domain}", "TXT")
    if isinstance(answer, Unknown):
        return STS(domain, answer)
    record = read_record(answer.records)
    if record is None or record.id is None:
        return STS(domain, record)
    page = _fetched(resolver, f"mta-sts.{normal(domain)}", port, context, seconds)
    whole = isinstance(page, Page) and page.fault is None
    return STS(domain, record, page, read_policy(page.text) if whole and isinstance(page, Page) else None)


def reporting(resolver: Resolver, domain: str) -> Reporting | Unknown | None:
    """Ask where a domain wants reports of failures; None where it wants none."""
    answer = resolver.ask(f"_smtp._tls.{domain}", "TXT")
    return answer if isinstance(answer, Unknown) else read_reporting(answer.records)


def covered(policy: Policy, certificates: Mapping[str, tuple[str, ...] | Unknown]) -> tuple[Covered, ...]:
    """Hold exchangers against a policy.

    Args:
        policy: the policy.
        certificates: for each exchanger the DNS names among its certificate's alternative names; senders look at no
            others (section 4.2).

    """
    return tuple(
        Covered(host, policy.names(host), names if isinstance(names, Unknown) else any_matches(names, host))
        for host, names in certificates.items()
    )


def _fetched(
    resolver: Resolver, host: str, port: int, context: ssl.SSLContext | None, seconds: float
) -> Page | Unknown:
    if not _HOST.fullmatch(host):
        return Unknown(f"{excerpt(host)} is no host name")
    answers = resolver.ask_all([(host, "A"), (host, "AAAA")])
    addresses = [record for answer in answers if isinstance(answer, Answer) for record in answer.records]
    failed = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    if not addresses:
        return failed or Page(None, "", "", f"{host}, where the policy belongs, has no address")
    return fetch(host, POLICY_PATH, addresses, port=port, context=context, seconds=seconds)
