r"""The Diffie-Hellman group is too short.

A short group lets a wiretapper compute the session's key, and current peers break the handshake
off. Of DHParameters only the first character counts unless it is a file: 5 means 512 bits, 1 means
1024, 2 and i 2048. Unset means at most 1024 before 8.15.2 and 2048 from then on (Sendmail
Installation and Operation Guide, 5.6, DHParameters).

In the log or at the client:
    STARTTLS=client, error: connect failed=-1, reason=dh key too small
Bad:
    define(`confDH_PARAMETERS', `512')dnl
Bad:
    --- /etc/mail/certs/dh3072.pem 644 root:root dh(bits=1024)
Bad:
    define(`confDH_PARAMETERS', `dh.pem')dnl
Good:
    define(`confDH_PARAMETERS', `2048')dnl
Good:
    undefine(`confDH_PARAMETERS')dnl
Good:
    define(`confDH_PARAMETERS', `none')dnl
Not when: the option says none or no suite with ephemeral Diffie-Hellman is in the cipher list;
    elliptic curves do not use the group.
See: RFC 7919; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Profile
from auditor.facts.listeners import Listeners
from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.facts.tls import DHParameters
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.ciphers import analyse
from auditor.sendmail.strength import SHORT_GROUP, group_severity
from checks.tls import release_of

#: Before this release the default was a group of at most this many bits.
_BUILT_IN_SINCE, _OLD_DEFAULT = (8, 15, 2), 1024
_FIX = command(
    "openssl dhparam -out /etc/mail/certs/dh2048.pem 2048",
    "make a group, and define(`confDH_PARAMETERS', `/etc/mail/certs/dh2048.pem')dnl",
    ready=False,
)


@check("TLS006", severity=Severity.HIGH, howto="6")
def short_diffie_hellman(  # noqa: PLR0913  # The default depends on the version, the need on the ciphers.
    group: DHParameters,
    options: Options,
    listeners: Listeners,  # noqa: ARG001  # The group is the server's.
    profile: Profile,
    place: ConfigurationFiles,
    binary: Binary | Unknown,
    version: Version | Unknown,
) -> Verdicts:
    """Judge the size of the group in use."""
    if options.get("ServerCertFile") is None or group.kind == "none" or not _used(options):
        yield NotApplicable("no group is used")
        return
    at: Span | str = group.span or place.to_mend
    if group.problem is not None:
        yield Finding(
            at,
            f"{group.path} cannot be used as a Diffie-Hellman group: {group.problem}",
            "sendmail takes its built-in group of 2048 bits instead; before 8.15.2 it does without any.",
            _FIX,
            severity=Severity.MEDIUM,
        )
        return
    if group.kind == "illegal" and group.span is not None:
        yield Finding(
            at,
            f"DHParameters says {group.span.shown}, which sendmail passes over",
            "It takes its built-in group, and only LogLevel 13 and above says so.",
            _FIX,
            severity=Severity.LOW,
        )
    bits = _size(group, release_of(binary, version))
    if bits is not None and bits < profile.number("dh_bits"):
        how = (
            f"the group has {bits} bits"
            if group.span
            else f"DHParameters is not set, which means {bits} bits at most here"
        )
        yield Finding(
            at,
            f"{how}; {profile.number('dh_bits')} are the least",
            SHORT_GROUP,
            _FIX,
            severity=group_severity(bits, None if group.span else Severity.MEDIUM),
            # Distributions have given old versions a longer default.
            confidence=Confidence.HIGH if group.span else Confidence.LOW,
        )


def _used(options: Options) -> bool:
    from auditor.sendmail.cipher_suites import suites  # noqa: PLC0415  # The table is built when it is needed.

    setting = options.get("CipherList")
    known = suites()
    found = analyse(setting.value) if setting is not None else None
    return found is None or found.error is not None or any(known[name].exchange == "DHE" for name in found.enabled)


def _size(group: DHParameters, release: tuple[int, ...]) -> int | None:
    if group.kind in ("unset", "illegal") and release and release < _BUILT_IN_SINCE:
        return _OLD_DEFAULT
    return group.bits
