r"""A mechanism that is offered cannot be used.

An empty login, without a user's name, gets as far as the mechanism and no further. A server that answers it
with 503 or 504 offers what it does not have; one that answers 454 4.7.0 has lost what it checks passwords
with (RFC 4954, 4.7.1 and 6). sendmail does not say the latter: where saslauthd is down it answers 535 to a
login, which PRB035 tells, and 454 4.3.0 where a milter keeps it from judging.

In the log or at the client:
    454 4.7.0 Temporary authentication failure
    504 5.3.3 AUTH mechanism LOGIN not available
    503 5.3.3 AUTH not available
Bad:
    --- @ mail.doe.org:587 endpoint(trial="504 5.3.3 AUTH mechanism PLAIN not available")
Bad:
    --- @ mail.doe.org:465 endpoint(trial="454 4.7.0 Temporary authentication failure")
Bad:
    --- @ mail.doe.org:587 endpoint(login={"LOGIN": "504 5.3.3 AUTH mechanism LOGIN not available"})
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:587 endpoint(trial="535 5.7.0 authentication failed")
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the server refuses the empty login as nonsense, which is right; it puts us off; or no answer came.
See: howto step 10; RFC 4954; Cyrus SASL, "Options", mech_list.
"""

from collections.abc import Iterator

from auditor.facts.wire import Logins
from auditor.facts.wire_parts import Reply, TrialResult
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import said

_UNAVAILABLE = (500, 502, 503, 504)
_NOT_NOW = 454
_DOWN = ("4.7.0", "")
_NAME_IT = Fix(
    "have the same mechanisms in confAUTH_MECHANISMS, in the mech_list of Sendmail.conf and among the installed"
    " plug-ins (saslpluginviewer -s)"
)
_START_IT = Fix("see that what the server checks passwords with runs and answers, and read the server's log")


@check("PRB032", severity=Severity.HIGH)
def login_mechanism_out_of_order(
    trial: TrialResult | Unknown | NotApplicable, logins: Logins | Unknown | NotApplicable
) -> Verdicts:
    """Judge the reply to an empty login, and those to real ones that never came to the password."""
    replies = _replies(logins)
    if isinstance(trial, TrialResult):
        replies = {trial.mechanism: trial.reply} | replies
    broken = {name: reply for name, reply in replies.items() if reply is not None and _is_broken(reply)}
    for name, reply in broken.items():
        down = reply.code == _NOT_NOW
        yield Finding(
            None,
            f"AUTH {name} is offered and answered with {reply}",
            "Every login fails for now, whatever the password."
            if down
            else "Mail programs that choose it cannot log in, though the password is right.",
            _START_IT if down else _NAME_IT,
            evidence=said(f"AUTH {name}", reply),
            confidence=None if down else Confidence.HIGH,
        )
    if not isinstance(trial, TrialResult):
        yield trial
    elif trial.mechanism not in broken:
        yield from _without_verdict(trial)


def _replies(logins: Logins | Unknown | NotApplicable) -> dict[str, Reply | None]:
    return {each.mechanism: each.reply for each in logins.results} if isinstance(logins, Logins) else {}


def _is_broken(reply: Reply) -> bool:
    return reply.code in _UNAVAILABLE or (reply.code == _NOT_NOW and reply.enhanced in _DOWN)


def _without_verdict(trial: TrialResult) -> Iterator[Inconclusive | NotApplicable]:
    if trial.verdict in ("backend", "later", "unclear"):
        yield Inconclusive(trial.meaning)
    elif trial.verdict == "TLS first":
        yield NotApplicable("the server wants TLS before a login")
