"""What is said of keys and values of the access map against what sendmail's own rulesets make of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model.text import Source
from auditor.readers.maps import read_access
from auditor.sendmail.access import action_of, value_of, why_dead
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

_CLIENT = "Translate,check_relay {} $| {}"
#: A key, the look-up that it is meant for, and whether it is found.
_KEYS = (
    ("Connect:192.0.2", _CLIENT.format("a.example", "192.0.2.7"), True),
    ("Connect:192.0.3.0/24", _CLIENT.format("a.example", "192.0.3.7"), False),
    ("Connect:192.0.4.", _CLIENT.format("a.example", "192.0.4.7"), False),
    ("Connect:192.0.5.*", _CLIENT.format("a.example", "192.0.5.7"), False),
    ("Connect:192.0.6.1-9", _CLIENT.format("a.example", "192.0.6.7"), False),
    ("Connect:192.0.07", _CLIENT.format("a.example", "192.0.7.7"), False),
    ("Connect:", _CLIENT.format("a.example", "192.0.8.7"), False),
    ("Connect:b.example", _CLIENT.format("x.b.example", "198.51.100.1"), True),
    ("Connect:*.c.example", _CLIENT.format("x.c.example", "198.51.100.1"), False),
    ("Connect:.d.example", _CLIENT.format("x.d.example", "198.51.100.1"), False),
    ("Connect:e.example.", _CLIENT.format("e.example", "198.51.100.1"), False),
    ("Connect:IPv6", _CLIENT.format("a.example", "IPv6:2001:db8:1:0:0:0:0:1"), True),
    ("Connect:[192.0.9]", _CLIENT.format("[192.0.9.7]", "192.0.9.7"), True),
    ("CONNECT:F.example", _CLIENT.format("f.example", "198.51.100.1"), True),
    ("203.0.113", _CLIENT.format("a.example", "203.0.113.7"), True),
    ("From:g.example", "check_mail <u@sub.g.example>", True),
    ("From:@h.example", "check_mail <u@h.example>", False),
    ("From:*@i.example", "check_mail <u@i.example>", False),
    ("From:u+*@j.example", "check_mail <u+v@j.example>", True),
    ("From:k@", "check_mail <k@l.example>", True),
    ("Connect:m@n.example", "check_mail <m@n.example>", False),
    ("To:o@", "check_rcpt <o@mx.example.org>", True),
    ("To:p.example", "check_rcpt <u@p.example>", True),
    ("To:@q.example", "check_rcpt <u@q.example>", False),
)
_VALUES = (
    "reject",
    "REJECT",
    "REJECT\r",
    "RELAY  ",
    "Ok",
    "discard",
    "DENY",
    "REJCT",
    "QUARANTINE:by hand",
    "QUARANTINE",
    "REJECT # why",
    '"REJECT"',
    'ERROR:5.7.1:"550 no"',
    "ERROR:550 no",
    "550 no",
    '"550 5.7.1 no"',
    '"ERROR:550 no"',
    "SKIP",
    "DISCARD it",
)


@pytest.fixture(scope="module")
def address_test(program: Callable[[str], str], cf_tree: Path, trusted: Path) -> Callable[[str, list[str]], list[str]]:
    """Gives what each line typed in address test mode returns, with an access map of the given text."""
    if os.geteuid() != 0:
        pytest.skip("a private host name is root's to have")
    mc, cf, text = trusted / "acs.mc", trusted / "acs.cf", trusted / "access"
    mc.write_text(
        f"include(`{cf_tree}/m4/cf.m4')dnl\nOSTYPE(`linux')dnl\ndefine(`confDOMAIN_NAME', `mx.example.org')dnl\n"
        f"define(`QUEUE_DIR', `{trusted}')dnl\nFEATURE(`access_db', `hash -T<TMPF> {text}')dnl\n"
        "FEATURE(`blocklist_recipients')dnl\nFEATURE(`accept_unresolvable_domains')dnl\n"
        "MAILER(`local')dnl\nMAILER(`smtp')dnl\nLOCAL_RULESETS\nSTranslate\nR$* $$| $*\t$: $1 $| $2\n"
    )
    cf.write_text(run(program("m4"), mc, errors=False), "latin-1")
    sendmail, makemap = program("sendmail"), program("makemap")

    def ask(entries: str, typed: list[str]) -> list[str]:
        text.write_text(entries, "latin-1")
        subprocess.run([makemap, "hash", str(text)], input=entries.encode("latin-1"), check=True, timeout=30)
        script = f'hostname mx.example.org; exec "{sendmail}" -C "{cf}" -bt'
        lines = [".D{client_addr}203.0.113.99", ".D{client_name}z.example", ".D{client_resolve}OK", *typed]
        done = subprocess.run(
            ["unshare", "-u", "-n", "sh", "-c", script],
            input="\n".join(lines) + "\n",
            capture_output=True,
            encoding="latin-1",
            timeout=60,
            check=False,
        )
        if "unshare" in done.stderr:
            pytest.skip("no private host name can be had here")
        names = tuple(dict.fromkeys(line.split(" ")[0].rpartition(",")[2] for line in typed))
        return [line.partition("returns: ")[2].strip() for line in done.stdout.splitlines() if line.startswith(names)]

    return ask


@pytest.mark.parametrize(("key", "typed", "found"), _KEYS)
def test_keys(address_test: Callable[[str, list[str]], list[str]], key: str, typed: str, found: bool) -> None:  # noqa: FBT001  # A case of the table.
    """A key that is said to match nothing matches nothing where it was meant to, and every other one does."""
    entry = read_access(Source("/access", f"{key}\tERROR:5.7.1:550 found it\n".encode())).access[0]
    result = address_test(f"{key}\tERROR:5.7.1:550 found it\n", [typed])[-1]
    assert ("found it" in result) == (why_dead(entry, dots=False) is None) == found


@pytest.mark.parametrize("value", _VALUES)
def test_values(address_test: Callable[[str, list[str]], list[str]], value: str) -> None:
    """A value that is no action reaches the client as it stands, and every other one acts."""
    text = f"From:v.example\t{value}\n"
    entry = read_access(Source("/access", text.encode())).access[0]
    result = address_test(text, ["check_mail <u@v.example>"])[-1].replace(" ", "")
    as_it_stands = result == f"$#error$:{value_of(entry)}".replace(" ", "")
    is_reply = action_of(entry) == "ERROR" and not value.upper().startswith("ERROR:")
    assert as_it_stands == (is_reply or action_of(entry) in ("TEXT", "SKIP"))
