"""Differences between the listeners of two configurations, by their names."""

from collections.abc import Iterable, Iterator

from auditor.facts.drift.difference import Difference, added, matched, missing
from auditor.model.text import Source, Span
from auditor.model.value import frozen
from auditor.sendmail.listeners import Listener, listener

#: What the items of a line are called where they are written in full.
_KEYS = {
    "address": "Addr",
    "backlog": "Listen",
    "delay_la": "delayLA",
    "delivery_mode": "DeliveryMode",
    "family": "Family",
    "input_filters": "InputMailFilters",
    "modifiers": "M",
    "port": "Port",
    "queue_la": "queueLA",
    "receive_size": "ReceiveSize",
    "refuse_la": "refuseLA",
    "send_size": "SendSize",
}
_NOWHERE = Source("", b"")


@frozen
class _Each:
    """A listener, and its place where it has one."""

    listener: Listener
    place: Span | None

    def compared(self) -> dict[str, str]:
        """What of it counts: letters in any order, ports by their number."""
        each = self.listener
        port = str(each.port) if each.port is not None else each.port_text or ""
        return {**self.written(), "modifiers": "".join(sorted(set(each.modifiers))), "port": port}

    def written(self) -> dict[str, str]:
        """Its items as written."""
        each = self.listener
        items = {
            "address": each.address,
            "family": each.family if each.family != "inet" else None,
            "input_filters": each.input_filters,
            "modifiers": each.modifiers,
            "port": each.port_text,
            **each.others,
        }
        return {key: text for key, text in items.items() if text}

    def words(self, keys: Iterable[str]) -> str:
        """The items of these keys, those it does not have among them."""
        items = self.written()
        return ", ".join(f"{_KEYS[key]}={items[key]}" if key in items else f"no {_KEYS[key]}" for key in keys)

    def port(self) -> str:
        """Where it listens."""
        text = self.listener.port_text or self.listener.port
        return f" on port {text}" if text else ""


def listeners(theirs: Iterable[tuple[str, Span]], ours: Iterable[tuple[str, Span | None]]) -> Iterator[Difference]:
    """What differs, in words.

    Args:
        theirs: the values of the .cf's ``DaemonPortOptions``, each with its place.
        ours: those that the .mc leads to, each with its place there.

    """
    for name, found, meant in matched(_by_name(theirs), _by_name(ours)):
        if found is None and meant is not None:
            yield missing(f"the listener {name}{meant.port()}", meant.place)
        elif found is not None and meant is None:
            yield added(f"the listener {name}{found.port()}", found.place)
        elif found is not None and meant is not None:
            yield from _differing(name, found, meant)


def _differing(name: str, found: _Each, meant: _Each) -> Iterator[Difference]:
    has, gives = found.compared(), meant.compared()
    keys = [key for key in dict.fromkeys((*has, *gives)) if has.get(key) != gives.get(key)]
    if keys:
        what = f"the listener {name} has {found.words(keys)}, the .mc gives {meant.words(keys)}"
        yield Difference(what, found.place, meant.place)


def _by_name(values: Iterable[tuple[str, Span | None]]) -> dict[str, _Each]:
    found: dict[str, _Each] = {}
    for number, (value, place) in enumerate(values):
        each = listener(value, place if place is not None else _NOWHERE.span(), number)
        # Sendmail takes two listeners of one name.
        same = sum(other.listener.name == each.name for other in found.values())
        found[f"{each.name} ({same + 1})" if same else each.name] = _Each(each, place)
    return found
