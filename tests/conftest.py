"""What every test shares: an environment without moods, patient property tests, the real sites' files if any."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, settings

from tests import certificates

#: Variables that make terminal libraries colour, wrap or annotate what they print.
_MOODS = (
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "LINES",
    "NO_COLOR",
    "PY_COLORS",
    "TERMINAL_WIDTH",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)
#: A parameter's value of more characters or bytes is no name for a test.
_NAMING = 60
#: Seconds that a test, or what it sets up, may take: a program that waits for ever is to fail its test, not the gate.
_PATIENCE = 180


def pytest_configure() -> None:
    """Make outcomes depend on the code alone, and on neither the caller's terminal nor the load of the machine."""
    for name in _MOODS:
        os.environ.pop(name, None)
    settings.register_profile("gate", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    # A gate must say the same of the same commit each time, and looks longer. At the desk the examples are few, and
    # others in each run.
    settings.register_profile("here", settings.get_profile("gate"), derandomize=False, max_examples=30)
    settings.load_profile("gate" if os.environ.get("CI") == "true" else "here")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long value by its parameter: a certificate's bytes are no name, nor are they the same in every worker."""
    return argname if isinstance(val, bytes | str) and len(val) > _NAMING else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Set up in limited time."""
    if item.get_closest_marker("lab") and os.geteuid() != 0 and "." not in socket.getfqdn():
        pytest.skip("sendmail waits a minute for this host's qualified name, and only root can give it another")
    with _limited():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Test in limited time."""
    with _limited():
        return (yield)


@contextmanager
def _limited() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _too_slow)
    # It rings again, since leaving a test may mean to wait for the program that hangs.
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE, 5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    pytest.fail(f"took longer than {_PATIENCE} seconds")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder this project lies in."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real sites' files that ``MAILAUDIT_CORPUS`` names; tests that ask for it are skipped without."""
    named = os.environ.get("MAILAUDIT_CORPUS")
    if not named or not Path(named).is_dir():
        pytest.skip("MAILAUDIT_CORPUS names no folder")
    return Path(named)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority of the servers' certificates, in a file."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(certificates.authority())
    return path
