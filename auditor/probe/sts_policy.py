"""The file in which a domain says what its MTA-STS policy is (RFC 8461, section 3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.probe.words import excerpt
from auditor.readers.host_names import normal

#: A policy may be kept for a year and six hours at most (section 3.2).
LONGEST_AGE = 31_557_600
MODES = ("enforce", "testing", "none")
#: Seconds; a policy that is kept for less than a day is forgotten between two messages.
_BRIEF = 86400
#: Half of the lines that are looked at.
_MOST = 100
_FIELD = lazy(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*([^\x00-\x1f\x7f]*?)[ \t]*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PATTERN = lazy(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_AGE = lazy(r"[0-9]{1,10}")


@frozen
class Policy:
    """A policy's file.

    Attributes:
        version: its version, None where it has none.
        mode: ``enforce``, ``testing``, ``none``, or None where there is none of these.
        mx: the patterns for exchangers' names that can be used, in lower case.
        max_age: for how many seconds it may be kept, None where that is not told.
        problems: what is wrong, a clause each.

    """

    version: str | None
    mode: str | None
    mx: tuple[str, ...]
    max_age: int | None
    problems: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether senders can go by it."""
        told = self.version == "STSv1" and self.mode is not None and self.max_age is not None
        return told and (bool(self.mx) or self.mode == "none")

    @property
    def is_brief(self) -> bool:
        """Whether senders have forgotten it by the time of their next message."""
        return self.max_age is not None and self.max_age < _BRIEF and self.mode != "none"

    def names(self, host: str) -> bool:
        """Whether one of its patterns is that of a host; a wildcard stands for exactly one label (section 4.1)."""
        host = normal(host)
        above = host.partition(".")[2]
        return any(pattern == host or (bool(above) and pattern == f"*.{above}") for pattern in self.mx)


def read_policy(text: str) -> Policy:
    """Read a policy's file (section 3.2); of a field that is there twice the first one counts, ``mx`` aside."""
    fields: dict[str, str] = {}
    patterns: list[str] = []
    problems: list[str] = []
    lines = text.removesuffix("\n").removesuffix("\r").split("\n")
    for number, line in enumerate(lines[: 2 * _MOST], 1):
        field = _FIELD.fullmatch(line.removesuffix("\r"))
        if field is None:
            problems.append(f"line {number} is no field and its value: {excerpt(line) or 'it is empty'}")
        elif field[1] == "mx":
            patterns.append(field[2])
        elif field[1] in fields:
            problems.append(f"{field[1]} is there twice, and only the first one counts")
        else:
            fields[field[1]] = field[2]
    if len(lines) > 2 * _MOST:
        problems.append(f"the lines after the first {2 * _MOST} were not looked at")
    problems += _faults(fields, patterns)
    mode, age = fields.get("mode"), fields.get("max_age", "")
    return Policy(
        fields.get("version"),
        mode if mode in MODES else None,
        tuple(pattern.lower() for pattern in patterns if _PATTERN.fullmatch(pattern)),
        int(age) if _AGE.fullmatch(age) and int(age) <= LONGEST_AGE else None,
        tuple(problems),
    )


def _faults(fields: Mapping[str, str], patterns: Sequence[str]) -> Iterator[str]:
    yield from (f"the policy has no {name}" for name in ("version", "mode", "max_age") if name not in fields)
    if fields.get("version", "STSv1") != "STSv1":
        yield f"there is no version {excerpt(fields['version'])}"
    if fields.get("mode", "none") not in MODES:
        yield f"there is no mode {excerpt(fields['mode'])}"
    age = fields.get("max_age", "0")
    if not _AGE.fullmatch(age) or int(age) > LONGEST_AGE:
        yield f"max_age is {excerpt(age)}, where seconds belong, {LONGEST_AGE} at most"
    if not patterns and fields.get("mode") != "none":
        yield "the policy names no exchanger"
    wrong = [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]
    yield from (f"{excerpt(pattern) or 'an empty mx'} is no pattern for an exchanger's name" for pattern in wrong)
