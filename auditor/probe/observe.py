"""One probe of one endpoint: who is asked what, in which order, over which connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen, replaced
from auditor.probe import commands, dane
from auditor.probe.addresses import address_of
from auditor.probe.answers import Heard
from auditor.probe.around import DomainAround, HostAround, around_domain, around_host
from auditor.probe.auth.trial import TrialResult, trial
from auditor.probe.banner import banner
from auditor.probe.commands import Commands
from auditor.probe.dane import DANEVerdict
from auditor.probe.errors import TryLater, WireError
from auditor.probe.handshake import HandshakeFailed, PlainGreeting
from auditor.probe.intrusive import Intrusive, intrude
from auditor.probe.logins import Login, log_in
from auditor.probe.observed import Conversation, Handshake, Logins, Observed
from auditor.probe.relay import FOREIGN_FROM, FOREIGN_TO, Relaying, relay
from auditor.probe.resolver import Resolver
from auditor.probe.session import Refused, Session
from auditor.probe.settings import IMPLICIT, NONE, STARTTLS, Settings
from auditor.probe.smtp import Extensions
from auditor.probe.tls.offer import offer
from auditor.probe.tls.offered import TLSOffer
from auditor.probe.verify import permissive_context
from auditor.probe.visit import Visit
from auditor.probe.words import excerpt

#: Says what was found, a line at a time, while the probe goes on.
Report = Callable[[str], None]


@frozen
class Plan:
    """What to ask of a target.

    Attributes:
        depth: ``default`` asks of TLS what rules need, ``full`` everything.
        relay_from: the foreign sender of the relay test.
        relay_to: its foreign recipient.
        login: whom to log in as; None not to.
        resolver: who answers questions to the DNS; None asks nobody beside the target.
        domain: the mail domain the target is probed for, empty where that is not known.
        intrusive: whether defects are tried that a server may suffer from being tried for.
        budget: seconds that all connections to the target may take together; None for what the depth asks for.

    """

    depth: Literal["default", "full"] = "default"
    relay_from: str = FOREIGN_FROM
    relay_to: str = FOREIGN_TO
    login: Login | None = None
    resolver: Resolver | None = None
    domain: str = ""
    intrusive: bool = False
    budget: float | None = None


#: Seconds for all connections to a target, by depth: enough for a server that greets each only after five. Or, where
#: that is more, so many times what one step may take.
BUDGETS = {"default": 180.0, "full": 480.0}
_STEPS = 12
_UNREACHED = NotApplicable("there was no conversation to ask in")
_OFFLINE = NotApplicable("nothing beside the target is asked")


@frozen
class _Said:
    """What the first conversation brought."""

    conversation: Conversation | Inconclusive
    commands: Commands | Unknown | NotApplicable = _UNREACHED
    relaying: Relaying | Unknown | NotApplicable = _UNREACHED
    trial: TrialResult | Unknown | NotApplicable = _UNREACHED


def observe(settings: Settings, plan: Plan, report: Report) -> Observed:
    """Ask a target for everything in the plan. Nothing is raised for what a target does, and no mail is sent.

    Args:
        settings: the target, and how to talk to it.
        plan: what to ask.
        report: is told what is found as it is found.

    Raises:
        ValueError: the authorities in ``settings.ca``, or the addresses of the relay test, cannot be used.

    """
    began = time.monotonic()
    budget = plan.budget or max(BUDGETS[plan.depth], _STEPS * settings.timeout)
    visit = Visit(settings, budget=budget)
    with ThreadPoolExecutor(1, "around") as pool:
        said = _first(visit, plan)
        talk = said.conversation
        if isinstance(talk, Inconclusive):
            # Who cannot be talked to once is not asked again and again.
            return _unreached(visit, talk, began)
        _tell(talk, report)
        host = pool.submit(_host, settings, plan, talk)
        domain = pool.submit(_domain, plan)
        offered = _offer(visit, plan, talk, report)
        http, hasty = (_asked(visit, each) for each in (commands.http, _hasty))
        logins = _logins(visit, plan, talk)
        around, chain = host.result(), _chain(talk, offered)
        return Observed(
            settings,
            talk,
            offered,
            said.commands,
            said.relaying,
            http,
            hasty,
            said.trial,
            logins,
            _intrusive(visit, plan, offered),
            around,
            _dane(around, chain, settings),
            domain.result(),
            visit.transcript,
            visit.connections,
            time.monotonic() - began,
        )


def _unreached(visit: Visit, reason: Inconclusive, began: float) -> Observed:
    nothing = (_UNREACHED,) * 9
    seconds = time.monotonic() - began
    return Observed(visit.settings, reason, reason, *nothing, _OFFLINE, visit.transcript, visit.connections, seconds)


def _first(visit: Visit, plan: Plan) -> _Said:
    try:
        session = visit.session()
    except WireError as error:
        return _Said(_without_greeting(visit, error))
    with session:
        try:
            talk, usable = _conversation(session)
        except WireError as error:
            return _Said(Inconclusive(str(error)))
        answers = _questions(visit, session, plan, talk) if usable else _anew(visit, plan, talk)
        refusal = answers[0].turned_away if isinstance(answers[0], Commands) else None
        if refusal is not None:
            # What such a client is offered is not what others are.
            return _Said(Inconclusive(f"{talk.peer} refuses this client, whatever it asks: {refusal}"))
        return _Said(talk, *answers)


#: The answers to what is asked of a conversation that works.
_Answers: TypeAlias = tuple[Commands | Unknown, Relaying | Unknown, TrialResult | Unknown | NotApplicable]


def _anew(visit: Visit, plan: Plan, talk: Conversation) -> _Answers:
    """Ask in clear, over a new connection, what was to be asked within a TLS that did not come about."""
    try:
        with visit.session() as session:
            session.ehlo()
            return _questions(visit, session, plan, talk)
    except WireError as error:
        reason = Inconclusive(str(error))
        return reason, reason, reason


def _without_greeting(visit: Visit, error: WireError) -> Conversation | Inconclusive:
    """What a conversation that did not come to its greeting says of the server; most say nothing."""
    failed, plain = None, ""
    if isinstance(error, HandshakeFailed):
        failed = Handshake(str(error), error.kind, error.alert)
    elif isinstance(error, PlainGreeting) and error.greeting.startswith(b"2"):
        plain = excerpt(error.greeting)
    else:
        # A refusal in clear is among them: so sendmail turns a client away even where others get TLS at once.
        return Inconclusive(str(error))
    settings = visit.settings
    return Conversation(f"{settings.host}:{settings.port}", "", None, failed=failed, plain=plain)


def _conversation(session: Session) -> tuple[Conversation, bool]:
    """How far the session got, and whether it can be used further."""
    known = {"peer": session.channel.peer, "client": session.channel.local, "greeting": session.greeting}
    first = Conversation(**known, delay=session.greeting_delay)  # type: ignore[arg-type]
    extensions = session.ehlo()
    if session.settings.tls == IMPLICIT:
        return _with(first, within=extensions, tls=session.tls), True
    first = _with(first, clear=extensions)
    if session.settings.tls == NONE or "STARTTLS" not in extensions:
        return first, True
    try:
        session.starttls(permissive_context())
        within = session.ehlo()
    except Refused as error:
        return _with(first, refusal=error.reply), True
    except HandshakeFailed as error:
        return _with(first, failed=Handshake(str(error), error.kind, error.alert)), False
    except TryLater:
        # Whoever puts us off has not said that TLS cannot be had.
        raise
    except WireError as error:
        return _with(first, failed=Handshake(str(error), "", None), injected=session.injected), False
    return _with(first, within=within, tls=session.tls, injected=session.injected), True


def _with(talk: Conversation, **changes: object) -> Conversation:

    return replaced(talk, **changes)


def _questions(visit: Visit, session: Session, plan: Plan, talk: Conversation) -> _Answers:
    own = _own(session.settings, plan, talk)
    tried = _trial(session, talk.last)
    answers = commands.ask(session, extensions=talk.last, own=own)
    if talk.greeting is not None and banner(talk.greeting).software == "Sendmail":
        return answers, _relay(session, plan, talk, own), tried
    # Others drop a client for the errors of one conversation that these tests make by the dozen.
    session.quit()
    try:
        with visit.session() as another:
            another.ehlo()
            if talk.tls is not None and another.tls is None:
                another.starttls(permissive_context())
                another.ehlo()
            return answers, _relay(another, plan, talk, own), tried
    except WireError as error:
        return answers, Inconclusive(str(error)), tried


def _relay(session: Session, plan: Plan, talk: Conversation, own: tuple[str, ...]) -> Relaying | Inconclusive:
    if plan.relay_to.rpartition("@")[2].lower() in own:
        session.quit()
        message = (
            f"{plan.relay_to} is in a domain of the server's own, so that nothing would be relayed; see --relay-to"
        )
        return Inconclusive(message)
    found = relay(
        session,
        extensions=talk.last,
        own=own,
        server=address_of(session.channel.peer),
        client=session.channel.local,
        relay_from=plan.relay_from,
        relay_to=plan.relay_to,
    )
    session.quit()
    return found


def _own(settings: Settings, plan: Plan, talk: Conversation) -> tuple[str, ...]:
    """The domains that a target should take mail for: what it calls itself, then what it is called."""
    names = (plan.domain, banner(talk.greeting).name if talk.greeting else "", settings.certified)
    return tuple(dict.fromkeys(name.lower() for name in names if "." in name and not name.replace(".", "").isdigit()))


def _trial(session: Session, extensions: Extensions) -> TrialResult | Unknown | NotApplicable:
    offered = [name for name in ("PLAIN", "LOGIN") if name in extensions.parameters("AUTH")]
    if not offered:
        return NotApplicable("no mechanism that sends a password is offered")
    try:
        return trial(session, offered[0])
    except WireError as error:
        return Inconclusive(str(error))


def _offer(visit: Visit, plan: Plan, talk: Conversation, report: Report) -> TLSOffer | Unknown | NotApplicable:
    settings = visit.settings
    if settings.tls == NONE:
        return NotApplicable("TLS was not asked for")
    if talk.plain:
        return NotApplicable("the port answers in clear")
    if settings.tls == STARTTLS and "STARTTLS" not in (talk.clear or Extensions()):
        return NotApplicable("STARTTLS is not offered")
    if talk.refusal is not None:
        return NotApplicable("STARTTLS is offered and refused")
    return offer(visit.stream, settings.certified, plan.depth, report)


def _asked(visit: Visit, ask: Callable[[Session], Heard]) -> Heard | NotApplicable:
    if visit.settings.tls == IMPLICIT:
        return NotApplicable("it is asked where a conversation begins in clear")
    try:
        with visit.session() as session:
            return ask(session)
    except WireError as error:
        return Inconclusive(str(error))


def _hasty(session: Session) -> Heard:
    return commands.traffic_before_reply(session, session.settings.ehlo or "mailaudit.invalid")


def _logins(visit: Visit, plan: Plan, talk: Conversation) -> Logins | NotApplicable:
    if plan.login is None:
        return NotApplicable("no login was asked for; --auth-user names a user")
    return log_in(visit, plan.login, talk)


def _intrusive(visit: Visit, plan: Plan, offered: TLSOffer | Unknown | NotApplicable) -> Intrusive | NotApplicable:
    if not plan.intrusive:
        return NotApplicable("--intrusive was not asked for")
    if not isinstance(offered, TLSOffer):
        return NotApplicable("there is no TLS")
    in_clear = visit.settings.tls == STARTTLS
    return intrude(
        visit.greeted if in_clear else None,
        visit.stream,
        visit.connection if in_clear else None,
        permissive_context(),
        visit.settings.certified,
    )


def _host(settings: Settings, plan: Plan, talk: Conversation) -> HostAround | NotApplicable:
    if plan.resolver is None:
        return _OFFLINE
    return around_host(plan.resolver, settings.host, settings.port, (address_of(talk.peer),))


def _domain(plan: Plan) -> DomainAround | NotApplicable:
    if plan.resolver is None:
        return _OFFLINE
    if not plan.domain:
        return NotApplicable("no mail domain was named; --mx names one")
    return around_domain(plan.resolver, plan.domain)


def _chain(talk: Conversation, offered: object) -> tuple[bytes, ...]:
    if talk.tls is not None:
        return talk.tls.chain
    chains = offered.chains if isinstance(offered, TLSOffer) else ()
    return chains[0].certificates if chains else ()


def _dane(
    around: HostAround | NotApplicable, chain: tuple[bytes, ...], settings: Settings
) -> DANEVerdict | Unknown | NotApplicable:
    if isinstance(around, NotApplicable):
        return around
    if isinstance(around.tlsa, Unknown):
        return around.tlsa
    if not chain:
        return NotApplicable("no certificate was seen")
    return dane.judge(
        around.tlsa.records, chain, (around.tlsa.host, settings.certified), settings.at or datetime.now(UTC)
    )


def _tell(talk: Conversation, report: Report) -> None:
    report(f"{talk.peer} answers after {talk.delay:.2f} s")
    if talk.tls is not None:
        report(f"{talk.tls.version}, {talk.tls.cipher}")
