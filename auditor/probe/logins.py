"""Logging in for real, and only where the password may go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.probe import telling
from auditor.probe.addresses import address_of
from auditor.probe.auth import saslauthd
from auditor.probe.auth.base import ChannelBinding, Unfit, server_end_point
from auditor.probe.auth.login import LoginResult, login
from auditor.probe.auth.passwords import Password
from auditor.probe.auth.saslauthd import Asked
from auditor.probe.errors import WireError
from auditor.probe.observed import Conversation, Logins
from auditor.probe.session import Session
from auditor.probe.settings import NONE, STARTTLS
from auditor.probe.smtp import Extensions
from auditor.probe.telling import Report
from auditor.probe.verify import permissive_context, verifying_context
from auditor.probe.visit import Visit

if TYPE_CHECKING:
    import ssl

#: Mechanisms that are tried, those first that show whether the server can check a password at all.
SPOKEN = (
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-1",
    "XOAUTH2",
)
#: Where distributions put saslauthd's socket.
SOCKETS = ("/var/run/saslauthd/mux", "/run/saslauthd/mux", "/var/state/saslauthd/mux", "/var/run/sasl2/mux")


@frozen
class Login:
    """A login to make.

    Attributes:
        user: the user's name.
        password: the password or token.
        every: whether every offered mechanism is tried, or the first that will do.
        insecure: whether the password may go to a server that has not proved who it is, and in clear.

    """

    user: str
    password: Password
    every: bool = False
    insecure: bool = False


def log_in(visit: Visit, wanted: Login, talk: Conversation, report: Report = telling.unheard) -> Logins:
    """Log in with each mechanism that is to be tried, each on a connection of its own, and tell of each as it is done.

    A password is sent only over TLS whose certificate verified for the expected name on that very connection, unless
    ``wanted.insecure`` lets it go anywhere. On the server's own host saslauthd is asked first.
    """
    verifier = _verifier(wanted, talk)
    found = _results(visit, wanted, report)
    logins = Logins((), found, verifier) if isinstance(found, str) else Logins(found, "", verifier)
    for line in telling.verifier(logins):
        report(line)
    return logins


def _results(visit: Visit, wanted: Login, report: Report) -> tuple[LoginResult, ...] | str:
    """What became of each mechanism, or why no password was sent."""
    if not wanted.insecure and visit.settings.tls == NONE:
        return "no password was sent: without TLS none may be (--insecure-auth lets it go)"
    try:
        session = _ready(visit, wanted)
    except (WireError, ValueError) as error:
        return f"no password was sent: {error}"
    # A server may repeat what it was told at any time.
    visit.transcript.hide(wanted.password.reveal())
    # The connection that shows what is offered serves for the first login.
    with session:
        offered = [name for name in SPOKEN if name in session.extensions.parameters("AUTH")]
        if not offered:
            session.quit()
            return "no password was sent: the server offers no mechanism that is spoken here"
        results = [_within(session, wanted, offered[0])]
    report(telling.login(results[0]))
    for mechanism in offered[1:] if wanted.every else ():
        results.append(_anew(visit, wanted, mechanism))
        report(telling.login(results[-1]))
    return tuple(results)


def _anew(visit: Visit, wanted: Login, mechanism: str) -> LoginResult:
    try:
        with _ready(visit, wanted) as session:
            return _within(session, wanted, mechanism)
    except WireError as error:
        return _broken(mechanism, error)


def _within(session: Session, wanted: Login, mechanism: str) -> LoginResult:
    host = session.settings.certified
    try:
        binding = _binding(session) if mechanism.endswith("-PLUS") else None
        return login(session, mechanism, wanted.user, wanted.password, host=host, binding=binding)
    except Unfit as error:
        return LoginResult(mechanism, None, None, f"nothing was sent: {error}", None)
    except WireError as error:
        return _broken(mechanism, error)


def _broken(mechanism: str, error: WireError) -> LoginResult:
    return LoginResult(mechanism, None, None, f"the conversation broke: {error}", None)


def _ready(visit: Visit, wanted: Login) -> Session:
    """A session in which a password may be sent, after its EHLO.

    Raises:
        WireError: there is none, its certificate does not verify, or TLS is not to be had.

    """
    context = _context(visit, wanted)
    session = visit.session(context)
    try:
        extensions = session.ehlo()
        if visit.settings.tls == STARTTLS and _may_start(extensions, wanted):
            session.starttls(context)
            session.ehlo()
    except BaseException:
        session.close()
        raise
    return session


def _may_start(extensions: Extensions, wanted: Login) -> bool:
    if "STARTTLS" in extensions:
        return True
    if wanted.insecure:
        return False
    message = (
        "STARTTLS is not offered on this connection, and without TLS no password may be sent"
        " (--insecure-auth lets it go)"
    )
    raise WireError(message)


def _context(visit: Visit, wanted: Login) -> ssl.SSLContext:
    return permissive_context() if wanted.insecure else verifying_context(visit.settings.ca)


def _binding(session: Session) -> ChannelBinding | None:
    tls = session.tls
    if tls is None:
        return None
    if tls.unique is not None:
        return ChannelBinding("tls-unique", tls.unique)
    return server_end_point(tls.chain[0]) if tls.chain else None


def _verifier(wanted: Login, talk: Conversation) -> Asked | Unknown | NotApplicable:
    peer = address_of(talk.peer)
    # A connection to an address of one's own comes from that address, unless another was asked for.
    is_here = peer in (talk.client, "::1") or peer.startswith("127.")
    if not talk.client or not is_here:
        return NotApplicable("the server is on another host")
    path = next((path for path in SOCKETS if os.path.lexists(path)), None)
    if path is None:
        return NotApplicable("there is no socket of saslauthd on this host")
    try:
        return saslauthd.ask(Path(path), wanted.user, wanted.password)
    except WireError as error:
        return Inconclusive(str(error))
