r"""The certificate does not lead to an authority that is trusted.

Mail programs verify the server they hand a password to; between servers only those with a policy do
(RFC 8314; RFC 8461). The server has to send every intermediate certificate with its own: sendmail sends
the first certificate of ServerCertFile and completes the chain from CACertFile and the links in CACertPath
(Sendmail Installation and Operation Guide, 5.6). What is trusted here is what this host trusts, or the
file of --ca.

In the log or at the client:
    unable to get local issuer certificate
    unable to verify the first certificate
    self-signed certificate in certificate chain
Bad:
    --- @ mail.doe.org:587 endpoint(verified="its issuer is not among the trusted authorities", code=21)
Bad:
    --- @ mail.doe.org:587 endpoint(verified="it is self-signed and not trusted itself", code=18, certificate='certificate(names=["mail.doe.org"], cn="mail.doe.org", issuer=None)')
Bad:
    --- @ mail.doe.org:25 endpoint(verified="the chain ends in an authority that is not trusted", code=19, certificate='certificate(names=["mail.doe.org"]); authority()')
Bad:
    --- @ mail.doe.org:25 endpoint(verified="its issuer is not among the trusted authorities", code=20, certificate='certificate(names=["mail.doe.org"]); authority(issuer="Far Away CA")')
Bad:
    --- @ mail.doe.org:587 endpoint(verified="the chain ends in an authority that is not trusted", code=19, certificate='certificate(issuer="CAcert Class 3 Root", names=["mail.doe.org"]); authority(name="CAcert Class 3 Root")')
Bad:
    --- @ mail.doe.org:465 endpoint(verified="it is not for servers", code=26)
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(names=["mail.doe.org"]); authority()')
Not when: what is wrong is a date, a name, a short key or a broken hash, which CRT013, CRT021, CRT014,
CRT010 and CRT012 tell; the authority is your own, which --ca names.
See: howto, the key; RFC 5280, 6; Sendmail Installation and Operation Guide, 5.6, CACertFile.
"""  # noqa: E501  # An example is one line.

from auditor.facts.wire import Conversation, Observed, Served
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.x509 import Certificate, certificate, path
from checks.prb import serves_users

#: Errors of verification (openssl-verification-options(1)) that other rules tell: of dates, names, key and hash.
_ELSEWHERE = {
    9: "CRT013",
    10: "CRT013 or CRT021",
    62: "CRT014",
    64: "CRT014",
    66: "CRT010",
    68: "CRT012",
}
_ISSUER_MISSING = frozenset((2, 18, 19, 20, 21))
_PURPOSE = 26
_CHAIN = Fix(
    "let the server send the authority's intermediates; in sendmail:"
    " define(`confCACERT', `/etc/mail/certs/chain.pem')dnl"
)
_ISSUE = Fix("get a certificate from an authority that clients trust, or give yours to --ca and to every client")


@check("PRB025", severity=Severity.HIGH, same_as=("CRT020", "CRT022"))
def certificate_not_verified(
    talk: Conversation, observed: Observed, served: Served | Unknown | NotApplicable
) -> Verdicts:
    """Tell what keeps the chain of the conversation from verifying."""
    tls = talk.tls
    if tls is None:
        yield NotApplicable("no TLS came about")
        return
    if isinstance(served, Served) and any(chain != tls.chain for chain in served.chains.values()):
        yield Unknown("of several chains that the server sends only that of the conversation was verified")
    if tls.verified:
        return
    if not tls.chain:
        yield _finding("the server shows no certificate", Severity.MEDIUM, Severity.INFO, observed, _ISSUE)
    elif tls.code in _ELSEWHERE:
        yield NotApplicable(f"{tls.why_not}, which {_ELSEWHERE[tls.code]} tells")
    elif tls.code < 0:
        yield Unknown(tls.why_not)
    elif tls.code not in _ISSUER_MISSING:
        severity = Severity.MEDIUM if tls.code == _PURPOSE else Severity.HIGH
        yield _finding(f"the certificate does not verify: {tls.why_not}", severity, Severity.LOW, observed, _ISSUE)
    else:
        yield _untrusted(tls.chain, tls.why_not, observed)


def _untrusted(chain: tuple[bytes, ...], why_not: str, observed: Observed) -> Finding:
    leaf, *others = map(certificate, chain)
    if not isinstance(leaf, Certificate):
        message = f"the certificate does not verify: {why_not}"
        return _finding(message, Severity.MEDIUM, Severity.LOW, observed, _ISSUE)
    above = path(leaf, [other for other in others if isinstance(other, Certificate)])
    if leaf.is_self_issued:
        message = f"the certificate is self-signed: {leaf.subject or 'it has no subject'}"
    elif not above:
        # Whether the issuer is an intermediate or a root of the site's own, its certificate is what clients lack.
        message = f"the server sends no certificate of {leaf.issuer}, the issuer of its own, which is not trusted here"
        return _finding(message, Severity.HIGH, Severity.MEDIUM, observed, _CHAIN)
    elif above[-1].is_self_issued:
        message = f"the chain ends in {above[-1].subject}, an authority that is not trusted"
    else:
        message = f"the chain ends in {above[-1].subject}, whose issuer {above[-1].issuer} is neither sent nor trusted"
    return _finding(message, Severity.MEDIUM, Severity.LOW, observed, _ISSUE)


def _finding(message: str, for_users: Severity, between_servers: Severity, observed: Observed, fix: Fix) -> Finding:
    users = serves_users(observed)
    return Finding(
        None,
        message,
        "Mail programs warn their users or refuse to log in."
        if users
        else "Senders that verify, for MTA-STS or by a rule of their own, do not deliver; the others log verify=FAIL.",
        fix,
        severity=for_users if users else between_servers,
        confidence=Confidence.MEDIUM,
    )
