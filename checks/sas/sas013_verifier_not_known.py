r"""pwcheck_method names nothing that verifies passwords.

libsasl 2 knows auxprop, saslauthd, and where it was built so pwcheck, authdaemond and alwaystrue.
PAM, shadow, passwd and sasldb were names of version 1, or are what saslauthd itself is told with
-a. Where no name is known every login fails; alwaystrue lets everybody in with any password (Cyrus
SASL, "Options").

In the log or at the client:
    unknown password verifier(s) PAM
    AUTH failure (PLAIN): no mechanism available (-4) SASL(-4): no mechanism available
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: PAM
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: alwaystrue
    mech_list: plain login
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: SASLauthd
    mech_list: plain login
Not when: the word is a setting that has run into the line, which SAS011 says.
See: howto step 10; Cyrus SASL, "Options".
"""

from auditor.facts.auth import SASLSettings
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.unknown import NotApplicable
from auditor.sendmail.sasl import VERIFIERS


@check("SAS013", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="10")
def verifier_not_known(settings: SASLSettings) -> Verdicts:
    """Judge each word up to the first that belongs to another setting."""
    line = settings.get("pwcheck_method")
    if line is None:
        yield NotApplicable("pwcheck_method is not set")
        return
    end = line.merged[0].start if line.merged else line.value.end
    words = [word for word in line.words if word.start < end]
    known = [word for word in words if word.text.lower() in VERIFIERS]
    for word in words:
        if word.text.lower() == "alwaystrue":
            yield Finding(
                word,
                "pwcheck_method has alwaystrue: any password is right",
                "Where libsasl was built with it, everybody who knows a name relays through this host.",
                replace(line.value, "saslauthd", "verify the passwords"),
                severity=Severity.CRITICAL,
            )
        elif word not in known:
            yield Finding(
                word,
                f"pwcheck_method names {word.text}, which libsasl does not know",
                f"It is passed over, and only {known[0].text} verifies." if known else "Every login fails.",
                replace(line.value, known[0].text if known else "saslauthd", "name what verifies the passwords"),
                severity=Severity.MEDIUM if known else None,
            )
