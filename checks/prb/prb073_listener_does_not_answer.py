r"""A listener of the configuration does not answer.

The port was probed, and the connection was refused. Either sendmail does not run or was not restarted
since, or it could not open the port: another program has it, or the service has no number
(Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    NOQUEUE: SYSERR(root): opendaemonsocket: daemon MSA: cannot bind: Address already in use
Bad:
    --- +/etc/mail/sendmail.mc
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
    --- @ localhost:587 endpoint(unreachable="localhost:587 cannot be reached", refused=True)
Good:
    --- +/etc/mail/sendmail.mc
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
    --- @ localhost:587 endpoint()
Not when: the listener is bound to another address than was probed; the connection timed out or was put
    off, which says nothing of the listener.
See: CFF024; ENV022; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.met import Met
from auditor.facts.wire import Unreached
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.unknown import Inconclusive


@check("PRB073", severity=Severity.HIGH)
def listener_does_not_answer(met: Met) -> Verdicts:
    """Look for endpoints that refused the connection."""
    for meeting in met.meetings:
        talk = meeting.observed.conversation
        if not isinstance(talk, Inconclusive):
            continue
        if not isinstance(talk, Unreached) or not talk.deserted or not meeting.certain:
            yield talk
            continue
        listener = meeting.certain[0]
        yield Finding(
            listener.span,
            f"the listener {listener.name} does not answer: {meeting.endpoint.name} refuses the connection",
            "Who is to submit or deliver there gets no connection.",
            command(
                "ss -ltnp; grep -h opendaemonsocket /var/log/mail*",
                "see who has the port, and start sendmail",
                ready=False,
            ),
            evidence=(f"* {talk.reason}",),
        )
