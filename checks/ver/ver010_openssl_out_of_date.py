r"""sendmail runs with an OpenSSL library that nobody mends any more, or another than it was built for.

Below 1.1.1 the library knows no TLS 1.3, and its makers ended their corrections in 2019. If the
library that is loaded is older than the one of the build, sendmail itself warns of it (sendmail
-d0.14 shows both; OpenSSL release strategy).

In the log or at the client:
    STARTTLS=server, error: SSL library version mismatch
Bad:
    --- $ sendmail -d0.14 -bt
    Version 8.15.2
     Compiled with: DNSMAP LOG NAMED_BIND NETINET NEWDB SASLv2 STARTTLS
           OpenSSL: compiled 0x1000214f
           OpenSSL: linked   0x1000214f
Bad:
    --- $ sendmail -d0.14 -bt
    Version 8.18.1
           OpenSSL: compiled 0x30500000
           OpenSSL: linked   0x30000160
Good:
    --- $ sendmail -d0.14 -bt
    Version 8.18.1
           OpenSSL: compiled 0x300000d0
           OpenSSL: linked   0x30000160
Not when: the program was built without TLS, which ENV001 judges.
See: howto, prerequisites; https://www.openssl.org/policies/releasestrat.html.
"""

import re

from auditor.facts.given import Host
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, known

_MENDED = (1, 1, 1)
#: From version 3 on the patch has eight bits, before it was a minor number's rest.
_THREE = 3


@check("VER010", severity=Severity.MEDIUM)
def openssl_out_of_date(host: Host) -> Verdicts:
    """Ask sendmail which OpenSSL it was built for and which it finds."""
    if host.closed is not None:
        yield host.closed
        return
    text = known(host.output(("sendmail", "-d0.14", "-bt")))
    found: dict[str, str] = dict(re.findall(r"OpenSSL: (compiled|linked)\s+0x([0-9a-fA-F]+)", text))
    if "linked" not in found:
        yield NotApplicable("sendmail names no OpenSSL library")
        return
    linked, compiled = _release(found["linked"]), _release(found.get("compiled", found["linked"]))
    shown = ".".join(map(str, linked))
    fix = Fix("update the OpenSSL and sendmail packages together")
    if linked < _MENDED:
        consequence = "TLS 1.3 is not spoken, and holes of the library stay open unless the distribution mends them."
        yield Finding(None, f"sendmail runs with OpenSSL {shown}", consequence, fix)
    elif linked[:2] < compiled[:2]:
        built = ".".join(map(str, compiled))
        consequence = "Functions that the program counts on may be missing: TLS fails in ways that are hard to explain."
        yield Finding(None, f"sendmail was built for OpenSSL {built} and runs with {shown}", consequence, fix)


def _release(number: str) -> tuple[int, int, int]:
    """The release that OPENSSL_VERSION_NUMBER tells: 0xMNNFFPPS, and 0xMNN00PPS from version 3 on."""
    value = int(number, 16)
    major, minor = value >> 28, value >> 20 & 0xFF
    return major, minor, (value >> 4 if major >= _THREE else value >> 12) & 0xFF
