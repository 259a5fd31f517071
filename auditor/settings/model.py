"""What settings say, each value with the place that says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from auditor.model.finding import Severity
from auditor.model.text import Source, Span
from auditor.model.value import field, frozen, replaced
from auditor.settings.globs import covers

DEFAULT = "default"
COMMAND_LINE = "command line"
#: The settings of one value, as a file names them, in the order they are shown.
PLAIN = ("profile", "select", "ignore", "fail-on", "min-severity", "cf-dir", "assume-version", "assume-flags")


class SettingsError(Exception):
    """Settings that cannot be used; the message is one line that names the file and the line."""


@frozen
class Ignore:
    """Findings that somebody accepts.

    Attributes:
        id: the rule's id or its name in words, as it was written.
        path: a pattern of paths; None for any.
        subject: what the finding is about, as reports name it, or the audited target; None for any.
        reason: why they are accepted.
        expires: the last day on which they are; None for ever.
        at: the entry's ``id`` in the file.

    """

    id: str
    path: str | None
    subject: str | None
    reason: str
    expires: date | None
    at: Span


@frozen
class Override:
    """What is different for some paths; None and nothing leave what holds elsewhere.

    Attributes:
        paths: patterns of paths.
        select, ignore: rules whose findings alone count there, or do not.
        severity: severities by rule; None means that the rule's findings do not count.
        profile, thresholds: what is asked of installs whose directory the patterns name.
        at: where the override begins in the file.

    """

    paths: tuple[str, ...]
    select: tuple[str, ...] | None
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity | None]
    profile: str | None
    thresholds: Mapping[str, int | tuple[str, ...]]
    at: Span


@frozen
class Probed:
    """A target to probe: ``HOST:PORT``, the pattern of the installs it belongs to (None for any), and its place."""

    target: str
    path: str | None
    at: Span


@frozen
class Settings:
    """What holds for one run.

    Attributes:
        base: the directory on the disk that patterns and relative paths start from; empty without a file.
        shown: what messages call the file, empty without one.
        source: the file's text; None without one.
        profile: ``modern``, ``howto`` or ``strict``.
        select: ids, id prefixes or slugs of the rules to run; None for all.
        ignore: those not to run.
        fail_on: from which severity on a run fails, or ``never``.
        min_severity: below what nothing is shown.
        severity: severities by rule, None for a rule that is not asked.
        thresholds: what differs from the profile's.
        overrides: what differs for some paths.
        targets: what to probe where that is allowed.
        cf_dir: sendmail's cf directory.
        assume_version, assume_flags: what to take the sendmail program for where it cannot be asked.
        ignores: findings that are accepted.
        origins: who said it, by the setting's name: ``FILE:LINE`` or ``command line``; what is not here is the default.

    """

    base: str = ""
    shown: str = ""
    source: Source | None = None
    profile: str = "modern"
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    fail_on: str = "medium"
    min_severity: str = "info"
    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    thresholds: Mapping[str, int | tuple[str, ...]] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    targets: tuple[Probed, ...] = ()
    cf_dir: str | None = None
    assume_version: str | None = None
    assume_flags: tuple[str, ...] | None = None
    ignores: tuple[Ignore, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Who said what a setting is."""
        return self.origins.get(name, DEFAULT)

    def said(self, at: Span) -> str:
        """A place in the settings' file as a message names it."""
        return f"{self.shown}:{at.line}"

    def commanded(self, **given: object) -> Settings:
        """These settings with what a command line gives in their place; None is not given."""
        changes = {name: value for name, value in given.items() if value is not None}
        said = {name.replace("_", "-"): COMMAND_LINE for name in changes}
        return replaced(self, **changes, origins={**self.origins, **said})

    def covers(self, patterns: Iterable[str], place: str, inside: str | None = None) -> bool:
        """Whether one of the patterns means a path.

        Args:
            patterns: relative ones are matched from the settings' directory, absolute ones inside the audited root.
            place: the path on the disk, absolute.
            inside: the path inside the audited root; None where there is none.

        """
        below = (
            place[len(self.base.rstrip("/")) + 1 :] if (place + "/").startswith(self.base.rstrip("/") + "/") else None
        )
        return any(
            any(covers(pattern, path) for path in (place, inside) if path is not None)
            if pattern.startswith("/")
            else below is not None and covers(pattern, below)
            for pattern in patterns
        )
