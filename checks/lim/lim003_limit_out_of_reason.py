r"""A limit is too tight to work with or too wide to limit anything.

With fewer than five children a handful of slow peers closes the daemon to everybody; above two thousand
the host is out of memory before the limit is reached. A rate of one or two a second delays the mail of
any busy exchange. A value that is no number counts as 0, which switches the limit off
(Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    rejecting connections on daemon MTA: 4 children, max 4
Bad:
    define(`confMAX_DAEMON_CHILDREN', `3')dnl
Bad:
    define(`confMAX_DAEMON_CHILDREN', `100000')dnl
Bad:
    define(`confCONNECTION_RATE_THROTTLE', `1')dnl
Good:
    define(`confMAX_DAEMON_CHILDREN', `1000')dnl
    define(`confCONNECTION_RATE_THROTTLE', `100')dnl
Not when: the limit is 0 or not set; LIM001 and LIM002 say that.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

_FEWEST, _MOST, _SLOWEST = 5, 2000, 3


@check("LIM003", severity=Severity.HIGH, howto="N6")
def limit_out_of_reason(options: Options, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # A daemon's limits only.
    """Judge the sizes of both limits."""
    children = options.get("MaxDaemonChildren")
    if children is not None and 0 < children.number < _FEWEST:
        yield Finding(
            children.span,
            f"MaxDaemonChildren is {children.number}: so few peers close the daemon to everybody",
            "Legitimate mail is turned away as soon as a few slow connections are open.",
            Fix("size it to one and a half times the busiest count"),
        )
    if children is not None and children.number > _MOST:
        yield Finding(
            children.span,
            f"MaxDaemonChildren is {children.number}: memory ends before this limit does",
            "A flood exhausts the host although a limit is set.",
            Fix("size it to one and a half times the busiest count"),
            severity=Severity.MEDIUM,
        )
    rate = options.get("ConnectionRateThrottle")
    if rate is not None and 0 < rate.number < _SLOWEST:
        yield Finding(
            rate.span,
            f"ConnectionRateThrottle is {rate.number} a second for each listener",
            "In a busy hour peers wait for the greeting until they give up, and their mail comes late or never.",
            Fix("raise it to one and a half times the busiest rate"),
        )
