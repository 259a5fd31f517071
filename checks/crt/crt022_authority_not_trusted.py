r"""The certificate comes from an authority that no system trusts.

CAcert never entered the browsers' and systems' stores; StartCom, WoSign and Symantec's old roots were thrown out. A
mail client shows a warning or refuses; between servers, which seldom verify, it does no harm.

In the log or at the client:
    self-signed certificate in certificate chain
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(issuer="CAcert Class 3 Root", names=["john.doe.org"])
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority(name="CAcert Class 3 Root")
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Good:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(issuer="Thawte TLS RSA CA G1", names=["mail.doe.org"])')
Not when: the authority is your own, which your clients know; or a server on the wire shows the certificate, which
    then was verified: PRB025 tells whether it leads to a trusted authority.
See: howto, the key.
"""

import re

from auditor.facts.certificates import Leaf
from auditor.facts.wire import Conversation, Served
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.subjects import Credential
from auditor.model.unknown import NotApplicable, Unknown

_DISTRUSTED = lazy(
    r"\b(cacert|startcom|wosign|symantec|verisign|geotrust global|thawte|diginotar|turktrust)\b", re.IGNORECASE
)


@check("CRT022", severity=Severity.LOW, howto="Kn")
def authority_not_trusted(
    leaf: Leaf,
    credential: Credential,
    served: Served | Unknown | NotApplicable,
    talk: Conversation | Unknown | NotApplicable,
) -> Verdicts:
    """Judge the issuer by its name, unless it was verified, which tells more."""
    tls = talk.tls if isinstance(talk, Conversation) else None
    if isinstance(served, Served) and tls is not None and tls.code >= 0 and served.chains[credential] == tls.chain:
        yield NotApplicable("the certificate was verified, and PRB025 tells what came of it")
        return
    found = _DISTRUSTED.search(leaf.certificate.issuer)
    if found is not None:
        yield Finding(
            leaf.span,
            f"the certificate was issued by {leaf.certificate.issuer}, which systems do not trust",
            "Mail clients warn their users of this server, or refuse it.",
            Fix("get a certificate from an authority in the common stores, such as one that speaks ACME (RFC 8555)"),
        )
