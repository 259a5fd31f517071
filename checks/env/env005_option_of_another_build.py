r"""An option is set that only some builds of sendmail know.

Options behind an _FFR_ define are experiments: a program built without refuses the line and does
not start. CipherList, ServerSSLOptions and ClientSSLOptions were such up to 8.14, behind
_FFR_TLS_1, and are regular since 8.15 (sendmail RELEASE_NOTES; sendmail -d0.13 lists the defines of
a program).

In the log or at the client:
    readcf: unknown option name CipherList
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.14.1
    O CipherList=HIGH
Bad:
    define(`confREJECT_NUL', `True')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
       FFR Defines: _FFR_REJECT_NUL_BYTE _FFR_TLS_ALTNAMES
          (canonical domain name) $j = john.doe.org
Not when: the program lists the define, or only the .cf is there and its version's packages are built with it.
See: howto step 6, the notes; sendmail RELEASE_NOTES.
"""

from auditor.facts.live import Binary
from auditor.facts.options import Options, Setting
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.options import by_name

#: Options that became regular in 8.15, and needed this define before.
_BEFORE = "_FFR_TLS_1"
_ONCE_EXPERIMENTAL = frozenset({"CipherList", "ServerSSLOptions", "ClientSSLOptions"})
_REGULAR = (8, 15)


@check("ENV005", severity=Severity.MEDIUM, howto="N6")
def option_of_another_build(options: Options, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    """Compare the options that need a define with the program, or with the version of the .cf."""
    unseen = None
    for setting in options:
        define = _define(setting, binary, version)
        if define is None:
            continue
        if isinstance(binary, Binary):
            if define not in binary.experimental | binary.flags:
                message = f"{setting.name} needs {define}, and sendmail {binary.version} was built without"
                yield _finding(setting, message, Severity.CRITICAL, Confidence.HIGH)
        elif define == _BEFORE and isinstance(version, Version) and "/" not in (version.text or ""):
            message = f"sendmail {version.text} knows {setting.name} only if it was built with {define}"
            yield _finding(setting, message, None, None)
        else:
            unseen = Unknown(f"{setting.name} needs a program built with {define}, which only the program tells")
    if unseen is not None:
        yield unseen


def _define(setting: Setting, binary: Binary | Unknown, version: Version | Unknown) -> str | None:
    """What the program must be built with for an option, or None where every program of that version has it."""
    name = setting.name.partition(".")[0]
    fact = version if isinstance(binary, Unknown) else binary
    if name in _ONCE_EXPERIMENTAL:
        return _BEFORE if not isinstance(fact, Unknown) and () < fact.release < _REGULAR else None
    option = by_name().get(name.lower())
    return None if option is None else option.needs


def _finding(setting: Setting, message: str, severity: Severity | None, confidence: Confidence | None) -> Finding:
    return Finding(
        setting.span,
        message,
        "A program without it refuses the line as an unknown option and does not start.",
        Fix("look for the define in the output of sendmail -d0.13 -bt < /dev/null, else remove the option or upgrade"),
        severity=severity,
        confidence=confidence,
    )
