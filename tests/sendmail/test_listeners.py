"""What sendmail makes of DaemonPortOptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.sendmail.listeners import Listener, listener


def made(value: str, number: int = 0) -> Listener:
    """The listener a value makes, its place the whole of a file with that text."""
    return listener(value, Source("x.cf", value.encode("latin-1")).span(), number)


def test_a_usual_line_is_understood() -> None:
    """Name, port, address, family, modifiers and filters are those written."""
    found = made("Name=MTA-v6, Family=inet6, Addr=::1, Port=submission, M=Ea, InputMailFilters=a;b, children=3")
    assert (found.name, found.family, found.address, found.port, found.modifiers) == (
        "MTA-v6",
        "inet6",
        "::1",
        587,
        "Ea",
    )
    assert (found.input_filters, found.others, found.problems) == ("a;b", {"children": "3"}, ())
    assert found.is_loopback


def test_what_is_not_written_has_sendmails_defaults() -> None:
    """An empty line listens on port 25 of every IPv4 address under a numbered name."""
    found = made("", 2)
    assert (found.name, found.port, found.port_text, found.address, found.family) == ("Daemon2", 25, None, None, "inet")


@pytest.mark.parametrize(
    ("port", "number"), [("smtp", 25), ("smtps", 465), ("2525", 2525), ("SMTP", None), ("x", None)]
)
def test_services_are_ports(port: str, number: int | None) -> None:
    """Services are known by their exact names; what is unknown is a problem and no number."""
    found = made(f"Port={port}")
    assert (found.port, found.port_text) == (number, port)
    assert bool(found.problems) == (number is None)


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        ("Port=25, M=E,a", "a", 'no "="'),
        ("M=O, M=E", "M=O", "replaces"),
        ("Xyz=1", "Xyz=1", "knows no parameter"),
        ("Prot=25", "Prot=25", "first letter"),
        ("Port=587 Name=X", "Port=587 Name=X", "ignores"),
        ("Family=x25", "Family=x25", "address family"),
        ("Addr=::1", "Addr=::1", "no IPv4 address"),
        ("M=Ez", "M=Ez", "no modifier z"),
    ],
)
def test_what_is_misread_is_a_problem(value: str, place: str, words: str) -> None:
    """Each mistake sendmail makes no or little noise about is told at its place."""
    assert [(span.text, words in text) for span, text in made(value).problems] == [(place, True)]


def test_the_last_modifiers_count() -> None:
    """A second M= replaces the first, and blanks inside one do not matter."""
    assert made("M=O, M=E").modifiers == "E"
    assert made("Modifier=a E").modifiers == "aE"


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_any_value_makes_a_listener(value: str) -> None:
    """Whatever is written makes a listener, with problems placed inside the value."""
    found = made(value)
    assert found.port is None or 0 < found.port < 65536
    assert all(0 <= span.start <= span.end <= len(value) for span, _ in found.problems)
