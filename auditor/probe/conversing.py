"""The first words with a server: greeting, EHLO, TLS, and EHLO within it."""

from __future__ import annotations

from auditor.model.unknown import Inconclusive
from auditor.model.value import replaced
from auditor.probe import telling
from auditor.probe.errors import TryLater, Unreachable, WireError
from auditor.probe.handshake import HandshakeFailed, PlainGreeting
from auditor.probe.observed import Conversation, Handshake
from auditor.probe.session import Refused, Session
from auditor.probe.settings import IMPLICIT, NONE, Settings
from auditor.probe.smtp import Reply
from auditor.probe.telling import Report
from auditor.probe.unmet import TurnedAway, Unreached
from auditor.probe.verify import permissive_context
from auditor.probe.words import excerpt


def without_greeting(settings: Settings, error: WireError) -> Conversation | Inconclusive:
    """What a conversation that did not come to its greeting says of the server; most say nothing."""
    failed, plain = None, ""
    if isinstance(error, HandshakeFailed):
        failed = Handshake(str(error), error.kind, error.alert)
    elif isinstance(error, PlainGreeting) and error.greeting.startswith(b"2"):
        plain = excerpt(error.greeting)
    else:
        return _refused(error)
    return Conversation(f"{settings.host}:{settings.port}", "", None, failed=failed, plain=plain)


def _refused(error: WireError) -> Inconclusive:
    if isinstance(error, Unreachable):
        return Unreached(str(error), error.tried)
    if isinstance(error, Refused):
        return TurnedAway(str(error), error.reply)
    if isinstance(error, PlainGreeting) and error.greeting.startswith(b"5"):
        # So sendmail turns a client away even where others get TLS at once.
        text = error.greeting[4:].decode("latin-1")
        return TurnedAway(str(error), Reply(int(error.greeting[:3]), (text,), error.greeting))
    return Inconclusive(str(error))


def converse(session: Session, report: Report = telling.unheard) -> tuple[Conversation, bool]:
    """How far the session got, and whether it can be used further; the report is told of each step."""
    report(telling.greeting(session))
    known = {"peer": session.channel.peer, "client": session.channel.local, "greeting": session.greeting}
    first = Conversation(**known, delay=session.greeting_delay)  # type: ignore[arg-type]
    extensions = session.ehlo()
    in_clear = session.settings.tls != IMPLICIT
    _tell(session, report, "in clear" if in_clear else "within TLS")
    if not in_clear:
        return replaced(first, within=extensions, tls=session.tls), True
    first = replaced(first, clear=extensions)
    if session.settings.tls == NONE or "STARTTLS" not in extensions:
        return first, True
    try:
        session.starttls(permissive_context())
        within = session.ehlo()
    except Refused as error:
        return replaced(first, refusal=error.reply), True
    except HandshakeFailed as error:
        return replaced(first, failed=Handshake(str(error), error.kind, error.alert)), False
    except TryLater:
        # Whoever puts us off has not said that TLS cannot be had.
        raise
    except WireError as error:
        return replaced(first, failed=Handshake(str(error), "", None), injected=session.injected), False
    _tell(session, report, "within TLS")
    return replaced(first, within=within, tls=session.tls, injected=session.injected), True


def _tell(session: Session, report: Report, where: str) -> None:
    if report is telling.unheard:
        return
    for line in (*(telling.tls(session.tls) if session.tls else ()), *telling.extensions(session.extensions, where)):
        report(line)
