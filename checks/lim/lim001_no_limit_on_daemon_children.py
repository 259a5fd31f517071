r"""The daemon may fork without limit.

MaxDaemonChildren is 0 unless it is set, and 0 means no limit: every connection gets a child, and a
burst of them takes the host's memory before it takes the mail. Setting it also arms sendmail's
answer to clients that send one bad command after the other (Sendmail Installation and Operation
Guide, 5.6, MaxDaemonChildren). One and a half times the busiest hour's count is a fair value.

In the log or at the client:
    nothing from sendmail; the kernel's out-of-memory killer, or "cannot fork: Resource temporarily unavailable"
Bad:
    undefine(`confMAX_DAEMON_CHILDREN')dnl
Bad:
    define(`confMAX_DAEMON_CHILDREN', `0')dnl
Good:
    define(`confMAX_DAEMON_CHILDREN', `100')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, Addr=127.0.0.1')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, Addr=127.0.0.1, M=Ea')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMSA, Addr=127.0.0.1, M=sa')dnl
    undefine(`confMAX_DAEMON_CHILDREN')dnl
Not when: every listener is bound to the loopback interface.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("LIM001", severity=Severity.MEDIUM, howto="N6")
def no_limit_on_daemon_children(options: Options, files: ConfigurationFiles, listeners: Listeners) -> Verdicts:
    """Judge MaxDaemonChildren."""
    if listeners.only_loopback:
        yield NotApplicable("every listener is bound to the loopback interface")
        return
    setting = options.get("MaxDaemonChildren")
    if setting is None or setting.number == 0:
        yield Finding(
            setting.span if setting else files.to_mend,
            f"MaxDaemonChildren is {'0' if setting else 'not set'}: the daemon forks without limit",
            "A burst of connections forks until the host has no memory left, and everything on it stops.",
            Fix("set one and a half times your busiest count: define(`confMAX_DAEMON_CHILDREN', `100')dnl"),
        )
