r"""The daemon accepts connections at any rate.

ConnectionRateThrottle says how many connections a second each listener accepts before the next ones
wait; since 8.12 it counts for each listener on its own. It delays and never refuses, so a generous value
costs nothing and takes the edge off a burst (Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    deferring connections on daemon MTA: 15 per second
Bad:
    undefine(`confCONNECTION_RATE_THROTTLE')dnl
Good:
    define(`confCONNECTION_RATE_THROTTLE', `15')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, Addr=127.0.0.1')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, Addr=127.0.0.1, M=Ea')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMSA, Addr=127.0.0.1, M=sa')dnl
    undefine(`confCONNECTION_RATE_THROTTLE')dnl
Not when: every listener is bound to the loopback interface.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("LIM002", severity=Severity.LOW, howto="N6")
def no_limit_on_connection_rate(options: Options, files: ConfigurationFiles, listeners: Listeners) -> Verdicts:
    """Judge ConnectionRateThrottle."""
    if listeners.only_loopback:
        yield NotApplicable("every listener is bound to the loopback interface")
        return
    setting = options.get("ConnectionRateThrottle")
    if setting is None or setting.number == 0:
        yield Finding(
            setting.span if setting else files.to_mend,
            f"ConnectionRateThrottle is {'0' if setting else 'not set'}: connections are accepted at any rate",
            "A flood of connections reaches the daemon at full speed; nothing spreads it over time.",
            Fix("let more than that many a second wait: define(`confCONNECTION_RATE_THROTTLE', `15')dnl"),
        )
