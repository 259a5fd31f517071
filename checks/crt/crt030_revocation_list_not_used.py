r"""The revocation list is silently not used.

sendmail loads a list in PEM only. A file in DER, as authorities publish it, or one that is missing, is named in the
log while STARTTLS goes on without the list: revoked certificates are accepted (tried with 8.17; Sendmail Installation
and Operation Guide, 5.6, CRLFile, says that older ones switch STARTTLS off).

In the log or at the client:
    STARTTLS=server, error: PEM_read_bio_X509_CRL(/etc/mail/certs/revoke.crl)=failed
Bad:
    --- /etc/mail/certs/revoke.crl 644 root:root crl(der=True)
Bad:
    --- /etc/mail/certs/revoke.crl missing
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: no CRLFile is set.
See: howto steps 5 and 6; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.given import Clock
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.shell import quoted


@check("CRT030", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="5")
def revocation_list_not_used(revocations: Revocations, clock: Clock) -> Verdicts:
    """Judge whether CRLFile can be loaded."""
    if revocations.problem is None:
        return
    path = revocations.file.path
    pem = quoted(f"{path}.pem")
    convert = f"openssl crl -inform der -in {quoted(path)} -out {pem} && mv {pem} {quoted(path)}"
    missing = "missing" in revocations.problem.reason
    unused = revocations.unused
    # Once sendmail loads a list that is out of date, every certificate of its authority fails.
    ready = unused is not None and (unused.next_update is None or unused.next_update >= clock.now)
    yield Finding(
        revocations.file.span,
        f"the revocation list {path} cannot be loaded: {revocations.problem.reason}",
        "Certificates that their authority has revoked are accepted; the log alone says so, at each start.",
        Fix("fetch the list in PEM, or drop confCRL")
        if missing
        else command(convert, "turn it into PEM" if ready else "turn it into PEM, once it is up to date", ready=ready),
    )
