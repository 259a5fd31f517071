r"""A letter of AuthOptions is not read.

The letters must be parted by one blank or one comma each. From each word sendmail takes the first
character, jumps behind the next blank or comma and takes what stands there: of Apy it reads A; of
`A, p, y` as well, for behind the comma stands a blank. Other letters than A a c d f m p y draw a
warning (Sendmail Installation and Operation Guide, 5.6, AuthOptions).

In the log or at the client:
    Warning: Option: AuthOptions unknown parameter 'P'
    250-AUTH LOGIN PLAIN, before STARTTLS
Bad:
    define(`confAUTH_OPTIONS', `Apy')dnl
Bad:
    define(`confAUTH_OPTIONS', `A, p, y')dnl
Bad:
    define(`confAUTH_OPTIONS', `A P y')dnl
Good:
    define(`confAUTH_OPTIONS', `A p y')dnl
Good:
    define(`confAUTH_OPTIONS', `A,p,y')dnl
Not when: the letter stands in a second line of AuthOptions; their letters add up.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

import re
from collections.abc import Iterable

from auditor.facts.auth import AuthOffer
from auditor.facts.listeners import Listeners
from auditor.facts.sasl import AuthSetup
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.sas import LETTERS, lost_letters, word_of


@check("SAS002", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="N6")
def letters_not_read(
    setup: AuthSetup,
    offer: AuthOffer | NotApplicable | Unknown,
    listeners: Listeners,  # noqa: ARG001  # The daemon's letters only.
) -> Verdicts:
    """Compare the letters that were meant with those that count."""
    if not setup.options:
        yield NotApplicable("AuthOptions is not set")
    for setting in setup.options:
        lost = dict(lost_letters(setting, setup.letters))
        if not lost:
            continue
        letters = "".join(lost)
        exposed = "p" in letters.lower() and not setup.needs_tls and isinstance(offer, AuthOffer) and bool(offer.plain)
        meant = dict.fromkeys([*setting.letters.replace("P", "p"), *letters.replace("P", "p")])
        yield Finding(
            word_of(setting, *next(iter(lost.values()))),
            f"of AuthOptions `{setting.value}' sendmail reads {setting.letters.replace('P', '') or 'nothing'}: "
            f"{', '.join(letters)} {'has' if len(lost) == 1 else 'have'} no effect",
            "PLAIN and LOGIN are offered without TLS, and passwords cross the net in clear."
            if exposed
            else "What the letter asks for does not happen.",
            setting.set_to(
                " ".join(each for each in meant if each in LETTERS),
                "part the letters by one blank each",
                safe=_only_letters(setting.value, meant),
            ),
            severity=None if exposed else Severity.MEDIUM,
        )


def _only_letters(value: str, meant: Iterable[str]) -> bool:
    """Whether the value is made of the letters that are meant, each once, and of what parts them."""
    return sorted(re.sub(r"[\s,;]", "", value)) == sorted(meant)
