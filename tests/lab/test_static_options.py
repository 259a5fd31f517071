"""The options, classes and maps read from .mc files without m4 against those in the .cf that m4 makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.facts.classes_static import static_classes, static_maps
from auditor.facts.features import daemon_option_calls, defines_of, features_of
from auditor.facts.options_static import Static
from auditor.model.text import Source
from auditor.model.unknown import Unknowable
from auditor.readers.cf import read_cf
from auditor.readers.mc import read_mc
from auditor.sendmail.cf import CfView
from auditor.sendmail.cf_commands import all_class_words, class_file, map_line
from auditor.sendmail.mc import McView, static_view
from tests.lab.test_effective_options import made, shown, sources

pytestmark = pytest.mark.lab


def pairs(cf_tree: Path, m4: str, room: Path) -> Iterator[tuple[Path, McView, CfView]]:
    """Each .mc as it is read here, with what m4 made of it; those that come to nothing are left out."""
    for path in sources(cf_tree):
        text = made(path, cf_tree, m4, room)
        if text is not None and b"\nO " in text:
            view = static_view(read_mc(Source(str(path), (room / "made.mc").read_bytes())))
            yield path, view, CfView(read_cf(Source("made.cf", text)))


def test_static_options_are_those_m4_writes(
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every option has the values it has in the generated .cf, or is said not to be known."""
    m4 = program("m4")
    equal = unknown = 0
    wrong = []
    for path, view, cf in pairs(cf_tree, m4, tmp_path):
        static = Static(view, defines_of(view), features_of(view), daemon_option_calls(view))
        for key in sorted({*cf.effective, *static.keys()}):
            try:
                ours = [shown(each.value) for each in static.all(key)]
            except Unknowable:
                unknown += 1
                continue
            theirs = [shown(line.taken) for line in cf.effective.get(key, ())]
            equal += ours == theirs
            wrong += [f"{path}: {key}: ours {ours}, m4's {theirs}"] if ours != theirs else []
    with capsys.disabled():
        print(f"\nequal {equal}/{equal + len(wrong)}, not known {unknown}")  # noqa: T201  # A reader wants the count.
    assert not wrong, "\n".join(wrong[:20])
    assert equal > 200


def test_static_classes_are_those_m4_writes(program: Callable[[str], str], cf_tree: Path, tmp_path: Path) -> None:
    """Where nothing is in doubt the classes a site fills have the same words and files."""
    m4 = program("m4")
    wrong = []
    for path, view, cf in pairs(cf_tree, m4, tmp_path):
        found = static_classes(view, defines_of(view), features_of(view))
        if found.doubt is not None:
            continue
        for name in ("w", "R", "t", "E", "M", "N", "G", "VirtHost"):
            ours = {word.text for each, word in found.words if each == name}
            theirs = {word.text for each, word in all_class_words(cf) if each == name}
            wrong += [f"{path}: class {name}: ours {ours}, m4's {theirs}"] if ours != theirs else []
        files = sorted((file.name, file.path, file.optional, file.format) for file in found.files)
        lines = [file for line in cf.lines("class file") if (file := class_file(line)) is not None]
        same = files == sorted((file.name, file.path, file.optional, file.format) for file in lines)
        wrong += [] if same else [f"{path}: class files differ"]
    assert not wrong, "\n".join(wrong[:20])


def test_static_maps_are_those_m4_writes(program: Callable[[str], str], cf_tree: Path, tmp_path: Path) -> None:
    """Where nothing is in doubt each map that is found has the same class, flags and file in the generated .cf."""
    m4 = program("m4")
    wrong = []
    for path, view, cf in pairs(cf_tree, m4, tmp_path):
        found, doubt = static_maps(view, defines_of(view), features_of(view))
        lines = [each for line in cf.lines("map") if (each := map_line(line)) is not None]
        theirs = [(each.name, each.type, each.flags, each.file) for each in lines]
        known = found if doubt is None else ()
        wrong += [f"{path}: {each}" for each in known if (each.name, each.type, each.flags, each.file) not in theirs]
    assert not wrong, "\n".join(wrong[:20])
