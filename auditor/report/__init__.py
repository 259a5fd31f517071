"""One module per output format; each turns a report into text and knows nothing of how it was found."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from auditor.model.report import Report

#: The formats that ``--format`` and ``--output`` take. Each is a module of this package with ``render(report) -> str``.
FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "csv")


def renderer(name: str) -> Callable[[Report], str]:
    """The function that renders one format without colour.

    Raises:
        KeyError: there is no such format.

    """
    if name not in FORMATS:
        raise KeyError(name)
    render: Callable[[Report], str] = import_module(f"{__name__}.{name}").render
    return render
