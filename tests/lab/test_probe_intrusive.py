"""The intrusive tests on the real sendmail, and on openssl's server with what sendmail no longer does."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.probe.answers import Answer
from auditor.probe.bad_commands import Patience
from auditor.probe.intrusive import Exposure, Intrusive, Outcome, Ways, heartbleed, intrude, renegotiation_by_client
from auditor.probe.observe import observe
from auditor.probe.plan import Plan
from auditor.probe.session import Session, Settings, raw
from auditor.probe.settings import IMPLICIT, STARTTLS, connect
from auditor.probe.transcript import Transcript
from auditor.probe.verify import permissive_context
from tests import certificates as made
from tests.lab.daemon import NAME, Daemon, Recipe, daemon
from tests.lab.probing import RELAY_FROM, RELAY_TO, fired, settings

pytestmark = pytest.mark.lab
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root")


def tried(mail: Daemon) -> Intrusive:
    """What the tests find on the daemon's plain listener, from an address that is not its own."""
    settings = Settings("127.0.0.1", mail.plain, STARTTLS, ehlo="probe.example.net", timeout=15, source="127.0.0.2")

    def session() -> Session:
        opened = Session.open(settings)
        opened.ehlo()
        return opened

    def plain_connection() -> object:
        return connect(settings, Transcript())

    ways = Ways(session, session, lambda: raw(settings), plain_connection)  # type: ignore[arg-type]
    return intrude(ways, permissive_context(), NAME)


def verdict(found: Outcome) -> str:
    """``exposed`` or ``safe``, or why neither."""
    return found.verdict if isinstance(found, Exposure) else found.reason


@needs_root
@pytest.mark.parametrize("letters", ["V", None])
def test_sendmail_is_safe(letters: str | None, trusted: Path) -> None:
    """Today's sendmail passes every test, whether it asks for a client's certificate or not."""
    with daemon(trusted, Recipe(tls_options=letters)) as mail:
        found = tried(mail)
    assert verdict(found.injection) == verdict(found.heartbleed) == verdict(found.early_ccs) == "safe"
    assert isinstance(found.bad_commands, Patience)
    assert (found.bad_commands.answered, found.bad_commands.ended) == (25, True)
    assert "Too many bad commands" in found.bad_commands.last
    # It does not slow down for them, as it does for NOOP.
    assert found.bad_commands.seconds < 1
    assert found.renegotiation == Exposure(
        "safe", "asked for another handshake, the server sent the alert no_renegotiation"
    )


@needs_root
def test_greet_pause_catches_who_does_not_wait(trusted: Path) -> None:
    """A client that talks before the greeting is refused exactly where greet_pause watches."""
    with daemon(trusted, Recipe()) as mail:
        assert kind(tried(mail)) == "accepted"
    paused = Recipe(features=("`greet_pause', `100'",), access=("GreetPause:192.0.2.1\t0",))
    with daemon(trusted, paused) as mail:
        assert kind(tried(mail)) == "refused"


@needs_root
@pytest.mark.parametrize(
    ("features", "access", "expected"),
    [
        ((), (), {"PRB003"}),
        (("`greet_pause', `100'",), (), set()),
        (("`greet_pause', `100'",), ("GreetPause:192.0.2.1\t0",), set()),
        # For whom the map has no pause, there is none.
        (("`greet_pause', `100'",), ("GreetPause:127.0.0.2\t0",), {"PRB003"}),
        (("`greet_pause'",), ("GreetPause:127.0.0.2\t100",), set()),
    ],
)
def test_early_talk_is_judged_as_greet_pause_is_set(
    features: tuple[str, ...], access: tuple[str, ...], expected: set[str], trusted: Path
) -> None:
    """The rule tells of a missing pause exactly where this client is greeted without one, and never of bad commands.

    A short pause is none that keeps clients waiting.
    """
    with daemon(trusted, Recipe(listeners={"MTA": ""}, features=features, access=access)) as mail:
        met = observe(settings(mail), Plan(intrusive=True, relay_from=RELAY_FROM, relay_to=RELAY_TO), lambda _: None)
    assert fired(met) & {"PRB003", "PRB014"} == expected


def kind(found: Intrusive) -> str:
    """What became of the client that did not wait."""
    return found.early_talk.kind if isinstance(found.early_talk, Answer) else found.early_talk.reason


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate and its key."""
    place = tmp_path_factory.mktemp("tls")
    (place / "cert.pem").write_bytes(made.certificate())
    (place / "key.pem").write_bytes(made.key())
    return place


@contextmanager
def served(openssl: str, files: Path, *options: str) -> Iterator[Settings]:
    """OpenSSL's own server on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [openssl, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "cert.pem", "-key", "key.pem", "-quiet"]
    with subprocess.Popen(
        [*command, *options],
        cwd=files,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _await(port)
            yield Settings("127.0.0.1", port, IMPLICIT, timeout=10)
        finally:
            process.kill()


def _await(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-tls1_2", "-client_renegotiation"), "exposed"),
        (("-client_renegotiation",), "exposed"),
        (("-tls1_2", "-client_renegotiation", "-cipher", "AES256-GCM-SHA384"), "exposed"),
        (("-tls1_2", "-client_renegotiation", "-verify", "1"), "exposed"),
        (("-tls1_2",), "safe"),
        (("-tls1_2", "-no_renegotiation"), "safe"),
        (("-tls1_3",), "safe"),
    ],
)
def test_renegotiation_is_told_as_openssl_was_started(
    options: tuple[str, ...], expected: str, files: Path, program: Callable[[str], str]
) -> None:
    """A server that lets clients renegotiate is exposed, one that does not is safe."""
    with served(program("openssl"), files, *options) as settings:
        assert verdict(renegotiation_by_client(raw(settings), "localhost")) == expected
        assert verdict(heartbleed(raw(settings), "localhost")) == "safe"
