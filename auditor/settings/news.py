"""What a change tolerates that was not tolerated before it: a pull request can edit settings and comments as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.engine import profiles
from auditor.model.report import Commented
from auditor.settings.model import COMMAND_LINE, PLAIN, Ignore, Override, Settings


def news(
    old: Settings | None, new: Settings, old_suppressions: Iterable[Commented], new_suppressions: Iterable[Commented]
) -> tuple[str, ...]:
    """Sentences about what is new, without who or when: a report begins them with the revision.

    Args:
        old: the settings before; None where there were none.
        new: the settings now.
        old_suppressions: the comments in the files as they were.
        new_suppressions: the comments in the files as they are.

    """
    return (*_settings(old or Settings(), new), *_suppressions(old_suppressions, new_suppressions))


def _settings(old: Settings, new: Settings) -> Iterator[str]:
    yield from _plain(old, new)
    yield from _asked(old, new)
    known = {_ignore(each) for each in old.ignores}
    for ignore in new.ignores:
        if _ignore(ignore) not in known:
            yield f"ignore of {ignore.id}{_where(ignore)} ({new.said(ignore.at)}): {ignore.reason}"
    overrides = {_override(each) for each in old.overrides}
    for override in new.overrides:
        if _override(override) not in overrides:
            yield f"override for {', '.join(override.paths)} ({new.said(override.at)})"
    targets = {(each.target, each.path) for each in old.targets}
    for target in new.targets:
        if (target.target, target.path) not in targets:
            yield f"target {target.target} ({new.said(target.at)})"


def _plain(old: Settings, new: Settings) -> Iterator[str]:
    for name in PLAIN:
        attribute = name.replace("-", "_")
        before, now = getattr(old, attribute), getattr(new, attribute)
        if before != now and new.origin(name) != COMMAND_LINE:
            yield f"{name} {_said(now)} instead of {_said(before)} ({new.origin(name)})"


def _asked(old: Settings, new: Settings) -> Iterator[str]:
    for name, value in new.thresholds.items():
        if old.thresholds.get(name) != value:
            usual = profiles.load(new.profile).thresholds[name]
            before = _said(old.thresholds.get(name, usual))
            yield f"threshold {name} = {_said(value)} instead of {before} ({new.origin(f'thresholds.{name}')})"
    gone = [name for name in old.thresholds if name not in new.thresholds]
    yield from (f"threshold {name} is no longer {_said(old.thresholds[name])}" for name in gone)
    for rule, severity in new.severity.items():
        if rule not in old.severity or old.severity[rule] != severity:
            yield f"severity of {rule} is {severity.word if severity else 'off'} ({new.origin(f'severity.{rule}')})"


def _suppressions(old: Iterable[Commented], new: Iterable[Commented]) -> Iterator[str]:
    known = Counter(_comment(each) for each in old)
    for each in new:
        key = _comment(each)
        if known[key]:
            known[key] -= 1
            continue
        reason = each.reason or "no reason is given"
        yield f"suppression of {', '.join(each.ids) or 'nothing'} in {each.place.path}:{each.place.line}: {reason}"


def _comment(each: Commented) -> tuple[object, ...]:
    return each.place.path, each.ids, each.reason


def _ignore(each: Ignore) -> tuple[object, ...]:
    return each.id, each.path, each.subject, each.reason, each.expires


def _override(each: Override) -> tuple[object, ...]:
    tables = tuple(sorted(each.severity.items(), key=str)), tuple(sorted(each.thresholds.items()))
    return each.paths, each.select, each.ignore, each.profile, *tables


def _where(ignore: Ignore) -> str:
    return "".join(f" in {word}" for word in (ignore.path, ignore.subject) if word is not None)


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return ", ".join(value) or "nothing" if isinstance(value, tuple) else str(value)
