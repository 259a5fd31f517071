r"""PAM has no service smtp, and others are refused.

sendmail calls itself smtp before libsasl, and saslauthd -a pam asks PAM under that name. Without
/etc/pam.d/smtp the service other decides, which as a rule refuses everybody. Where the file is there
and lacks rules of one kind, other decides about that kind (pam.d(5)).

In the log or at the client:
    saslauthd: auth failure: [user=alice] [service=smtp] [realm=] [mech=pam] [reason=PAM auth error]
Bad:
    --- /etc/pam.d/smtp missing
Bad:
    --- /etc/pam.d/smtp missing
    --- /etc/pam.d/other
    auth     required   pam_deny.so
    account  required   pam_deny.so
Bad:
    --- /etc/pam.d/smtp
    auth     required   pam_unix.so
    --- /etc/pam.d/other
    account  required   pam_deny.so
Good:
    --- /etc/pam.d/smtp missing
    --- /etc/pam.d/other
    @include common-auth
    @include common-account
Not when: saslauthd uses something else than PAM, or other lets users in, as on Debian.
See: howto step 10; pam.d(5).
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.sasl import PAMService
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.readers.pam import PAMText
from checks.sas import not_asked

_DENY = "pam_deny"
_FIX = Fix("write /etc/pam.d/smtp with rules of type auth and account, as those of another service that logs users in")


@check("SAS036", severity=Severity.HIGH, howto="10")
def no_pam_service(offer: AuthOffer, daemon: Saslauthd, service: PAMService) -> Verdicts:
    """Judge who decides about logins, the service smtp or the service other."""
    useless, mechanism = not_asked(offer), daemon.mechanism
    if useless is not None or mechanism is None or mechanism.text != "pam":
        yield useless or NotApplicable("saslauthd does not use PAM")
        return
    for kind in ("auth", "account"):
        if isinstance(service.document, PAMText) and (service.document.has(kind) or service.document.included):
            continue
        refusal = _refusal(service.other, kind)
        if isinstance(refusal, Unknown):
            yield refusal
        elif refusal is not None:
            at, why = refusal
            what = f"has no {kind} rule" if isinstance(service.document, PAMText) else "is not there"
            yield Finding(
                service.document.path if isinstance(service.document, PAMText) else mechanism.span,
                f"/etc/pam.d/smtp {what}, and {why}",
                "Every login fails, whatever the password.",
                _FIX,
                () if at is None else ((at, "this decides instead"),),
            )
            return


def _refusal(other: PAMText | Missing | Unknown, kind: str) -> tuple[Span | None, str] | Unknown | None:
    """What in the service other refuses everybody, or None where it may let somebody in."""
    if isinstance(other, Unknown):
        return other
    if isinstance(other, Missing):
        return None, "there is no service other either"
    rules = [rule for rule in other.rules if rule.type == kind]
    if not rules and other.included:
        return None
    first = next(iter(rules), None)
    if first is None:
        return None, f"the service other has no {kind} rule either"
    is_deny = first.module.text.rpartition("/")[2].startswith(_DENY)
    return (first.module, "the service other refuses everybody") if is_deny else None
