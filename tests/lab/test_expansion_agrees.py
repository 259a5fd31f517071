"""What is read of a .mc without running m4 against what m4 makes of it with a cf tree: the same facts twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from auditor.engine.resolve import Facts
from auditor.facts.configurations import CfFile
from auditor.facts.features import Features, MailerUses
from auditor.facts.generated import Generated
from auditor.facts.given import Tree
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.subjects import Configuration, Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.sendmail.cf_directory import CfDirectory
from auditor.sendmail.listeners import Listener
from auditor.sendmail.provenance import own_place
from auditor.trees.base import SIZE_LIMIT
from auditor.trees.local import LocalTree
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.lab.conftest import configurations

pytestmark = pytest.mark.lab

MC = "/etc/mail/sendmail.mc"
_OPENED = re.compile(r"/feature/(\w+)\.m4$")
#: What MAILER defines for each mailer, beside the note that there was one.
_MAILER = re.compile(r"_MAILER_(?!DEFINED_)(\w+)_")
_TEMPORARY = re.compile(r"<TE?MPF?>")


class Recording(LocalTree):
    """The host's files; remembers which were read."""

    opened: set[str]

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The content of a regular file."""
        self.opened.add(path)
        return super().read(path, limit, keep=keep)


class Both:
    """The facts of one .mc, read without m4 and made by it."""

    def __init__(self, data: bytes, cf_tree: Path) -> None:
        tree = MemoryTree({MC: MemoryFile(data)}, complete=False)
        host = Recording(Path("/"), complete=True)
        host.opened = set()
        self._host = host
        install = Install("site")
        self._configuration = Configuration("sendmail.cf", install)
        self._static = Facts(install, {Tree: tree})
        self._made = Facts(install, {Tree: tree, CfDirectory: CfDirectory(host, str(cf_tree), own=False)})

    def get(self, kind: type) -> tuple[object, object]:
        """A fact twice."""
        return self._static.get(kind, self._configuration), self._made.get(kind, self._configuration)

    @property
    def generated(self) -> Generated | None:
        """What m4 makes, where it is whole."""
        cf = self._made.get(CfFile, self._configuration)
        return cf.generated if isinstance(cf, CfFile) else None

    @property
    def features(self) -> set[str]:
        """The features whose files m4 read."""
        return {found[1] for path in self._host.opened if (found := _OPENED.search(path))}


@pytest.fixture(scope="module")
def pairs(cf_tree: Path) -> list[tuple[Path, Both, Generated]]:
    """Each .mc that m4 makes a whole .cf of."""
    found = []
    for path in configurations(cf_tree):
        both = Both(path.read_bytes(), cf_tree)
        generated = both.generated
        if generated is not None and "\nO " in generated.expansion.output:
            found.append((path, both, generated))
    return found


class Tally:
    """Counts what agrees."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.count: Counter[str] = Counter()
        self.wrong: list[str] = []

    def compare(self, where: object, ours: object, theirs: object) -> None:
        """Count one comparison."""
        self.count["all"] += 1
        if ours != theirs:
            self.wrong.append(f"{where}: without m4 {ours}, with m4 {theirs}")

    def told(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Print the count, and fail where something differs."""
        agree, unknown = self.count["all"] - len(self.wrong), self.count["unknown"]
        with capsys.disabled():
            print(f"\n{self.what} {agree}/{self.count['all']}, left open without m4: {unknown}")  # noqa: T201
        assert not self.wrong, "\n".join(self.wrong[:20])
        assert agree


def test_options(pairs: list[tuple[Path, Both, Generated]], capsys: pytest.CaptureFixture[str]) -> None:
    """Every option that is told without m4 has the values m4 gives it, defaults of the cf tree among them."""
    tally = Tally("options")
    for path, both, _ in pairs:
        ours, theirs = both.get(Options)
        assert isinstance(ours, Options)
        assert isinstance(theirs, Options)
        for key in sorted({*ours._keys, *theirs._keys}):
            try:
                told = [_TEMPORARY.sub("", each.value) for each in ours.all(key)]
            except Unknowable:
                tally.count["unknown"] += 1
                continue
            tally.compare(f"{path} {key}", told, [_TEMPORARY.sub("", each.value) for each in theirs.all(key)])
    tally.told(capsys)


def test_features(pairs: list[tuple[Path, Both, Generated]], cf_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every feature that is told without m4 is one whose file m4 reads, or is one that another feature amounts to."""
    tally = Tally("features")
    names = sorted(path.stem for path in (cf_tree / "feature").glob("*.m4"))
    for path, both, _ in pairs:
        ours, _ = both.get(Features)
        assert isinstance(ours, Features)
        read = both.features
        for name in names:
            try:
                use = ours.get(name)
            except Unknowable:
                tally.count["unknown"] += 1
                continue
            if use is None or use.via is None:
                tally.compare(f"{path} {name}", use is not None, name in read)
    tally.told(capsys)


def test_listeners(pairs: list[tuple[Path, Both, Generated]], capsys: pytest.CaptureFixture[str]) -> None:
    """The listeners are the same, in the same order."""
    tally = Tally("listeners")
    for path, both, _ in pairs:
        ours, theirs = both.get(Listeners)
        if isinstance(ours, Unknown):
            tally.count["unknown"] += 1
            continue
        if isinstance(ours, NotApplicable) or isinstance(theirs, NotApplicable):
            assert type(ours) is type(theirs)
            continue
        assert isinstance(ours, Listeners)
        assert isinstance(theirs, Listeners)
        told, made = [list(map(_shown, each.listeners)) for each in (ours, theirs)]
        for number in range(max(len(told), len(made))):
            tally.compare(f"{path} {number}", told[number : number + 1], made[number : number + 1])
    tally.told(capsys)


def _shown(each: Listener) -> tuple[object, ...]:
    return each.name, each.port, each.address, each.family, each.modifiers, each.input_filters


def test_mailers(pairs: list[tuple[Path, Both, Generated]], capsys: pytest.CaptureFixture[str]) -> None:
    """The mailers that MAILER calls of the .mc bring in are the same."""
    tally = Tally("mailers")
    for path, both, generated in pairs:
        ours, _ = both.get(MailerUses)
        assert isinstance(ours, MailerUses)
        made = {
            found[1]
            for name, place in generated.expansion.definitions.items()
            if (found := _MAILER.fullmatch(name)) and (at := own_place(place, generated.own)) and at.macro == "MAILER"
        }
        certain = {call.value(0) for call in ours.calls if not call.conditional and call.unknown(0) is None}
        open_ = ours.doubt is not None or any(call.conditional or call.unknown(0) for call in ours.calls)
        tally.count["unknown"] += len(made - certain) if open_ else 0
        for name in sorted(certain | (set() if open_ else made)):
            tally.compare(f"{path} {name}", name in certain, name in made)
    tally.told(capsys)
