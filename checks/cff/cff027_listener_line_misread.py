r"""sendmail reads a listener's line otherwise than it was written.

Items are separated by commas alone, only the first letter of a key counts, an item without "=" vanishes, and a second
M= replaces the first. So M=E,a is M=E, and Port=587 Name=X has no name (Sendmail Installation and Operation Guide,
5.6, DaemonPortOptions).

In the log or at the client:
    PortOptions parameter "X" unknown, or nothing at all
Bad:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=E,a')dnl
Bad:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=a, M=E')dnl
Bad:
    DAEMON_OPTIONS(`Port=submission Name=MSA, M=Ea')dnl
Bad:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea, Xtra=1')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
Not when: a key is shortened, as in M= for Modifiers=, which is what people write.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("CFF027", severity=Severity.HIGH, confidence=Confidence.HIGH)
def listener_line_misread(listeners: Listeners) -> Verdicts:
    """Report what the reading of each line stumbled over."""
    for listener in listeners:
        for span, problem in listener.problems:
            yield Finding(
                span,
                problem,
                f"The listener {listener.name} is not the one meant: a modifier, its name or its port is lost.",
                Fix("write it as in DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea'), with one M= for all letters"),
            )
