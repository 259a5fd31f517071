"""Listeners as this project reads them against the daemons the real sendmail sets up from the same lines."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model.text import Source
from auditor.sendmail.listeners import listener
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

FLAGS = {
    "AUTHREQ": "a", "BINDIF": "b", "CANONREQ": "c", "IFNHELO": "h", "FQMAIL": "f", "FQRCPT": "r", "SMTPS": "s",
    "UNQUALOK": "u", "NOAUTH": "A", "NOCANON": "C", "NOETRN": "E", "NOTLS": "S", "OPTIONAL": "O",
}  # fmt: skip
#: More lines in one file are refused.
DAEMONS = 60
KEYS = ["Port", "port", "Name", "N", "Family", "M", "Modifier", "m", "Addr", "InputMailFilters", "Listen", "children"]
ODD_KEYS = ["Foo", "Xyz", "Q", "C", "q", "D", "T", "1", ""]
VALUES = {
    "p": ["25", "smtp", "587", "submission", "smtps", "nosuch", "25 x", "smtp ", "", "465;Name=y"],
    "n": ["MTA", "MSA", "a b", "", "x=y"],
    "f": ["inet", "inet6", "INET", "2", "x.25", "inet "],
    "m": ["E", "a", "Ea", "E a", "s", "bcfhrusACEOS", "Z", ""],
    "a": ["127.0.0.1", "0.0.0.0"],
}


def written(dice: random.Random) -> str:
    """A made-up ``DaemonPortOptions`` value, seldom quite right."""
    pieces = []
    for _ in range(dice.randrange(5)):
        key = dice.choice(KEYS if dice.random() < 0.9 else ODD_KEYS)
        value = dice.choice(VALUES.get(key[:1].lower(), ["3", "x"]))
        pieces.append(dice.choice([f"{key}={value}"] * 8 + [f"{key} = {value}", value, f" {key}={value}"]))
    return dice.choice([", ", ",", " ,"]).join(pieces)


@pytest.mark.parametrize("seed", range(4))
def test_listeners_are_sendmails(seed: int, program: Callable[[str], str], trusted: Path) -> None:
    """Made-up lines give listeners of the names and modifiers that sendmail gives them."""
    program("sendmail")
    dice = random.Random(seed)
    values = [written(dice).strip(" ") for _ in range(DAEMONS)]
    copy = trusted / "daemons.cf"
    copy.write_text("V10\n" + "".join(f"O DaemonPortOptions={value}\n" for value in values))
    copy.chmod(0o644)
    command: list[str | Path] = ["/usr/sbin/sendmail", "-C", copy, "-d37.8", "-bt"]
    if os.geteuid() == 0:
        command = ["unshare", "-n", "-u", "sh", "-c", 'hostname mx.example.org; exec "$0" "$@"', *command]
    trace = run(*command)
    source = Source("daemons.cf", b"")
    ours = [listener(value, source.span(), number) for number, value in enumerate(values)]
    theirs = re.findall(r"^Daemon (.*) flags: (?:<(.*)>)?$", trace, re.MULTILINE)
    assert len(theirs) == len(values)
    for value, mine, (name, flags) in zip(values, ours, theirs, strict=True):
        assert mine.name == name, value
        known = set(mine.modifiers) & set(FLAGS.values())
        assert known == {FLAGS[flag] for flag in flags.split(",") if flag}, value
    unknown_keys = [value for value in values for piece in value.split(",") if _refused_key(piece)]
    assert len(re.findall(r'PortOptions parameter "', trace)) == len(unknown_keys)
    services = [each for each in ours if any("no service" in text for _, text in each.problems)]
    assert len(re.findall(r'service "[^\n]*" unknown', trace)) == len(services)
    families = [each for each in ours for _, text in each.problems if "address family" in text]
    assert len(re.findall(r"Unknown address family", trace)) == len(families)


def _refused_key(piece: str) -> bool:
    source = Source("x", b"")
    return any("knows no parameter" in text for _, text in listener(piece, source.span()).problems)
