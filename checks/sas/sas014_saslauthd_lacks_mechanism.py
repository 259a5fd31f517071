r"""saslauthd is told to use something it was not built with.

saslauthd verifies passwords in one way, given by -a, and lists with -v those it was built with. With
any other it does not start (saslauthd(8)).

In the log or at the client:
    unknown authentication mechanism: ldap
Bad:
    --- $ saslauthd -v
    saslauthd 2.1.28
    authentication mechanisms: getpwent rimap shadow
Good:
    --- $ saslauthd -v
    saslauthd 2.1.28
    authentication mechanisms: sasldb getpwent kerberos5 pam rimap shadow ldap
Not when: the host cannot be asked, or saslauthd is not what verifies passwords.
See: howto, prerequisites; saslauthd(8).
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.live import SaslauthdBuild
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from checks.sas import not_asked


@check("SAS014", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="P")
def saslauthd_lacks_mechanism(offer: AuthOffer, build: SaslauthdBuild, daemon: Saslauthd) -> Verdicts:
    """Compare -a with what the program lists."""
    useless = not_asked(offer)
    if useless is not None:
        yield useless
        return
    mechanism = daemon.mechanism
    if mechanism is not None and mechanism.text not in build.mechanisms:
        yield Finding(
            mechanism.span,
            f"saslauthd is started with -a {mechanism.text}, which it was not built with",
            "It does not start, and every login fails.",
            Fix(f"use one of: {' '.join(sorted(build.mechanisms))}"),
        )
