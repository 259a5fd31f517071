r"""Mechanisms are parted by something else than blanks.

AuthMechanisms and class {TrustAuthMech} are lists parted by blanks, mech_list likewise. With commas,
semicolons or tabs in AuthMechanisms the names run together into one that no plug-in has
(Sendmail Installation and Operation Guide, 5.6, AuthMechanisms).

In the log or at the client:
    503 5.3.3 AUTH not available
Bad:
    define(`confAUTH_MECHANISMS', `PLAIN,LOGIN')dnl
Bad:
    define(`confAUTH_MECHANISMS', `PLAIN, LOGIN')dnl
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain, login
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
Not when: the blanks are several.
See: howto steps 6 and 10; Sendmail Installation and Operation Guide, 5.6.
"""

import re

from auditor.facts.auth import AuthOffer, SASLSettings
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.pattern import lazy
from checks.sas import word_of

_NAME = lazy(r"[A-Za-z0-9_-]+")
#: Names with nothing but signs between them that people part lists with.
_LIST = lazy(r"\s*[A-Za-z0-9_-]+(?:[\s,;|]+[A-Za-z0-9_-]+)*\s*")


@check("SAS007", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def mechanisms_not_parted_by_blanks(offer: AuthOffer) -> Verdicts:
    """Judge the words of both lists."""
    setting = offer.setup.mechanisms
    if setting is not None:
        bad = [word for word in re.finditer(r"[^ ]+", setting.value) if not _NAME.fullmatch(word[0])]
        if bad:
            yield Finding(
                word_of(setting, *bad[0].span()),
                f"{_shown(bad[0][0])} in AuthMechanisms is taken for the name of one mechanism",
                _consequence([name for name in offer.setup.offered if _NAME.fullmatch(name)]),
                setting.set_to(_parted(setting.value), "part them by blanks", safe=_is_list(setting.value)),
                severity=None if any(_NAME.fullmatch(name) for name in offer.setup.offered) else Severity.HIGH,
            )
    line = offer.settings.get("mech_list") if isinstance(offer.settings, SASLSettings) else None
    bad_words = [] if line is None else [word for word in line.words if not _NAME.fullmatch(word.text)]
    if line is not None and bad_words and not line.merged:
        yield Finding(
            bad_words[0],
            f"{_shown(bad_words[0].text)} in mech_list is taken for the name of one mechanism",
            _consequence([word.text for word in line.words if word not in bad_words]),
            replace(line.value, _parted(line.value.text), "part them by blanks", safe=_is_list(line.value.text)),
        )


def _parted(value: str) -> str:
    return " ".join(_NAME.findall(value))


def _is_list(value: str) -> bool:
    return _LIST.fullmatch(value) is not None


def _shown(word: str) -> str:
    return word.replace("\t", "\\t")


def _consequence(left: list[str]) -> str:
    return f"No plug-in has that name; of this list {' '.join(left) if left else 'nothing'} can be offered."
