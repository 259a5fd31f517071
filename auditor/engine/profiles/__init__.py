"""Profiles as data: one TOML file each, with the thresholds and severities that differ."""

from __future__ import annotations

import tomllib
from pathlib import Path

from auditor.facts.given import Profile
from auditor.model.finding import Severity

NAMES = ("modern", "howto", "strict")


def load(name: str) -> Profile:
    """The profile of that name.

    Raises:
        KeyError: there is no such profile.

    """
    if name not in NAMES:
        raise KeyError(name)
    table = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
    thresholds = {key: value if isinstance(value, int) else tuple(value) for key, value in table["thresholds"].items()}
    severities = {
        rule: None if word == "off" else Severity[word.upper()] for rule, word in table.get("severities", {}).items()
    }
    return Profile(name, table["title"], thresholds, severities)
