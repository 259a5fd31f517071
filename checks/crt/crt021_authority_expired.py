r"""An authority above the certificate has expired.

A chain is as valid as its weakest member. Files of authorities are copied once and forgotten; their intermediates and
roots expire like any other certificate, and clients then refuse the chain although the leaf is new (RFC 5280, 6.1).

In the log or at the client:
    certificate has expired, at depth 1
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(issuer="Old CA", names=["john.doe.org"])
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority(name="Old CA", until=-5)
Bad:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(issuer="Old CA", names=["mail.doe.org"]); authority(name="Old CA", until=-5)')
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Good:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(names=["mail.doe.org"]); authority(name="Old CA", until=-5)')
Not when: the expired authority has nothing to do with the certificate. Where a server's certificate verifies all
the same, by another way than through what was sent, it is worth a remark.
See: howto, the key; RFC 5280, 6.1.
"""  # noqa: E501  # An example is one line.

from auditor.facts.certificates import Authorities, Leaf
from auditor.facts.given import Clock
from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.crt import above, verifies


@check("CRT021", severity=Severity.MEDIUM, howto="Kn")
def authority_expired(
    leaf: Leaf,
    authorities: Authorities | Unknown | NotApplicable,
    clock: Clock,
    talk: Conversation | Unknown | NotApplicable,
) -> Verdicts:
    """Compare the dates of each authority above the leaf with the clock."""
    passed_over = verifies(leaf, talk)
    where = "this file's place" if leaf.file is not None else "the place of what the server sends"
    for authority, span in above(leaf, authorities):
        if authority.not_after < clock.now:
            yield Finding(
                span,
                f"the authority {authority.subject} expired on {authority.not_after:%Y-%m-%d}",
                "Clients that know no other way to a root, mostly old ones, refuse the chain."
                if passed_over
                else "Clients refuse the chain, however new the server's own certificate is.",
                Fix(f"fetch the authority's current chain and put it in {where}"),
                leaf.named("the certificate below it is named here"),
                severity=Severity.LOW if passed_over else None,
            )
    if isinstance(authorities, Unknown):
        yield authorities
