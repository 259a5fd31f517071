"""The ports a configuration makes the daemon listen on."""

from collections.abc import Iterator

from auditor.facts.options import Options
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.sendmail.listeners import Listener, listener

__all__ = ["Listener", "Listeners"]


@fact(Configuration)
@frozen
class Listeners:
    """The listeners in the order sendmail opens them, at least one."""

    listeners: tuple[Listener, ...]

    def __iter__(self) -> Iterator[Listener]:
        return iter(self.listeners)

    def __len__(self) -> int:
        return len(self.listeners)

    def on(self, port: int) -> tuple[Listener, ...]:
        """The listeners on one port."""
        return tuple(each for each in self.listeners if each.port == port)

    @property
    def only_loopback(self) -> bool:
        """Whether no other host can connect to any of them."""
        return bool(self.listeners) and all(each.is_loopback for each in self.listeners)


@provider
def listeners(configuration: Configuration, options: Options) -> Listeners | Unknown | NotApplicable:
    """One listener for each ``DaemonPortOptions`` line; without any sendmail opens one that has no line of its own."""
    if configuration.is_submission:
        return NotApplicable("no daemon reads submit.cf")
    settings = options.all("DaemonPortOptions")
    found = tuple(listener(each.value, each.span, number) for number, each in enumerate(settings))
    return Listeners(found or (listener("", options.document.source.span(0, 0)),))
