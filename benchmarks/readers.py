"""How long the readers take: beside the bare cut of logical lines, over lengths, and for a large map.

A reader's work is to be linear in the length of the file, and that on a .cf less than twice the bare cut, which is a
pyparsing ``Regex`` for one logical line, scanned over the text.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter

from pyparsing import Regex

from auditor.model.text import Source
from auditor.readers.cf import read_cf
from auditor.readers.maps import read_access
from auditor.readers.mc import read_mc

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
#: The length of the .cf that a usual .mc generates.
USUAL = 65_000
LARGE_MAP = 5_000_000
_LOGICAL_LINE = Regex(r"[^\n]*(?:\n[ \t][^\n]*)*\n?").leave_whitespace().parse_with_tabs()


def of_length(name: str, length: int) -> Source:
    """The lines of a fixture, over and over, up to a length in bytes."""
    lines = []
    left = length
    for line in cycle((ROOT / "fixtures" / "modern" / "etc" / "mail" / name).read_bytes().splitlines(keepends=True)):
        if left < len(line):
            break
        lines.append(line)
        left -= len(line)
    return Source(f"/etc/mail/{name}", b"".join(lines))


def map_of_length(length: int) -> Source:
    """An access map of addresses, each on its line, cut off at a length in bytes."""
    lines = (
        b"Connect:198.%d.%d.%d\tREJECT\n" % (18 + n // 65536, n // 256 % 256, n % 256) for n in range(length // 24)
    )
    return Source("/etc/mail/access", b"".join(lines)[:length])


def bare_cut(source: Source) -> int:
    """Cut logical lines and do nothing with them."""
    return sum(1 for _, start, end in _LOGICAL_LINE.scan_string(source.text) if end > start)


def seconds(read: Callable[[Source], object], source: Source, runs: int = RUNS) -> float:
    """The median time of one reading."""
    taken = []
    for _ in range(runs):
        fresh = Source(source.path, source.data)
        start = perf_counter()
        read(fresh)
        taken.append(perf_counter() - start)
    return median(taken)


def main() -> None:
    """Measure and print."""
    cf, long_cf = of_length("sendmail.cf", USUAL), of_length("sendmail.cf", 10 * USUAL)
    mc, long_mc = of_length("sendmail.mc", USUAL), of_length("sendmail.mc", 10 * USUAL)
    large = map_of_length(LARGE_MAP)
    for read in (bare_cut, read_cf, read_mc):
        # The first reading builds the grammar.
        read(cf)
    bare = seconds(bare_cut, cf)
    took = seconds(read_cf, cf)
    print(f"sendmail.cf, {len(cf.data) / 1000:.0f} kB")
    print(f"  bare cut of logical lines {bare * 1000:8.1f} ms")
    print(f"  read_cf                   {took * 1000:8.1f} ms   ratio {took / bare:.2f}")
    print("ten times the length")
    for read, short, long in ((read_cf, cf, long_cf), (read_mc, mc, long_mc)):
        took = seconds(read, long, 3)
        print(f"  {read.__name__:<26}{took * 1000:8.1f} ms   ratio {took / seconds(read, short):.1f}")
    print(f"access, {len(large.data) / 1e6:.1f} MB")
    print(f"  read_access               {seconds(read_access, large, 3):8.2f} s")


if __name__ == "__main__":
    main()
