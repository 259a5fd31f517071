"""What a server calls itself, and what it tells of its program."""

from auditor.facts.wire import Conversation
from auditor.model.facts import fact, provider
from auditor.model.subjects import Endpoint
from auditor.model.unknown import NotApplicable
from auditor.model.value import frozen
from auditor.probe.banner import banner


@fact(Endpoint)
@frozen
class Greeting:
    """The greeting, taken apart, and the name in the reply to EHLO.

    Attributes:
        line: the first line as it came, with its code.
        name: the host name it begins with; empty where its first word is none.
        qualified: whether that name has a domain.
        literal: whether an address in brackets stands in the name's place, as RFC 5321, section 4.3.1, allows.
        software: the program it names; empty where it names none.
        version: of the program; empty where it is not told.
        cf_version: the ``$Z`` of sendmail's configuration; empty where it is not told.
        ehlo: the first word of the last reply to EHLO, empty where there was none.

    """

    line: str
    name: str
    qualified: bool
    literal: bool
    software: str
    version: str
    cf_version: str
    ehlo: str

    @property
    def sendmail(self) -> str:
        """The version, where it is sendmail that tells it; otherwise empty."""
        return self.version if self.software.lower() == "sendmail" else ""


def greeting_of(talk: Conversation) -> Greeting | NotApplicable:
    """The greeting of a conversation."""
    if talk.greeting is None:
        return NotApplicable("there was no greeting, since TLS had to come first and did not come about")
    told = banner(talk.greeting)
    return Greeting(
        str(talk.greeting),
        told.name,
        told.qualified,
        talk.greeting.text.lstrip().startswith("["),
        told.software,
        told.version,
        told.cf_version,
        talk.last.greeting.partition(" ")[0],
    )


@provider
def greeting(conversation: Conversation) -> Greeting | NotApplicable:
    """The greeting of the first conversation."""
    return greeting_of(conversation)
