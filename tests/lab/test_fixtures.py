"""The installs in fixtures/ against the real m4, sendmail and makemap, which say what such files really mean."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.conftest import run
from tests.make_fixture_certificates import CHANGED, FIXTURES, HOWTO, SITES, complete, recorded

pytestmark = pytest.mark.lab

HOWTO_CF = "usr/share/sendmail/cf/cf"
PAIRS = [
    *(
        (site, f"etc/mail/{name}.mc", f"etc/mail/{name}.cf")
        for site in ("modern", "rhel", "debian")
        for name in ("sendmail", "submit")
    ),
    ("howto", f"{HOWTO_CF}/sendmail-slackware-tls-sasl.mc", "etc/mail/sendmail.cf"),
    ("howto", f"{HOWTO_CF}/submit.mc", "etc/mail/submit.cf"),
]
LOADED = [(site, cf) for site, _, cf in PAIRS if (site, cf) != ("howto", "etc/mail/sendmail.cf")]
TABLES = sorted(
    file.relative_to(FIXTURES).as_posix() for file in FIXTURES.rglob("*.db") if not file.name.startswith("aliases")
)
ALIASES = sorted(file.relative_to(FIXTURES).as_posix() for file in FIXTURES.rglob("aliases.db"))

#: Lines that sendmail acts on, rules and headers aside; the class of look-up tags belongs to m4's own rules.
ACTING = re.compile(r"(?!C\{Src\})[CDFKOTVLE](?=\S| \S)|Fw|M[a-z0-9]+,|P[a-z-]+=|See |define ")
#: What differs because m4's files and the .cf are of different releases: the release itself, and since 8.18 the
#: environment's OPENSSL_CONF and answers of block lists without a dot; before 8.16, no class of verification results.
RELEASE = re.compile(r"DZ|EOPENSSL_CONF=|C\{TlsVerified\}")
KEY = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY")
#: What sendmail says under -bt to every configuration, and in a place without a qualified host name or without root.
SAID_ALWAYS = re.compile(
    r"ADDRESS TEST MODE .*|Enter <ruleset> <address>|> |WARNING: (local host name|RunAsUser for MSP ignored).*|"
)


def acting(text: str) -> list[str]:
    """The lines of a .cf that sendmail acts on, sorted, blanks made one; continued lines count with their first."""
    lines = re.sub(r"\n[ \t]+", " ", text).split("\n")
    found = [" ".join(line.split()) for line in lines if ACTING.match(line) and not RELEASE.match(line)]
    return sorted(line.replace(" -a. ", " ") if line.startswith("Kednsbl") else line for line in found)


@pytest.fixture
def made(program: Callable[[str], str], cf_tree: Path, tmp_path: Path) -> Callable[[str, str], str]:
    """Gives what m4 makes of an install's .mc when the cf tree and the install's own files are where it looks."""
    m4 = program("m4")

    def make(site: str, mc: str) -> str:
        text = (FIXTURES / site / mc).read_text()
        text = re.sub(r"(?<=include\(`)(\.\.|/usr/share/sendmail/cf|/usr/share/sendmail-cf)(?=/)", str(cf_tree), text)
        text = text.replace("include(`/etc/mail/", f"include(`{FIXTURES}/{site}/etc/mail/")
        (tmp_path / "site.mc").write_text(text)
        return run(m4, "site.mc", cwd=tmp_path, errors=False)

    return make


def lay(site: str, trusted: Path, name: str) -> Path:
    """A completed copy of an install where sendmail trusts it."""
    copy = trusted / f"{site}-{name}"
    shutil.copytree(FIXTURES / site, copy, symlinks=True)
    complete(copy)
    return copy


def complaints(sendmail: str, file: Path, root: Path) -> list[str]:
    """What sendmail says of a .cf of a copied install, beside what it says of every one.

    The .cf is made to find its class files and tables in the copy. Root gives it the install's host name and no
    network; for others sendmail sleeps a minute where the laboratory's own name has no domain, and says so.
    """
    text = re.sub(r"(?<=[\s=\w])/etc/(?=mail/|aliases)", f"{root}/etc/", file.read_text())
    file.write_text(text)
    command: list[str | Path] = [sendmail, "-C", file, "-bt"]
    if os.geteuid() == 0:
        command = ["unshare", "-n", "-u", "sh", "-c", 'hostname john.doe.org; exec "$0" "$@"', *command]
    return [line for line in run(*command, limit=100).split("\n") if not SAID_ALWAYS.fullmatch(line)]


@pytest.mark.parametrize(("site", "mc", "cf"), PAIRS, ids=lambda value: value)
def test_cf_is_what_m4_makes_of_the_mc(site: str, mc: str, cf: str, made: Callable[[str, str], str]) -> None:
    """Options, classes, macros, files, maps and mailers of each .cf are those that m4 generates, all of them."""
    assert acting((FIXTURES / site / cf).read_text()) == acting(made(site, mc))


@pytest.mark.parametrize(("site", "cf"), LOADED, ids=lambda value: value)
def test_sendmail_takes_the_cf(site: str, cf: str, program: Callable[[str], str], trusted: Path) -> None:
    """The real sendmail reads each .cf, its class files included, without a complaint."""
    copy = lay(site, trusted, f"loaded-{Path(cf).stem}")
    assert complaints(program("sendmail"), copy / cf, copy) == []


def test_sendmail_refuses_the_howto_cf(program: Callable[[str], str], trusted: Path) -> None:
    """The howto's .cf does not load, for the two lines its page mangled beyond what sendmail takes in silence."""
    copy = lay("howto", trusted, "refused")
    said = complaints(program("sendmail"), copy / "etc/mail/sendmail.cf", copy)
    assert [re.sub(r'.*unknown configuration line "(\w+).*', r"\1", line) for line in said] == ["LOCAL", "define"]


@pytest.mark.parametrize("table", TABLES)
def test_tables_match_their_texts(table: str, program: Callable[[str], str], tmp_path: Path) -> None:
    """Each committed table holds what makemap makes of the text beside it."""
    source = (FIXTURES / table).with_suffix("")
    fresh = tmp_path / "fresh.db"
    lines = [line.split(None, 1) for line in source.read_text().splitlines() if not line.startswith("#")]
    expected = sorted(f"{key.lower()}\t{value}" for key, value in lines)
    shutil.copy(FIXTURES / table, fresh)
    assert sorted(run(program("makemap"), "-u", "hash", fresh, errors=False).splitlines()) == expected


@pytest.mark.parametrize("table", ALIASES)
def test_aliases_match_their_text(table: str, program: Callable[[str], str], tmp_path: Path) -> None:
    """Each committed table of aliases holds the aliases of its text, and the mark that it is finished."""
    source = (FIXTURES / table).with_suffix("")
    fresh = tmp_path / "fresh.db"
    lines = [line.split(":", 1) for line in source.read_text().splitlines() if not line.startswith("#")]
    expected = sorted(["@\t@", *(f"{name.lower()}\t{value.strip()}" for name, value in lines)])
    shutil.copy(FIXTURES / table, fresh)
    assert sorted(run(program("makemap"), "-u", "hash", fresh, errors=False).splitlines()) == expected


def test_no_private_key_is_committed() -> None:
    """No file below fixtures/ holds a private key in PEM, nor one in DER by its usual names."""
    files = [file for file in FIXTURES.rglob("*") if file.is_file()]
    assert [file for file in files if KEY.search(file.read_bytes().decode("latin-1"))] == []
    assert [file for file in files if file.suffix in {".key", ".p12", ".pfx"} or ".key." in file.name] == []


@pytest.mark.parametrize("site", ["howto", *SITES])
def test_record_covers_the_install(site: str) -> None:
    """An install's record names each of its files and folders; beside them, what git cannot hold and its key."""
    root = FIXTURES / site
    named = {path.removeprefix("./") for command, path in recorded(root / ".etckeeper") if command[0] == "chmod"}
    made = {path.removeprefix("./") for command, path in recorded(root / ".etckeeper") if command[0] == "mkdir"}
    above = {parent.as_posix() for path in made for parent in Path(path).parents}
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_symlink()} | {"."}
    key = SITES[site].key if site in SITES else f"{HOWTO}/smtp.key.pem"
    folder = Path(key).parent.as_posix()
    assert there - {".etckeeper"} <= named
    assert named - there - made - above <= {key, folder}


@pytest.mark.parametrize("site", ["howto", *SITES])
def test_completed_copy_has_a_matching_key(site: str, program: Callable[[str], str], tmp_path: Path) -> None:
    """In a completed copy the key is its owner's alone and the certificate's own, and tables are the youngest."""
    copy = lay(site, tmp_path, "complete")
    key = copy / (SITES[site].key if site in SITES else f"{HOWTO}/smtp.key.pem")
    certificate = copy / (SITES[site].certificate if site in SITES else f"{HOWTO}/smtp.cert.pem")
    openssl = program("openssl")
    public = run(openssl, "pkey", "-in", key, "-pubout", errors=False)
    assert public.startswith("-----BEGIN PUBLIC KEY")
    assert public == run(openssl, "x509", "-in", certificate, "-noout", "-pubkey", errors=False)
    assert key.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mtime > CHANGED for file in copy.rglob("*.db") if not file.is_symlink())


@pytest.mark.parametrize("site", list(SITES))
def test_openssl_accepts_the_chain(site: str, program: Callable[[str], str]) -> None:
    """Each good certificate is valid by the authorities' folder alone, whose links OpenSSL finds by their hash."""
    paths = SITES[site]
    lists = ["-crl_check_all"] if paths.crl else []
    root = FIXTURES / site
    said = run(program("openssl"), "verify", *lists, "-CApath", root / paths.hashed, root / paths.certificate)
    assert said.endswith("OK\n")
    assert "ffdhe3072" in run(program("openssl"), "dhparam", "-in", root / paths.parameters, "-noout", "-text")
