r"""A client that says nothing for a while is dropped before five minutes are over.

A server waits at least five minutes for the next command (RFC 5321, 4.5.3.2.7). Between commands a client
may have to look up names, scan a message, or wait for its own disk. sendmail waits an hour
unless Timeout.command says otherwise (Sendmail Installation and Operation Guide, 4.1.2). This is
measured only where --idle SECONDS asks for it.

In the log or at the client:
    timeout waiting for input from client.doe.org during server cmd read
    421 4.4.2 mail.doe.org Error: timeout exceeded
Bad:
    --- @ mail.doe.org:25 endpoint(idle="30.2 421 4.4.2 mail.doe.org Error: timeout exceeded")
Bad:
    --- @ mail.doe.org:587 endpoint(idle="120.0")
Good:
    --- @ mail.doe.org:25 endpoint(idle="300.1 421 4.4.2 mail.doe.org Error: timeout exceeded")
Good:
    --- @ mail.doe.org:25 endpoint(idle="+400")
Not when: --idle was not given; the server held out for all of a time that is shorter than five minutes,
    which gives no verdict.
See: CFF013; RFC 5321, 4.5.3.2.7; Sendmail Installation and Operation Guide, 4.1.2.
"""

from auditor.facts.wire_parts import LEAST, Idle
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive


@check("PRB057", severity=Severity.LOW)
def silent_client_dropped_early(idle: Idle) -> Verdicts:
    """Judge after how many seconds the server gave up."""
    if not idle.gave_up and idle.asked < LEAST:
        yield Inconclusive(f"the server waited for the {idle.asked:g} seconds of --idle, and should for {LEAST}")
    if not idle.hasty:
        return
    yield Finding(
        None,
        f"a client that says nothing is dropped after {idle.seconds:.0f} seconds",
        "Busy clients and those on slow links lose the connection between two commands, and their mail comes late.",
        Fix("in sendmail: define(`confTO_COMMAND', `5m')dnl"),
        evidence=(f"< {idle.reply}" if idle.reply else "* the server closed the connection",),
    )
