"""Does a mechanism answer? Found out without a password, and without a user's name."""

from __future__ import annotations

from enum import StrEnum

from auditor.model.value import frozen
from auditor.probe.auth.explain import explain
from auditor.probe.auth.login import CANCEL, PROMPT, Talk
from auditor.probe.errors import Spent, TimedOut
from auditor.probe.smtp import Reply
from auditor.probe.words import excerpt


class Verdict(StrEnum):
    """What a trial showed."""

    #: It refuses nonsense or asks for more, as it should. Whether passwords can be checked is not known by this.
    ANSWERS = "answers"
    #: It let us in without any password.
    OPEN = "open"
    #: What checks passwords is out of order, or does not answer at all.
    BACKEND = "backend"
    #: The server offers AUTH, and not this mechanism.
    NO_MECHANISM = "no mechanism"
    #: The server offers no AUTH on this connection.
    NO_AUTH = "no AUTH"
    #: The server wants TLS before.
    TLS_FIRST = "TLS first"
    #: The server puts us off.
    LATER = "later"
    #: It says something else.
    UNCLEAR = "unclear"


@frozen
class TrialResult:
    """What a mechanism said to an empty login.

    Attributes:
        mechanism: its name in upper case.
        verdict: what that shows.
        reply: the reply, None where none came.
        meaning: the verdict in words, for a report.

    """

    mechanism: str
    verdict: Verdict
    reply: Reply | None
    meaning: str


_ANSWERS = (
    "the mechanism answers as it should; whether passwords can be checked is not known by this, since neither "
    "saslauthd nor sasldb2 is asked before there is a user's name"
)
_BY_CODE = {
    500: Verdict.NO_AUTH,
    502: Verdict.NO_AUTH,
    503: Verdict.NO_AUTH,
    504: Verdict.NO_MECHANISM,
    530: Verdict.TLS_FIRST,
    538: Verdict.TLS_FIRST,
    # An empty response is nonsense to PLAIN: servers call it a failure or a syntax error, and either is an answer.
    501: Verdict.ANSWERS,
    535: Verdict.ANSWERS,
}
_DOWN = {"4.7.0", ""}
_TEMPORARY_FAILURE = 454
_ACCEPTED = 235


def trial(talk: Talk, mechanism: str) -> TrialResult:
    """Begin a login and go no further: PLAIN with an empty response, any other taken back at the first prompt.

    sendmail writes a line `AUTH failure` without a user for PLAIN, and counts each AUTH of a connection; see `login`.
    After the verdict `BACKEND` without a reply, or `OPEN`, the conversation is of no more use.

    Raises:
        WireError: the conversation broke; `TryLater` where the server put us off by 421.
        ValueError: the name is none of a mechanism.

    """
    name = mechanism.upper()
    if not name or not all(each.isascii() and (each.isalnum() or each in "-_") for each in name):
        message = f"{excerpt(mechanism, 40)} is no mechanism's name"
        raise ValueError(message)
    try:
        reply = talk.command(f"AUTH {name}{' =' if name == 'PLAIN' else ''}")
    except Spent:
        # It is we who have no more time; of the server this says nothing.
        raise
    except TimedOut as error:
        return TrialResult(name, Verdict.BACKEND, None, f"AUTH {name} gets no answer: {error}")
    if reply.code == PROMPT:
        talk.command(CANCEL)
        return TrialResult(name, Verdict.ANSWERS, reply, _ANSWERS)
    verdict = _verdict(reply)
    if verdict is Verdict.OPEN:
        return TrialResult(name, verdict, reply, "the server lets anybody in, without a password")
    return TrialResult(name, verdict, reply, _ANSWERS if verdict is Verdict.ANSWERS else explain(reply, name))


def _verdict(reply: Reply) -> Verdict:
    if reply.code == _ACCEPTED:
        return Verdict.OPEN
    if reply.ok:
        # Some servers say yes to everything; a login that is accepted has a code of its own (RFC 4954, 4).
        return Verdict.UNCLEAR
    if reply.temporary:
        is_down = reply.code == _TEMPORARY_FAILURE and reply.enhanced in _DOWN
        return Verdict.BACKEND if is_down else Verdict.LATER
    if reply.refused and "STARTTLS" in reply.text.upper():
        return Verdict.TLS_FIRST
    return _BY_CODE.get(reply.code, Verdict.UNCLEAR)
