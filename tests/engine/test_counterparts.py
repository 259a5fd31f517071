"""A defect that shows in the configuration and on the wire is told as one: the wire's finding points at the line."""

from __future__ import annotations

import pytest

from auditor.model.check import Rule
from auditor.model.manual import ExampleFile
from auditor.model.report import Reported, TargetReport
from checks import rules
from tests.examples import audit_example

MC, CNF = "+/etc/mail/sendmail.mc", "/etc/ssl/openssl.cnf"
CERTIFICATE = "/etc/mail/certs/smtp.cert.pem"
RULES = {rule.id: rule for rule in rules()}
OLD = "define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3')dnl\n"
BOTH = [
    ("TLS002", "PRB022", {MC: OLD, CNF: "# No policy.\n"}, 'versions="TLSv1 TLSv1.1 TLSv1.2"'),
    ("TLS005", "PRB023", {MC: "define(`confCIPHER_LIST', `ALL:!aNULL:!eNULL')dnl\n"}, 'weak="3DES RC4 DES MD5 EXPORT"'),
    (
        "TLS006",
        "PRB024",
        {MC: "define(`confDH_PARAMETERS', `5')dnl\n"},
        'versions="TLSv1.2", suite="DHE-RSA-AES256-GCM-SHA384", exchange="DHE", group="", bits=512',
    ),
    ("TLS010", "PRB026", {MC: "undefine(`confTLS_SRV_OPTIONS')dnl\n"}, "client_certificate=True, authorities=1"),
    ("SAS001", "PRB030", {MC: "define(`confAUTH_OPTIONS', `A')dnl\n"}, 'ehlo="STARTTLS AUTH=PLAIN=LOGIN"'),
]


def scan(files: dict[str, str], probed: str, *wanted: str, made: dict[str, str] | None = None) -> TargetReport:
    """The report of some rules on the clean install under files, with port 587 probed beside it."""
    example = [ExampleFile(path, text, None, None, None) for path, text in files.items()]
    example += [ExampleFile(path, "", 0o644, "root:root", call) for path, call in (made or {}).items()]
    example.append(ExampleFile("@ mail.doe.org:587", "", None, None, f"endpoint({probed})"))
    chosen: list[Rule] = [RULES[name] for name in wanted]
    return audit_example(chosen[0], tuple(example), chosen)


def one(report: TargetReport, name: str, *, placed: bool) -> Reported:
    """The only finding of a rule that has, or has not, a place in a file."""
    (found,) = (item for item in report.reported if item.rule.id == name and (item.place is not None) is placed)
    return found


@pytest.mark.parametrize(("of_file", "of_wire", "files", "probed"), BOTH, ids=lambda part: str(part)[:6])
def test_wire_points_at_the_line(of_file: str, of_wire: str, files: dict[str, str], probed: str) -> None:
    """Both sides judge alike, and what the wire shows is related to the place that the rule about files found."""
    report = scan(files, probed, of_file, of_wire)
    line, wire = one(report, of_file, placed=True), one(report, of_wire, placed=False)
    assert [(place, note.split()[0]) for place, note in wire.related] == [(line.place, of_file)]
    assert wire.severity == line.severity
    assert wire.finding.consequence


@pytest.mark.parametrize(("of_file", "of_wire", "files", "probed"), BOTH, ids=lambda part: str(part)[:6])
def test_wire_alone_points_nowhere(of_file: str, of_wire: str, files: dict[str, str], probed: str) -> None:
    """Where the configuration is as it should be, the finding on the wire stands for itself."""
    assert files
    assert one(scan({}, probed, of_file, of_wire), of_wire, placed=False).related == ()


def test_same_rule_on_file_and_wire() -> None:
    """An expired certificate that is also served is told once with its file, and the served one points there."""
    call = 'certificate(days=-5, names=["john.doe.org"], cn="john.doe.org")'
    report = scan({}, f"certificate={call!r}", "CRT013", made={CERTIFICATE: call})
    line, wire = one(report, "CRT013", placed=True), one(report, "CRT013", placed=False)
    assert [place for place, _ in wire.related] == [line.place]


def test_untrusted_authority_is_told_by_one_rule_on_the_wire() -> None:
    """A certificate of an authority that nobody trusts raises PRB025 on the wire and CRT022 on the file alone."""
    call = 'certificate(issuer="CAcert Class 3 Root", names=["john.doe.org"])'
    probed = f"certificate={call!r}, verified='the chain ends in an authority that is not trusted', code=19"
    report = scan({}, probed, "CRT022", "PRB025", made={CERTIFICATE: call})
    line, wire = one(report, "CRT022", placed=True), one(report, "PRB025", placed=False)
    assert len(report.reported) == 2
    assert [place for place, _ in wire.related] == [line.place]


def test_names_are_those_of_rules() -> None:
    """A rule that says the same of a configuration exists."""
    assert {name for rule in RULES.values() for name in rule.same_as} <= set(RULES)
