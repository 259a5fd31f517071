r"""The server shows another certificate than its configuration names.

sendmail reads the certificate once, when it starts. Where the file holds a newer one than clients
see, the old one is served until it expires although it was renewed in time (Sendmail Installation
and Operation Guide, 5.6, ServerCertFile). An older one on disk, or one for something else, shows that
what answers was not started with these files.

In the log or at the client:
    certificate has expired, while openssl x509 -enddate shows the file's to be good for months
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_CERT', `/etc/mail/certs/smtp.cert.pem')dnl
    --- @ localhost:25 endpoint(certificate='certificate(since=-4000, names=["john.doe.org"], cn="john.doe.org")')
Good:
    --- @ localhost:25 endpoint(certificate='certificate(names=["john.doe.org"], cn="john.doe.org")')
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(names=["john.doe.org"], cn="john.doe.org")
    --- /etc/mail/certs/smtp.key.pem 600 root:root key()
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority()
    --- /etc/mail/certs/revoke.crl 644 root:root crl()
Not when: no certificate was served on a port of this configuration, or only one of another kind of key.
See: CRT013; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.certificates import Leaf
from auditor.facts.met import Met
from auditor.facts.tls import TLSFiles
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.subjects import Credential
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.readers import x509
from auditor.readers.x509 import Certificate
from auditor.sendmail.tls import SERVER_CERTIFICATE

_FIX = command("service sendmail restart", "restart sendmail, which then reads the file")


@check("PRB070", severity=Severity.MEDIUM)
def certificate_on_disk_not_served(leaf: Leaf, credential: Credential, files: TLSFiles, met: Met) -> Verdicts:
    """Compare the file's certificate with those that were served."""
    if leaf.file is None or leaf.file.option != SERVER_CERTIFICATE:
        yield NotApplicable(f"the {credential.name} is not what the server shows")
        return
    own = leaf.certificate
    served = _served(met)
    if len(files.of(SERVER_CERTIFICATE)) > 1:
        # Of two certificates a client sees the one whose kind of key it asks for.
        served = [each for each in served if each.key_type == own.key_type]
    if not served:
        yield Inconclusive(f"no certificate was seen that could be the one in {leaf.path}")
    elif own.fingerprint not in {each.fingerprint for each in served}:
        shown = max(served, key=lambda each: each.not_before)
        newer = own.not_before > shown.not_before
        yield Finding(
            leaf.file.span,
            f"{leaf.path} holds {'a newer' if newer else 'another'} certificate than the server shows: "
            f"until {own.not_after:%Y-%m-%d}, not until {shown.not_after:%Y-%m-%d}",
            "sendmail goes on with the old one until it is restarted, past its expiry."
            if newer
            else "What answers was started with other files than these, or is another program in front.",
            _FIX,
            ((leaf.span, "the certificate on disk"),) if leaf.span is not None else (),
            evidence=(f"server certificate of {shown.common_name or shown.subject}, serial {shown.serial:x}",),
            severity=None if newer else Severity.INFO,
        )


def _served(met: Met) -> list[Certificate]:
    chains: list[tuple[bytes, ...]] = []
    for meeting in met.meetings:
        offer, talk = meeting.observed.offer, meeting.talk
        chains += [chain.certificates for chain in offer.chains] if isinstance(offer, TLSOffer) else []
        chains += [talk.tls.chain] if talk is not None and talk.tls is not None else []
    leaves = dict.fromkeys(chain[0] for chain in chains if chain)
    return [found for found in map(x509.certificate, leaves) if isinstance(found, Certificate)]
