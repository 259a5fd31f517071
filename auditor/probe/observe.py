"""One probe of one endpoint: who is asked what, in which order, over which connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Lock

from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.probe import commands, dane, telling
from auditor.probe.addresses import address_of
from auditor.probe.answers import Heard
from auditor.probe.around import DomainAround, HostAround, around_domain, around_host
from auditor.probe.dane import DANEVerdict
from auditor.probe.errors import WireError
from auditor.probe.families import OtherFamily, other_family
from auditor.probe.first import UNREACHED, first
from auditor.probe.idle import Idle, idle
from auditor.probe.intrusive import Intrusive, Ways, intrude
from auditor.probe.logins import log_in
from auditor.probe.observed import Conversation, Logins, Observed
from auditor.probe.plan import Plan
from auditor.probe.session import Session
from auditor.probe.settings import IMPLICIT, NONE, STARTTLS, Settings
from auditor.probe.smtp import Extensions
from auditor.probe.telling import Report
from auditor.probe.tls.offer import offer
from auditor.probe.tls.offered import TLSOffer
from auditor.probe.verify import permissive_context
from auditor.probe.visit import Visit

__all__ = ["BUDGETS", "Plan", "Report", "observe"]

#: Seconds for all connections to a target, by depth: enough for a server that greets each only after five. Or, where
#: that is more, so many times what one step may take.
BUDGETS = {"default": 180.0, "full": 480.0}
_STEPS = 12
_OFFLINE = NotApplicable("nothing beside the target is asked")


def observe(settings: Settings, plan: Plan, report: Report) -> Observed:
    """Ask a target for everything in the plan. Nothing is raised for what a target does, and no mail is sent.

    Args:
        settings: the target, and how to talk to it.
        plan: what to ask.
        report: is told what is found as it is found, a line at a time; foreign words in it are printable.

    Raises:
        ValueError: the authorities in ``settings.ca``, or the addresses of the relay test, cannot be used.

    """
    began = time.monotonic()
    budget = plan.budget or max(BUDGETS[plan.depth], _STEPS * settings.timeout)
    visit = Visit(settings, budget=budget)
    report = _in_turn(report)
    with ThreadPoolExecutor(1, "around") as pool:
        said = first(visit, plan, report)
        talk = said.conversation
        if isinstance(talk, Inconclusive):
            # Who cannot be talked to once is not asked again and again.
            return _unreached(visit, talk, began)
        host = pool.submit(_host, settings, plan, talk, report)
        domain = pool.submit(_domain, plan, report)
        other = _other(visit, talk, report)
        offered = _offer(visit, plan, talk, report)
        http = _asked(visit, "a web browser's request", commands.http, report)
        hasty = _asked(visit, "a command before the reply to EHLO", _hasty, report)
        logins = _logins(visit, plan, talk, report)
        if isinstance(other, OtherFamily) and other.refused:
            # By now a listener that was only being started anew would listen.
            other = _other(visit, talk, report)
        tried = _intrusive(visit, plan, offered, report)
        around, chain = host.result(), _chain(talk, offered)
        verdict = _dane(around, chain, settings, report)
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
            other,
            tried,
            _idle(visit, plan, report),
            around,
            verdict,
            domain.result(),
            visit.transcript,
            visit.connections,
            time.monotonic() - began,
        )


def _unreached(visit: Visit, reason: Inconclusive, began: float) -> Observed:
    nothing = (UNREACHED,) * 11
    seconds = time.monotonic() - began
    return Observed(visit.settings, reason, reason, *nothing, _OFFLINE, visit.transcript, visit.connections, seconds)


def _other(visit: Visit, talk: Conversation, report: Report) -> OtherFamily | Inconclusive | NotApplicable:
    found = other_family(visit, talk)
    for line in telling.other_family(found):
        report(line)
    return found


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


def _asked(visit: Visit, what: str, ask: Callable[[Session], Heard], report: Report) -> Heard | NotApplicable:
    if visit.settings.tls == IMPLICIT:
        return NotApplicable("it is asked where a conversation begins in clear")
    found: Heard
    try:
        with visit.session() as session:
            found = ask(session)
    except WireError as error:
        found = Inconclusive(str(error))
    report(telling.answer(what, found))
    return found


def _hasty(session: Session) -> Heard:
    return commands.traffic_before_reply(session, session.settings.ehlo or "mailaudit.invalid")


def _logins(visit: Visit, plan: Plan, talk: Conversation, report: Report) -> Logins | NotApplicable:
    if plan.login is None:
        return NotApplicable("no login was asked for; --auth-user names a user")
    return log_in(visit, plan.login, talk, report)


def _idle(visit: Visit, plan: Plan, report: Report) -> Idle | Inconclusive | NotApplicable:
    if not plan.idle:
        return NotApplicable("nobody asked how long the server waits; --idle SECONDS does")
    report(f"saying nothing for {plan.idle:g} seconds")
    found: Idle | Inconclusive
    try:
        with visit.patient(plan.idle) as session:
            found = idle(session, plan.idle)
    except WireError as error:
        found = Inconclusive(str(error))
    report(telling.idle(found))
    return found


def _intrusive(
    visit: Visit, plan: Plan, offered: TLSOffer | Unknown | NotApplicable, report: Report
) -> Intrusive | NotApplicable:
    if not plan.intrusive:
        return NotApplicable("--intrusive was not asked for")
    has_tls = isinstance(offered, TLSOffer)
    ways = Ways(
        visit.greeted,
        visit.greeted if has_tls and visit.settings.tls == STARTTLS else None,
        visit.stream if has_tls else None,
        visit.connection if visit.settings.tls != IMPLICIT else None,
    )
    found = intrude(ways, permissive_context(), visit.settings.certified)
    for line in telling.intrusive(found):
        report(line)
    return found


def _host(settings: Settings, plan: Plan, talk: Conversation, report: Report) -> HostAround | NotApplicable:
    if plan.resolver is None:
        return _OFFLINE
    found = around_host(plan.resolver, settings.host, settings.port, (address_of(talk.peer),))
    for line in telling.host(found):
        report(line)
    return found


def _domain(plan: Plan, report: Report) -> DomainAround | NotApplicable:
    if plan.resolver is None:
        return _OFFLINE
    if not plan.domain:
        return NotApplicable("no mail domain was named; --mx names one")
    found = around_domain(plan.resolver, plan.domain)
    for line in telling.domain(found):
        report(line)
    return found


def _chain(talk: Conversation, offered: object) -> tuple[bytes, ...]:
    if talk.tls is not None:
        return talk.tls.chain
    chains = offered.chains if isinstance(offered, TLSOffer) else ()
    return chains[0].certificates if chains else ()


def _dane(
    around: HostAround | NotApplicable, chain: tuple[bytes, ...], settings: Settings, report: Report
) -> DANEVerdict | Unknown | NotApplicable:
    if isinstance(around, NotApplicable):
        return around
    if isinstance(around.tlsa, Unknown):
        return around.tlsa
    if not chain:
        return NotApplicable("no certificate was seen")
    names, at = (around.tlsa.host, settings.certified), settings.at or datetime.now(UTC)
    found = dane.judge(around.tlsa.records, chain, names, at)
    report(telling.dane(found))
    return found


def _in_turn(report: Report) -> Report:
    """The report, told one line at a time: the DNS is asked in another thread."""
    if report is telling.unheard:
        return report
    lock = Lock()

    def told(line: str) -> None:
        with lock:
            report(line)

    return told
