r"""The privacy options let strangers ask who lives here.

PrivacyOptions decides what SMTP commands tell. Without novrfy and noexpn anybody can test addresses and read mailing
lists; without restrictqrun local users can run the queue; authwarnings marks forged senders. goaway stands for
needmailhelo, noexpn, novrfy, noverb and the like at once. With AUTH as a client, noverb or goaway keeps passwords out
of a verbose session (Sendmail Installation and Operation Guide, 5.6; cf/README, "SMTP AUTHENTICATION").

In the log or at the client:
    250 2.1.5 John Doe <john@john.doe.org>, in answer to VRFY john
Bad:
    define(`confPRIVACY_FLAGS', `authwarnings')dnl
Bad:
    define(`confPRIVACY_FLAGS', `public')dnl
Bad:
    define(`confPRIVACY_FLAGS', `authwarnings,novrfy,noexpn,restrictqrun')dnl
Good:
    define(`confPRIVACY_FLAGS', `goaway,restrictmailq,restrictqrun,noetrn')dnl
Not when: the configuration is submit.cf, which the msp feature sets up, or a listener on the loopback interface only.
See: howto step 6; Sendmail Installation and Operation Guide, 5.6, PrivacyOptions.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Profile
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

#: What "goaway" sets; the flags on the queue, on bounces and on ETRN it does not.
_GOAWAY = frozenset(("authwarnings", "noexpn", "novrfy", "noverb", "needmailhelo", "needexpnhelo", "needvrfyhelo"))

_MUCH = "Strangers learn valid addresses with VRFY and EXPN, and local users may run or read the queue."
_LITTLE = "Strangers start queue runs with ETRN or watch deliveries with VERB, and local users read the queue."


@check("CFF010", severity=Severity.MEDIUM, howto="6")
def privacy_options_weak(
    options: Options, files: ConfigurationFiles, listeners: Listeners, profile: Profile
) -> Verdicts:
    """Judge all PrivacyOptions together, since they accumulate."""
    settings = options.all("PrivacyOptions")
    words = {word for setting in settings for word in setting.words}
    effective = words | (_GOAWAY if "goaway" in words else frozenset())
    needed = [word for word in profile.words("privacy") if word not in effective]
    better = [word for word in profile.words("privacy_recommended") if word not in effective]
    if not needed and not better:
        return
    missing = [*needed, *better]
    shown = ",".join(sorted(words)) or "nothing"
    yield Finding(
        settings[-1].span if settings else files.to_mend,
        f"PrivacyOptions lacks {', '.join(missing)} (it has {shown})",
        _MUCH if needed else _LITTLE,
        Fix(f"define(`confPRIVACY_FLAGS', `{','.join(dict.fromkeys([*_kept(words), *missing]))}')dnl"),
        severity=None if needed and not listeners.only_loopback else Severity.LOW,
    )


def _kept(words: set[str]) -> list[str]:
    return sorted(words - {"public"})
