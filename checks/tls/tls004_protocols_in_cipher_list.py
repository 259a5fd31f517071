r"""The cipher list names protocols, as if it switched them on and off.

In a cipher list SSLv3 or TLSv1 stands for the cipher suites that came with that protocol, and TLS
1.2 uses most of them as well. A plus sign moves suites to the end of the list, a minus sign takes
suites away; the protocol stays on as long as one suite is left for it. What chooses protocols is
ServerSSLOptions, since 8.15 (openssl-ciphers(1); Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS=server, relay=client.example.org [192.0.2.7], version=TLSv1, verify=NO, cipher=AES256-SHA, bits=256/256
Bad:
    define(`confCIPHER_LIST', `HIGH:+TLSv1:-SSLv2:!aNULL:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
    undefine(`confSERVER_SSL_OPTIONS')dnl
Bad:
    define(`confCIPHER_LIST', `HIGH:!SSLv3:!aNULL')dnl
    undefine(`confSERVER_SSL_OPTIONS')dnl
Good:
    define(`confCIPHER_LIST', `HIGH:-SSLv2:!aNULL:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
Good:
    define(`confCIPHER_LIST', `HIGH:+TLSv1:!aNULL:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
Not when: ServerSSLOptions switches protocols off, or the word is SSLv2, whose suites no other
    protocol uses.
See: howto step 6, the notes; openssl-ciphers(1).
"""

from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from auditor.sendmail.ciphers import analyse
from auditor.sendmail.tls import disabled_protocols

_EFFECTS = {
    "+": "moves suites to the end of the list and switches nothing on",
    "-": "takes suites away and leaves the protocol to whatever is left",
    "!": "takes suites away, TLS 1.2's older ones among them, and not the protocol",
}


@check("TLS004", severity=Severity.MEDIUM, howto="N6")
def protocols_in_cipher_list(options: Options, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # A daemon's list.
    """Look for signed names of protocols."""
    ciphers, protocols = options.get("CipherList"), options.get("ServerSSLOptions")
    if ciphers is None:
        yield NotApplicable("CipherList is not set")
        return
    if protocols is not None and disabled_protocols(protocols.value):
        return
    tokens = [
        token
        for token in analyse(ciphers.value).protocol_tokens
        if token.operator in _EFFECTS and token.words != ("SSLv2",)
    ]
    if not tokens:
        return
    first = tokens[0]
    words = [ciphers.value[token.start : token.end] for token in tokens]
    exact = ciphers.span.text == ciphers.value
    yield Finding(
        ciphers.span.part(first.start, first.end) if exact else ciphers.span,
        f"CipherList names protocols ({', '.join(words)}) and chooses none: {words[0]} {_EFFECTS[first.operator]}",
        "Protocols that were meant to be off are on, and suites that were meant to stay may be gone.",
        Fix("drop them, and define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3')dnl"),
    )
