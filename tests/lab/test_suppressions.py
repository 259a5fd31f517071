"""Where a comment that suppresses a finding is one to makemap, and where it is not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.comments import suppressions
from auditor.model.text import Source

pytestmark = pytest.mark.lab

COMMENT = "mailaudit: ignore[ACS002] ours"


def is_value(path: str, text: str) -> bool:
    """Whether the comment of a file is taken for part of what stands before it."""
    [found] = suppressions(Source(path, text.encode()), lambda word: (word, ""))
    return found.is_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"# {COMMENT}\nConnect:doe.org\tRELAY\n", "RELAY"),
        (f"Connect:doe.org\tRELAY # {COMMENT}\n", f"RELAY # {COMMENT}"),
    ],
)
def test_makemap(program: Callable[[str], str], trusted: Path, text: str, value: str) -> None:
    """A comment on a line of its own is passed over by makemap, one behind a value is taken into it."""
    makemap, path = program("makemap"), trusted / f"access{len(text)}{len(value)}"
    subprocess.run([makemap, "hash", str(path)], input=text.encode(), check=True, capture_output=True, timeout=60)
    printed = subprocess.run([makemap, "-u", "hash", str(path)], check=True, capture_output=True, timeout=60).stdout
    assert printed.decode() == f"connect:doe.org\t{value}\n"
    assert is_value("/etc/mail/access", text) is (COMMENT in value)


def test_makemap_knows_no_indented_comment(program: Callable[[str], str], trusted: Path) -> None:
    """To makemap a line that begins with a blank is none of its comments."""
    text = f" # {COMMENT}\nConnect:doe.org\tRELAY\n"
    makemap, path = program("makemap"), trusted / "indented"
    done = subprocess.run(
        [makemap, "hash", str(path)], input=text.encode(), check=False, capture_output=True, timeout=60
    )
    printed = subprocess.run([makemap, "-u", "hash", str(path)], check=False, capture_output=True, timeout=60).stdout
    assert done.returncode or printed.decode() != "connect:doe.org\tRELAY\n"
    assert is_value("/etc/mail/access", text)
