"""Find settings: the nearest file upwards from what is audited.

In each directory ``mailaudit.toml`` counts, or else ``[tool.mailaudit]`` of ``pyproject.toml``. The search ends at the
directory that holds ``.git``, so that a repository is not judged by what lies above it, and at the file system's root.
"""

from __future__ import annotations

import os

from auditor.model.text import Source
from auditor.settings.model import Settings, SettingsError

NAME = "mailaudit.toml"
PROJECT = "pyproject.toml"
#: The table of pyproject.toml that holds settings.
TABLE = ("tool", "mailaudit")
#: Larger files hold something else.
LIMIT = 1024 * 1024


def nearest_settings(place: str) -> Settings | None:
    """The settings for a path, an absolute one.

    Raises:
        SettingsError: the nearest file cannot be read or used.

    """
    directory = place if os.path.isdir(place) else os.path.dirname(place)  # noqa: PTH112, PTH120  # As it is written.
    while True:
        found = _here(directory)
        above = os.path.dirname(directory)  # noqa: PTH120  # Likewise.
        if found is not None or above == directory or os.path.lexists(f"{directory}/.git"):
            return found
        directory = above


def _here(directory: str) -> Settings | None:
    for name, table in ((NAME, ()), (PROJECT, TABLE)):
        path = f"{directory.rstrip('/')}/{name}"
        if not os.path.lexists(path):
            continue
        from auditor.settings.read import settings_of  # noqa: PLC0415  # Most paths have no settings above them.

        data = _data(path, is_ours=not table)
        if not table or b"mailaudit" in data:
            found = settings_of(Source(shown(path), data), directory, shown(path), table)
            if found is not None:
                return found
    return None


def _data(path: str, *, is_ours: bool) -> bytes:
    from auditor.trees.local import contents  # noqa: PLC0415  # As above.

    directory, _, name = path.rpartition("/")
    try:
        # A link could make messages show a file that whoever wrote it cannot read.
        return contents(directory or "/", [name], LIMIT)
    except OSError as error:
        if not is_ours:
            return b""
        is_link = os.path.islink(path)  # noqa: PTH114  # Likewise.
        reason = "a link is not followed here" if is_link else (error.strerror or "cannot be opened").lower()
        message = f"cannot read {shown(path)}: {reason}; --config FILE names settings"
        raise SettingsError(message) from None


def shown(path: str) -> str:
    """A path as messages name it: from the working directory where it lies below that."""
    try:
        return path.removeprefix(os.getcwd().rstrip("/") + "/")  # noqa: PTH109  # Likewise.
    except OSError:
        return path
