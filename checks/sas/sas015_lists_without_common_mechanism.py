r"""AuthMechanisms and mech_list have no mechanism in common.

What EHLO offers is in both lists: in sendmail's AuthMechanisms and in libsasl's mech_list. Where they
do not meet nothing is offered (Sendmail Installation and Operation Guide, 5.6, AuthMechanisms; Cyrus
SASL, "Options").

In the log or at the client:
    503 5.3.3 AUTH not available
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: digest-md5 cram-md5
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: PLAIN
Not when: mech_list is not set, which allows all.
See: howto steps 6 and 10; Cyrus SASL, "Options".
"""

from auditor.facts.auth import AuthOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.unknown import NotApplicable, known


@check("SAS015", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="10")
def lists_without_common_mechanism(offer: AuthOffer) -> Verdicts:
    """Look for one mechanism in both lists."""
    settings, setup = known(offer.settings), offer.setup
    line, allowed = settings.get("mech_list"), settings.mech_list
    if line is None or allowed is None:
        yield NotApplicable("mech_list is not set")
    elif any("," in name for name in (*allowed, *setup.offered)):
        yield NotApplicable("a list is parted by commas, which SAS007 says")
    elif not set(allowed) & set(setup.offered):
        names = " ".join(setup.offered)
        yield Finding(
            line.value,
            f"mech_list allows {' '.join(allowed)}, and AuthMechanisms is {names}: they have nothing in common",
            "No login is offered at all; users see that the server does not support authentication.",
            replace(line.value, names.lower(), "allow what sendmail offers"),
            ((setup.mechanisms.span, "AuthMechanisms is set here"),) if setup.mechanisms is not None else (),
        )
