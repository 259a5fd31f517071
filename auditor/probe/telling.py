"""What a probe finds, each thing in a short line, for whoever watches while it goes on.

Foreign words in the lines are cut short, and all of them but printable ASCII is written as escapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.probe.answers import Answer, Heard
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    from auditor.probe.around import DomainAround, HostAround
    from auditor.probe.auth.login import LoginResult
    from auditor.probe.auth.trial import TrialResult
    from auditor.probe.commands import Commands
    from auditor.probe.dane import DANEVerdict
    from auditor.probe.families import OtherFamily
    from auditor.probe.idle import Idle
    from auditor.probe.intrusive import Intrusive
    from auditor.probe.observed import Logins
    from auditor.probe.relay import Relaying
    from auditor.probe.secured import TLSState
    from auditor.probe.session import Session
    from auditor.probe.smtp import Extensions

#: Is told a line.
Report = Callable[[str], None]
#: Extensions of a reply, addresses of a host and the like that a line names.
_MOST = 12


def unheard(_line: str) -> None:
    """The report of a probe that nobody watches."""


def greeting(session: Session) -> str:
    """Who answered, when, and with which words."""
    delay = f"{session.greeting_delay:.2f} s"
    return f"{session.channel.peer} greets after {delay}: {excerpt(str(session.greeting))}"


def extensions(said: Extensions, where: str) -> Iterator[str]:
    """The keywords of a reply to EHLO, AUTH apart."""
    others = [excerpt(word, 24) for word in said if word != "AUTH"]
    more = f" and {len(others) - _MOST} more" if len(others) > _MOST else ""
    yield f"{where}: {', '.join(others[:_MOST]) or 'no extensions'}{more}"
    yield f"AUTH {where}: {excerpt(' '.join(said.mechanisms)) or 'none'}"


def tls(state: TLSState) -> Iterator[str]:
    """The TLS of a conversation, and the certificate in it."""
    yield f"{state.version} with {state.cipher}"
    if not state.chain:
        return
    from auditor.readers.x509 import Certificate, certificate  # noqa: PLC0415  # Its library takes a while to load.

    found = certificate(state.chain[0])
    if not isinstance(found, Certificate):
        yield f"certificate: cannot be read: {excerpt(found.reason)}"
        return
    names = ", ".join(found.names[:3]) or found.common_name or "no name"
    trust = "verifies" if state.verified else f"does not verify: {excerpt(state.why_not)}"
    yield f"certificate: {excerpt(names)}, until {found.not_after:%Y-%m-%d}, {trust}"


def commands(found: Commands) -> str:
    """What became of the commands and recipients."""
    asked = {
        "VRFY": found.vrfy,
        "EXPN": found.expn,
        "ETRN": found.etrn,
        "VERB": found.verb,
        "HELP": found.help,
        "null sender": found.null_sender,
        "postmaster": found.postmaster,
        "made-up user": found.made_up,
    }
    return f"commands: {', '.join(f'{name} {_kind(heard)}' for name, heard in asked.items())}"


def _kind(heard: Heard) -> str:
    return heard.kind if isinstance(heard, Answer) else "not told"


def trial(found: TrialResult | Unknown | NotApplicable) -> Iterator[str]:
    """How AUTH answers who has no password."""
    if isinstance(found, Unknown):
        yield f"AUTH: {excerpt(found.reason)}"
    elif not isinstance(found, NotApplicable):
        told = str(found.reply) if found.reply else found.meaning
        yield f"AUTH {found.mechanism} without a password: {excerpt(told)}"


def relaying(found: Relaying | Inconclusive) -> str:
    """Whether it relays, and by which forms of address."""
    if isinstance(found, Inconclusive):
        return f"relaying: {excerpt(found.reason)}"
    decided = sum(attempt.verdict != "inconclusive" for attempt in found.attempts)
    forms = ", ".join(attempt.form.name for attempt in found.opened[:_MOST])
    how = f"{found.verdict} by {forms}" if forms else found.verdict
    why = f", {excerpt(found.reason)}" if found.reason else ""
    return f"relaying: {how}; {decided} of {len(found.attempts)} forms decided{why}"


def answer(what: str, heard: Heard) -> str:
    """What something that was said out of turn is answered with."""
    if isinstance(heard, Inconclusive):
        return f"{what}: {excerpt(heard.reason)}"
    return f"{what}: {heard.kind}{f', {excerpt(str(heard.reply))}' if heard.reply else ''}"


def login(result: LoginResult) -> str:
    """What came of a login."""
    verdict = {True: "accepted", False: "refused", None: "no verdict"}[result.accepted]
    return f"login {result.mechanism}: {verdict}, {excerpt(str(result.reply) if result.reply else result.meaning)}"


def verifier(logins: Logins) -> Iterator[str]:
    """Why no password was sent, and what saslauthd said of it."""
    if logins.unsent:
        yield f"login: {excerpt(logins.unsent)}"
    if not isinstance(logins.verifier, Unknown | NotApplicable):
        yield f"saslauthd: {excerpt(logins.verifier.answer)}"


def intrusive(found: Intrusive) -> Iterator[str]:
    """What the intrusive tests showed."""
    tests = {
        "injection behind STARTTLS": found.injection,
        "renegotiation": found.renegotiation,
        "heartbeat": found.heartbleed,
        "early ChangeCipherSpec": found.early_ccs,
    }
    for name, outcome in tests.items():
        if not isinstance(outcome, NotApplicable):
            told = outcome.reason if isinstance(outcome, Inconclusive) else f"{outcome.verdict}, {outcome.detail}"
            yield f"{name}: {excerpt(told)}"
    if not isinstance(found.early_talk, NotApplicable):
        yield answer("EHLO before the greeting", found.early_talk)
    patience = found.bad_commands
    if isinstance(patience, Inconclusive):
        yield f"commands that do not exist: {excerpt(patience.reason)}"
    else:
        end = f"then the end, {excerpt(patience.last)}" if patience.ended else "and no end"
        yield f"commands that do not exist: {patience.answered} answered, {end}"


def other_family(found: OtherFamily | Inconclusive | NotApplicable) -> Iterator[str]:
    """Whether the host's address of the other family answers."""
    if isinstance(found, NotApplicable):
        return
    talk = found if isinstance(found, Inconclusive) else found.conversation
    if isinstance(talk, Inconclusive):
        yield f"the other family: {excerpt(talk.reason)}"
    else:
        yield f"the other family: {talk.peer} answers as well"


def host(found: HostAround) -> Iterator[str]:
    """What the DNS says of the host."""
    names = found.names
    if names.doubt is not None:
        yield f"DNS: {excerpt(names.doubt.reason)}"
    for each in names.reverse[:_MOST]:
        called = (
            "nobody knows" if isinstance(each.names, Unknown) else ", ".join(each.confirmed) or "no name leads back"
        )
        yield f"DNS: {each.address}, {excerpt(called)}"


def dane(found: DANEVerdict) -> str:
    """Whether the TLSA records go with the certificate."""
    return f"DANE: {found.outcome}, {len(found.records)} TLSA records"


def domain(found: DomainAround) -> Iterator[str]:
    """What the DNS says of the domain."""
    exchangers, policy = found.exchangers, found.sts.policy
    if isinstance(exchangers, Unknown):
        yield f"MX: {excerpt(exchangers.reason)}"
    else:
        yield f"MX: {excerpt(', '.join(each.name for each in exchangers.hosts)) or 'none'}"
    record = found.sts.record
    told = record.reason if isinstance(record, Unknown) else "a record without a policy" if record else "none"
    yield f"MTA-STS: {excerpt(f'mode {policy.mode}' if policy else told)}"


def idle(found: Idle | Inconclusive) -> str:
    """How long the server waited for a client that says nothing."""
    if isinstance(found, Inconclusive):
        return f"silence: {excerpt(found.reason)}"
    if not found.gave_up:
        return f"silence: the server waited for the {found.seconds:g} seconds"
    said = f", {excerpt(str(found.reply))}" if found.reply else ""
    return f"silence: the server gave up after {found.seconds:.1f} seconds{said}"
