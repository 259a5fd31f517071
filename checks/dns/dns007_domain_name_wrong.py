r"""The name that the configuration gives the host cannot be its name.

confDOMAIN_NAME, or a Dj line, overrules what sendmail finds out of itself; the name is used in
HELO, in Message-Id and as a local name. It must be a full host name: labels of letters, digits and
hyphens with a dot in between. Usually it is best not set at all (cf/README, "WHO AM I?").

In the log or at the client:
    WARNING: local host name (john) is not qualified; see cf/README: WHO AM I?
    501 5.0.0 Invalid domain name
Bad:
    define(`confDOMAIN_NAME', `john')dnl
Bad:
    define(`confDOMAIN_NAME', `john_1.doe.org')dnl
Bad:
    define(`confDOMAIN_NAME', `$w.Foo.COM')dnl
Good:
    define(`confDOMAIN_NAME', `john.doe.org')dnl
Good:
    define(`confDOMAIN_NAME', `$w.doe.org')dnl
Not when: the name is put together from $w, which is the short name, and the domain.
See: howto, prerequisites; cf/README, "WHO AM I?".
"""

import re

from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable

_NAME = lazy(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?", re.IGNORECASE | re.ASCII)
#: Domains that stand in sendmail's own examples, or that RFC 2606 and 6761 reserve.
_EXAMPLE = lazy(r"(?:^|\.)(?:foo\.com|bar\.com|example\.(?:com|org|net)|localdomain|invalid|test)\.?$", re.IGNORECASE)


@check("DNS007", severity=Severity.HIGH)
def domain_name_wrong(host: HostName) -> Verdicts:
    """Judge the name where the configuration sets it."""
    if not host.is_set:
        yield NotApplicable("the configuration leaves it to sendmail to find the name")
        return
    flaw = _flaw(host)
    if flaw is not None:
        yield Finding(
            host.span,
            f"the configuration names this host {host.name!r}, {flaw}",
            "Servers that look at the HELO name refuse the mail, and replies to the name reach nobody.",
            Fix("remove confDOMAIN_NAME and let sendmail find the name, or write the full one there"),
            confidence=Confidence.HIGH,
        )


def _flaw(host: HostName) -> str | None:
    if _NAME.fullmatch(host.name) is None:
        return "which is no host name"
    if not host.is_qualified:
        return "which has no domain"
    return "which is an example's name" if _EXAMPLE.search(host.name) else None
