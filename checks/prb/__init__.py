"""What the wire says: endpoints as a probe met them, and where they differ from the configuration beside them."""

from auditor.facts.wire import Observed
from auditor.facts.wire_parts import Answer, Exposure, Extensions, Relaying, Reply
from auditor.model.check import Verdicts
from auditor.model.finding import Finding, Fix
from auditor.model.pattern import lazy
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.sendmail.strength import SUBMISSION_PORTS

USUAL_FILE = "/etc/mail/sendmail.mc"

# Words by which a server says that it does not know a recipient, where it has no enhanced code 5.1.1 for it.
_NOBODY = lazy(r"(?i)unknown|no such|does not exist|doesn't exist|not found|invalid (?:recipient|mailbox|address)")


def serves_users(observed: Observed) -> bool:
    """Whether mail programs of users submit on the port that was probed."""
    return observed.settings.port in SUBMISSION_PORTS


def mechanisms(extensions: Extensions | None) -> tuple[str, ...]:
    """The AUTH mechanisms of a reply to EHLO, those of the old form ``AUTH=`` among them; none where there was none."""
    return extensions.mechanisms if extensions is not None else ()


def said(line: str, reply: Reply | None) -> tuple[str, ...]:
    """A line and the reply to it, as evidence."""
    return (f"> {line}", f"< {reply}" if reply is not None else "* the server closed the connection")


def exchanged(answer: Answer) -> tuple[str, ...]:
    """A command and its reply, as evidence."""
    return said(answer.command, answer.reply)


def undecided(heard: Answer) -> Inconclusive | NotApplicable | None:
    """Why an answer says nothing of what would be said to anybody else: put off, dropped, login or TLS first; or None.

    What was put off once may well be refused or accepted later, and a dropped connection is no reply.
    """
    if heard.kind in ("login", "encryption"):
        return NotApplicable(f"the server wants {'a login' if heard.kind == 'login' else 'TLS'} first")
    if heard.kind in ("later", "dropped"):
        what = f"put it off: {heard.reply}" if heard.reply else "closed the connection"
        return Inconclusive(f"{heard.command}: the server {what}")
    return None


def denies_user(answer: Answer) -> bool:
    """Whether a recipient is refused because there is no such user, and not for what the client is."""
    if answer.kind != "refused" or answer.reply is None:
        return False
    enhanced = answer.reply.enhanced
    return enhanced.startswith("5.1.") if enhanced else bool(_NOBODY.search(" ".join(answer.reply.lines)))


def trust(relaying: Relaying | Unknown | NotApplicable) -> str:
    """Why the server may treat the probing client better than strangers, a clause; empty where nothing suggests it."""
    return relaying.may_relay if isinstance(relaying, Relaying) else ""


def exposed(outcome: Exposure | Inconclusive | NotApplicable, message: str, consequence: str, fix: Fix) -> Verdicts:
    """The verdict on one intrusive test."""
    if isinstance(outcome, Inconclusive | NotApplicable):
        yield outcome
    elif outcome.verdict == "exposed":
        yield Finding(None, message, consequence, fix, evidence=(f"* {outcome.detail}",))
