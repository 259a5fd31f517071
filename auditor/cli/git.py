"""Run git for names and contents of objects, with nothing that a repository's own configuration could have it run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from auditor.cli.exits import Stop
from auditor.model.value import frozen
from auditor.report.clean import clean

_SECONDS = 60
#: What a repository's own configuration must not turn on.
_SAFELY = ("core.fsmonitor=", "core.hooksPath=/dev/null", "core.pager=cat", "safe.bareRepository=explicit")


@frozen
class Done:
    """How a run of git ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


def work_tree(path: Path) -> str | None:
    """The top of the work tree that a path lies in, links followed; None where it lies in none.

    Raises:
        Stop: git is not there, or will not look.

    """
    place = path if path.is_dir() else path.parent
    done = run(str(place), "rev-parse", "--is-inside-work-tree", "--show-toplevel")
    said = done.stderr.decode("utf-8", "replace")
    if "dubious ownership" in said:
        said = f"git leaves {place} alone, since somebody else owns it"
        message = f"{said}; git config --global --add safe.directory '*' has it read all the same"
        raise Stop(message)
    is_inside, _, top = done.stdout.partition(b"\n")
    return os.path.realpath(os.fsdecode(top.rstrip(b"\n"))) if done.returncode == 0 and is_inside == b"true" else None


def printed(top: str, *words: str, given: Iterable[str] = ()) -> bytes:
    """What a run of git prints.

    Args:
        top: the directory it is run for.
        words: the command.
        given: lines for its standard input.

    Raises:
        Stop: it fails.

    """
    done = run(top, *words, given="".join(f"{word}\n" for word in given).encode("ascii"))
    if done.returncode != 0:
        said = clean(done.stderr.decode("utf-8", "replace").strip().partition("\n")[0])
        message = f"git {words[0]} fails in {top}: {said}"
        raise Stop(message)
    return done.stdout


def run(place: str, *words: str, given: bytes = b"") -> Done:
    """Run git, and take what it prints and its exit code.

    Raises:
        Stop: it is not there, cannot be run, or takes too long.

    """
    import shutil  # noqa: PLC0415  # Few runs ask git.
    import subprocess  # noqa: PLC0415  # Likewise.

    # A folder that is named from where we are may be the audited one.
    search = os.pathsep.join(each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if each[:1] == "/")
    program = shutil.which("git", path=search)
    if program is None:
        message = "git is not installed; --since and REV:FILE need it"
        raise Stop(message)
    kept = {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}
    environment = kept | {
        "PATH": search,
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    options = [word for each in _SAFELY for word in ("-c", each)]
    try:
        done = subprocess.run(  # noqa: S603  # No shell; a word that could be taken for an option is refused before.
            [program, *options, "-C", place, *words],
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        message = f"git {words[0]} fails in {place}: {clean(str(error))}"
        raise Stop(message) from None
    return Done(done.returncode, done.stdout, done.stderr)
