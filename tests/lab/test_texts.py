"""The small readers against the programs they follow: makemap, newaliases, sendmail's class files, libsasl."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.aliases import joined, read_aliases
from auditor.readers.flat import BLANKS
from auditor.readers.keyvalue import read_key_values
from auditor.readers.maps import class_file_words, read_map
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

MAP = st.lists(
    st.sampled_from(
        (
            b"key",
            b"Key",
            b"Connect:a.b",
            b"value",
            b"#",
            b" ",
            b"\t",
            b"\x0b",
            b"\r",
            b"\n",
            b"\n",
            b"\r\n",
            b"\xa0",
            b"x" * 600,
        )
    ),
    max_size=24,
).map(b"".join)
CLASS = st.lists(
    st.sampled_from((b"mx.example", b"a", b"b.c", b"#", b" ", b"\t", b"\r", b"\n", b"\n", b"\xa0", b"\\", b"z" * 1500)),
    max_size=24,
).map(b"".join)
ALIASES = st.lists(
    st.sampled_from(
        (b"root", b"bob", b":", b": ", b"\n", b"\n", b"\n ", b"\n\t", b"\\\n", b"# x", b", ", b'"|/x a"', b"/f")
    ),
    max_size=20,
).map(b"".join)
_SIGNS = (b":", b": ", b" ", b"\t", b"\r", b"\n", b"\n", b"#", b"\0", b"\xa0")
CONF = st.lists(st.sampled_from((b"mech_list", b"PWcheck-method", b"a.b", b"x y", *_SIGNS)), max_size=16).map(b"".join)
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def sendmail(*arguments: str | Path, given: bytes = b"") -> bytes:
    """What sendmail prints; an unqualified host name would make it wait a minute, so it gets another one."""
    command = ["/usr/sbin/sendmail", *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["unshare", "-n", "-u", "sh", "-c", 'hostname mx.example.org; exec "$0" "$@"', *command]
    done = subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)
    return done.stdout + done.stderr


@few
@given(data=MAP)
def test_makemap_takes_the_same_entries(program: Callable[[str], str], trusted: Path, data: bytes) -> None:
    """Keys and values, and the number of lines it complains of, are those of makemap."""
    for old in trusted.glob("map*"):
        old.unlink()
    done = subprocess.run([program("makemap"), "hash", trusted / "map"], input=data, capture_output=True, check=False)
    document = read_map(Source("map", data))
    complaints = re.findall(rb": line \d+: ", done.stderr)
    assert len(complaints) == len(document.refused) + len(document.duplicates)
    shown = subprocess.run([program("makemap"), "-u", "hash", trusted / "map"], capture_output=True, check=True).stdout
    ours = [f"{entry.folded}\t{entry.value.text}\n".encode("latin-1") for entry in document.index.values()]
    assert sorted(ours) == sorted(re.findall(rb"[^\n]*\n", shown))


@few
@given(data=CLASS, scanf=st.sampled_from(("", "%s", "%[^\\#]", "%3s", "%[a-z.]")))
def test_sendmail_reads_the_same_words(program: Callable[[str], str], trusted: Path, data: bytes, scanf: str) -> None:
    """A class gets the words of its file that the format lets through."""
    program("sendmail")
    (trusted / "words").write_bytes(data)
    cf = f"V10/Berkeley\nDjmx.example.org\nFX{trusted}/words {scanf}\nO QueueDirectory=/tmp\n"
    cf += "Mlocal, P=/bin/true, A=x\nMprog, P=/bin/sh, A=x\nS0\n"
    (trusted / "words.cf").write_text(cf)
    output = sendmail("-C", trusted / "words.cf", "-d37.8", "-bt")
    words = re.findall(rb"^setclass\(X, (.*)\)$", output, re.MULTILINE)
    assert [word.text.encode("latin-1") for word in class_file_words(Source("words", data), scanf)] == words


@few
@given(data=ALIASES)
def test_newaliases_takes_the_same_aliases(program: Callable[[str], str], trusted: Path, data: bytes) -> None:
    """Names and their values are those of the database that newaliases makes, where every name is a local one."""
    if os.geteuid() != 0:
        pytest.skip("only root may make a database of aliases")
    for old in trusted.glob("aliases*"):
        old.unlink()
    (trusted / "aliases").write_bytes(data)
    sendmail("-bi", f"-oA{trusted}/aliases")
    shown = run(program("makemap"), "-u", "hash", trusted / "aliases.db", errors=False)
    theirs = dict(line.split("\t", 1) for line in shown.split("\n") if line)
    document = read_aliases(Source("aliases", data))
    ours = {key: joined(alias.value.text) for key, alias in document.index.items()}
    # Names that are no plain words are judged by rulesets, which are not this reader's business.
    assert {name: value for name, value in ours.items() if name.isalnum()} == {
        name: value.strip(BLANKS) for name, value in theirs.items() if name.isalnum()
    }


@few
@given(data=CONF)
def test_libsasl_reads_the_same_settings(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """A file is refused exactly where libsasl refuses it, and else gives the same values."""
    name = ctypes.util.find_library("sasl2")
    if name is None:
        pytest.skip("libsasl2 is not installed")
    library = ctypes.CDLL(name)
    library.sasl_config_getstring.restype = ctypes.c_char_p
    path = tmp_path_factory.getbasetemp() / "sasl.conf"
    path.write_bytes(data)
    result = library.sasl_config_init(os.fsencode(path))
    document = read_key_values(Source("sasl.conf", data))
    assert (result != 0) == bool(document.refused)
    for key in ("mech_list", "pwcheck-method", "", "x") if result == 0 else ():
        line = document.get(key)
        ours = None if line is None else line.value.text.encode("latin-1")
        assert library.sasl_config_getstring(key.encode(), None) == ours
