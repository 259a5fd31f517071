r"""An SSL option has a name that sendmail refuses.

ServerSSLOptions and ClientSSLOptions, there since 8.15, take names of SSL_CTX_set_options(3), each with its SSL_OP_,
parted by one blank or comma. A name sendmail does not know is a fatal error of the configuration (Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    readcf: ServerSSLOptions option value SSL_OP_NO_SSL3 unrecognized
Bad:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSL3 +SSL_OP_NO_SSLv2 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
Good:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
Not when: the name is one that OpenSSL has and this sendmail may know since a later release; confidence is lower there.
See: Sendmail Installation and Operation Guide, 5.6; SSL_CTX_set_options(3).
"""

from difflib import get_close_matches

from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.text import Span
from auditor.sendmail.tls import OPENSSL_OPTIONS, SSL_OPTIONS, SSLOption, ssl_options


@check("TLS003", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def ssl_option_misspelt(options: Options) -> Verdicts:
    """Judge each item of both options."""
    for name in ("ServerSSLOptions", "ClientSSLOptions"):
        setting = options.get(name)
        for item in ssl_options(setting.value) if setting else ():
            if item.problem is not None and setting is not None:
                newer = item.name.lower() in OPENSSL_OPTIONS
                yield Finding(
                    _place(setting, item),
                    f"{name} has {item.name or 'an empty item'}: {item.problem}",
                    "sendmail does not start with this configuration: no mail goes in or out.",
                    _fix(_place(setting, item), item),
                    confidence=Confidence.LOW if newer else None,
                )


def _place(setting: Setting, item: SSLOption) -> Span:
    return setting.span.part(item.start, item.end) if setting.span.text == setting.value else setting.span


def _fix(span: Span, item: SSLOption) -> Fix:
    near = get_close_matches(f"ssl_op_{item.name.lower().removeprefix('ssl_op_')}", SSL_OPTIONS, 1, 0.8)
    if not near or span.text.lstrip("+-") != item.name:
        return Fix("spell it as SSL_CTX_set_options(3) does, with SSL_OP_ before it")
    right = near[0].upper().replace("SSLV", "SSLv").replace("TLSV", "TLSv")
    sure = unmistakable(f"ssl_op_{item.name.lower().removeprefix('ssl_op_')}", near[0], SSL_OPTIONS)
    return replace(span, ("-" if item.clears else "+") + right, "spell it as SSL_CTX_set_options(3) does", safe=sure)
