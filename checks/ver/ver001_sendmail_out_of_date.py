r"""sendmail is so old that known holes are open.

Before 8.14.9 file descriptors leak to mailers, before 8.15.2 the Diffie-Hellman parameters are too weak for most
peers, before 8.18.1 a crafted end of message lets a second message pass as the first one's sender (CVE-2023-51765).
Distributions mend old versions without changing the number, so a packaged 8.16 or 8.17 may well be safe (sendmail
RELEASE_NOTES).

In the log or at the client:
    220 john.doe.org ESMTP Sendmail 8.14.1/8.14.1
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.14.1
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Not when: the program's package carries the corrections; its changelog tells.
See: howto, prerequisites; sendmail RELEASE_NOTES.
"""

from auditor.facts.live import Binary
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.releases import is_corrected

#: Below each release: how bad it is, and what is open.
_HOLES = (
    ((8, 14, 9), Severity.CRITICAL, "mailers inherit open files (CVE-2014-3956), and STARTTLS accepts weak keys"),
    ((8, 15, 2), Severity.HIGH, "most peers refuse its Diffie-Hellman parameters, and no option limits TLS versions"),
    (
        (8, 17, 1),
        Severity.MEDIUM,
        "HTTP commands inside TLS are answered (CVE-2021-3618), and messages can be smuggled (CVE-2023-51765)",
    ),
    ((8, 18, 1), Severity.LOW, "messages can be smuggled (CVE-2023-51765) unless the package has the correction"),
)


@check("VER001", severity=Severity.HIGH, howto="P")
def sendmail_out_of_date(
    binary: Binary | Unknown, version: Version | Unknown, configuration: Configuration
) -> Verdicts:
    """Judge the installed program's version, or the one the configuration was built for."""
    if configuration.is_submission:
        yield NotApplicable("the daemon's configuration tells the version")
        return
    at: Span | None = None
    if isinstance(binary, Binary):
        release, shown = binary.release, f"sendmail {binary.version} is installed"
    elif isinstance(version, Version):
        release, at, shown = version.release, version.span, f"the configuration was built for sendmail {version.text}"
    else:
        yield version
        return
    if not release:
        yield NotApplicable("the version is no number")
        return
    if isinstance(version, Version) and is_corrected(version.text or ""):
        return
    for limit, severity, hole in _HOLES:
        if release < limit:
            yield Finding(
                at,
                shown,
                f"In that version {hole}.",
                Fix("update the sendmail package, then rebuild the configuration from the .mc"),
                severity=severity,
                confidence=Confidence.MEDIUM,
            )
            return
