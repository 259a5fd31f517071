r"""saslauthd is started with flags meant for a test.

With -d saslauthd stays in the foreground and tells what it does, with -V it logs it. Together with
-a shadow both bring the stored and the computed hash into the log whenever a password is wrong. With -n 0 it starts a
process for each question (saslauthd(8)).

In the log or at the client:
    DEBUG: auth_shadow: pw mismatch: '$6$5i...' != '$6$5i...'
Bad:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a shadow -m /var/state/saslauthd -V"
Bad:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a pam -m /var/state/saslauthd -d"
Good:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a pam -m /var/state/saslauthd -c -V -r"
Not when: the flag is -c alone; a cache keeps an old password valid for a while, no more.
See: howto step 10; saslauthd(8).
"""

from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity


@check("SAS034", severity=Severity.MEDIUM, howto="10")
def saslauthd_tells_too_much(daemon: Saslauthd) -> Verdicts:
    """Judge the flags, for whatever program asks saslauthd."""
    mechanism = daemon.mechanism
    shadow = mechanism is not None and mechanism.text == "shadow"
    for letter in "dV":
        flag = daemon.get(letter)
        if flag is not None and (shadow or letter == "d"):
            yield Finding(
                flag.span,
                f"saslauthd is started with -{letter}"
                + (f" and -a {mechanism.text}" if shadow and mechanism is not None else ""),
                "Password hashes come into the log." if shadow else "It stays in the foreground and tells every step.",
                Fix(f"start it without -{letter}"),
                severity=Severity.HIGH if shadow else None,
            )
    workers = daemon.get("n")
    if workers is not None and workers.text == "0":
        yield Finding(
            workers.span,
            "saslauthd is started with -n 0: a process for each question",
            "Whoever tries passwords makes the host fork as fast as it can.",
            Fix("leave -n out, which means five processes"),
            severity=Severity.LOW,
        )
