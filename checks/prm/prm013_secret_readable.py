r"""A password can be read by others.

What sendmail shows to other hosts (authinfo, the AuthInfo entries of the access map, the file
DefaultAuthInfo names) and what SASL shows to databases stands in clear in files whose readers
nobody checks. A checkout hands it to everybody who may fetch the repository (cf/README,
"FEATURE(`authinfo')").

In the log or at the client:
    AUTH=client, error: can't open /etc/mail/default-auth-info: Group readable file
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`authinfo', `hash /etc/mail/authinfo')dnl
    --- /etc/mail/authinfo 644 root:root
    AuthInfo:smtp.example.net "U:john" "P:3leven-Geese" "M:PLAIN"
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf 644 root:root
    pwcheck_method: auxprop
    auxprop_plugin: sql
    sql_passwd: 3leven-Geese
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`authinfo', `hash /etc/mail/authinfo')dnl
    --- /etc/mail/authinfo 600 root:root
    AuthInfo:mx.example.net "U:john" "P:3leven-Geese"
    --- /etc/mail/authinfo.db 600 root:root database(key='authinfo:mx.example.net', value='"U:john" "P:3leven-Geese"')
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`authinfo', `hash /etc/mail/authinfo')dnl
    --- /etc/mail/authinfo 644 root:root
    AuthInfo:mx.example.net "U:john" "P:CHANGEME"
    --- /etc/mail/authinfo.db 600 root:root database(key='authinfo:mx.example.net', value='"U:john" "P:CHANGEME"')
Not when: the value is a placeholder of a template.
See: cf/README; sendmail/SECURITY.
"""

import re
from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFiles
from auditor.facts.options import Options
from auditor.facts.safety import Entry
from auditor.facts.sasl import SASLConfig
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, command
from auditor.model.pattern import lazy
from auditor.model.shell import quoted
from auditor.model.text import Source
from auditor.model.unknown import Unknowable, Unknown
from checks.prm import WORLD_READ, owners_of

_CLIENT = lazy(r"(?im)^[ \t]*AuthInfo:[^\n]*?\"?P[:=]([^\s\"]+)")
_DATABASE = lazy(r"(?m)^[ \t]*(?:sql_passwd|ldapdb_pw|ldap_password|ldap_bind_pw)[ \t]*:[ \t]*(\S+)")
_FILLED_IN = lazy(
    r"(?i)^[<{\[%$@&*]|change.?me|^pass(word|wd)?$|^your|^my.?pass|secret|x{3,}|example|placeholder|\.\.\."
)
_SASLAUTHD = "/etc/saslauthd.conf"
#: user, authorization, password: what DefaultAuthInfo names has a line for each.
_THIRD_LINE = lazy(r"\A(?:[^\n]*\n){2}([^\n]*\S)")


@check("PRM013", severity=Severity.CRITICAL)
def secret_readable(tree: Tree, files: MapFiles | Unknown, options: Options | Unknown, sasl: SASLConfig) -> Verdicts:
    """Look for passwords, then who may read them; nothing of a password is shown."""
    for path in dict.fromkeys(_with_secrets(tree, files, options, sasl)):
        if isinstance(path, Unknown):
            yield path
            continue
        entry = tree.entry(path)
        owners = owners_of(entry)
        if not tree.tells_absence and isinstance(entry, Entry):
            yield Finding(
                path,
                f"{path} holds a password, and it is in a checkout",
                "Everybody who may fetch the repository, now or later, has the password.",
                Fix("take the file out of the repository and its history, and change the password"),
            )
        elif isinstance(owners, Unknown):
            yield owners
        elif owners is not None and owners.mode & WORLD_READ:
            yield Finding(
                path,
                f"{path} holds a password, and everybody on the host can read it (mode {owners.octal})",
                "Any user, and any hole in a web page, has the password.",
                command(f"chmod o-rwx {quoted(path)}", "close it, and change the password"),
            )


def _with_secrets(
    tree: Tree, files: MapFiles | Unknown, options: Options | Unknown, sasl: SASLConfig
) -> Iterator[str | Unknown]:
    """The files in which a password stands, and why others are not known."""
    if isinstance(files, Unknown):
        yield files
    maps = [file for file in files if file.name in ("authinfo", "access")] if isinstance(files, MapFiles) else []
    for file in maps:
        for path in _holding(tree, file.path, _CLIENT):
            yield path
            if not isinstance(path, Unknown):
                yield file.database_path
    for each in sasl.candidates:
        yield from (
            _holding(tree, each.path, _DATABASE) if each.is_searched or not isinstance(each.document, Unknown) else ()
        )
    yield from _holding(tree, _SASLAUTHD, _DATABASE)
    default = _default(options) if not isinstance(options, Unknown) else None
    if default is not None and default.startswith("/"):
        yield from _holding(tree, default, _THIRD_LINE)


def _default(options: Options) -> str | None:
    try:
        setting = options.get("DefaultAuthInfo")
    except Unknowable:
        return None
    return setting.value if setting is not None else None


def _holding(tree: Tree, path: str, pattern: re.Pattern[str]) -> Iterator[str | Unknown]:
    source = tree.read(path)
    if isinstance(source, Unknown):
        yield source
    elif isinstance(source, Source) and any(not _FILLED_IN.search(value) for value in pattern.findall(source.text)):
        yield path
