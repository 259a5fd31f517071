r"""The name service switch leaves out files or DNS.

The hosts line of nsswitch.conf says where the C library looks for host names. Without dns no
address of another host is found, without files nothing of /etc/hosts counts, neither localhost nor
the host's own name (nsswitch.conf(5); cf/README, "WHO AM I?").

In the log or at the client:
    stat=Deferred: Name server: mx.example.net.: host name lookup failure
Bad:
    --- /etc/nsswitch.conf
    hosts: files
Bad:
    --- /etc/nsswitch.conf
    hosts: dns
Good:
    --- /etc/nsswitch.conf
    hosts: files resolve [!UNAVAIL=return] dns
Good:
    --- /etc/nsswitch.conf
    passwd: files
Not when: the file says nothing of hosts, or systemd's resolve stands for dns.
See: howto step 4; nsswitch.conf(5).
"""

from auditor.facts.network import Nsswitch
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

_DNS = {"dns", "resolve"}
#: systemd's source knows localhost and the host's own name, though not what else /etc/hosts has.
_INSTEAD = {"myhostname", "resolve"}


@check("DNS026", severity=Severity.HIGH)
def name_service_switch_lacks_a_source(nsswitch: Nsswitch) -> Verdicts:
    """Judge the hosts line."""
    line = nsswitch.get("hosts")
    if line is None:
        return
    sources = set(nsswitch.hosts)
    shown = " ".join(nsswitch.hosts)
    if not _DNS & sources:
        yield Finding(
            line.name,
            f"host names are looked up in {shown or 'nothing'}, not in the DNS",
            "The addresses of other hosts are not found: mail to them waits in the queue and then bounces.",
            Fix("have both asked: hosts: files dns"),
        )
    if "files" not in sources:
        yield Finding(
            line.name,
            f"host names are looked up in {shown or 'nothing'}, not in /etc/hosts",
            "localhost and the host's own name depend on the DNS, and mail handed in here may stay in its queue.",
            Fix("have both asked: hosts: files dns"),
            severity=Severity.MEDIUM if _INSTEAD & sources else None,
        )
