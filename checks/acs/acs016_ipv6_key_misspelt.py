r"""An IPv6 address is written so that no look-up asks for it.

sendmail puts IPv6: in front of such addresses, and since 8.15 writes them in full:
IPv6:2001:db8:0:0:0:0:0:1, without :: and without leading zeros. The address is then shortened at
its colons, so a network is what its first groups say: IPv6:2001:db8. The option
UseCompressedIPv6Addresses, and older releases, want the short form (cf/README, "ANTI-SPAM
CONFIGURATION CONTROL"; release notes of 8.15.1).

In the log or at the client:
    550 5.7.1 <x@example.net>... Relaying denied, to a client that was meant to relay
Bad:
    Connect:2001:db8:1	RELAY
Bad:
    Connect:IPv6:2001:db8::1	RELAY
Bad:
    2001:db8::/32	RELAY
Good:
    Connect:IPv6:2001:db8:0:0:0:0:0:1	RELAY
Good:
    Connect:IPv6:2001:DB8:1	RELAY
Good:
    --- +/etc/mail/sendmail.mc
    define(`confUSE_COMPRESSED_IPV6_ADDRESSES', `True')dnl
    --- +/etc/mail/access
    Connect:IPv6:2001:db8::1	RELAY
Not when: the option is set or sendmail is older than 8.15, and the address is short; it was built
with IPV6_FULL=0.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL"; CFF035.
"""

from auditor.facts.mapfiles import AccessMap
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import expanded, is_ipv6, tag_of

_SINCE = (8, 15)


@check("ACS016", severity=Severity.HIGH)
def ipv6_key_misspelt(access: AccessMap, options: Options, version: Version | Unknown) -> Verdicts:
    """Compare every IPv6 address with the form that is looked up."""
    short: bool | None = None
    found = [(entry, place) for entry in access if (place := _address(entry)) is not None]
    if any("::" in place.text and place.text.lower().startswith("ipv6:") for _, place in found):
        setting = options.get("UseCompressedIPv6Addresses")
        old = isinstance(version, Version) and bool(version.release) and version.release < _SINCE
        short = (
            True
            if old or (setting is not None and setting.is_true)
            else None
            if isinstance(version, Unknown)
            else False
        )
    for entry, place in found:
        why = _why_wrong(place.text, short=short)
        if isinstance(why, Unknown):
            yield why
        elif why is not None:
            yield _finding(entry, place, why)


def _address(entry: AccessEntry) -> Span | None:
    tag = tag_of(entry)
    # Without IPv6: the first group of the address looks like a tag.
    place = entry.lhs if tag is None or tag.name == "" else entry.key
    return place if (tag is None or "a" in tag.keys) and is_ipv6(place.text) else None


def _why_wrong(text: str, *, short: bool | None) -> str | Unknown | None:
    if "/" in text:
        return "a network is what its first groups say, not what a mask says"
    if not text.lower().startswith("ipv6:"):
        return "IPv6: is missing before it"
    if any(len(group) > 1 and group[0] == "0" for group in text[5:].split(":")):
        return "groups are looked up without leading zeros"
    if text.endswith(":"):
        return "a network is written without a colon at its end"
    return _why_short(short) if "::" in text else None


def _why_short(short: bool | None) -> str | Unknown | None:  # noqa: FBT001  # Whether the short form counts, if known.
    if short is None:
        return Unknown("whether this sendmail looks IPv6 addresses up in their short form is not known")
    return None if short else "this sendmail looks addresses up in full, without ::"


def _finding(entry: AccessEntry, place: Span, why: str) -> Finding:
    full = expanded(place.text)
    fix = replace(place, full, "write it in full") if full else Fix("write it as IPv6:2001:db8:0:0:0:0:0:1")
    verb = "may not relay" if entry.value.text.strip().upper() == "RELAY" else "are not covered"
    # sendmail lets its own loopback addresses relay whatever the map says.
    loopback = full == "IPv6:0:0:0:0:0:0:0:1"
    return Finding(
        place,
        f"{place.text} matches nothing: {why}",
        "Connections of this host's own over IPv6 are not covered, although they may relay anyhow."
        if loopback
        else f"The hosts it is for {verb}, although the file says so.",
        fix,
        severity=Severity.LOW if loopback else None,
    )
