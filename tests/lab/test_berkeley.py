"""What the database reader finds against what ``makemap -u`` prints of the same file."""

from __future__ import annotations

import random
import string
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.readers.berkeley import read_berkeley

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("kind", ["hash", "btree"])
@pytest.mark.parametrize(("count", "longest"), [(0, 1), (1, 5), (40, 60), (3000, 40), (60, 900), (700, 850)])
def test_as_makemap_prints_it(
    program: Callable[[str], str], trusted: Path, kind: str, count: int, longest: int
) -> None:
    """Keys and values of every size, those on pages of their own included, are read as makemap prints them."""
    draw = random.Random(f"{kind} {count}")
    letters = string.ascii_lowercase + string.digits + ".:@-\xe9"
    pairs = {
        f"k{number}{_word(draw, letters, 1 + longest // 8)}": _word(draw, letters + " ", longest)
        for number in range(count)
    }
    makemap = program("makemap")
    text = "".join(f"{key}\t{value}\n" for key, value in pairs.items()).encode("latin-1")
    path = trusted / f"{kind}{count}"
    made = subprocess.run([makemap, kind, str(path)], input=text, capture_output=True, timeout=60, check=False)
    assert made.returncode == 0, made.stderr
    printed = subprocess.run([makemap, "-u", kind, str(path)], capture_output=True, timeout=60, check=True).stdout
    theirs = dict(line.split("\t", 1) for line in printed.decode("latin-1").splitlines())
    found = read_berkeley(path.with_suffix(".db").read_bytes())
    assert found.problem is None
    assert found.method == kind
    assert found.index == theirs == pairs


@pytest.mark.parametrize("order", ["1234", "4321"])
@pytest.mark.parametrize("kind", ["hash", "btree"])
def test_values_longer_than_a_page(program: Callable[[str], str], trusted: Path, kind: str, order: str) -> None:
    """A value over several pages comes back whole, in either byte order; makemap itself writes none."""
    dump = f"VERSION=3\nformat=print\ntype={kind}\ndb_pagesize=512\ndb_lorder={order}\nHEADER=END\n"
    pairs = {f"key{n}": "v" * (n * 97) for n in range(80)}
    dump += "".join(f" {key}\n {value}\n" for key, value in pairs.items()) + "DATA=END\n"
    path = trusted / f"{kind}{order}.db"
    subprocess.run([program("db_load"), str(path)], input=dump.encode(), timeout=60, check=True)
    found = read_berkeley(path.read_bytes())
    assert found.problem is None
    assert found.index == pairs


def _word(draw: random.Random, letters: str, longest: int) -> str:
    # A value that begins or ends with a blank would not come back as it was written.
    inside = "".join(draw.choices(letters, k=draw.randint(0, longest)))
    return f"x{inside}y"
