"""A whole probe of a server that a test runs: what came back, looked at as every probe's result has to be."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

import checks
from auditor.engine import profiles
from auditor.engine.audit import Target, audit
from auditor.facts.given import Clock, Profile
from auditor.facts.wire import Observed
from auditor.model.finding import Severity
from auditor.model.report import Outcome, Report, TargetReport
from auditor.probe import visit
from auditor.probe.auth.passwords import Password
from auditor.probe.logins import Login
from auditor.probe.observe import Plan, observe
from auditor.probe.tls import asking
from auditor.report import FORMATS, renderer
from tests import certificates
from tests.probe.servers import Server, current_certificate

#: Seconds that a step may take here.
STEP = 0.4
#: Seconds in which a probe has ended that meets a fault at its first, or at every further, step.
SOON, LATER = 1.5, 5.0
#: A word and a user's name that are in nothing else that is sent.
WORD, USER = "correct-horse-staple", "unmistakable"
LOGIN = Login(USER, Password(WORD))


def met(server: Server, most: float, plan: Plan | None = None, **changes: Any) -> Observed:  # noqa: ANN401
    """What a probe brings back, which has to come in time and to be fit for rules and for every form of report."""
    settings = server.settings(**{"timeout": STEP, "tls": "starttls"} | changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visit, "BACK_OFF", 0.05)
        patch.setattr(asking, "BACK_OFF", 0.05)
        began = time.monotonic()
        found = observe(settings, plan or Plan(), lambda _line: None)
        assert time.monotonic() - began < most
    report = judged(found)
    assert not [result.reason for result in report.results if result.outcome is Outcome.CRASHED]
    for form in FORMATS:
        text = renderer(form)(Report((report,), Severity.INFO))
        # The lines of CSV end so (RFC 4180).
        text = text.replace("\r\n", "\n") if form == "csv" else text
        assert all(character.isprintable() or character == "\n" for character in text)
    return found


def judged(found: Observed) -> TargetReport:
    """What the rules say of it."""
    given = {Observed: found, Clock: Clock(certificates.NOW), Profile: profiles.load("strict")}
    return audit(Target("mail.example.org:25", given), checks.rules())


def named(text: str) -> bytes:
    """A certificate that is valid today, for a name that holds anything, in PEM."""
    key = certificates.private_key("rsa", 2048, "host")
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, text)]
    )
    base = x509.load_pem_x509_certificate(current_certificate())
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, base.not_valid_before_utc, base.not_valid_after_utc)
    names = x509.SubjectAlternativeName([x509.DNSName(text.encode("ascii", "replace").decode())])
    made = made.add_extension(names, critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
