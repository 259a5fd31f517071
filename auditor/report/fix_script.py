"""The commands of fixes as a POSIX shell script: to be read, and then run on the audited host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auditor.model.report import Reported, TargetReport
from auditor.model.shell import operand
from auditor.report.clean import clean, cleaned_lines

_HEAD = """\
#!/bin/sh
# What mailaudit found that is no text to edit: owners, modes, certificates, databases, daemons.
# Read it first. Then run it as root on the host itself, whose paths these are.
# It ends at the first command that fails. What stands behind `#:' is left to you.
set -eu
"""
_QUOTED = re.compile(r"'[^']*'")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_RESTARTS = re.compile(r"\b(?:service|systemctl|rc\.\w+)\b")
_BUILDS = re.compile(r"(?:cd |m4 |makemap |newaliases)")


def script(targets: Iterable[TargetReport]) -> str:
    """The script: what is to be built comes behind what is to be set right, and what is to be restarted at the end.

    Of several hosts each has a part of its own, and the script takes the host's name as its argument.
    """
    parts = [(target.name, list(_commands(target.reported))) for target in targets]
    parts = [(name, lines) for name, lines in parts if lines]
    if not parts:
        return f"{_HEAD}\n# There is nothing to do.\n"
    if len(parts) == 1:
        return "\n".join([_HEAD, *parts[0][1]])
    names = " ".join(operand(clean(name)) for name, _ in parts)
    cases = [f"{_word(name)})\n{chr(10).join(lines)}\n;;" for name, lines in parts]
    usage = f"*)\n\tprintf '%s\\n' \"usage: $0 HOST, one of:\" {names} >&2\n\texit 2\n\t;;"
    return "\n".join([_HEAD, 'case "${1-}" in', *cases, usage, "esac\n"])


def _word(name: str) -> str:
    return "'" + clean(name).replace("'", "'\\''") + "'"


def _commands(items: Iterable[Reported]) -> Iterator[str]:
    """The comments and the command of each fix; findings with one and the same command share it."""
    found: dict[tuple[str, bool], list[str]] = {}
    for item in items:
        fix = item.finding.fix
        if fix is not None and fix.command is not None:
            comments = found.setdefault((fix.command, fix.ready), [])
            comments += [f"# {item.rule.id} {clean(item.finding.message)}", f"#   {clean(fix.title)}"]
    for (command, ready), comments in sorted(found.items(), key=lambda pair: _rank(pair[0][0])):
        yield "\n".join([*dict.fromkeys(comments), *_lines(command, ready=ready), ""])


def _rank(command: str) -> int:
    bare = _QUOTED.sub("''", command)
    return 2 if _RESTARTS.search(bare) else 1 if _BUILDS.match(bare) else 0


def _lines(command: str, *, ready: bool) -> Iterator[str]:
    bare = _QUOTED.sub("''", command)
    if _CONTROLS.search(command):
        yield "#   There are control characters in a name, so type this yourself:"
    elif "\n" in bare:
        yield "#   These lines are to be gone through one by one:"
    elif not ready:
        yield "#   This is to be filled in, or only shows more:"
    else:
        # A list joined by && does not end a script when a part of it fails; a subshell that ends with it does.
        yield f"( {command} )" if re.search(r"&&|;|^cd ", bare) else command
        return
    yield from (f"#: {line}" for line in cleaned_lines(command))
