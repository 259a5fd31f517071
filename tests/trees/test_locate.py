"""Which installs a path on the command line means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.trees import locate as module
from auditor.trees.locate import NotFound, NothingHere, Origin, Target, locate

MC = "OSTYPE(`linux')dnl\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs in a directory of its own, on a host that may or may not have sendmail."""
    monkeypatch.chdir(tmp_path)


def put(path: str, text: str = MC) -> Path:
    """A file below the working directory, with the directories above it."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def one(path: str | Path, root: str | None = None) -> Target:
    """The only install a path means."""
    (found,) = locate(Path(path), None if root is None else Path(root))
    return found


def text(target: Target, path: str) -> str:
    """The text of a file of a target's tree."""
    source = target.tree.read(path)
    assert isinstance(source, Source), source
    return source.text


@pytest.mark.parametrize("path", ["repo/mx1/etc/mail", "repo/mx1/etc/mail/certs", "repo/mx1/etc"])
def test_the_root_is_two_levels_above_etc_mail(path: str) -> None:
    """A path that ends in etc/mail, lies below it or is its etc has its root where etc is."""
    put("repo/mx1/etc/mail/sendmail.mc")
    put("repo/mx1/etc/mail/certs/key.pem")
    target = one(path)
    assert (target.name, target.kind, target.focus) == ("repo/mx1", Origin.CHECKOUT, None)
    assert text(target, "/etc/mail/sendmail.mc") == MC
    assert not target.tree.is_live
    assert not target.tree.tells_absence


def test_a_directory_of_sendmail_s_files_stands_for_etc_mail() -> None:
    """A directory that holds sendmail's files is /etc/mail itself, with nothing around it."""
    put("repo/mail/sendmail.mc")
    put("repo/passwd")
    target = one("repo/mail")
    assert (target.name, target.kind) == ("repo/mail", Origin.DIRECTORY)
    assert text(target, "/etc/mail/sendmail.mc") == MC
    assert isinstance(target.tree.entry("/etc/passwd"), Unknown)


@pytest.mark.parametrize(
    "name", ["access", "local-host-names", "x.mc", "x.cf", "submit.cf", "virtusertable", "aliases"]
)
def test_any_of_sendmail_s_names_will_do_where_the_directory_is_named(name: str) -> None:
    """One file with a name of sendmail's is enough for a directory that was named."""
    put(f"here/{name}", "text")
    assert one("here").kind is Origin.DIRECTORY


def test_installs_below_are_found() -> None:
    """A path without sendmail's files is searched: whole roots and lone directories, in the order of their paths."""
    put("repo/b/etc/mail/sendmail.mc")
    put("repo/a/sendmail/site.mc")
    put("repo/.git/c/sendmail.mc")
    put("repo/postfix/main.cf", "queue_directory = /var/spool/postfix\n")
    put("repo/spam/local.cf", "required_score 5\n")
    assert [(each.name, each.kind) for each in locate(Path("repo"))] == [
        ("repo/a/sendmail", Origin.DIRECTORY),
        ("repo/b", Origin.CHECKOUT),
    ]


def test_postfix_is_not_sendmail() -> None:
    """A directory of Postfix's, which has an access file and .cf files too, is nothing to audit."""
    put("repo/main.cf", "queue_directory = /var/spool/postfix\n")
    put("repo/master.cf", "smtp inet n - y - - smtpd\n")
    with pytest.raises(NothingHere):
        locate(Path("repo"))


def test_no_link_is_followed_while_searching(tmp_path: Path) -> None:
    """A link to a directory with an install does not make one, nor does a link to itself hold up the search."""
    put("outside/etc/mail/sendmail.mc")
    Path("repo").mkdir()
    Path("repo/link").symlink_to(tmp_path / "outside")
    Path("repo/self").symlink_to(".")
    with pytest.raises(NothingHere):
        locate(Path("repo"))


def test_the_search_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies too deep, and what comes after too many directories or installs, is told of."""
    deep = "/".join(["d"] * (module.DEPTH_LIMIT + 2))
    put(f"repo/{deep}/sendmail.mc")
    put("repo/a/sendmail.mc")
    put("repo/b/sendmail.mc")
    said: list[str] = []
    assert len(locate(Path("repo"), None, said.append)) == 2
    assert any("too deep" in sentence for sentence in said)
    monkeypatch.setattr(module, "INSTALL_LIMIT", 1)
    assert len(locate(Path("repo"), None, said.append)) == 1
    assert any("only the first 1 installs" in sentence for sentence in said)
    monkeypatch.setattr(module, "DIRECTORY_LIMIT", 2)
    locate(Path("repo"), None, said.append)


@pytest.mark.parametrize(
    ("path", "name", "focus"),
    [
        ("mx1/etc/mail/sendmail.mc", "mx1", "/etc/mail/sendmail.mc"),
        ("mx1/etc/mail/certs/key.pem", "mx1", "/etc/mail/certs/key.pem"),
        ("mx1/usr/lib/sasl2/Sendmail.conf", "mx1", "/usr/lib/sasl2/Sendmail.conf"),
        ("lone/site.mc", "lone", "/etc/mail/site.mc"),
        ("lone/certs/key.pem", "lone", "/etc/mail/certs/key.pem"),
        ("notes/readme.txt", "notes", "/etc/mail/readme.txt"),
    ],
)
def test_a_file_means_the_install_it_belongs_to(path: str, name: str, focus: str) -> None:
    """A file is audited within its install, and only what is found in it is wanted."""
    for each in ("mx1/etc/mail/sendmail.mc", "lone/site.mc", path):
        put(each)
    target = one(path)
    assert (target.name, target.focus) == (name, focus)
    assert text(target, focus) == MC


def test_a_file_of_one_repository_does_not_belong_to_an_install_around_it() -> None:
    """The search for a file's install ends where its repository does."""
    put("outer/etc/mail/sendmail.mc")
    put("outer/repo/.git/HEAD")
    put("outer/repo/files/note.txt")
    assert one("outer/repo/files/note.txt").name == "outer/repo/files"


def test_a_root_is_a_whole_filesystem() -> None:
    """Under --root absence, owners and modes count and files are named as inside."""
    put("image/etc/mail/sendmail.mc")
    put("image/usr/lib/sasl2/Sendmail.conf")
    (target,) = locate(None, Path("image"))
    assert (target.name, target.kind, target.focus) == ("image", Origin.ROOT, None)
    assert target.tree.tells_absence
    assert not target.tree.is_live
    assert target.tree.shown("/etc/mail/sendmail.mc") == "/etc/mail/sendmail.mc"
    assert one("/usr/lib/sasl2/Sendmail.conf", "image").focus == "/usr/lib/sasl2/Sendmail.conf"
    assert one("image/etc/mail/sendmail.mc", "image").focus == "/etc/mail/sendmail.mc"
    assert one("/etc/mail", "image").focus is None
    assert one("image", "image").focus is None


def test_errors_tell_what_was_looked_for() -> None:
    """A path that does not exist is a usage error, one without an install lists the names that were looked for."""
    Path("empty").mkdir()
    Path("image/etc").mkdir(parents=True)
    with pytest.raises(NotFound, match="nowhere"):
        locate(Path("nowhere"))
    with pytest.raises(NothingHere, match=r"local-host-names.*etc/mail"):
        locate(Path("empty"))
    with pytest.raises(NothingHere, match=r"etc/mail"):
        locate(None, Path("image"))
    with pytest.raises(NotFound):
        locate(None, Path("nowhere"))
    put("image/etc/mail/sendmail.mc")
    with pytest.raises(NotFound, match="not found below image"):
        locate(Path("/etc/mail/absent"), Path("image"))
    with pytest.raises(NotFound):
        locate(Path("nul\0byte"))


def test_a_root_s_link_to_the_disk_is_no_install(tmp_path: Path) -> None:
    """Whether a root has etc/mail is asked inside it."""
    put("outside/mail/sendmail.mc")
    Path("image/etc").mkdir(parents=True)
    Path("image/etc/mail").symlink_to(tmp_path / "outside/mail")
    with pytest.raises(NothingHere):
        locate(None, Path("image"))


def test_the_usual_place_is_the_running_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """/etc/mail, /, --root / and no path at all mean the running host, where there is one to audit."""
    if not module.USUAL.is_dir():
        monkeypatch.setattr(module, "USUAL", Path("/nowhere/etc/mail"))
        with pytest.raises(NothingHere):
            locate()
        return
    Path("mine").symlink_to(module.USUAL)
    for path, root in ((None, None), (module.USUAL, None), (Path("/"), None), (None, Path("/")), (Path("mine"), None)):
        (target,) = locate(path, root)
        assert (target.name, target.kind) == ("/", Origin.LIVE)
        assert target.tree.is_live
        assert target.tree.tells_absence


def test_recorded_owners_are_found_with_what_they_speak_for() -> None:
    """An .etckeeper beside sendmail's files or above them comes with the directory its names are relative to."""
    put("mx1/etc/mail/sendmail.mc")
    put("mx1/etc/.etckeeper", "mkdir -p './x'\n")
    ((source, inside),) = one("mx1/etc/mail").records
    assert (source.path, inside) == ("/etc/.etckeeper", "/etc")
    put("lone/site.mc")
    put("lone/.etckeeper", "")
    ((source, inside),) = one("lone").records
    assert (source.path, inside) == ("/etc/mail/.etckeeper", "/etc/mail")


def test_a_repository_of_etckeeper_is_all_of_etc() -> None:
    """A directory mail beside an .etckeeper is part of an /etc that is all there."""
    put("repo/mail/sendmail.mc")
    put("repo/passwd", "root:x:0:0::/:\n")
    put("repo/.etckeeper", "")
    for path, focus in (("repo", None), ("repo/mail", None), ("repo/mail/sendmail.mc", "/etc/mail/sendmail.mc")):
        target = one(path)
        assert target.focus == focus
        assert text(target, "/etc/passwd").startswith("root")
        assert text(target, "/etc/mail/sendmail.mc") == MC
        assert [inside for _, inside in target.records] == ["/etc"]
        assert isinstance(target.tree.entry("/usr/lib/sasl2"), Unknown)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_directories_that_cannot_be_searched_are_told_of() -> None:
    """A directory that may not be read is named, and the search goes on."""
    put("repo/a/sendmail.mc")
    Path("repo/b").mkdir(mode=0)
    said: list[str] = []
    assert len(locate(Path("repo"), None, said.append)) == 1
    assert any("repo/b" in sentence for sentence in said)
