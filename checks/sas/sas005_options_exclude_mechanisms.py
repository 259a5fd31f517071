r"""AuthOptions takes offered mechanisms away.

The letters a, c, d, f and m ask for properties that few mechanisms have: safety from active attacks,
credentials that can be passed on, from guessing, forward secrecy, a server that proves itself as
well. A mechanism without the property is not offered, with TLS or without. PLAIN and LOGIN have
none of them but c; with d or f next to nothing is left (Sendmail Installation and Operation Guide,
5.6, AuthOptions; Cyrus SASL, "Authentication Mechanisms").

In the log or at the client:
    AUTH error: listmech=-4, num=0
    503 5.3.3 AUTH not available
Bad:
    define(`confAUTH_OPTIONS', `A p y f')dnl
Bad:
    define(`confAUTH_OPTIONS', `a,p,y')dnl
Good:
    define(`confAUTH_OPTIONS', `A p y')dnl
Good:
    define(`confAUTH_OPTIONS', `A p y c')dnl
Not when: the letters are p and y, which are meant to keep something away.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.options import Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.sendmail.options import letters_read
from checks.sas import word_of

#: The letters whose property a mechanism has, by the beginning of its name; one not listed here is not judged.
PROPERTIES = {
    "PLAIN": "c",
    "LOGIN": "c",
    "ANONYMOUS": "",
    "CRAM-MD5": "",
    "NTLM": "",
    "DIGEST-MD5": "m",
    "SCRAM-": "am",
    "OTP": "f",
    "SRP": "adfm",
}
_ASKING = "acdfm"


@check("SAS005", severity=Severity.HIGH, confidence=Confidence.HIGH)
def options_exclude_mechanisms(offer: AuthOffer) -> Verdicts:
    """Take away what lacks a property."""
    for setting in offer.setup.options:
        for at in letters_read(setting.value):
            letter = setting.value[at]
            excluded = [name for name in offer.mechanisms if letter in _ASKING and _lacks(name, letter)]
            if not excluded:
                continue
            left = [name for name in offer.mechanisms if name not in excluded]
            remains = f"offered is only {' '.join(left)}" if left else "nothing is offered"
            yield Finding(
                word_of(setting, at, at + 1),
                f"the letter {letter} in AuthOptions takes {', '.join(excluded)} away: {remains}",
                "Mail programs find no mechanism they know and say that the server does not support logins.",
                setting.set_to(_without(setting), "leave out what the mechanisms do not have"),
                severity=None if not left else Severity.MEDIUM,
            )


def _lacks(name: str, letter: str) -> bool:
    return any(name.startswith(start) and letter not in has for start, has in PROPERTIES.items())


def _without(setting: Setting) -> str:
    return " ".join(letter for letter in setting.letters if letter not in _ASKING)
