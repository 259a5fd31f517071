r"""A mechanism is offered whose plug-in is not installed.

Each mechanism but EXTERNAL is a plug-in of libsasl, a library in its directory. Distributions pack
them apart: PLAIN and LOGIN are in cyrus-sasl-plain on Red Hat, in libsasl2-modules on Debian. What
is not installed is not offered (Cyrus SASL, "Plugins").

In the log or at the client:
    AUTH error: listmech=-4, num=0
    503 5.3.3 AUTH not available
Bad:
    --- /usr/lib64/sasl2/libplain.so missing
    --- /usr/lib64/sasl2/liblogin.so missing
    --- /usr/lib64/sasl2/libsasldb.so
    a plug-in
Bad:
    --- /usr/lib64/sasl2/libplain.so missing
Good:
    define(`confAUTH_MECHANISMS', `EXTERNAL PLAIN LOGIN')dnl
Not when: the mechanism is EXTERNAL; one that mech_list does not allow; no directory of plug-ins is in sight.
See: howto, prerequisites and step 10.
"""

from auditor.facts.auth import AuthOffer, plugin_of
from auditor.facts.configurations import ConfigurationFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.sas import mechanisms_place

_PLAIN = ("PLAIN", "LOGIN")


@check("SAS016", severity=Severity.HIGH, howto="10")
def plugin_not_installed(offer: AuthOffer, files: ConfigurationFiles) -> Verdicts:
    """Look for the plug-in of each mechanism that both lists allow."""
    if offer.plugins is None:
        yield Unknown("no directory with plug-ins of libsasl is in sight")
        return
    if offer.setup.mechanisms is None:
        yield NotApplicable("AuthMechanisms is not set")
        return
    allowed = None if isinstance(offer.settings, Unknown) else offer.settings.mech_list
    asked = [name for name in offer.setup.offered if allowed is None or name in allowed]
    lacking = [name for name in asked if (plugin_of(name) or "") and plugin_of(name) not in offer.plugins]
    if lacking:
        left = " ".join(offer.mechanisms)
        yield Finding(
            mechanisms_place(offer, files),
            f"{', '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no plug-in",
            f"Only {left} is offered." if left else "No login is offered; users see that none is supported.",
            Fix("install it: cyrus-sasl-plain on Red Hat, libsasl2-modules on Debian; or take it out of the list"),
            severity=_severity(lacking, offer),
        )


def _severity(lacking: list[str], offer: AuthOffer) -> Severity | None:
    """High where nothing is left or no password can be sent; a note where neither PLAIN nor LOGIN is lacking."""
    if not offer.mechanisms or (not offer.plain and any(name in _PLAIN for name in lacking)):
        return None
    return Severity.MEDIUM if any(name in _PLAIN for name in lacking) else Severity.INFO
