"""Names: the host's own, how it looks up others, and the domains whose mail it keeps."""

from auditor.facts.features import Features
from auditor.facts.network import HostName, Hosts
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown

USUAL_FILE = "/etc/mail/sendmail.mc"


def keeps_no_mail(configuration: Configuration, features: Features | Unknown) -> NotApplicable | None:
    """Why a configuration has no use for local names, or None where it delivers mail."""
    if configuration.is_submission:
        return NotApplicable("submit.cf hands all mail to the daemon")
    if isinstance(features, Features) and features.seen("nullclient"):
        return NotApplicable("a null client delivers nothing itself")
    return None


def own_names(host: HostName, hosts: Hosts | Unknown) -> set[str]:
    """The names that sendmail puts into class w of itself, as far as files tell: $j and its fellows in /etc/hosts."""
    found = {host.name.lower(), host.name.partition(".")[0].lower(), "localhost"}
    if isinstance(hosts, Hosts):
        found |= {name.text.lower() for line in hosts.of_name(host.name) for name in line.names}
    return found
