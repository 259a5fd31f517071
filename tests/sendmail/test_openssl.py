"""Which protocols the library speaks, from its configuration files and its own name."""

from __future__ import annotations

import pytest

from auditor.sendmail.openssl import is_three, oldest_protocol
from auditor.trees.memory import MemoryFile, MemoryTree

POLICY = """openssl_conf = defaults   # the first line
[ defaults ]
ssl_conf = policies
[policies]
system_default = policy
[policy]
MinProtocol = {}
"""


def tree(files: dict[str, str]) -> MemoryTree:
    """A file system with the given texts."""
    return MemoryTree({path: MemoryFile(text.encode()) for path, text in files.items()})


@pytest.mark.parametrize("word", ["SSLv3", "TLSv1", "TLSv1.2", "TLSv1.3"])
def test_minimum_is_read(word: str) -> None:
    """The section that ``openssl_conf`` leads to tells the oldest protocol."""
    assert oldest_protocol(tree({"/etc/ssl/openssl.cnf": POLICY.format(word)})) == word


@pytest.mark.parametrize(
    "text",
    ["", "MinProtocol = TLSv1.2\n", POLICY.format("None"), POLICY.format("TLSv1.2").replace("openssl_conf", "other")],
)
def test_what_is_not_in_force_tells_nothing(text: str) -> None:
    """A setting outside the chain of sections, or no setting, leaves the question open."""
    assert oldest_protocol(tree({"/etc/ssl/openssl.cnf": text})) is None


def test_included_file_and_named_file_count() -> None:
    """A file that is taken in continues the section it is taken in from; OPENSSL_CONF names another one."""
    files = {
        "/etc/pki/tls/openssl.cnf": POLICY.replace("MinProtocol = {}", ".include = /etc/policy.config"),
        "/etc/policy.config": "TLS.MinProtocol = TLSv1.2\n",
        "/etc/mail/sendmail.ossl": POLICY.format("TLSv1.1"),
    }
    assert oldest_protocol(tree(files)) == "TLSv1.2"
    assert oldest_protocol(tree(files), "/etc/mail/sendmail.ossl") == "TLSv1.1"
    assert oldest_protocol(tree(files), "/etc/mail/nowhere.ossl") is None


def test_endless_inclusion_ends() -> None:
    """A file that takes itself in is read a few times and no more."""
    assert oldest_protocol(tree({"/etc/ssl/openssl.cnf": ".include /etc/ssl/openssl.cnf\n"})) is None


@pytest.mark.parametrize(
    ("names", "three"),
    [(["libssl.so.3"], True), (["libssl.so.3.0.17"], True), (["libssl.so.1.1"], False), ([], False)],
)
def test_library_is_known_by_its_name(names: list[str], three: bool) -> None:  # noqa: FBT001  # An expected answer.
    """The number in the name of libssl is the library's version."""
    assert is_three(tree({f"/usr/lib64/{name}": "" for name in names})) is three


def test_two_libraries_leave_it_open() -> None:
    """With an old library beside the new one nobody knows which one sendmail loads."""
    assert not is_three(tree({"/usr/lib64/libssl.so.3": "", "/usr/lib64/libssl.so.1.1": ""}))


def test_third_version_speaks_no_old_protocol_but_at_level_0() -> None:
    """OpenSSL 3 has TLS 1.0 and 1.1 at security level 0 alone."""
    files = tree({"/usr/lib64/libssl.so.3": ""})
    assert oldest_protocol(files) == oldest_protocol(files, level=2) == "TLSv1.2"
    assert oldest_protocol(files, level=0) is None
