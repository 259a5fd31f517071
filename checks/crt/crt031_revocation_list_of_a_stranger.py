r"""The revocation list comes from no authority that is configured.

A list revokes only certificates of the authority that signed it. One that is signed by somebody else revokes nothing
here, and made every other verification fail before 8.13.1 (sendmail RELEASE_NOTES, 8.13.1). Of several lists in one
file sendmail reads the first.

In the log or at the client:
    nothing
Bad:
    --- /etc/mail/certs/revoke.crl 644 root:root crl(issuer="Nobody Knows CA")
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the list cannot be loaded, which CRT030 says, or part of the authorities was not seen.
See: howto step 5; RFC 5280, 5.
"""

from auditor.facts.certificates import Authorities
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown


@check("CRT031", severity=Severity.MEDIUM, howto="5")
def revocation_list_of_a_stranger(revocations: Revocations, authorities: Authorities) -> Verdicts:
    """Look for the list's issuer among the authorities."""
    if revocations.list is None or revocations.span is None:
        yield NotApplicable("the list cannot be loaded")
        return
    issuer = revocations.list.issuer
    known = any(placed.certificate.subject == issuer for placed in authorities.all)
    if not known and authorities.unseen is not None:
        yield authorities.unseen
    elif not known:
        yield Finding(
            revocations.span,
            f"the list was issued by {issuer}, who is among no configured authorities",
            "It revokes nothing that anybody shows here.",
            Fix("configure the list of the authority in CACertFile, or drop confCRL"),
            ((revocations.file.span, "the list is named here"),),
        )
    elif revocations.further:
        yield Unknown(f"sendmail reads only the first of {revocations.further + 1} lists in {revocations.file.path}")
