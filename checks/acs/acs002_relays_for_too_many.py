r"""An entry lets far too many hosts relay, or relays to everybody.

RELAY for a key lets every client whose address begins with it, or whose name ends in it, send mail
anywhere, and for a domain lets everybody send mail to it. One octet is sixteen million addresses; a
top-level domain, a mail service or the cloud of a hosting company is whoever wants to be in it
(cf/README, "ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    relay=host.example.net [198.51.100.7], stat=Sent, for mail that is nobody's here
Bad:
    Connect:203	RELAY
Bad:
    com	RELAY
Bad:
    To:gmail.com	RELAY
Bad:
    Connect:198.51	RELAY
Bad:
    Connect:IPv6:2001	RELAY
Good:
    Connect:198.51.100	RELAY
Good:
    To:partner.example	RELAY
Good:
    Connect:127	RELAY
Not when: the network is this host's own loopback network; a private network (RFC 1918, RFC 4193) is
only noted.
See: howto step 2; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, expanded, is_ipv6, octets, tag_name
from checks.acs import names_a_domain

_TOP = frozenset(
    "com net org edu gov mil int info biz name pro mobi asia tel xxx arpa top xyz site online shop club "
    "store app dev cloud live email".split()
)
_SERVICES = frozenset(
    "gmail.com googlemail.com google.com yahoo.com hotmail.com outlook.com live.com msn.com aol.com icloud.com "
    "gmx.net gmx.de gmx.com web.de t-online.de mail.ru yandex.ru yandex.com qq.com 163.com 126.com proton.me "
    "protonmail.com comcast.net amazonaws.com googleusercontent.com cloudapp.net cloudapp.azure.com "
    "linodeusercontent.com members.linode.com vultrusercontent.com your-server.de contaboserver.net".split()
)
_SECOND = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"))
_COUNTRY = 2
_FEW = 2
_LOOPBACK = 127
#: The beginnings of private and link-local addresses (RFC 1918, RFC 3927).
_PRIVATE = frozenset(((10,), (192, 168), (169, 254), *((172, n) for n in range(16, 32))))


@check("ACS002", severity=Severity.CRITICAL, howto="2")
def relays_for_too_many(access: AccessMap) -> Verdicts:
    """Judge the width of every RELAY for clients or recipients."""
    for entry in access:
        if tag_name(entry) not in ("", "connect", "to") or action_of(entry) != "RELAY":
            continue
        found = _who(entry)
        if found is not None:
            who, severity = found
            yield Finding(
                entry.lhs,
                f"{entry.lhs.text} RELAY is for {who}",
                "Whoever is among them sends mail through this host, and spam goes out in its name.",
                Fix("name your own networks and hosts only: Connect:192.0.2 RELAY"),
                severity=severity,
                confidence=Confidence.LOW if severity is Severity.MEDIUM else None,
            )


def _who(entry: AccessEntry) -> tuple[str, Severity | None] | None:
    key = entry.key.text.lower()
    numbers = octets(key)
    if numbers is not None and tag_name(entry) != "to":
        return _network(numbers)
    if tag_name(entry) != "to" and is_ipv6(entry.lhs.text.removeprefix("Connect:")):
        return _network6((expanded(key) or "").lower().split(":")[1:])
    if key == "ipv6":
        return "every client with an IPv6 address", None
    return _domain(key) if names_a_domain(entry) else None


def _domain(key: str) -> tuple[str, Severity | None] | None:
    labels = key.split(".")
    if len(labels) == 1 and (key in _TOP or (len(key) == _COUNTRY and key.isalpha())):
        return f"everything under the top-level domain {key}", None
    if len(labels) == _FEW and labels[0] in _SECOND and len(labels[1]) == _COUNTRY:
        return f"everything under the public suffix {key}", None
    return (f"everybody at {key}", None) if key in _SERVICES else None


def _network(numbers: tuple[int, ...]) -> tuple[str, Severity | None] | None:
    if len(numbers) > _FEW or numbers[0] == _LOOPBACK:
        return None
    if numbers in _PRIVATE or numbers[:1] in _PRIVATE:
        return f"every host of the private network {'.'.join(map(str, numbers))}", Severity.INFO
    if len(numbers) == 1:
        return "sixteen million addresses", None
    return "65536 public addresses", Severity.MEDIUM


def _network6(groups: list[str]) -> tuple[str, Severity | None] | None:
    if not groups or len(groups) > _FEW or groups[0][:1] not in ("2", "3"):
        return None
    return ("a large part of the IPv6 internet", None) if len(groups) == 1 else ("a whole /32", Severity.MEDIUM)
