r"""Logins wait for STARTTLS, and STARTTLS is off.

With p in AuthOptions PLAIN and LOGIN show only after STARTTLS. Where sendmail offers no STARTTLS,
for want of an option or a file, they never show, and mail programs say that the server knows no
logins (Sendmail Installation and Operation Guide, 5.6, AuthOptions; cf/README, STARTTLS).

In the log or at the client:
    503 5.3.3 AUTH not available
    The server does not support authentication
Bad:
    undefine(`confSERVER_KEY')dnl
Bad:
    --- /etc/mail/certs/smtp.cert.pem missing
Bad:
    --- /etc/mail/certs/smtp.key.pem 640 root:mail
Good:
    define(`confAUTH_OPTIONS', `A p y')dnl
Not when: AuthOptions has no p, or neither PLAIN nor LOGIN is offered.
See: howto steps 5 and 6; cf/README, STARTTLS.
"""

from collections.abc import Iterator

from auditor.facts.auth import AuthOffer
from auditor.facts.options import Options
from auditor.facts.safety import FileSafety, Purpose, Verdict
from auditor.facts.tls import TLSFile, TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Missing, NotApplicable, Unknown

_FILES = {
    "ServerCertFile": Purpose.CERTIFICATE,
    "ServerKeyFile": Purpose.KEY,
    "CACertFile": Purpose.AUTHORITIES,
}


@check("SAS006", severity=Severity.HIGH, howto="N6")
def login_waits_for_tls_in_vain(
    offer: AuthOffer, files: TLSFiles, safety: FileSafety | Unknown, options: Options
) -> Verdicts:
    """Look for what alone keeps STARTTLS off."""
    if not offer.plain or not offer.setup.needs_tls:
        yield NotApplicable("no mechanism that is offered waits for TLS")
        return
    if "C" in options.letters("TLSSrvOptions"):
        yield NotApplicable("TLSSrvOptions has C, so TLS needs no certificate")
        return
    faults = list(_faults(files, safety, offer))
    if faults:
        yield Finding(
            next(setting.span for setting in offer.setup.options if "p" in setting.letters),
            f"{' and '.join(offer.plain)} can be had after STARTTLS only, and that is off: {faults[0][0]}",
            "No login is ever offered; users see that the server does not support authentication.",
            Fix("mend STARTTLS first, and leave the p where it is"),
            tuple((span, reason) for reason, span in faults if span is not None),
        )


def _faults(files: TLSFiles, safety: FileSafety | Unknown, offer: AuthOffer) -> Iterator[tuple[str, Span | None]]:
    if all("S" in each.modifiers and "s" not in each.modifiers for each in offer.listeners):
        yield "every listener that offers AUTH has the modifier S", offer.listeners[0].span
    for option in files.what_keeps_server_off:
        setting = files.setting(option)
        reason = "is not set" if setting is None else "names no absolute path"
        yield f"{option} {reason}", None if setting is None else setting.span
    for file in files:
        if file.option in _FILES and file.number == 1:
            refusal = _refused(file, safety)
            if refusal is not None:
                yield refusal, file.span


def _refused(file: TLSFile, safety: FileSafety | Unknown) -> str | None:
    if isinstance(file.entry, Missing):
        return f"{file.path} is missing"
    if isinstance(safety, Unknown) or not file.is_absolute:
        return None
    verdict = safety.ask(file.path, _FILES[file.option])
    return f"{file.path} is refused: {verdict.reason}" if isinstance(verdict, Verdict) and not verdict.ok else None
