"""Which listener of a configuration an endpoint is."""

from __future__ import annotations

import pytest

from auditor.facts.listeners import Listeners
from auditor.facts.met import Met, met
from auditor.facts.wire import Endpoints
from auditor.model.subjects import Endpoint
from auditor.model.text import Source
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.listeners import Listener, listener
from tests.endpoints import observed


def opened(text: str) -> Listener:
    """The listener of one DaemonPortOptions value."""
    source = Source("/etc/mail/sendmail.cf", text.encode())
    return listener(text, source.span(0, len(text)))


def names(value: str, *lines: str) -> tuple[list[str], list[str]]:
    """The listeners that may have answered on an endpoint, and those that are sure to."""
    endpoint = Endpoint(value)
    found = met(Listeners(tuple(map(opened, lines))), Endpoints({endpoint: observed(value)}))
    if isinstance(found, NotApplicable):
        return [], []
    (meeting,) = found.meetings
    return [each.name for each in meeting.listeners], [each.name for each in meeting.certain]


@pytest.mark.parametrize(
    ("endpoint", "line", "possible", "certain"),
    [
        ("localhost:25", "Name=a", True, True),
        ("mail.doe.org:587", "Name=a,Port=submission", True, True),
        ("localhost:25", "Name=a,Port=submission", False, False),
        ("localhost:25", "Name=a,Addr=127.0.0.1", True, True),
        ("localhost:25", "Name=a,Family=inet6,Addr=IPv6:::1", True, False),
        ("localhost:25", "Name=a,Addr=192.0.2.10", False, False),
        ("127.0.0.1:25", "Name=a,Addr=127.0.0.1", True, True),
        ("192.0.2.10:25", "Name=a,Addr=127.0.0.1", False, False),
        ("mail.doe.org:25", "Name=a,Addr=192.0.2.10", True, False),
        ("[2001:db8::10]:25", "Name=a,Family=inet6,Addr=IPv6:2001:db8:0:0:0:0:0:10", True, True),
        ("[2001:db8::10]:25", "Name=a,Family=inet6", True, True),
        ("[2001:db8::10]:25", "Name=a", False, False),
        ("127.0.0.1:25", "Name=a,Family=inet6", False, False),
        ("mail.doe.org:25", "Name=a,Family=inet6", True, False),
        ("localhost:25", "Name=a,Port=nonsense", False, False),
        ("localhost:25", "Name=a,Family=local,Addr=/run/mta", False, False),
    ],
)
def test_one_listener(endpoint: str, line: str, *, possible: bool, certain: bool) -> None:
    """A listener belongs to an endpoint of its port unless the address is another's; a name leaves its address open."""
    assert names(endpoint, line) == (["a"] if possible else [], ["a"] if certain else [])


def test_several_listeners_of_one_port() -> None:
    """All listeners that may have answered are kept, since a name does not tell which one did."""
    lines = ("Name=four", "Name=six,Family=inet6", "Name=other,Port=587")
    assert names("mail.doe.org:25", *lines) == (["four", "six"], ["four"])


@pytest.mark.parametrize("nothing", [Unknown("nothing tells"), NotApplicable("nothing was asked for")])
def test_without_a_probe(nothing: Unknown | NotApplicable) -> None:
    """Without endpoints there is nothing to compare, which is no gap in the audit."""
    assert isinstance(met(Listeners((opened("Name=a"),)), nothing), NotApplicable)


def test_endpoints_of_other_ports_alone() -> None:
    """Endpoints that no listener is behind are not judged by the configuration."""
    found = met(Listeners((opened("Name=a"),)), Endpoints({Endpoint("localhost:465"): observed("localhost:465")}))
    assert not isinstance(found, Met)
