r"""An IPv6 address in a class is written short, with "::".

Since 8.15 sendmail writes addresses in full, 2001:db8:0:0:0:0:0:1, before it looks them up, unless
UseCompressedIPv6Addresses is set. A member of a class that has "::" is never found then: no
relaying, no local delivery to the literal (release notes of 8.15.1; Sendmail Installation and
Operation Guide, 5.6).

In the log or at the client:
    550 5.7.1 <x@example.net>... Relaying denied
Bad:
    --- /etc/mail/relay-domains
    IPv6:2001:db8::25
    --- +/etc/mail/sendmail.cf
    DZ8.18.2
Bad:
    --- +/etc/mail/sendmail.cf
    C{R}IPv6:2001:db8:7::
Good:
    --- /etc/mail/relay-domains
    IPv6:2001:db8:0:0:0:0:0:25
    IPv6:2001:db8:7
Not when: sendmail is older than 8.15, or the option is set. Keys of the access map are ACS016's.
See: Sendmail Installation and Operation Guide, 5.6, UseCompressedIPv6Addresses.
"""

import re
from ipaddress import IPv6Address

from auditor.facts.classes import Classes, Member
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown

_FIRST = (8, 15)
_SHORT = lazy(r"(\[?)(IPv6:)?([0-9a-f:]*::[0-9a-f:]*)(\]?)", re.IGNORECASE)


@check("CFF035", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def ipv6_address_written_short(  # noqa: PLR0913  # Which version reads the classes has two sources.
    configuration: Configuration,
    classes: Classes,
    options: Options,
    version: Version | Unknown,
    binary: Binary | Unknown,
    files: ConfigurationFiles,
) -> Verdicts:
    """Look at every word of every class."""
    own = {files.cf_path, files.to_mend}
    short = [
        (name, member)
        for name in classes.names
        for member in classes.get(name)
        if _SHORT.fullmatch(member.word) and (not configuration.is_submission or member.span.path in own)
    ]
    if not short:
        return
    release = binary.release if isinstance(binary, Binary) else version.release if isinstance(version, Version) else ()
    setting = options.get("UseCompressedIPv6Addresses")
    if setting is not None and setting.is_true:
        yield NotApplicable("UseCompressedIPv6Addresses is set")
    elif not release:
        yield Unknown("which version of sendmail reads this is not known, and before 8.15 short addresses are right")
    elif release < _FIRST:
        yield NotApplicable("sendmail before 8.15 writes addresses short")
    else:
        for name, member in short:
            yield _finding(name, member)


def _finding(name: str, member: Member) -> Finding:
    full = _full(member.word)
    title = "write all eight groups; of a network only those that are given"
    return Finding(
        member.span,
        f"{member.word} in class {name} is written short",
        f"sendmail looks for {full}, so that this entry never matches.",
        replace(member.span, full, title) if member.span.text == member.word else Fix(f"{title}: {full}"),
    )


def _full(word: str) -> str:
    found = _SHORT.fullmatch(word)
    assert found is not None  # noqa: S101  # Only such words come here.
    opening, prefix, address, closing = found.groups()
    if address.endswith("::") and address != "::" and not address.startswith("::"):
        return f"{opening}{prefix or 'IPv6:'}{address.removesuffix('::')}{closing}"
    try:
        groups = IPv6Address(address).exploded.split(":")
    except ValueError:
        return word.replace("::", ":0:")
    return f"{opening}{prefix or 'IPv6:'}{':'.join(f'{int(group, 16):x}' for group in groups)}{closing}"
