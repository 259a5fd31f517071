r"""TLS is begun and does not come about.

The server agrees to TLS, and then the handshake breaks, although it was tried with all versions and
suites that the TLS library here has, and with no demand on the certificate. The alert, if there is one,
is the server's own word for it (RFC 8446, 6); its log has the reason in OpenSSL's words.

In the log or at the client:
    STARTTLS=server, error: accept failed=-1, reason=no shared cipher, SSL_error=1
    STARTTLS=server, error: accept failed=-1, reason=unsupported protocol, SSL_error=1
    smtps: TLS not available, exiting
Bad:
    --- @ mail.doe.org:25 endpoint(failed="mail.doe.org:25: the TLS handshake failed: the server sent alert 40, handshake failure", kind="no shared cipher", alert=40, versions="")
Bad:
    --- @ mail.doe.org:587 endpoint(failed="mail.doe.org:587: the TLS handshake failed: unsupported protocol", kind="unsupported protocol", versions="SSLv3", suite="DES-CBC3-SHA")
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the connection only ran into a deadline or was closed without a word; that proves nothing.
See: RFC 8446, 6; Sendmail Installation and Operation Guide, 5.6, CipherList and ServerSSLOptions.
"""  # noqa: E501  # An example is one line.

from auditor.facts.wire import Conversation
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown

_ILLEGAL_PARAMETER, _INTERNAL_ERROR = 47, 80
_OWN_FAULT = Fix("read its log, from LogLevel 9 on: in sendmail the line begins with STARTTLS=server, error")
_FIXES = {
    "no shared cipher": Fix(
        "see that certificate and key load and fit together, and that the cipher list leaves suites for that kind of"
        " key; in sendmail: define(`confCIPHER_LIST', `HIGH:!aNULL:!eNULL:!3DES')dnl"
    ),
    "wrong version number": Fix("find out what it is that answers there: it is no TLS"),
    "unsupported protocol": Fix(
        "let the server speak TLS 1.2 and 1.3: take SSL_OP_NO_TLSv1_2 and SSL_OP_NO_TLSv1_3 out of ServerSSLOptions,"
        " or update its OpenSSL"
    ),
    "dh key too small": Fix("in sendmail: define(`confDH_PARAMETERS', `2048')dnl"),
    "ee key too small": Fix("make a new key of 3072 bits, and have a new certificate signed for it"),
}
_OF_ALERTS = {
    _ILLEGAL_PARAMETER: Fix("shorten CACertFile, whose authorities are all named in the handshake; then read the log"),
    _INTERNAL_ERROR: _OWN_FAULT,
}


@check("PRB021", severity=Severity.HIGH, confidence=Confidence.HIGH)
def tls_handshake_fails(talk: Conversation, offer: TLSOffer | Unknown | NotApplicable) -> Verdicts:
    """Tell why the handshake of the conversation failed."""
    failed = talk.failed
    if failed is None:
        if talk.tls is None:
            yield NotApplicable("no handshake was tried")
        return
    if not failed.kind:
        yield Inconclusive(failed.message)
        return
    told = failed.message.partition("the TLS handshake failed: ")[2] or failed.message
    spoken = [version.name for version in offer.versions if version.is_offered] if isinstance(offer, TLSOffer) else []
    also = f"; hellos made by hand are answered in {' and '.join(spoken)}" if spoken else ""
    yield Finding(
        None,
        f"the TLS handshake fails: {told}{also}",
        "Peers get no TLS here; many put their mail off, and mail programs report an error of the connection.",
        _FIXES.get(failed.kind) or _OF_ALERTS.get(failed.alert or 0, _OWN_FAULT),
    )
