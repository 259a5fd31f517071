r"""OpenSSL does not take the cipher list, or passes a part of it over.

A list that selects nothing, or that is malformed, is ignored as a whole: sendmail goes on with the
library's own. A word that OpenSSL does not know is passed over in silence, so that a misspelt
exclusion excludes nothing. TLSv1.3 is no such word: its suites are set apart (openssl-ciphers(1);
Sendmail Installation and Operation Guide, 5.6, CipherList).

In the log or at the client:
    STARTTLS=server, error: SSL_CTX_set_cipher_list(TLS_AES_256_GCM_SHA384) failed, list ignored
Bad:
    define(`confCIPHER_LIST', `TLS_AES_256_GCM_SHA384')dnl
Bad:
    define(`confCIPHER_LIST', `HIGH:!aNUL:!eNULL:!3DES:!aNULL')dnl
Good:
    define(`confCIPHER_LIST', `HIGH:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
Good:
    define(`confCIPHER_LIST', `ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES256-GCM-SHA384')dnl
Not when: the word is one that some version of OpenSSL knows.
See: openssl-ciphers(1).
"""

from difflib import get_close_matches

from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command, replace
from auditor.model.shell import operand
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable
from auditor.sendmail.ciphers import Token, analyse


@check("TLS008", severity=Severity.HIGH)
def cipher_list_refused(options: Options) -> Verdicts:
    """Carry the list out, and name what does nothing."""
    setting = options.get("CipherList")
    if setting is None or not setting.value:
        yield NotApplicable("CipherList is not set")
        return
    found = analyse(setting.value)
    if found.error is not None:
        yield Finding(
            setting.span,
            f"OpenSSL refuses the cipher list: {found.error}",
            "sendmail ignores the list, and the library's own ciphers hold.",
            command(
                f"openssl ciphers -v {operand(setting.value)}", "try the list before it goes into the file", ready=False
            ),
            confidence=Confidence.HIGH,
        )
        return
    for token in found.tokens:
        if token.unknown:
            yield Finding(
                _place(setting, token),
                f"no OpenSSL knows {', '.join(token.unknown)}, so this item of the cipher list does nothing",
                "Ciphers that were to be kept out are let in."
                if token.operator in ("!", "-")
                else "It adds no cipher.",
                _fix(setting, token),
                severity=Severity.MEDIUM if token.operator in ("!", "-") else Severity.LOW,
            )


def _place(setting: Setting, token: Token) -> Span:
    return setting.span.part(token.start, token.end) if setting.span.text == setting.value else setting.span


def _fix(setting: Setting, token: Token) -> Fix:
    from auditor.sendmail.cipher_suites import aliases, suites  # noqa: PLC0415  # The table is built when it is needed.

    near = get_close_matches(token.unknown[0], [*aliases(), *suites()], 1, 0.7)
    place = _place(setting, token)
    if not near or place is setting.span:
        return Fix("spell it as openssl-ciphers(1) does")
    return replace(place, place.text.replace(token.unknown[0], near[0]), "spell it as openssl-ciphers(1) does")
