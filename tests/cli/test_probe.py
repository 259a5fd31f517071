"""``mailaudit probe`` as its user meets it: exit codes, what is said where something is wrong, what never is."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.cli import app, probing
from auditor.cli.reporting import Reporting, profile
from auditor.cli.wire_options import Wanted
from auditor.probe.resolver import Resolver
from tests import certificates
from tests.probe.dns_server import serving
from tests.probe.servers import NAME, SMTPServer, server_context
from tests.probe.whole import USER, WORD, named

MAILAUDIT = Path(sys.executable).parent / "mailaudit"
#: What steers terminals, and what libraries that draw on them take for markup.
EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x7f\r[bold red]x[/] \x85\u202e"


def run(*words: object, stdin: bytes = b"", password: str | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the console script as a user would, with an answer within half a second to each step of a dialogue."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILAUDIT")}
    environment |= {"COLUMNS": "200", "TERM": "dumb"}
    if password is not None:
        environment["MAILAUDIT_PASSWORD"] = password
    return subprocess.run(
        [str(MAILAUDIT), "probe", *map(str, words)],
        input=stdin,
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )


def quick(*words: object, password: str | None = None) -> subprocess.CompletedProcess[bytes]:
    """A run that asks no DNS and has no patience."""
    return run(*words, "--offline", "--timeout", "2", password=password)


def data(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """The JSON that was printed, which the published schema has to take."""
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(found, json.loads(files("auditor.report").joinpath("report-v1.schema.json").read_text()))
    return found


def one_line(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """The one line on standard error that a run ended with, and its exit code."""
    text = done.stderr.decode()
    assert (done.returncode, text.count("\n")) == (code, 1), (done.returncode, text)
    assert text.startswith("mailaudit: ")
    return text.strip()


def printable(raw: bytes) -> bool:
    """Whether bytes that go to a terminal are UTF-8 without any control but the line's end."""
    return all(character.isprintable() or character == "\n" for character in raw.decode())


@pytest.fixture
def server() -> Iterator[SMTPServer]:
    """A server with STARTTLS that takes no mail for others."""
    with SMTPServer(tls=server_context(), extensions=("PIPELINING", "AUTH PLAIN LOGIN")) as running:
        yield running


@pytest.fixture
def refused() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def where(server: SMTPServer) -> str:
    """A server as a command line names it."""
    return f"127.0.0.1:{server.port}"


def test_refused_port(refused: int) -> None:
    """A port that refuses is one line on standard error, nothing on standard output, and exit code 4."""
    done = quick(f"127.0.0.1:{refused}")
    line = one_line(done, 4)
    assert f"127.0.0.1:{refused}" in line
    assert "connection refused" in line
    assert done.stdout == b""


def test_name_that_does_not_resolve() -> None:
    """So is a name that does not resolve."""
    done = quick("no-such-host.invalid:25")
    assert "no-such-host.invalid" in one_line(done, 4)
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mail.doe.org:http"], "a port is a number"),
        (["mail.doe.org:0"], "a port is a number"),
        (["mail.doe.org:65536"], "a port is a number"),
        (["mail doe.org"], "is no target"),
        (["300.1.1.1"], "is no target"),
        (["[mail.doe.org]:25"], "is no target"),
        ([""], "is no target"),
        (["ma\x1b[31mil"], "is no target"),
        ([], "no target is named"),
        (["mail.doe.org", "--tls", "startls"], "did you mean starttls?"),
        (["mail.doe.org", "--tls", ""], "--tls takes"),
        (["mail.doe.org", "--depth", "ful"], "did you mean full?"),
        (["mail.doe.org", "--source", "lo"], "is no address to connect from"),
        (["mail.doe.org", "--ca", "/no/such/file"], "/no/such/file"),
        (["mail.doe.org", "--ca", os.devnull], os.devnull),
        (["mail.doe.org", "--targets", "/no/such/file"], "/no/such/file"),
        (["mail.doe.org", "--targets", "/"], "cannot read /"),
        (["mail.doe.org", "--auth-user", "alice", "--password-file", "/no/such/file"], "/no/such/file"),
        (["mail.doe.org", "--auth-user", "alice", "--password-file", "/"], "cannot read the password"),
        (["mail.doe.org", "--auth-user", "alice"], "no password"),
        (["mail.doe.org", "--auth-all"], "--auth-user"),
        (["mail.doe.org", "--insecure-auth"], "--auth-user"),
        (["--mx", "doe.org"], "--offline forbids"),
        (["mail.doe.org", "--format", "xml"], "xml"),
        (["mail.doe.org", "--at", "yesterday"], "--at takes a date"),
        (["mail.doe.org", "--profile", "moder"], "did you mean modern?"),
        (["mail.doe.org", "--relay-to", "nonsense"], "nonsense"),
        (["mail.doe.org", "--relay-from", "<a@b>\n"], "plain address"),
        (["mail.doe.org", "--ehlo", "a\r\nQUIT"], "--ehlo"),
    ],
)
def test_bad_words(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A word that cannot be used is one line on standard error and exit code 2, before anybody is connected to."""
    monkeypatch.setattr(sys, "argv", ["mailaudit", "probe", *words, "--offline"])
    monkeypatch.setattr(sys, "stdin", StringIO())
    monkeypatch.delenv("MAILAUDIT_PASSWORD", raising=False)
    monkeypatch.setattr(probing, "observe", None)
    code = app.run()
    out, err = capfd.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("mailaudit: ")
    assert said in err
    assert printable(err.encode())


def test_targets_file_that_holds_nonsense(tmp_path: Path) -> None:
    """A line that is no target, and bytes that are no text, are told and end in exit code 2."""
    path = tmp_path / "targets"
    path.write_text("# ours\nmail.doe.org:25\nno target\n")
    assert "no target" in one_line(quick("--targets", path), 2)
    path.write_bytes(b"\xff\xfe\0")
    assert "it is no text" in one_line(quick("--targets", path), 2)


def test_text(server: SMTPServer) -> None:
    """The text form shows the table, the findings and the counts, and ends in exit code 1 where there are findings."""
    done = quick(where(server), "--name", NAME)
    text = done.stdout.decode()
    assert done.returncode == 1
    assert done.stderr == b""
    rows = " ".join(text.split())
    for words in (where(server), "TLSv1.3 TLS_", "certificate mail.", "AUTH within TLS PLAIN LOGIN", "relay "):
        assert words in rows
    assert "checks:" in text.splitlines()[-1]
    assert server.connections <= 20


def test_silence_is_asked_for(server: SMTPServer) -> None:
    """With --idle the table tells how long the server waited; an hour is the most that may be asked for."""
    text = quick(where(server), "--tls", "none", "--idle", "0.3").stdout.decode()
    assert "silence the server waited for 0.3 s" in " ".join(text.split())
    assert quick(where(server), "--idle", "3601").returncode == 2


def test_concise(server: SMTPServer) -> None:
    """The concise form is a line for each finding that begins with the target."""
    done = quick(where(server), "--format", "concise")
    lines = done.stdout.decode().splitlines()
    assert lines
    assert all(line.startswith(f"{where(server)}: ") for line in lines)


def test_json_without_verdict(refused: int, server: SMTPServer) -> None:
    """The JSON form takes the schema, in the targets' order, also where some gave no verdict; findings count more."""
    names = [f"127.0.0.1:{refused}", where(server), f"localhost:{refused}"]
    done = quick(*names, "--format", "json")
    found = data(done)
    assert [target["name"] for target in found["targets"]] == names
    assert ["no_verdict" in target for target in found["targets"]] == [True, False, True]
    assert {finding["target"] for finding in found["findings"]} == {names[1]}
    assert done.stderr.count(b"\n") == 2
    assert done.returncode == 1
    assert quick(*names, "--format", "json", "--fail-on", "never").returncode == 4


def test_json_of_nobody(refused: int) -> None:
    """Where no target gave a verdict the JSON is whole and valid all the same."""
    done = quick(f"127.0.0.1:{refused}", "--format", "json")
    found = data(done)
    assert one_line(done, 4)
    assert found["findings"] == []
    assert found["targets"][0]["no_verdict"]


def test_order_of_targets() -> None:
    """The targets of a report stand in the order of the command line, each once, whichever was done first."""
    with SMTPServer(latency=0.01) as slow, SMTPServer() as fast, SMTPServer(latency=0.005) as other:
        names = [where(each) for each in (slow, other, fast)]
        found = [
            [target["name"] for target in data(quick(*names, names[0], "--tls", "none", "--format", "json"))["targets"]]
            for _ in range(2)
        ]
    assert found == [names, names]


def test_targets_file(server: SMTPServer, tmp_path: Path) -> None:
    """Targets come from the command line, from a file with comments, and from standard input."""
    with SMTPServer() as other:
        path = tmp_path / "targets"
        path.write_text(f"# ours\n\n  {where(server)}  # the first\n{where(other)}\n{where(server)}\n")
        done = quick("--targets", path, "--format", "json")
        assert [target["name"] for target in data(done)["targets"]] == [where(server), where(other)]
        done = run("--targets", "-", "--offline", "--format", "json", stdin=f"{where(other)}\n".encode())
        assert [target["name"] for target in data(done)["targets"]] == [where(other)]


def parrot(talk: object, line: str) -> str:
    """Repeat what was sent, as a server does that means ill or was written in a hurry."""
    return f"535 5.7.8 you said {line} and {base64.b64decode(line.rsplit(maxsplit=1)[-1] + '==')!r}"


@pytest.mark.parametrize("way", ["environment", "file"])
def test_transcript_without_credentials(way: str, authority: Path, tmp_path: Path) -> None:
    """The transcript holds what was said but neither password nor what is made of it, though the server repeats it."""
    transcript, word = tmp_path / "transcript", tmp_path / "word"
    word.write_text(f"{WORD}\n")
    word.chmod(0o600)
    more = ["--password-file", word] if way == "file" else []
    with SMTPServer(tls=server_context(), extensions=("AUTH PLAIN",), replies={"AUTH": parrot}) as server:
        done = quick(
            where(server), "--name", NAME, "--ca", authority, "--auth-user", USER, "--auth-all",
            "--transcript", transcript, *more,
            password=None if more else WORD,
        )  # fmt: skip
    sent = [line for line in server.secured_lines if line.startswith("AUTH PLAIN ") and len(line) > 20]
    assert sent
    assert not [line for line in server.clear_lines if line.startswith("AUTH")]
    text = transcript.read_text()
    assert where(server) in text
    assert "> EHLO" in text
    assert "AUTH PLAIN ***" in text
    secrets = [WORD, sent[0].split()[2]]
    for secret in secrets:
        assert secret not in text
        assert secret.encode() not in done.stdout + done.stderr


def test_no_password_without_tls(server: SMTPServer) -> None:
    """A password that is given and cannot be sent safely is not sent, and it is said so."""
    done = quick(where(server), "--tls", "none", "--auth-user", USER, password=WORD)
    assert b"no password was sent" in done.stdout
    # The certificate is for another name and of nobody that is trusted.
    done = quick(where(server), "--auth-user", USER, password=WORD)
    assert b"no password was sent" in done.stdout
    lines = server.clear_lines + server.secured_lines
    assert not [line for line in lines if USER in line]
    assert {line for line in lines if line.startswith("AUTH")} <= {"AUTH PLAIN ="}


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_nothing_steers_a_terminal(form: str, tmp_path: Path) -> None:
    """Control characters of greeting, replies and certificate never reach standard output, error or a file."""
    evil = EVIL.encode("latin-1", "ignore").replace(b"\r", b"")
    transcript, report = tmp_path / "transcript", tmp_path / "report"
    with SMTPServer(
        tls=server_context(named(f"mail.example.org{EVIL}")),
        greeting=b"220 mail.example.org ESMTP " + evil + b"\r\n",
        extensions=("AUTH PLAIN " + evil.decode("latin-1"), "X" + evil.decode("latin-1")),
        replies=dict.fromkeys(("VRFY", "EXPN", "HELP", "RCPT", "VERB", "AUTH"), b"250 " + evil + b"\r\n"),
    ) as server:
        done = quick(
            where(server), "--format", form, "--output", f"text={report}", "--transcript", transcript,
            "--min-severity", "info",
        )  # fmt: skip
    assert done.returncode == 1
    assert b"owned" in done.stdout
    for raw in (done.stdout, done.stderr, transcript.read_bytes(), report.read_bytes()):
        assert printable(raw)


def test_a_refusal_that_would_steer_a_terminal() -> None:
    """Neither do those of a server that refuses, for now in a line, and for good in a report."""
    for code in (450, 554):
        with SMTPServer(greeting=f"{code} ".encode() + EVIL.encode("latin-1", "ignore") + b"\r\n") as server:
            done = quick(where(server))
        assert str(code).encode() in done.stdout + done.stderr
        assert printable(done.stderr)
        assert printable(done.stdout)


def test_a_greeting_that_refuses() -> None:
    """The text form shows the finding and need not say it again on standard error; the exit code tells either."""
    with SMTPServer(greeting="554 5.7.1 not you") as server:
        done = quick(where(server))
        assert (done.returncode, done.stderr) == (1, b"")
        assert "PRB001  the server greets this client with a refusal, 554" in done.stdout.decode()
        assert b"Not told" not in done.stdout
        assert one_line(quick(where(server), "--format", "json"), 1).endswith("554 5.7.1 not you")
        assert quick(where(server), "--fail-on", "never").returncode == 4
        assert "554" in one_line(quick(where(server), "--min-severity", "high"), 1)


def test_offline_asks_no_dns(server: SMTPServer) -> None:
    """With --offline the DNS library is not even loaded; without it the system's resolver would be asked."""
    code = (
        "import sys; sys.argv[0] = 'mailaudit'; from auditor.cli.app import run; run();"
        " sys.stderr.write(' '.join(name for name in sys.modules if name.split('.')[0] == 'dns'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "probe", where(server), "--offline", "--format", "concise"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout
    assert done.stderr == b""


def test_dns_is_asked_for_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --offline the host's names are asked for, and the report says what the DNS said."""
    with serving({"1.0.0.127.in-addr.arpa PTR": ["mail.example.org."]}) as dns, SMTPServer() as server:
        monkeypatch.setattr(probing, "_resolver", lambda: Resolver(["127.0.0.1"], dns.port, lifetime=2))
        wanted = Wanted(tls="none", timeout=2)
        places = probing.destinations([where(server)], None, [], wanted)
        prober = probing.Prober([], profile("modern"), certificates.NOW, Reporting("json", [], "never", "info"))
        reports = prober.run(places, wanted)
        assert "1.0.0.127.in-addr.arpa PTR udp" in dns.asked
        before = len(dns.asked)
        prober.run(places, Wanted(tls="none", timeout=2, offline=True))
        assert len(dns.asked) == before
    assert [report.name for report in reports] == [where(server)]


def test_output_that_cannot_be_written(server: SMTPServer) -> None:
    """A transcript or report that cannot be written is one line and exit code 2."""
    done = quick(where(server), "--tls", "none", "--transcript", "/no/such/place/file")
    assert "/no/such/place/file" in one_line(done, 2)
