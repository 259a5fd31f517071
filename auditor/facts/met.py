"""The listeners of a configuration as a probe met them."""

from ipaddress import ip_address

from auditor.facts.listeners import Listener, Listeners
from auditor.facts.wire import Conversation, Endpoints, Observed
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration, Endpoint
from auditor.model.unknown import NotApplicable, Unknown
from auditor.model.value import frozen

_EVERY = ("0.0.0.0", "::")  # noqa: S104  # What stands in a configuration for every address.
_PREFIX = "IPv6:"


@frozen
class Meeting:
    """One endpoint and the listeners behind it.

    Attributes:
        endpoint: the endpoint.
        observed: what the probe met there.
        listeners: the listeners of its port that may have answered, at least one.
        certain: those among them that are sure to be at its address.

    """

    endpoint: Endpoint
    observed: Observed
    listeners: tuple[Listener, ...]
    certain: tuple[Listener, ...]

    @property
    def talk(self) -> Conversation | None:
        """The first conversation; None where there was none."""
        found = self.observed.conversation
        return found if isinstance(found, Conversation) else None

    @property
    def names(self) -> str:
        """The listeners by name, for a sentence."""
        return " or ".join(dict.fromkeys(each.name for each in self.listeners))

    def lacks(self, letters: str) -> bool:
        """Whether none of the listeners has one of these modifiers."""
        return not any(letter in each.modifiers for each in self.listeners for letter in letters)


@fact(Configuration)
@frozen
class Met:
    """The endpoints that were probed beside an install and have a listener in the daemon's configuration, at least one.

    An endpoint belongs to a listener of its port, unless its address shows that it is another one's.
    """

    meetings: tuple[Meeting, ...]


@provider
def met(listeners: Listeners, endpoints: Endpoints | Unknown | NotApplicable) -> Met | NotApplicable:
    """Match by port, and by address where both are known."""
    if not isinstance(endpoints, Endpoints):
        return NotApplicable("nothing was probed; --probe HOST:PORT asks what the wire says of it")
    found = []
    for endpoint, observed in endpoints.observed.items():
        host = observed.settings.host
        on_port = [(each, _answers(each, host)) for each in listeners.on(observed.settings.port)]
        possible = tuple(each for each, answers in on_port if answers is not False)
        if possible:
            certain = tuple(each for each, answers in on_port if answers)
            found.append(Meeting(endpoint, observed, possible, certain))
    return (
        Met(tuple(found)) if found else NotApplicable("no listener of this configuration is on a port that was probed")
    )


def _answers(listener: Listener, host: str) -> bool | None:
    """Whether a listener is at a host's address; None where that cannot be told without asking for names."""
    version, at = _version(host), (listener.address or "").removeprefix(_PREFIX)
    if version and version != (6 if listener.family == "inet6" else 4):
        return False
    if not at or at in _EVERY:
        # A name has an IPv4 address as a rule, and any other listener is told by an address.
        return True if version or listener.family == "inet" else None
    if version and _version(at):
        return ip_address(at) == ip_address(host)
    if host == "localhost" and _version(at):
        # Whether the name has ::1 as well differs from host to host.
        return (at == "127.0.0.1" or None) if ip_address(at).is_loopback else False
    return None


def _version(host: str) -> int:
    """4 or 6 for an address, 0 for a name."""
    try:
        return ip_address(host.partition("%")[0]).version
    except ValueError:
        return 0
