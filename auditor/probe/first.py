"""The first conversation with a target: how far it gets, and what is asked within it while it lasts."""

from __future__ import annotations

from typing import TypeAlias

from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.probe import commands, telling
from auditor.probe.addresses import address_of
from auditor.probe.auth.trial import TrialResult, trial
from auditor.probe.banner import banner
from auditor.probe.commands import Commands
from auditor.probe.conversing import converse, without_greeting
from auditor.probe.errors import WireError
from auditor.probe.observed import Conversation
from auditor.probe.plan import Plan
from auditor.probe.relay import Relaying, relay
from auditor.probe.session import Session
from auditor.probe.settings import Settings
from auditor.probe.smtp import Extensions
from auditor.probe.telling import Report
from auditor.probe.verify import permissive_context
from auditor.probe.visit import Visit
from auditor.probe.words import excerpt

#: Where there was no conversation.
UNREACHED = NotApplicable("there was no conversation to ask in")


@frozen
class Said:
    """What the first conversation brought."""

    conversation: Conversation | Inconclusive
    commands: Commands | Unknown | NotApplicable = UNREACHED
    relaying: Relaying | Unknown | NotApplicable = UNREACHED
    trial: TrialResult | Unknown | NotApplicable = UNREACHED


def first(visit: Visit, plan: Plan, report: Report) -> Said:
    """Have the first conversation, and ask in it whatever needs no connection of its own.

    Args:
        visit: the target.
        plan: what to ask.
        report: is told what is found as it is found.

    """
    try:
        session = visit.session()
    except WireError as error:
        return Said(without_greeting(visit.settings, error))
    with session:
        try:
            talk, usable = converse(session, report)
        except WireError as error:
            return Said(Inconclusive(str(error)))
        if talk.failed is not None:
            report(f"handshake: {excerpt(talk.failed.message)}")
        ask = _Questions(visit, plan, talk, report)
        answers = ask.within(session) if usable else ask.anew()
        refusal = answers[0].turned_away if isinstance(answers[0], Commands) else None
        if refusal is not None:
            # What such a client is offered is not what others are.
            return Said(Inconclusive(f"{talk.peer} refuses this client, whatever it asks: {refusal}"))
        return Said(talk, *answers)


#: The answers to what is asked of a conversation that works.
_Answers: TypeAlias = tuple[Commands | Unknown, Relaying | Unknown, TrialResult | Unknown | NotApplicable]


class _Questions:
    """What is asked of a conversation that works; each answer is told as it comes."""

    def __init__(self, visit: Visit, plan: Plan, talk: Conversation, report: Report) -> None:
        self._visit = visit
        self._plan = plan
        self._talk = talk
        self._report = report

    def anew(self) -> _Answers:
        """Ask in clear, over a new connection, what was to be asked within a TLS that did not come about."""
        try:
            with self._visit.session() as session:
                session.ehlo()
                return self.within(session)
        except WireError as error:
            reason = Inconclusive(str(error))
            return reason, reason, reason

    def within(self, session: Session) -> _Answers:
        """Ask in the conversation, and for relaying in another one where this one is worn out by then."""
        talk = self._talk
        own = _own(session.settings, self._plan, talk)
        tried = _trial(session, talk.last)
        for line in telling.trial(tried):
            self._report(line)
        answers = commands.ask(session, extensions=talk.last, own=own)
        self._report(telling.commands(answers))
        if talk.greeting is not None and banner(talk.greeting).software == "Sendmail":
            return answers, self._relay(session, own), tried
        # Others drop a client for the errors of one conversation that these tests make by the dozen.
        session.quit()
        try:
            with self._visit.session() as another:
                another.ehlo()
                if talk.tls is not None and another.tls is None:
                    another.starttls(permissive_context())
                    another.ehlo()
                return answers, self._relay(another, own), tried
        except WireError as error:
            return answers, Inconclusive(str(error)), tried

    def _relay(self, session: Session, own: tuple[str, ...]) -> Relaying | Inconclusive:
        found = _relaying(session, self._plan, self._talk, own)
        self._report(telling.relaying(found))
        session.quit()
        return found


def _relaying(session: Session, plan: Plan, talk: Conversation, own: tuple[str, ...]) -> Relaying | Inconclusive:
    if plan.relay_to.rpartition("@")[2].lower() in own:
        message = (
            f"{plan.relay_to} is in a domain of the server's own, so that nothing would be relayed; see --relay-to"
        )
        return Inconclusive(message)
    return relay(
        session,
        extensions=talk.last,
        own=own,
        server=address_of(session.channel.peer),
        client=session.channel.local,
        relay_from=plan.relay_from,
        relay_to=plan.relay_to,
    )


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
