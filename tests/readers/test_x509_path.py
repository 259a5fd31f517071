"""The issuers above a certificate, among others that somebody sent along."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from auditor.readers.x509 import Certificate, certificate, path
from tests import certificates as made


def read(der: bytes) -> Certificate:
    """A certificate that can be taken apart."""
    found = certificate(der)
    assert isinstance(found, Certificate)
    return found


def authority(name: str, issuer: str | None = None) -> Certificate:
    """An authority's certificate."""
    return read(made.authority(name, issuer=issuer, der=True))


LEAF = read(made.certificate(issuer="Lower", der=True))
LOWER, UPPER, ROOT = authority("Lower", "Upper"), authority("Upper", "Root"), authority("Root")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((LOWER, UPPER, ROOT), (LOWER, UPPER, ROOT)),
        ((ROOT, UPPER, authority("Stranger"), LOWER), (LOWER, UPPER, ROOT)),
        ((UPPER, ROOT), ()),
        ((LOWER, ROOT), (LOWER,)),
        ((), ()),
    ],
)
def test_each_signs_the_one_before(others: Sequence[Certificate], expected: tuple[Certificate, ...]) -> None:
    """The order in which they were sent does not matter, nor do strangers; it ends where an issuer is missing."""
    assert path(LEAF, others) == expected


def test_self_signed_has_nobody_above() -> None:
    """A certificate that is its own issuer has no path."""
    assert path(ROOT, (ROOT, UPPER)) == ()


def test_a_name_is_no_signature() -> None:
    """An authority of the issuer's name with another key is not the issuer."""
    namesake = read(made.certificate(cn="Lower", names=None, issuer=None, owner="somebody else", ca=True, der=True))
    assert path(LEAF, (namesake,)) == ()


def test_a_circle_ends() -> None:
    """Authorities that certify each other are each named once."""
    one, other = authority("One", "Other"), authority("Other", "One")
    assert path(read(made.certificate(issuer="One", der=True)), (one, other)) == (one, other)
