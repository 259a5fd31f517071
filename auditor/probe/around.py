"""Everything the DNS says around a mail host and a domain, asked for as much at once as may be."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe import dane, mta_sts
from auditor.probe.dane import TLSARecords
from auditor.probe.mta_sts import STS
from auditor.probe.names import Exchangers, HostNames, host_names, mx_hosts
from auditor.probe.resolver import Resolver
from auditor.probe.sts_records import Reporting

if TYPE_CHECKING:
    import ssl


@frozen
class HostAround:
    """What the DNS says of a host: its names and addresses, and the TLSA records of its port."""

    names: HostNames
    tlsa: TLSARecords | Unknown


@frozen
class DomainAround:
    """What the DNS says of a domain's mail: its exchangers, MTA-STS, and where reports on TLS go."""

    exchangers: Exchangers | Unknown
    sts: STS
    reporting: Reporting | Unknown | None


def around_host(resolver: Resolver, host: str, port: int = 25, peers: Sequence[str] = ()) -> HostAround:
    """Ask about a host.

    Args:
        resolver: who is asked.
        host: its name, or an address, which has no TLSA records.
        port: the port of its TLSA records.
        peers: further addresses whose names are of interest, such as the one that was connected to.

    """
    # The records come first, since the addresses are asked for along with them and are known from then on.
    tlsa = dane.lookup(resolver, host, port)
    return HostAround(host_names(resolver, host, peers), tlsa)


def around_domain(
    resolver: Resolver, domain: str, *, context: ssl.SSLContext | None = None, port: int = 443, seconds: float = 10.0
) -> DomainAround:
    """Ask about a domain; the arguments are those of `mta_sts.around`."""
    with ThreadPoolExecutor(2, "around") as pool:
        sts = pool.submit(mta_sts.around, resolver, domain, port=port, context=context, seconds=seconds)
        reporting = pool.submit(mta_sts.reporting, resolver, domain)
        return DomainAround(mx_hosts(resolver, domain), sts.result(), reporting.result())
