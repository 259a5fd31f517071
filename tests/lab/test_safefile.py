"""The emulated file-safety test against what the real sendmail prints of its own under ``-d44``."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest

from auditor.model.unknown import Unknown
from auditor.sendmail.file_demands import Purpose
from auditor.sendmail.identity import Identity, run_as
from auditor.sendmail.safefile import DANGEROUS, Verdict, judge
from auditor.trees.local import LocalTree

pytestmark = pytest.mark.lab

SENDMAIL = "/usr/sbin/sendmail"
#: A user and group that own nothing, and ones that sendmail is told to trust or to run as.
STRANGER, TRUSTED, RUNNER = 60001, 60002, 60003
PSEUDO = {
    "E_SM_NOSLINK": "Symbolic links not allowed",
    "E_SM_NOHLINK": "Hard links not allowed",
    "E_SM_REGONLY": "Regular files only",
    "E_SM_ISEXEC": "Executable files not allowed",
    "E_SM_GWFILE": "Group writable file",
    "E_SM_WWFILE": "World writable file",
    "E_SM_GRFILE": "Group readable file",
    "E_SM_WRFILE": "World readable file",
    "EACCES": "Permission denied",
}
MAILERS = "Mlocal, P=/bin/true, F=lsDFMAw5:/|@q, A=true\nMprog, P=/bin/sh, F=lsDFMoqeu9, A=sh -c $u\n"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory of root's with no directory above it that others may write."""
    if not Path(SENDMAIL).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("sendmail is missing")
        pytest.skip("sendmail is missing")
    if os.geteuid() != 0:
        pytest.skip("owners can only be given by root")
    directory = Path(f"/srv/mailaudit-safefile-{os.getpid()}")
    directory.mkdir(mode=0o755)
    (directory / "q").mkdir(mode=0o700)
    yield directory
    shutil.rmtree(directory)


def asked(arguments: list[str], typed: str = "") -> str:
    """What sendmail prints, run under a qualified host name and without a network, so that it waits for no name."""
    command = ["unshare", "-u", "-n", "sh", "-c", 'hostname mx.example.org; exec "$0" "$@"', SENDMAIL, *arguments]
    run = subprocess.run(
        command, input=typed, capture_output=True, encoding="latin-1", timeout=30, check=False, cwd="/srv"
    )
    if "unshare" in run.stderr:
        pytest.skip("no private host name can be had here")
    return run.stdout + run.stderr


def traced(output: str) -> dict[str, list[str | None]]:
    """For each path, what each look at it ended in: None where the file was fine, else sendmail's words."""
    found: dict[str, list[str | None]] = {}
    for block in re.split(r"(?m)^.*?(?=safefile\()", output):
        head = re.match(r"safefile\((.*), uid=.*\):$", block, re.MULTILINE)
        if head:
            found.setdefault(head[1], []).append(_verdict(block[head.end() :]))
    return found


def _verdict(block: str) -> str | None:
    verdict: str | None = "nothing decided"
    for line in block.splitlines():
        if end := re.match(r"\t\[(?:uid|final|slink|non-reg|write|read|exec|link)\b[^]]*\]\s*(.*?)\]?$", line):
            verdict = PSEUDO.get(end[1].strip(), end[1].strip())
        elif re.match(r"\t[A-Z]", line):
            verdict = line.strip()
        elif end := re.match(r"\t\[dir [^]]*\] ((?!mode )[A-Z].*)$", line):
            verdict = end[1]
        if verdict in ("OK", "Success"):
            verdict = None
        if line and not line.startswith(("\t", "safedirpath", "WARNING:")):
            break
    return verdict


def made(directory: Path, seed: int) -> Path:
    """A path with modes, owners and links drawn by chance; its directories and file exist, mostly."""
    draw = random.Random(seed)
    outer = directory / f"c{seed}"
    inner = outer / "inner"
    inner.mkdir(parents=True)
    for one in (outer, inner):
        os.chown(one, draw.choice((0, 0, 0, STRANGER, TRUSTED, RUNNER)), draw.choice((0, 0, STRANGER, RUNNER)))
        one.chmod(draw.choice((0o755, 0o755, 0o755, 0o755, 0o700, 0o750, 0o711, 0o775, 0o757, 0o1777, 0o2755)))
    file = inner / "file"
    if draw.random() < 0.93:
        file.write_text("key value\n")
        os.chown(file, draw.choice((0, 0, STRANGER, TRUSTED, RUNNER)), draw.choice((0, 0, STRANGER, RUNNER)))
        file.chmod(draw.choice((0o644, 0o644, 0o640, 0o600, 0o660, 0o666, 0o400, 0o444, 0o604, 0o755, 0o700, 0o000)))
    else:
        draw.choice((lambda: None, file.mkdir, lambda: file.symlink_to("nowhere"), lambda: os.mkfifo(file)))()
    return linked(draw, outer, file)


def linked(draw: random.Random, outer: Path, file: Path) -> Path:
    """The file by its own path or by one through a link, or with a second name."""
    shape = draw.choice(("plain", "plain", "plain", "file", "directory", "detour", "chain", "hard", "into a file"))
    link = outer / "link"
    if shape == "hard" and file.is_file() and not file.is_symlink():
        os.link(file, outer / "second")
    if shape == "file":
        link.symlink_to(draw.choice(("inner/file", str(file))))
        return link
    if shape == "directory":
        link.symlink_to(draw.choice(("inner", str(file.parent), "../" + outer.name + "/inner")))
        return link / "file"
    if shape == "detour":
        side = outer / "side"
        side.mkdir()
        side.chmod(draw.choice((0o755, 0o777, 0o770)))
        link.symlink_to("side/../inner")
        return link / "file"
    if shape == "chain":
        link.symlink_to("again")
        (outer / "again").symlink_to("inner")
        return link / "file"
    if shape == "into a file":
        return file / "below"
    return file


def compared(
    directory: Path, wanted: Iterable[tuple[Path, Purpose]], output: str, who: Identity, flags: frozenset[str]
) -> tuple[int, list[str]]:
    """How many verdicts were compared, and a line for each that differs."""
    tree = LocalTree(Path("/"), live=True, complete=True)
    seen = traced(output)
    count, differing = 0, []
    for path, purpose in wanted:
        looks = seen.get(str(path))
        if not looks:
            continue
        count += 1
        ours = judge(tree, str(path), purpose, who, flags)
        words = ours.reason if not isinstance(ours, Unknown) else ours
        # An alias file is looked at again, for reading only, where it may not be written.
        theirs = looks[-1] if purpose is Purpose.ALIASES else looks[0]
        if isinstance(ours, Unknown) or ours.ok != (theirs is None) or words != theirs:
            differing.append(f"{path.relative_to(directory)} {purpose}: sendmail {theirs!r}, here {ours}")
    print(f"equal {count - len(differing)}/{count}")  # noqa: T201  # Shown by pytest -rP, and where a test fails.
    return count, differing


FLAGS = (
    (),
    ("GroupWritableDirPathSafe",),
    ("MapInUnsafeDirPath", "ClassFileInUnsafeDirPath"),
    ("MapInUnsafeDirPath", "LinkedMapInWritableDir", "LinkedClassFileInWritableDir"),
    ("TrustStickyBit",),
)
RUNNERS = (("", ""), ("", f"{TRUSTED}"), (f"{RUNNER}:{RUNNER}", ""))


@pytest.mark.parametrize(("number", "setting"), list(enumerate(product(FLAGS, RUNNERS))))
def test_maps_and_class_files(place: Path, number: int, setting: tuple[tuple[str, ...], tuple[str, str]]) -> None:
    """Whatever the modes, owners and links, a map or class file is refused exactly where and as sendmail refuses it."""
    flags, (runner, trusted) = setting
    paths = [made(place, 40 * number + index) for index in range(40)]
    head = [
        "V10/Berkeley",
        f"O DontBlameSendmail={','.join(flags) or 'Safe'}",
        f"O QueueDirectory={place}/q",
        *([f"O RunAsUser={runner}"] if runner else []),
        *([f"O TrustedUser={trusted}"] if trusted else []),
    ]
    classes = [f"FA{path}" for path in paths[:20]]
    maps = [f"Km{n} text -o {path}" for n, path in enumerate(paths[20:])]
    rules = ["S3", *(f"R$*\t$: $(m{n} key $)" for n in range(20)), "S0", "R$*\t$#local $: $1"]
    configuration = place / "x.cf"
    configuration.write_text("\n".join([*head, *classes, *([] if runner else maps), MAILERS]))
    output = asked(["-C", str(configuration), "-d44.4", "-bt"], "".join(f"/map m{n} key\n" for n in range(20)))
    if runner:
        # Address test mode forgets RunAsUser; verifying an address takes it on, but not after an error.
        os.chown(place / "q", RUNNER, RUNNER)
        configuration.write_text("\n".join([*head, *maps, MAILERS, *rules]) + "\n")
        output += asked(["-C", str(configuration), "-d44.4", "-bv", "somebody"])
    who = run_as(LocalTree(Path("/"), complete=True), runner, trusted)
    wanted = [(path, Purpose.CLASS) for path in paths[:20]] + [(path, Purpose.MAP) for path in paths[20:]]
    count, differing = compared(place, wanted, output, who, frozenset(flag.lower() for flag in flags))
    assert count >= 38, output
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("number", range(12))
def test_tls_files(place: Path, number: int) -> None:
    """Keys, certificates, authorities, revocation lists and DH parameters are refused as sendmail refuses them."""
    flags = (("Safe",), ("GroupReadableKeyFile",))[number % 2]
    purposes = (
        ("ClientCertFile", Purpose.CERTIFICATE),
        ("ClientKeyFile", Purpose.KEY),
        ("CACertFile", Purpose.AUTHORITIES),
        ("DHParameters", Purpose.DH_PARAMETERS),
        ("CRLFile", Purpose.REVOCATION_LIST),
        ("ServerCertFile", Purpose.CERTIFICATE),
        ("ServerKeyFile", Purpose.KEY),
    )
    paths = [made(place, 10_000 + 7 * number + index) for index in range(7)]
    trusted = "" if number % 3 else f"{TRUSTED}"
    text = ["V10/Berkeley", f"O DontBlameSendmail={','.join(flags)}", f"O QueueDirectory={place}/q"]
    text += [f"O CACertPath={place}", "Djmx.example.org"] + ([f"O TrustedUser={trusted}"] if trusted else [])
    text += [f"O {option}={path}" for (option, _), path in zip(purposes, paths, strict=True)]
    configuration = place / "x.cf"
    configuration.write_text("\n".join(text) + "\n" + MAILERS)
    output = asked(["-bs", "-C", str(configuration), "-d44.4"], "QUIT\r\n")
    who = run_as(LocalTree(Path("/"), complete=True), None, trusted)
    wanted = [(path, purpose) for (_, purpose), path in zip(purposes, paths, strict=True)]
    count, differing = compared(place, wanted, output, who, frozenset(flag.lower() for flag in flags))
    assert count, output
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o604, 0o644, 0o660, 0o666, 0o700])
@pytest.mark.parametrize("owner", [0, STRANGER, TRUSTED])
@pytest.mark.parametrize("above", [0o755, 0o700, 0o775, 0o757])
def test_the_key_of_a_server(place: Path, mode: int, owner: int, above: int) -> None:
    """A server's key of every usual mode, owner and directory is refused as sendmail refuses it."""
    (place / "certs").mkdir()
    (place / "certs").chmod(above)
    key, certificate = place / "certs" / "key.pem", place / "cert.pem"
    key.write_text("no key at all")
    certificate.write_text("no certificate at all")
    os.chown(key, owner, 0)
    key.chmod(mode)
    options = (
        f"O CACertPath={place}\nO CACertFile={certificate}\nO ServerCertFile={certificate}\nO ServerKeyFile={key}\n"
    )
    configuration = place / "x.cf"
    head = f"V10/Berkeley\nDjmx.example.org\nO QueueDirectory={place}/q\nO TrustedUser={TRUSTED}\n"
    configuration.write_text(head + options + MAILERS)
    output = asked(["-bs", "-C", str(configuration), "-d44.4"], "QUIT\r\n")
    who = run_as(LocalTree(Path("/"), complete=True), None, f"{TRUSTED}")
    count, differing = compared(place, [(key, Purpose.KEY)], output, who, frozenset())
    assert count == 1, output
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("number", range(4))
def test_aliases(place: Path, number: int) -> None:
    """``newaliases`` refuses an alias file, and the database it would write, where the emulation does."""
    flags = ((), ("GroupWritableAliasFile",), ("WorldWritableAliasFile",), ("LinkedAliasFileInWritableDir",))[number]
    paths = [made(place, 20_000 + 10 * number + index) for index in range(10)]
    text = ["V10/Berkeley", f"O DontBlameSendmail={','.join(flags) or 'Safe'}", f"O QueueDirectory={place}/q"]
    text += [f"O AliasFile={','.join(f'hash:{path}' for path in paths)}", "Djmx.example.org"]
    configuration = place / "x.cf"
    configuration.write_text("\n".join(text) + "\n" + MAILERS + "S3\nR$*\t$@ $1\nS0\nR$*\t$#local $: $1\n")
    output = asked(["-bi", "-C", str(configuration), "-d44.4"])
    small = frozenset(flag.lower() for flag in flags)
    count, differing = compared(place, [(path, Purpose.ALIASES) for path in paths], output, Identity.root(), small)
    assert count >= 8, output
    assert not differing, "\n".join(differing)


def test_sockets_of_milters(place: Path) -> None:
    """A milter's socket is refused for the links and directories for which sendmail refuses it."""
    paths = [made(place, 30_000 + index) for index in range(20)]
    head = ["V10/Berkeley", f"O QueueDirectory={place}/q"]
    configuration = place / "x.cf"
    configuration.write_text("\n".join([*head, *(f"Xm{n}, S=local:{path}" for n, path in enumerate(paths)), MAILERS]))
    output = asked(["-C", str(configuration), "-d44.4", "-bt"])
    wanted = [(path, Purpose.MILTER_SOCKET) for path in paths]
    count, differing = compared(place, wanted, output, Identity.root(), frozenset())
    assert count == 20, output
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("mode", [0o444, 0o644, 0o664, 0o646])
def test_a_configuration_that_others_may_write(place: Path, mode: int) -> None:
    """A warning, and no more, is what sendmail has for a configuration that group or others may write."""
    configuration = place / "x.cf"
    configuration.write_text(f"V10/Berkeley\nDjmx.example.org\nO QueueDirectory={place}/q\n{MAILERS}")
    configuration.chmod(mode)
    output = asked(["-C", str(configuration), "-bi"])
    tree = LocalTree(Path("/"), live=True, complete=True)
    ours = judge(tree, str(configuration), Purpose.CONFIGURATION, Identity.root(), frozenset())
    assert isinstance(ours, Verdict)
    assert ours.ok
    assert (ours.reason is not None) == (DANGEROUS in output), output


def test_the_configuration_of_sasl(place: Path) -> None:
    """The SASL library's configuration is left unread for the modes and owners for which sendmail says so."""
    usual = Path("/usr/lib/sasl2/Sendmail.conf").resolve()
    if not usual.exists():
        pytest.skip("there is no SASL configuration to put another in the place of")
    configuration, sasl = place / "x.cf", place / "sasl.conf"
    configuration.write_text(f"V10/Berkeley\nDjmx.example.org\nO QueueDirectory={place}/q\n{MAILERS}")
    sasl.write_text("mech_list: PLAIN\n")
    cases = [(mode, owner) for mode in (0o644, 0o640, 0o664, 0o666, 0o600, 0o755) for owner in (0, STRANGER)]
    for mode, owner in cases:
        sasl.chmod(mode)
        os.chown(sasl, owner, STRANGER)
        script = f'mount --bind {sasl} {usual}; hostname mx.example.org; exec "$0" "$@"'
        command = ["unshare", "-m", "-u", "-n", "sh", "-c", script, SENDMAIL]
        command += ["-bs", "-C", str(configuration), "-d44.4"]
        run = subprocess.run(
            command, input="QUIT\r\n", capture_output=True, encoding="latin-1", timeout=30, check=False
        )
        looks = traced(run.stdout + run.stderr).get("/usr/lib/sasl2/Sendmail.conf")
        ours = judge(LocalTree(Path("/"), complete=True), str(sasl), Purpose.SASL, Identity.root(), frozenset())
        assert looks, run.stderr
        assert isinstance(ours, Verdict)
        assert ours.reason == looks[0], (oct(mode), owner)
