r"""TLSSrvOptions holds something that sendmail reads otherwise.

The value is a list of letters parted by blanks or commas, and of each word only the first character
counts: VC is V alone. Any other letter than V and C draws a warning. C lets the server start TLS
without any certificate, so that hardly a client can connect when the file is lost (Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    Warning: Option: TLSSrvOptions unknown parameter 'v'
Bad:
    define(`confTLS_SRV_OPTIONS', V')
Bad:
    define(`confTLS_SRV_OPTIONS', `v')dnl
Bad:
    define(`confTLS_SRV_OPTIONS', `VC')dnl
Bad:
    define(`confTLS_SRV_OPTIONS', `V C')dnl
Good:
    define(`confTLS_SRV_OPTIONS', `V')dnl
Not when: the option is not set, which TLS010 judges.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from auditor.sendmail.tls import server_letters

_FIX = Fix("define(`confTLS_SRV_OPTIONS', `V')dnl")


@check("TLS011", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="N6")
def server_options_misread(options: Options, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # The server's letters.
    """Judge each word of the value."""
    setting = options.get("TLSSrvOptions")
    if setting is None:
        yield NotApplicable("TLSSrvOptions is not set")
        return
    for letter in server_letters(setting.value):
        word = setting.value[letter.start : letter.end]
        at = setting.span.part(letter.start, letter.end) if setting.span.text == setting.value else setting.span
        if not letter.known:
            consequence = "sendmail warns at each start and does nothing of what was meant."
            yield Finding(
                at, f"TLSSrvOptions has {word}, and sendmail knows no letter {letter.letter}", consequence, _FIX
            )
        elif len(word) > 1:
            what = "a quote that m4 left over" if "'" in word else "the rest does nothing"
            consequence = (
                "It works by luck: with the quote lost on the other side, m4 would have stopped."
                if "'" in word
                else ("A letter that stands behind another one has no effect.")
            )
            yield Finding(
                at, f"of {word} in TLSSrvOptions sendmail reads the {letter.letter} only: {what}", consequence, _FIX
            )
        if letter.letter == "C":
            yield Finding(
                at,
                "TLSSrvOptions has C: TLS starts even without a certificate",
                "With the certificate lost, STARTTLS is still offered and every client that wants a certificate fails.",
                _FIX,
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )
