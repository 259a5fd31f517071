"""``scan --diff``, ``--fix`` and ``--fix-script`` on the disk."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.exits import CLEAN, FINDINGS, ended

HEAD = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\nVERSIONID(`x')dnl\nOSTYPE(`linux')dnl\n"
BROKEN = HEAD + "DAEMON_OPTIONS(`Port=465, Name=T')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl"
MENDED = BROKEN.replace("Name=T", "Name=T, M=s") + "\n"
ONLY = ["--select", "MCF,CFF020,DNS021", "--offline", "--format", "concise"]


def run(*words: object) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a scan."""
    result = CliRunner().invoke(app, ["scan", *map(str, words), *ONLY])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A checkout's directory of sendmail's files with mistakes in two of them."""
    place = tmp_path / "host" / "etc" / "mail"
    place.mkdir(parents=True)
    (place / "sendmail.mc").write_bytes(BROKEN.encode())
    (place / "local-host-names").write_bytes(b"doe.org doe.net\n")
    return place


def test_diff_shows_and_writes_nothing(mail: Path) -> None:
    """The diff is what patch makes the fixed file of, and exit 1 says that there is something to fix."""
    code, out, said = run(mail, "--diff")
    assert code == FINDINGS
    assert "+DAEMON_OPTIONS(`Port=465, Name=T, M=s')dnl\n" in out
    assert "\\ No newline at end of file\n" in out
    assert "would fix 2 findings in 1 file" in said
    assert (mail / "sendmail.mc").read_text() == BROKEN
    (mail / "sendmail.mc").write_text(MENDED)
    assert run(mail, "--diff")[:2] == (CLEAN, "")


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
def test_patch_takes_the_diff(mail: Path) -> None:
    """What is shown and what is written are the same."""
    out = run(mail, "--diff")[1]
    subprocess.run(["patch", "-s", str(mail / "sendmail.mc")], input=out, text=True, check=True)
    assert (mail / "sendmail.mc").read_text() == MENDED


def test_fix_keeps_everything_but_the_text(mail: Path) -> None:
    """Mode, owner and links stay, no other file is left behind, and a second run has nothing to do."""
    real = mail / "site.txt"
    (mail / "sendmail.mc").rename(real)
    (mail / "sendmail.mc").symlink_to("site.txt")
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, 12, 34)
    before = real.stat()
    code, _, said = run(mail, "--fix")
    assert code == CLEAN
    assert "fixed 2 findings in 1 file, from which" in said
    assert (mail / "sendmail.mc").is_symlink()
    assert real.read_text() == MENDED
    now = real.stat()
    assert (now.st_mode, now.st_uid, now.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert sorted(os.listdir(mail)) == ["local-host-names", "sendmail.mc", "site.txt"]  # noqa: PTH208
    assert run(mail, "--fix")[0] == CLEAN
    assert real.read_text() == MENDED


def test_a_read_only_file_is_said_and_the_rest_done(mail: Path) -> None:
    """One file that is not to be written costs exit 1 and keeps no other one from being fixed."""
    (mail / "sendmail.mc").write_text(BROKEN.replace("MAILER(`local')", "FEATURE(`use_cw_file')dnl\nMAILER(`local')"))
    (mail / "local-host-names").chmod(0o444)
    code, _, said = run(mail, "--fix", "--fail-on", "never")
    assert code == FINDINGS
    assert "local-host-names is left as it is: read-only" in said
    assert (mail / "local-host-names").read_bytes() == b"doe.org doe.net\n"
    assert "M=s" in (mail / "sendmail.mc").read_text()


def test_a_link_out_of_the_tree_is_not_followed(mail: Path, tmp_path: Path) -> None:
    """What lies outside the audited root is never written."""
    outside = tmp_path / "outside.mc"
    outside.write_text(BROKEN)
    (mail / "sendmail.mc").unlink()
    (mail / "sendmail.mc").symlink_to("../../../outside.mc")
    run(mail, "--fix")
    assert outside.read_text() == BROKEN


def test_a_file_of_several_names_is_left(mail: Path) -> None:
    """A new file would part the names of the old one."""
    os.link(mail / "sendmail.mc", mail / "other")
    code, _, said = run(mail, "--fix")
    assert code == FINDINGS
    assert "2 names" in said
    assert (mail / "other").read_text() == BROKEN


def test_one_file(mail: Path) -> None:
    """A file that is named is fixed alone."""
    (mail / "submit.mc").write_text(BROKEN)
    assert run(mail / "sendmail.mc", "--fix")[0] == CLEAN
    assert (mail / "sendmail.mc").read_text() == MENDED
    assert (mail / "submit.mc").read_text() == BROKEN


def test_many_hosts(mail: Path) -> None:
    """Each of several installs is fixed."""
    other = mail.parent.parent.parent / "other"
    shutil.copytree(mail.parent.parent, other)
    assert run(mail.parent.parent, other, "--fix")[0] == CLEAN
    assert {(place / "etc/mail/sendmail.mc").read_text() for place in (mail.parent.parent, other)} == {MENDED}


def test_unsafe_fixes_go_with_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """On its own the option says what it belongs to."""

    def work() -> int:
        app(["scan", "--unsafe-fixes"])
        return 0

    assert ended(work) == 2  # The exit code of usage errors.
    assert "--fix or --diff" in capsys.readouterr().err


def test_script_is_its_owners_alone(mail: Path, tmp_path: Path) -> None:
    """The script has mode 0700 and is one that sh can read."""
    script = tmp_path / "mend.sh"
    run(mail, "--fix-script", script)
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    subprocess.run(["sh", "-n", str(script)], check=True)
