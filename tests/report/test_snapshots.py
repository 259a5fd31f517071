"""Each format of one report, as it was when somebody last read it.

``MAILAUDIT_SNAPSHOTS=write`` writes them anew, to be read before they are kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor import __version__
from auditor.report import FORMATS, renderer
from tests.report.sample import sample

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_what_it_said(name: str) -> None:
    """A format renders the sample to the letter as the snapshot has it, but for the version."""
    text = renderer(name)(sample()).replace(__version__, "VERSION")
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("MAILAUDIT_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8", newline="")
    assert text.encode() == path.read_bytes()
