"""Ask the running host: its programs, without a shell and under a deadline, and its resolver."""

from __future__ import annotations

import os

from auditor.facts.given import Host
from auditor.model.unknown import Unknown

_SECONDS = 10.0
_LOOKUP_SECONDS = 5.0
#: A list of local domains may be long, and a resolver that is down may be waited for each of them.
_LOOKUPS = 5000
_ALL_LOOKUPS_SECONDS = 60.0
_OUTPUT_LIMIT = 1024 * 1024
#: Programs are looked for here and nowhere else: an audited tree must not choose what is run.
_SEARCH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:/usr/lib"


def closed(reason: str) -> Host:
    """A host that may not be asked, and why."""
    unknown = Unknown(reason)
    return Host(unknown, lambda _: unknown, lambda questions: [unknown] * len(questions))


def running() -> Host:
    """The host this program runs on."""
    from auditor.probe.resolver import Resolver  # noqa: PLC0415  # Only a live scan asks.

    resolver = Resolver(lifetime=_LOOKUP_SECONDS, questions=_LOOKUPS, seconds=_ALL_LOOKUPS_SECONDS)
    return Host(None, output, resolver.ask_all)


def output(words: tuple[str, ...]) -> str | Unknown:
    """What a program prints on both its outputs, its exit code disregarded."""
    import shutil  # noqa: PLC0415  # Only a live scan runs programs.
    import subprocess  # noqa: PLC0415

    program = shutil.which(words[0], path=_SEARCH)
    shown = " ".join(words)
    if program is None:
        return Unknown(f"{words[0]} is not installed")
    environment = {"PATH": _SEARCH, "LC_ALL": "C", "HOME": os.environ.get("HOME", "/")}
    try:
        done = subprocess.run(  # noqa: S603  # The words are this program's own, none comes from the audited tree.
            [program, *words[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            env=environment,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        # sendmail sleeps a minute where the host has no qualified name, after it has told what it is made of.
        if late.output:
            return str(late.output[:_OUTPUT_LIMIT].decode("utf-8", "replace"))
        return Unknown(f"`{shown}` gave no answer in {_SECONDS:.0f} seconds")
    except OSError as error:
        return Unknown(f"`{shown}` cannot be run: {error.strerror}")
    return done.stdout[:_OUTPUT_LIMIT].decode("utf-8", "replace")
