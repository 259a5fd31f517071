"""What a reply to AUTH means where sendmail asks Cyrus SASL, and where to look.

The texts say what sendmail 8.17 with Cyrus SASL 2.1.28 was seen to do, and what RFC 4954 says where it never does it.
"""

from __future__ import annotations

from auditor.probe.smtp import Reply
from auditor.probe.words import excerpt

_SHARED = ("CRAM-", "DIGEST-", "SCRAM-", "NTLM", "SRP", "OTP")

_REFUSED_PLAIN = (
    "the password is wrong, or sendmail could not have it checked, to which it says the same. Its log tells which, "
    "from LogLevel 9 on, after `AUTH failure`: `(-13) ... authentication failure` is a wrong password or an unknown "
    "user; `generic failure (-1)` is a saslauthd that does not run, or whose socket is not where sendmail looks "
    "(saslauthd_path in Sendmail.conf, with /mux at its end); `no mechanism available (-4)` is a pwcheck_method that "
    "does not exist; `user not found (-20)` is a Sendmail.conf without `pwcheck_method: saslauthd`, or one that was "
    "not read, so that sasldb2 was asked. `testsaslauthd -s smtp` shows what saslauthd says by itself"
)
_REFUSED_SHARED = (
    "the password is wrong, or the server does not have it. This mechanism needs the password as it is, from sasldb2 "
    "or another auxprop plug-in; saslauthd can never serve it, and PLAIN works while this fails. Look with "
    "`sasldblistusers2` whether the user is there, under the realm that sendmail uses (AuthRealm, else its own name), "
    "or take the mechanism out of AuthMechanisms and mech_list"
)
_REFUSED_OAUTH = "the token is refused: it is expired, of another user, or made for another service"
_REFUSED_EXTERNAL = "the client certificate does not allow a login under the name that was asked for"
_NO_EXTERNAL = (
    "EXTERNAL is not offered: sendmail has it only on TLS with a client certificate that it asked for (no V in "
    "TLSSrvOptions) and could verify (CACertFile, CACertPath), and where AuthMechanisms and mech_list name it"
)
_NO_AUTH = (
    "there is no AUTH here and now. Before STARTTLS that is as it should be with p in AuthOptions. After it, nothing "
    "is left to offer: M=A or Srv_Features takes AUTH away from this listener, or AuthOptions (a, d, f, m), the "
    "mech_list of Sendmail.conf and the installed plug-ins leave no mechanism"
)
_NO_MECHANISM = (
    "this mechanism is not offered: it has to be in AuthMechanisms, in the mech_list of Sendmail.conf where there is "
    "one, and among the installed plug-ins (`saslpluginviewer -s`); with p in AuthOptions, PLAIN and LOGIN also need "
    "TLS"
)
_TLS_FIRST = "the server wants TLS before a login: STARTTLS first"
_LATER = (
    "the server does not judge the login now. sendmail says so where a milter that it must have (F=T) cannot be "
    "reached or puts this connection off. Neither the password nor saslauthd was asked"
)
_BACKEND = (
    "the server cannot check passwords for now: what it asks is down or does not answer. sendmail itself does not say "
    "this to AUTH: where saslauthd is down it says 535"
)

_EXACT = {
    (454, "4.3.0"): _LATER,
    (454, "4.7.1"): _LATER,
    (454, "4.7.0"): _BACKEND,
    (
        454,
        "4.5.4",
    ): "sendmail could not write its own challenge: a fault in it or in the SASL plug-in, not the password",
    (503, "5.3.3"): _NO_AUTH,
    (503, "5.5.0"): "AUTH came at the wrong moment: after a login, or within a mail",
    (504, "5.3.3"): _NO_MECHANISM,
    (501, "5.0.0"): "the login was taken back by us",
    (535, "5.7.8"): "the user name or the password is wrong. These are not sendmail's words, which says 5.7.0",
    (535, "5.7.9"): "the user may not log in with this mechanism, which the server holds for too weak",
}
_BY_CODE = {
    432: "the user's password has to be set anew before this mechanism can work (RFC 4954)",
    454: _BACKEND,
    500: "the server does not know AUTH, or the line was too long for it",
    501: "the server could not read what was sent: no base64, or not what the mechanism asks for",
    502: "the server does not know AUTH",
    503: "AUTH came at the wrong moment, or is not to be had",
    504: _NO_MECHANISM,
    525: "the user's account is disabled (RFC 5248)",
    534: "the mechanism is too weak for this user. sendmail does not say so; AuthOptions and mech_list are its means",
    538: f"{_TLS_FIRST}. sendmail does not say so; with p in AuthOptions it answers 503 or 504",
}


def explain(reply: Reply, mechanism: str) -> str:
    """What the reply to a login with a mechanism means, as a sentence or several without the last full stop."""
    if reply.ok:
        return "the login is accepted"
    code, enhanced = reply.code, reply.enhanced
    if code == 530 or (reply.refused and "STARTTLS" in reply.text.upper()):  # noqa: PLR2004  # The code's meaning follows.
        return _before(reply)
    found = _EXACT.get((code, enhanced))
    if found is None and code == 535:  # noqa: PLR2004  # As above.
        found = _refused(mechanism.upper())
    elif code == 504 and mechanism.upper() == "EXTERNAL":  # noqa: PLR2004
        found = _NO_EXTERNAL
    return found or _BY_CODE.get(code) or _else(reply)


def _before(reply: Reply) -> str:
    if "TLS" in reply.text.upper():
        return _TLS_FIRST
    return "the server wants a login before anything else, and did not take this for one"


def _refused(mechanism: str) -> str:
    if mechanism == "EXTERNAL":
        return _REFUSED_EXTERNAL
    if mechanism in {"XOAUTH2", "OAUTHBEARER"}:
        return _REFUSED_OAUTH
    return _REFUSED_SHARED if mechanism.startswith(_SHARED) else _REFUSED_PLAIN


def _else(reply: Reply) -> str:
    said = f"{reply.code} {excerpt(reply.text)}".rstrip()
    if reply.temporary:
        return f"the server does not take the login for now ({said}), whatever the password"
    if reply.refused:
        return f"the server refuses AUTH ({said}), whatever the password; it may refuse everything from this address"
    return f"this is no reply to AUTH: {said}"
