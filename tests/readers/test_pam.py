"""The reader of PAM services: lossless, total, linear, with both ways to take in another service."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.pam import PAMText, read_pam
from tests.lossless import grammar, kinds, linear, lossless, mutated

SERVICE = (
    b"#%PAM-1.0\nauth [success=1 default=ignore] pam_unix.so nullok \\\n  try_first_pass # why\n@include common-auth\n"
    b"-account\tinclude system-auth\nsession required pam_x.so [query=select a] b\nauth broken\n"
)


def service(data: bytes) -> PAMText:
    """The service of some bytes."""
    return read_pam(Source("/etc/pam.d/smtp", data))


@given(
    st.binary()
    | grammar(b"auth ", b"required ", b"pam_unix.so", b"[a=b c]", b"@include x", b"[", b"]")
    | mutated(SERVICE)
)
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the file is given back, and rules have three words or more."""
    assert not lossless(read_pam, data).unparsed
    assert all(rule.type and rule.control and rule.module.text for rule in service(data).rules)


def test_rules_have_parts() -> None:
    """Brackets hold words together, joined lines are one rule, and a leading dash is no part of the type."""
    document = service(SERVICE)
    assert [(rule.type, rule.control, [word.text for word in rule.words[2:]]) for rule in document.rules] == [
        ("auth", "[success=1 default=ignore]", ["pam_unix.so", "nullok", "try_first_pass"]),
        ("account", "include", ["system-auth"]),
        ("session", "required", ["pam_x.so", "[query=select a]", "b"]),
    ]
    assert [span.text for span in document.included] == ["common-auth", "system-auth"]
    assert kinds(document) == ["comment", "rule", "include", "rule", "rule", "malformed"]
    assert document.has("password")
    assert not service(b"auth required pam_deny.so\n").has("account")


def test_reading_is_linear() -> None:
    """No repetition makes the reader slow."""
    linear(service, b"auth a [", b"\\\n", b"a ", b"[", b"]", b"#", b"\\", b" ", b"auth a b [a")
