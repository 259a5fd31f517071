r"""A login is refused.

sendmail answers 535 to everything that keeps a password from being checked: a wrong one, a saslauthd that does
not run, a Sendmail.conf that was not read. Which half is broken shows where saslauthd, on the server's own
host, is asked the same: if it accepts the login, look between sendmail and its socket; if it does not, look at
the account and at PAM (Cyrus SASL, "Options", pwcheck_method and saslauthd_path).

In the log or at the client:
    535 5.7.0 authentication failed
    AUTH failure (PLAIN): generic failure (-1) SASL(-1): generic failure: checkpass failed
    AUTH failure (CRAM-MD5): user not found (-20) SASL(-13): user not found: no secret in database
Bad:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "535 5.7.0 authentication failed", "LOGIN": "535 5.7.0 authentication failed"})
Bad:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "535 5.7.0 authentication failed"}, saslauthd="OK")
Bad:
    --- @ mail.doe.org:465 endpoint(login={"PLAIN": "535 5.7.0 authentication failed"}, saslauthd="NO Incorrect password")
Bad:
    --- @ mail.doe.org:465 endpoint(login={"PLAIN": "535 5.7.0 authentication failed"}, saslauthd="?/run/saslauthd/mux: nobody listens on it")
Bad:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "235 2.0.0 OK", "CRAM-MD5": "535 5.7.0 authentication failed"}, saslauthd="OK")
Good:
    --- @ mail.doe.org:587 endpoint(login={"PLAIN": "235 2.0.0 OK Authenticated"}, saslauthd="OK")
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: no login was asked for, no password was sent, or the mechanism is not to be had, which PRB032 tells.
See: howto step 10; RFC 4954, 6; Cyrus SASL, "Options".
"""  # noqa: E501  # An example is one line.

from collections.abc import Iterator

from auditor.facts.wire import Logins
from auditor.facts.wire_parts import Asked
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.sendmail.strength import SHARED_SECRET
from checks.prb import said

#: Replies that say the mechanism is not to be had, or that passwords cannot be checked for now.
_OF_THE_MECHANISM = (454, 500, 502, 503, 504)
_BETWEEN = Fix(
    "look between the server and saslauthd: Sendmail.conf with `pwcheck_method: saslauthd`, root's and readable, and"
    " with a saslauthd_path that ends in /mux; then restart sendmail"
)
_ACCOUNT = Fix("look at the account, its password, and PAM's file for the service smtp: testsaslauthd -s smtp")
_START = Fix("start saslauthd, with -m naming the directory in which the server looks for its socket")
_TAKE_OUT = Fix("write into Sendmail.conf: mech_list: plain login")
_LOOK = Fix("find the line `AUTH failure` in the server's log; in sendmail it is there from LogLevel 9 on")


@check("PRB035", severity=Severity.HIGH)
def login_refused(logins: Logins) -> Verdicts:
    """Tell of each kind of mechanism that is refused which half is broken."""
    if logins.unsent:
        yield NotApplicable(f"{logins.unsent}, which PRB036 tells")
    yield from _of_kind(logins, shared=False)
    yield from _of_kind(logins, shared=True)
    for each in logins.results:
        if each.accepted is None and not (each.reply is not None and each.reply.code in _OF_THE_MECHANISM):
            yield Inconclusive(f"AUTH {each.mechanism}: {each.meaning}")


def _of_kind(logins: Logins, *, shared: bool) -> Iterator[Finding]:
    refused = [
        each
        for each in logins.results
        if each.accepted is False
        and each.reply is not None
        and each.reply.code not in _OF_THE_MECHANISM
        and each.mechanism.startswith(SHARED_SECRET) is shared
    ]
    if not refused:
        return
    first, names = refused[0], " and ".join(each.mechanism for each in refused)
    others = any(each.accepted for each in logins.results)
    consequence, fix = _shared(others=others) if shared else _between(logins.verifier)
    yield Finding(
        None,
        f"the login by AUTH {names} is refused: {first.reply}",
        consequence or f"{first.meaning[:1].upper()}{first.meaning[1:]}.",
        fix,
        evidence=said(f"AUTH {first.mechanism} ***", first.reply),
        confidence=Confidence.HIGH,
    )


def _shared(*, others: bool) -> tuple[str, Fix]:
    told = "The same login is accepted by another mechanism: the server has no copy of the password for this one."
    return (told if others else ""), _TAKE_OUT


def _between(verifier: Asked | Unknown | NotApplicable) -> tuple[str, Fix]:
    """What follows from what saslauthd said, and what mends it; nothing where it said nothing."""
    if isinstance(verifier, NotApplicable):
        return "", _LOOK
    if isinstance(verifier, Unknown):
        return f"saslauthd does not answer, and without it the server knows no password: {verifier.reason}.", _START
    if verifier.ok is None:
        return "", _LOOK
    if verifier.ok:
        return "saslauthd accepts the same login: what is broken lies between the server and saslauthd.", _BETWEEN
    return f"saslauthd refuses the same login ({verifier.answer}): the server's half does its work.", _ACCOUNT
