r"""The private key is under a passphrase.

sendmail has nobody to ask for it: the key must be stored unencrypted, and its mode alone protects
it (Sendmail Installation and Operation Guide, 5.6, ServerKeyFile).

In the log or at the client:
    STARTTLS=server, error: SSL_CTX_use_PrivateKey_file(/etc/mail/certs/smtp.key.pem) failed
Bad:
    --- /etc/mail/certs/smtp.key.pem 600 root:root key(passphrase="geese")
Good:
    define(`confSERVER_KEY', `/etc/mail/certs/smtp.key.pem')dnl
Not when: the key is in clear.
See: howto, the key; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.certificates import PrivateKey
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from checks.prm import consequence_of


@check("PRM026", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="Kn")
def key_under_passphrase(key: PrivateKey) -> Verdicts:
    """Look at the head of the key's block."""
    if key.encrypted:
        path = key.file.path
        new = quoted(f"{path}.new")
        yield Finding(
            path,
            f"the private key {path} is under a passphrase",
            "sendmail cannot load it. " + consequence_of(key.file.option).replace("refuses the file and ", ""),
            command(
                f"umask 077; openssl pkey -in {quoted(path)} -out {new} && mv {new} {quoted(path)}", "store it in clear"
            ),
            ((key.file.span, "named here"),),
        )
