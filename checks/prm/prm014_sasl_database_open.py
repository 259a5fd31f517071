r"""The database of SASL passwords is open to others.

sasldb2 holds passwords in clear, since CRAM-MD5 and its like need them. libsasl opens it whatever
its mode is, so nothing protects it but the mode (Cyrus SASL, "Options", auxprop; tried with
2.1.28).

In the log or at the client:
    nothing: the file works all the same
Bad:
    --- /etc/sasldb2 644 root:root
    john\x00doe.org\x00userPassword
Bad:
    --- /etc/sasldb2 602 root:root
    john\x00doe.org\x00userPassword
Good:
    --- /etc/sasldb2 640 root:sasl
    john\x00doe.org\x00userPassword
Not when: only the group of the mail programs may read it. Where no verifier uses it, it is a minor
    matter.
See: howto step 10; Cyrus SASL documentation.
"""

from auditor.facts.given import Tree
from auditor.facts.safety import Owners
from auditor.facts.sasl import SASLConfig
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.shell import quoted
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknowable, Unknown
from checks.prm import WORLD_READ, WORLD_WRITE, owners_of

_PATHS = ("/etc/sasldb2", "/etc/sasl2/sasldb2", "/usr/local/etc/sasldb2")
_PROPERTY = b"userPassword"


@check("PRM014", severity=Severity.HIGH, confidence=Confidence.HIGH)
def sasl_database_open(tree: Tree, sasl: SASLConfig) -> Verdicts:
    """Judge the mode of each database, and its presence in a checkout."""
    for path in _PATHS:
        source = tree.read(path)
        if isinstance(source, Missing):
            continue
        owners = owners_of(tree.entry(path))
        if not tree.tells_absence and isinstance(source, Source) and _PROPERTY in source.data:
            yield Finding(
                path,
                f"{path} holds passwords, and it is in a checkout",
                "Everybody who may fetch the repository has the passwords.",
                Fix("take the file out of the repository and its history, and have the passwords changed"),
                severity=Severity.CRITICAL,
            )
        elif isinstance(owners, Owners):
            yield from _judged(path, owners, sasl)
        else:
            yield owners or Unknown(f"{path} is no regular file")


def _judged(path: str, owners: Owners, sasl: SASLConfig) -> Verdicts:
    may = "read" if owners.mode & WORLD_READ else "change" if owners.mode & WORLD_WRITE else None
    if may is not None:
        yield Finding(
            path,
            f"everybody on the host can {may} {path} (mode {owners.octal})",
            "It holds the passwords in clear." if may == "read" else "Anybody can give himself a login.",
            command(
                f"chmod o-rwx {quoted(path)}",
                "close it" + (", and have the passwords changed" if may == "read" else ""),
            ),
            severity=None if _used(sasl) else Severity.LOW,
        )


def _used(sasl: SASLConfig) -> bool:
    try:
        return "auxprop" in sasl.verifiers
    except Unknowable:
        return True
