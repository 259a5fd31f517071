"""``mailaudit probe`` as it is typed: its exit codes, its reports, and where a password shows, which is nowhere."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.lab.daemon import NAME, Daemon, Recipe, daemon
from tests.lab.probing import EHLO, HOSTS, RELAY_TO, STRANGER, WORD

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

COMMAND = Path(sys.executable).parent / "mailaudit"
#: What the laboratory's name has to be in a report.
TRUSTED = f"verifies for {NAME}"
HEALTHY = Recipe(hosts=HOSTS, saslauthd="shadow", privacy="novrfy,noexpn,noverb,noetrn,authwarnings")
#: A password that no report holds by chance; sent by PLAIN, LOGIN, or as it is.
WORDS = [
    each.encode()
    for word in (WORD, "w-r-o-n-g")
    for each in (
        word,
        base64.b64encode(word.encode()).decode(),
        base64.b64encode(f"\0alice\0{word}".encode()).decode().rstrip("=")[:-1],
    )
]


@dataclass(frozen=True)
class Done:
    """How the command ended: its exit code, both outputs, and the transcript and the JSON report that it wrote."""

    code: int
    out: str
    err: str
    transcript: str
    report: str

    @property
    def everything(self) -> bytes:
        """All that anybody gets to see."""
        return f"{self.out}{self.err}{self.transcript}{self.report}".encode()

    @property
    def rules(self) -> set[str]:
        """The rules that found something."""
        return {each["id"] for each in json.loads(self.report)["findings"]}


Ask = Callable[..., Done]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Runs the command against ports of a daemon, as a stranger who trusts its authority."""

    def run(mail: Daemon | None, *words: object, password: str | None = None) -> Done:
        transcript, report = tmp_path / "transcript", tmp_path / "report"
        trust = () if mail is None else ("--ca", mail.authorities)
        usual = ("--offline", "--source", STRANGER, "--name", NAME, "--ehlo", EHLO, "--relay-to", RELAY_TO)
        command = [COMMAND, "probe", *usual, *trust, "--transcript", transcript, "--output", f"json={report}", *words]
        secret = {} if password is None else {"MAILAUDIT_PASSWORD": password}
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "200", **secret},
            timeout=60,
            check=False,
        )
        files = [path.read_text() if path.exists() else "" for path in (transcript, report)]
        assert b"Traceback" not in done.stderr
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), *files)

    return run


@pytest.fixture(scope="module")
def healthy(trusted: Path, programs: None) -> Iterator[Daemon]:
    """A daemon that nobody has to find fault with."""
    with daemon(trusted, HEALTHY) as found:
        yield found


def at(port: int) -> str:
    """The target on the command line."""
    return f"127.0.0.1:{port}"


def test_a_healthy_server_is_0_and_logs_in(healthy: Daemon, ask: Ask) -> None:
    """Exit 0, the table says what was configured, both mechanisms log in, and the password shows nowhere."""
    done = ask(healthy, at(healthy.plain), "--auth-user", "alice", "--auth-all", password=WORD)
    assert done.code == 0, done.out
    table = dict(line.strip().split("  ", 1) for line in done.out.splitlines() if "  " in line.strip())
    assert TRUSTED in table["trust"]
    assert table["AUTH in clear"].strip() == "none"
    assert table["AUTH within TLS"].strip() == "PLAIN LOGIN"
    assert {"login PLAIN", "login LOGIN"} <= {key for key, value in table.items() if "235 2.0.0" in value}
    assert table["relay"].strip().startswith("closed")
    assert len(healthy.spoken("AUTH=server")) >= 2
    assert_kept(done)
    assert "AUTH PLAIN ***" in done.transcript


def test_a_wrong_password_is_1_and_shows_nowhere(healthy: Daemon, ask: Ask, tmp_path: Path) -> None:
    """Exit 1 with the rule that explains the refusal, on the submission port, with the password from a file."""
    file = tmp_path / "password"
    file.write_text("w-r-o-n-g\n")
    file.chmod(0o600)
    done = ask(healthy, at(healthy.submission), "--auth-user", "alice", "--password-file", file)
    assert (done.code, "PRB035" in done.rules) == (1, True)
    assert "535 5.7.0 authentication failed" in done.out
    assert_kept(done)


def assert_kept(done: Done) -> None:
    """No form of a password is in anything that the command wrote."""
    assert done.transcript
    assert [each for each in WORDS if each in done.everything] == []


#: Servers that let log in where the password must not go; they log every command that reaches them.
OPEN = Recipe(hosts=HOSTS, saslauthd="shadow", auth_options="A", log_level=16)
NO_TLS = {
    "no STARTTLS": replace(OPEN, key_mode=0o640),
    "a certificate for another name": OPEN,
    "the client is refused": replace(OPEN, access=(f"Connect:{STRANGER}\tREJECT",)),
}


@pytest.mark.parametrize(
    ("case", "format_"), [*zip(NO_TLS, ("text", "json", "concise"), strict=True), ("no STARTTLS", "json")]
)
def test_without_tls_nothing_is_sent(format_: str, case: str, trusted: Path, programs: None, ask: Ask) -> None:
    """Where TLS is not to be had, or not with whom it should be, no login is begun, though AUTH is offered in clear."""
    other = ("--name", "mx.example.net") if "name" in case else ()
    with daemon(trusted, NO_TLS[case]) as mail:
        words = ("--auth-user", "alice", "--auth-all", "--format", format_, *other)
        done = ask(mail, at(mail.plain), *words, password=WORD)
        assert mail.spoken("<-- EHLO", 0)
        # The trial of the mechanism is an empty login, which has neither name nor password.
        assert {line.partition("<-- ")[2] for line in mail.spoken("<-- AUTH", 0)} <= {"AUTH PLAIN ="}
        assert not mail.spoken("AUTH=server", 0)
        heard = "".join(mail.said).encode()
    assert [each for each in WORDS if each in heard] == []
    assert_kept(done)
    assert done.code == (4 if "refused" in case else 1)
    assert ("no password was sent" in done.report) is ("refused" not in case)


def test_without_tls_the_password_goes_where_insecure_auth_lets_it(trusted: Path, programs: None, ask: Ask) -> None:
    """With --insecure-auth the login is made in clear, and the password is hidden all the same."""
    with daemon(trusted, NO_TLS["no STARTTLS"]) as mail:
        done = ask(mail, at(mail.plain), "--auth-user", "alice", "--insecure-auth", password=WORD)
        assert mail.spoken("AUTH=server")
        assert len(mail.spoken("<-- AUTH", 0)) > 1
    assert "login PLAIN" in done.out
    assert_kept(done)


def test_exit_codes_of_what_is_met(trusted: Path, programs: None, healthy: Daemon, ask: Ask) -> None:
    """1 for a finding, 4 where there is no verdict; among several targets a finding weighs more."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
        silent = ask(healthy, at(closed))
        both = ask(healthy, at(closed), at(healthy.plain))
        with daemon(trusted, Recipe(hosts=HOSTS, key_mode=0o640)) as mail:
            mixed = ask(mail, at(closed), at(mail.plain), at(mail.submission))
    assert (silent.code, both.code, mixed.code) == (4, 4, 1)
    assert silent.err.count("\n") == 1
    assert "refused" in silent.err
    assert TRUSTED in both.out
    assert "PRB020" in mixed.rules
    names = [target["name"] for target in json.loads(mixed.report)["targets"]]
    assert len(names) == 3


@pytest.mark.parametrize(
    "words",
    [
        ("127.0.0.1:x",),
        ("127.0.0.1:0",),
        (),
        ("127.0.0.1:25", "--tls", "start"),
        ("127.0.0.1:25", "--depth", "deep"),
        ("127.0.0.1:25", "--ca", "/nowhere.pem"),
        ("127.0.0.1:25", "--source", "nobody"),
        ("127.0.0.1:25", "--auth-user", "alice", "--password-file", "/nowhere"),
        ("127.0.0.1:25", "--auth-user", "alice"),
        ("127.0.0.1:25", "--insecure-auth"),
    ],
)
def test_what_cannot_be_meant_is_2(words: tuple[str, ...], ask: Ask) -> None:
    """A target, a word or a password that cannot be used is said in one line, before anything is asked."""
    done = ask(None, *words)
    assert (done.code, done.out, done.transcript) == (2, "", "")
    assert len(done.err.strip().splitlines()) == 1


def test_relay_addresses_that_cannot_be_meant(healthy: Daemon, ask: Ask) -> None:
    """A recipient in the server's own domain proves nothing, which is said of that target; no address is exit 2."""
    done = ask(healthy, at(healthy.plain), "--relay-to", f"somebody@{NAME}")
    assert f"somebody@{NAME} is in a domain of the server's own" in " ".join(done.out.split())
    assert ask(healthy, at(healthy.plain), "--relay-to", "no address").code == 2
