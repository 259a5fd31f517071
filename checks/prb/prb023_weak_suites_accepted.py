r"""The server accepts cipher suites that do not protect.

Without authentication (aNULL) or encryption (eNULL), with export keys, DES, RC4 or MD5, whoever sits in
between can read or change a session (RFC 7465; RFC 9325). Servers that deliver take what they can get, so
on port 25 a suite without authentication costs nothing: they seldom look at the certificate anyway.

In the log or at the client:
    STARTTLS=server, relay=client.example.org [192.0.2.7], version=TLSv1, verify=NO, cipher=RC4-MD5, bits=128/128
Bad:
    --- @ mail.doe.org:587 endpoint(weak="RC4 3DES")
Bad:
    --- @ mail.doe.org:25 endpoint(weak="aNULL")
Bad:
    --- @ mail.doe.org:465 endpoint(weak="aNULL")
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:587 endpoint(weak="CAMELLIA")
Not when: the profile allows the class, or the server gave no verdict on it.
See: howto step 6, the notes; RFC 9325, 4; openssl-ciphers(1).
"""

from auditor.facts.given import Profile
from auditor.facts.wire import Observed
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive
from auditor.sendmail.strength import WEAK_SUITES, cipher_list, suites_severity
from checks.prb import serves_users


@check("PRB023", severity=Severity.HIGH, confidence=Confidence.HIGH, same_as=("TLS005",))
def weak_suites_accepted(offer: TLSOffer, observed: Observed, profile: Profile) -> Verdicts:
    """Hold the classes of suites that are accepted against the profile."""
    asked = [each for each in offer.weak if each.name in profile.words("weak_ciphers")]
    accepted = [each for each in asked if each.accepted is True]
    if accepted:
        shown = ", ".join(f"{each.name} ({each.suite.name if each.suite else each.version})" for each in accepted)
        wanted = cipher_list(profile.words("weak_ciphers"))
        yield Finding(
            None,
            f"the server accepts {shown}",
            WEAK_SUITES,
            Fix(f"take them out of the cipher list; in sendmail: define(`confCIPHER_LIST', `{wanted}')dnl"),
            evidence=tuple(f"{each.version}: {each.suite.name}" for each in accepted if each.suite is not None),
            severity=suites_severity([each.name for each in accepted], submission=serves_users(observed)),
        )
    for each in asked:
        if isinstance(each.accepted, Inconclusive):
            yield Inconclusive(f"{each.name}: {each.accepted.reason}")
