"""The file-safety test on trees held in memory; the laboratory compares the same code with the real program."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.unknown import Unknown
from auditor.sendmail.file_demands import Purpose
from auditor.sendmail.identity import Identity, run_as
from auditor.sendmail.safefile import Verdict, judge, writable_directories
from auditor.trees.base import Kind, Owners
from auditor.trees.memory import NO_OWNERS, MemoryFile, MemoryTree

KEY = "/etc/mail/certs/key.pem"
NONE: frozenset[str] = frozenset()
ROOT = Identity.root()


def owned(mode: int, uid: int = 0, gid: int = 0) -> Owners:
    """Owners known by number."""
    return Owners(mode, uid, gid, None, None)


def directory(mode: int, uid: int = 0, gid: int = 0) -> MemoryFile:
    """A directory."""
    return MemoryFile(owners=owned(mode, uid, gid), kind=Kind.DIRECTORY)


def verdict(files: dict[str, MemoryFile], path: str, purpose: Purpose, who: Identity = ROOT, *flags: str) -> Verdict:
    """The verdict in a complete tree."""
    found = judge(MemoryTree(files), path, purpose, who, frozenset(flags))
    assert isinstance(found, Verdict)
    return found


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (0o600, None),
        (0o400, None),
        (0o700, None),
        (0o640, "Group readable file"),
        (0o604, "World readable file"),
        (0o660, "Group writable file"),
        (0o602, "World writable file"),
    ],
)
def test_modes_of_a_key(mode: int, reason: str | None) -> None:
    """A private key must be out of reach for group and others."""
    assert verdict({KEY: MemoryFile(owners=owned(mode))}, KEY, Purpose.KEY).reason == reason


def test_group_readable_key_is_a_flag() -> None:
    """GroupReadableKeyFile lets the group read, and nobody else."""
    one, two = MemoryFile(owners=owned(0o640)), MemoryFile(owners=owned(0o644))
    assert verdict({KEY: one}, KEY, Purpose.KEY, ROOT, "groupreadablekeyfile").ok
    assert verdict({KEY: two}, KEY, Purpose.KEY, ROOT, "groupreadablekeyfile").reason == "World readable file"


def test_owner_of_a_certificate() -> None:
    """A certificate belongs to root, RunAsUser or TrustedUser, unless CertOwner is set."""
    files = {KEY: MemoryFile(owners=owned(0o644, uid=7))}
    assert verdict(files, KEY, Purpose.CERTIFICATE).reason == "Permission denied"
    assert verdict(files, KEY, Purpose.CERTIFICATE, Identity.root(Identity(7, 7))).ok
    assert verdict(files, KEY, Purpose.CERTIFICATE, Identity(7, 7)).ok
    assert verdict(files, KEY, Purpose.CERTIFICATE, ROOT, "certowner").ok


@pytest.mark.parametrize(("mode", "ok"), [(0o640, False), (0o660, False), (0o644, True), (0o666, True), (0o604, True)])
def test_a_stranger_owns_a_map(mode: int, *, ok: bool) -> None:
    """A map of another owner must be readable for everybody; that others may write it is not asked."""
    files = {"/etc/mail/access.db": MemoryFile(owners=owned(mode, uid=7, gid=7))}
    assert verdict(files, "/etc/mail/access.db", Purpose.MAP).ok is ok


def test_only_write_bits_of_directories_count() -> None:
    """A directory of another owner is fine as long as neither group nor others may write it."""
    files = {"/etc/mail/certs": directory(0o755, uid=7), KEY: MemoryFile(owners=owned(0o600))}
    assert verdict(files, KEY, Purpose.KEY).ok
    files["/etc/mail"] = directory(0o775)
    assert verdict(files, KEY, Purpose.KEY) == Verdict(ok=False, reason="Group writable directory", at="/etc/mail")
    assert verdict(files, KEY, Purpose.KEY, ROOT, "groupwritabledirpathsafe").ok


def test_the_target_of_a_final_link_is_not_walked() -> None:
    """The directories of what the last link points to are not looked at, those on the way to the link are."""
    files = {
        "/open": directory(0o777),
        "/open/file": MemoryFile(),
        "/etc/mail/final": MemoryFile(target="/open/file"),
        "/etc/mail/dir": MemoryFile(target="/open"),
    }
    assert verdict(files, "/etc/mail/final", Purpose.MAP).ok
    assert verdict(files, "/etc/mail/dir/file", Purpose.MAP) == Verdict(
        ok=False, reason="World writable directory", at="/open"
    )


def test_a_link_in_a_writable_directory() -> None:
    """Where directories are forgiven, links in writable ones still are not, unless that is forgiven too."""
    files = {
        "/etc/mail": directory(0o777),
        "/etc/mail/w": MemoryFile(target="/etc/names"),
        "/etc/names": MemoryFile(),
    }
    flags = ("classfileinunsafedirpath",)
    assert verdict(files, "/etc/mail/w", Purpose.CLASS, ROOT, *flags).reason == "Symbolic links not allowed"
    assert verdict(files, "/etc/mail/w", Purpose.CLASS, ROOT, *flags, "linkedclassfileinwritabledir").ok


def test_sticky_directories_can_be_trusted() -> None:
    """TrustStickyBit forgives a writable directory that has the sticky bit."""
    files = {"/tmp": directory(0o1777), "/tmp/map": MemoryFile()}
    assert not verdict(files, "/tmp/map", Purpose.MAP).ok
    assert verdict(files, "/tmp/map", Purpose.MAP, ROOT, "truststickybit").ok


def test_what_is_not_there() -> None:
    """A missing file, a directory and a path through a file are refused in sendmail's words."""
    files = {"/etc/mail/a": MemoryFile(owners=owned(0o755)), "/etc/mail/d": directory(0o755)}
    assert verdict(files, "/etc/mail/b", Purpose.MAP).reason == "No such file or directory"
    assert verdict(files, "/etc/mail/a/b", Purpose.MAP).reason == "Not a directory"
    assert verdict(files, "/etc/mail/d", Purpose.MAP).reason == "Regular files only"


def test_database_that_would_be_made() -> None:
    """A database that is not there may be made; one that is a link may not be written."""
    files = {"/etc/aliases.db": MemoryFile(target="/other"), "/other": MemoryFile()}
    assert verdict({"/etc/x": MemoryFile()}, "/etc/aliases.db", Purpose.MAP_CREATION).ok
    assert verdict(files, "/etc/aliases.db", Purpose.MAP_CREATION).reason == "Symbolic links not allowed"
    runner = Identity(7, 7)
    assert verdict({"/etc/x": MemoryFile()}, "/etc/a.db", Purpose.MAP_CREATION, runner).reason == "Permission denied"


def test_run_as_user_is_held_to_what_the_kernel_allows() -> None:
    """RunAsUser needs the right to search every directory and to read the file."""
    files = {"/etc/mail/inner": directory(0o750), "/etc/mail/inner/map": MemoryFile(owners=owned(0o644))}
    assert verdict(files, "/etc/mail/inner/map", Purpose.MAP, Identity(7, 7)).at == "/etc/mail/inner"
    assert verdict(files, "/etc/mail/inner/map", Purpose.MAP, Identity(7, 0)).ok


def test_unknown_owners_decide_nothing_but_known_ones_do() -> None:
    """Without owners there is no verdict, unless something that is known is already refused."""
    checkout = MemoryTree({KEY: MemoryFile(owners=NO_OWNERS)}, complete=False)
    assert judge(checkout, KEY, Purpose.KEY, ROOT, NONE) == NO_OWNERS
    partly = MemoryTree({KEY: MemoryFile(owners=owned(0o644))}, complete=False)
    assert judge(partly, KEY, Purpose.KEY, ROOT, NONE) == Verdict(ok=False, reason="Group readable file", at=KEY)
    assert isinstance(judge(checkout, "/etc/mail/other", Purpose.MAP, ROOT, NONE), Unknown)


def test_owner_known_by_name_and_user_by_number() -> None:
    """Who owns a file stays open where the two cannot be compared, and then nothing is refused for it."""
    named = MemoryFile(owners=Owners(0o644, None, None, "smmta", "smmta"))
    files = {KEY: named}
    assert isinstance(judge(MemoryTree(files), KEY, Purpose.CERTIFICATE, Identity(7, 7), NONE), Unknown)
    assert verdict(files, KEY, Purpose.CERTIFICATE, Identity(7, 7, "smmta", "smmta")).ok
    assert not verdict(files, KEY, Purpose.CERTIFICATE, Identity(7, 7, "other", "other")).ok


def test_a_configuration_is_used_whatever_its_mode() -> None:
    """A configuration that others may write is warned of and used."""
    files = {"/etc/mail/sendmail.cf": MemoryFile(owners=owned(0o664))}
    found = verdict(files, "/etc/mail/sendmail.cf", Purpose.CONFIGURATION)
    assert found.ok
    assert found.reason == "WARNING: dangerous write permissions"


def test_writable_directories_are_all_named() -> None:
    """Every writable directory on the way is listed, the path itself included."""
    files = {"/var": directory(0o775), "/var/spool": directory(0o755), "/var/spool/q": directory(0o777)}
    found = writable_directories(MemoryTree(files), "/var/spool/q", NONE)
    assert isinstance(found, list)
    assert [(each.at, each.reason) for each in found] == [
        ("/var", "Group writable directory"),
        ("/var/spool/q", "World writable directory"),
    ]


def test_run_as_reads_the_accounts() -> None:
    """Users and groups are looked up by name or number; a name nobody knows stays a name."""
    accounts = MemoryTree(
        {
            "/etc/passwd": MemoryFile(b"root:x:0:0::/:/bin/sh\nmail:x:8:12::/:/bin/false\nbroken\n"),
            "/etc/group": MemoryFile(b"root:x:0:\nmail:x:12:\nsasl:x:45:mail,other\n"),
        }
    )
    assert run_as(accounts, None, None) == ROOT
    assert run_as(accounts, "mail", None) == Identity(8, 12, "mail", "mail", frozenset({"sasl", 45}))
    assert run_as(accounts, "mail:sasl", None).gid == 45
    assert run_as(accounts, "8:0", None) == Identity(8, 0, "mail", "root", frozenset({"sasl", 45}))
    assert run_as(accounts, None, "nobody-here").trusted == Identity(None, None, "nobody-here")


@given(
    st.lists(st.sampled_from(["a", "b", "c", "..", "."]), min_size=1, max_size=6),
    st.dictionaries(
        st.sampled_from(["/a", "/b", "/a/b", "/a/c", "/a/b/c"]),
        st.one_of(
            st.builds(lambda mode: MemoryFile(owners=owned(mode)), st.integers(0, 0o7777)),
            st.builds(directory, st.integers(0, 0o7777), st.sampled_from([0, 7])),
            st.builds(lambda to: MemoryFile(target=to), st.sampled_from(["/a", "b", "../a", "/b/c", "c", "/a/b"])),
        ),
        max_size=5,
    ),
    st.sampled_from(list(Purpose)),
    st.sampled_from([ROOT, Identity(7, 7)]),
)
def test_every_tree_gets_an_answer(
    parts: list[str], files: dict[str, MemoryFile], purpose: Purpose, who: Identity
) -> None:
    """Whatever a tree holds, loops of links included, there is a verdict, and a refusal has a reason and a place."""
    found = judge(MemoryTree(files), posixpath.join("/", *parts), purpose, who, NONE)
    if isinstance(found, Verdict) and not found.ok:
        assert found.reason
        assert found.at
