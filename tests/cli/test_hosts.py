"""A repository of many hosts: found, audited in several processes, reported in a steady order; templates among them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.cli import workers
from auditor.cli.hosts import audited
from auditor.cli.progress import Progress
from auditor.engine.audit import Target
from auditor.model.report import Outcome, TargetReport
from tests.cli.repositories import BROKEN, found, host, scan

ONLY = ("--select", "CFF")


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    """Three hosts, the second with a mistake."""
    for name in ("mx1", "mx2", "mx3"):
        mc = host(tmp_path / name)
        if name == "mx2":
            mc.write_text(mc.read_text() + BROKEN)
    return tmp_path


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif"])
def test_as_many_processes_say_the_same(hosts: Path, form: str) -> None:
    """Every format prints the same with one process and with several, in the order of the hosts."""
    one = scan(hosts, ".", *ONLY, "--jobs", "1", "--format", form, "--at", "2026-11-22")
    three = scan(hosts, ".", *ONLY, "--jobs", "3", "--format", form, "--at", "2026-11-22")
    assert (one.returncode, one.stdout) == (three.returncode, three.stdout)
    assert one.returncode == 1


def test_a_summary_below_several_hosts(hosts: Path) -> None:
    """The text form ends in a table: each host with its worst severity and its counts; one host has none."""
    said = scan(hosts, ".", *ONLY).stdout
    table = said[said.index("In short") :].splitlines()
    assert [line.split()[0] for line in table[2:5]] == ["mx1", "mx2", "mx3"]
    assert "-" in table[2]
    assert "In short" not in scan(hosts, "mx2", *ONLY).stdout


def test_a_directory_with_a_mc_beside_its_maps_is_an_install(hosts: Path) -> None:
    """Hosts without an etc/mail are found by their .mc."""
    (hosts / "flat").mkdir()
    for path in (hosts / "mx2/etc/mail").iterdir():
        path.rename(hosts / "flat" / path.name)
    assert {path for _, path, _ in found(hosts, ".")} == {"flat/sendmail.mc"}


def _audited(targets: list[Target], jobs: int, one: object) -> list[TargetReport]:
    return list(audited(targets, [], one, jobs, Progress(1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_host_that_fails_is_its_own_failure(jobs: int, capsys: pytest.CaptureFixture[str]) -> None:
    """What goes wrong with one host is told of that one, and all others are audited."""

    def one(target: Target, _told: object) -> TargetReport:
        if target.name == "b":
            raise ValueError(target.name)
        if target.name == "c" and jobs > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return TargetReport(target.name, "install", (), (), ())

    reports = _audited([Target(name, {}) for name in "abcdef"], jobs, one)
    assert [report.name for report in reports] == list("abcdef")
    crashed = [each.name for each in reports if any(r.outcome is Outcome.CRASHED for r in each.results)]
    assert crashed == (["b", "c"] if jobs > 1 else ["b"])
    assert capsys.readouterr().err.count("internal error") == len(crashed)


def test_outcomes_come_in_order_whatever_they_take() -> None:
    """Pieces that take longer hold up the order, not the work; large ones arrive whole."""

    def work(number: int) -> bytes:
        time.sleep(0.05 if number == 0 else 0)
        return bytes([number]) * 300_000

    found_ = list(workers.run(work, 9, 3))
    assert found_ == [bytes([number]) * 300_000 for number in range(9)]


def test_nobody_is_left_when_the_reader_goes() -> None:
    """Whoever stops reading ends the workers, whatever they are at."""

    def work(_: int) -> bytes:
        time.sleep(60)
        return b""

    running: Iterator[object] = workers.run(work, 4, 2)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    before = signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        with pytest.raises(KeyboardInterrupt):
            next(running)
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


TEMPLATES = {
    "sendmail.mc.j2": "define(`confMAX_MESSAGE_SIZE', `{{ size }}')dnl\n",
    "sendmail.mc.erb": "define(`confMAX_MESSAGE_SIZE', `<%= @size %>')dnl\n",
    "sendmail.mc.in": "define(`confMAX_MESSAGE_SIZE', `@SIZE@')dnl\n",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_read_and_said_to_be_one(tmp_path: Path, name: str) -> None:
    """A template is found, a mistake in it is told on its line, and every report says that it is a template."""
    mc = host(tmp_path / "mx1")
    mc.with_name(name).write_text(mc.read_text() + TEMPLATES[name])
    mc.unlink()
    assert found(tmp_path, ".") == []
    place = mc.with_name(name)
    place.write_text(place.read_text() + BROKEN)
    assert ("CFF020", f"mx1/etc/mail/{name}") in {(id_, path) for id_, path, _ in found(tmp_path, ".")}
    done = scan(tmp_path, ".", *ONLY)
    assert f"mx1/etc/mail/{name} is a template: what its directives make is not known" in done.stdout


@pytest.mark.parametrize("name", ["access", "local-host-names", "virtusertable"])
@pytest.mark.parametrize("line", ["{{ one }}", "<%= one %> two", "@ONE@", "{% for a in b %}\n{{ a }}\n{% endfor %}"])
def test_placeholders_raise_no_alarm(tmp_path: Path, name: str, line: str) -> None:
    """Whatever line of a map or a list is a directive, nothing is found that was not there without it."""
    mc = host(tmp_path / "mx1")
    place = mc.with_name(name)
    lines = place.read_text().splitlines()
    place.unlink()
    place.with_name(f"{name}.j2").write_text("\n".join([line, *lines[1:], line]) + "\n")
    data = json.loads(scan(tmp_path, "mx1", "--min-severity", "low", "--format", "json").stdout)
    assert data["findings"] == []
    assert any(f"{name}.j2 is a template" in notice for notice in data["notices"])
