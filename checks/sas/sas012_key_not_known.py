r"""Sendmail.conf sets something that libsasl does not know.

libsasl asks for its settings by name and passes over every other line in silence, so a misspelt key
is a setting that is not made (Cyrus SASL, "Options").

In the log or at the client:
    nothing
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mechlist: plain login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_methods: saslauthd
    mech_list: plain login
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    PWCHECK_METHOD: saslauthd
    mech_list: plain login
    allowplaintext: 1
    saslauthd_version: 2
Not when: the key is one that other programs or older versions have; it is passed over and does no harm.
See: howto step 10; Cyrus SASL, "Options".
"""

import difflib

from auditor.facts.auth import SASLSettings
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.unknown import NotApplicable
from auditor.sendmail.sasl import HARMLESS, KEYS, PLUGIN_KEYS

_ALIKE = 0.8


@check("SAS012", severity=Severity.MEDIUM, howto="10")
def key_not_known(settings: SASLSettings) -> Verdicts:
    """Look each key up, and the nearest known one for those that are not known."""
    if settings.document is None:
        yield NotApplicable("no Sendmail.conf is read")
        return
    for entry in settings.document.entries:
        name = entry.name
        if name in KEYS or name in HARMLESS or name.startswith(PLUGIN_KEYS):
            continue
        near = difflib.get_close_matches(name.replace("-", "_"), KEYS, 1, _ALIKE)
        yield Finding(
            entry.key,
            f"libsasl knows no {entry.key.text}" + (f"; {near[0]} may be meant" if near else ""),
            "The line has no effect, and nothing says so.",
            replace(entry.key, near[0], "spell it as libsasl does", safe=_is_sure(name, near[0], settings))
            if near
            else Fix("take the line out"),
            severity=None if near else Severity.LOW,
            confidence=None if near else Confidence.LOW,
        )


def _is_sure(name: str, near: str, settings: SASLSettings) -> bool:
    """Whether only one key can be meant, and it is set nowhere else."""
    return settings.get(near) is None and unmistakable(name, near, KEYS)
