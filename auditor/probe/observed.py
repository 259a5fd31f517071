"""Everything that one probe of one endpoint brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.value import frozen
from auditor.probe.smtp import Extensions, Reply

if TYPE_CHECKING:
    # Only rules and reports that ask for a part need what it is made of.
    from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
    from auditor.probe.answers import Answer
    from auditor.probe.around import DomainAround, HostAround
    from auditor.probe.auth.login import LoginResult
    from auditor.probe.auth.saslauthd import Asked
    from auditor.probe.auth.trial import TrialResult
    from auditor.probe.commands import Commands
    from auditor.probe.dane import DANEVerdict
    from auditor.probe.families import OtherFamily
    from auditor.probe.idle import Idle
    from auditor.probe.intrusive import Intrusive
    from auditor.probe.relay import Relaying
    from auditor.probe.secured import TLSState
    from auditor.probe.settings import Settings
    from auditor.probe.tls.offered import TLSOffer
    from auditor.probe.transcript import Transcript


@frozen
class Handshake:
    """A handshake that did not come about.

    Attributes:
        message: why, in a clause.
        kind: one of the words of `auditor.probe.handshake`.
        alert: the number of the alert the server sent, None where it sent none.

    """

    message: str
    kind: str
    alert: int | None


@frozen
class Conversation:
    """How the first conversation with the server went.

    Attributes:
        peer: the address and port that answered.
        client: the address it was asked from.
        greeting: the first reply; None where TLS had to come first and did not come about.
        delay: seconds until the greeting was there.
        clear: what EHLO was answered with before TLS; None where TLS is implicit.
        within: what EHLO was answered with inside TLS; None where there is none.
        tls: the TLS of this conversation; None where there is none.
        refusal: the server's reply to a STARTTLS that it offers and will not start.
        failed: the handshake that did not come about.
        plain: what the server said in clear on a port where TLS has to come first; empty where it kept to that.
        injected: bytes that came in clear behind the reply to STARTTLS.

    """

    peer: str
    client: str
    greeting: Reply | None
    delay: float = 0.0
    clear: Extensions | None = None
    within: Extensions | None = None
    tls: TLSState | None = None
    refusal: Reply | None = None
    failed: Handshake | None = None
    plain: str = ""
    injected: bytes = b""

    @property
    def last(self) -> Extensions:
        """What EHLO was answered with last, inside TLS where there is any."""
        return self.within or self.clear or Extensions()


@frozen
class Logins:
    """What came of logging in.

    Attributes:
        results: of each mechanism that was tried.
        unsent: why no password was sent, a sentence; empty where one was.
        verifier: what saslauthd said of the same login, or why it was not asked.

    """

    results: tuple[LoginResult, ...]
    unsent: str
    verifier: Asked | Unknown | NotApplicable


@frozen
class Observed:
    """One endpoint as it was met.

    What was asked and gave no verdict is ``Inconclusive`` with the reason; what was not asked is ``NotApplicable``.

    Attributes:
        settings: how it was asked.
        conversation: the first conversation.
        offer: what it offers in TLS.
        commands: what it answers to commands, senders and recipients.
        relaying: whether it relays.
        http: what it answers to a web browser.
        hasty: what it answers to a command sent before the reply to EHLO.
        trial: whether the AUTH mechanisms that send a password answer.
        logins: what came of logging in.
        other_family: what its address of the other family answers, IPv6 beside IPv4 or the other way round.
        intrusive: what the intrusive tests showed.
        idle: how long it waits for a client that says nothing.
        host: what the DNS says of the host.
        dane: its TLSA records against its chain.
        domain: what the DNS says of the domain it was probed for.
        transcript: what was said.
        connections: how many connections it all took.
        seconds: how long it all took.

    """

    settings: Settings
    conversation: Conversation | Inconclusive
    offer: TLSOffer | Unknown | NotApplicable
    commands: Commands | Unknown | NotApplicable
    relaying: Relaying | Unknown | NotApplicable
    http: Answer | Unknown | NotApplicable
    hasty: Answer | Unknown | NotApplicable
    trial: TrialResult | Unknown | NotApplicable
    logins: Logins | Unknown | NotApplicable
    other_family: OtherFamily | Inconclusive | NotApplicable
    intrusive: Intrusive | NotApplicable
    idle: Idle | Inconclusive | NotApplicable
    host: HostAround | Unknown | NotApplicable
    dane: DANEVerdict | Unknown | NotApplicable
    domain: DomainAround | NotApplicable
    transcript: Transcript
    connections: int
    seconds: float
