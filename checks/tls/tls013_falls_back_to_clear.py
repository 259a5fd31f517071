r"""sendmail sends in clear when TLS fails.

With TLSFallbacktoClear a failed handshake is followed at once by a second attempt without STARTTLS,
so that whoever disturbs the first one reads the mail. It is done for hosts with TLS_Rcpt or TLS_Srv
requirements as well, whose mail then fails on the second attempt instead of being tried again later
(8.16 and later; Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS=client, start=failed, relay=mx.example.com.
Bad:
    define(`confTLS_FALLBACK_TO_CLEAR', `True')dnl
Good:
    define(`confTLS_FALLBACK_TO_CLEAR', `False')dnl
Not when: the option is not set or false.
See: Sendmail Installation and Operation Guide, 5.6, TLSFallbacktoClear.
"""

from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable


@check("TLS013", severity=Severity.MEDIUM)
def falls_back_to_clear(options: Options, configuration: Configuration) -> Verdicts:
    """Look whether the option is on."""
    if configuration.is_submission:
        yield NotApplicable("submit.cf delivers to this host only")
        return
    setting = options.get("TLSFallbacktoClear")
    if setting is not None and setting.is_true:
        yield Finding(
            setting.span,
            f"TLSFallbacktoClear is {setting.value}",
            "An attacker who disturbs the handshake gets the mail in clear, and the log shows a failed handshake only.",
            Fix("drop it, and exempt the few hosts that need it: Try_TLS:HOST NO in the access map"),
        )
