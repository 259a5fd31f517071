r"""Class t trusts somebody who need not be trusted.

Its members may give any sender with -f, and nobody is told by X-Authentication-Warning. root,
daemon and the owners of list managers need it; an account that runs other people's code, such as a
web server's, or a person's own need it hardly ever (Sendmail Installation and Operation Guide, 4.11
and 5.3; cf/README, use_ct_file).

In the log or at the client:
    Authentication-Warning: host: bob set sender to x using -f, for those who are not members
Bad:
    --- /etc/mail/trusted-users
    root
    nobody
Bad:
    --- /etc/mail/trusted-users
    www-data
Bad:
    --- +/etc/mail/trusted-users
    jane
    --- +/etc/passwd
    jane:x:1001:100:Jane Doe:/home/jane:/bin/bash
Good:
    --- /etc/mail/trusted-users
    root
    majordomo
    mailman
Not when: it is a list manager's own account.
See: cf/README, use_ct_file; Sendmail Installation and Operation Guide, 5.3.
"""

from auditor.facts.accounts import Accounts
from auditor.facts.classes import Member, TrustedUsers
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Defines
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknown

_WEB = frozenset(("www-data", "www", "apache", "apache2", "httpd", "nginx", "wwwrun", "webservd", "lighttpd"))
#: Users from here on are people on the systems of today, up to the numbers that stand for nobody.
_PEOPLE = range(1000, 60000)
_NO_SHELLS = ("nologin", "false", "sync", "true")


@check("CFF031", severity=Severity.MEDIUM)
def trusted_user_too_many(
    configuration: Configuration,
    trusted: TrustedUsers,
    accounts: Accounts | Unknown,
    defines: Defines | Unknown,
    files: ConfigurationFiles,
) -> Verdicts:
    """Judge each member; what both configurations read is told of sendmail.cf only."""
    own = {files.cf_path, files.to_mend}
    for member in {member.word.lower(): member for member in trusted}.values():
        if configuration.is_submission and member.span.path not in own:
            continue
        yield from _one(member, accounts, defines)
    if trusted.unseen is not None:
        yield Unknown(trusted.unseen)
    if isinstance(accounts, Unknown):
        yield accounts


def _one(member: Member, accounts: Accounts | Unknown, defines: Defines | Unknown) -> Verdicts:
    name = member.word
    if name.lower() in ("nobody", "nfsnobody"):
        yield _finding(member, defines, "which programs use that nobody answers for", None)
    elif name.lower() in _WEB:
        yield _finding(member, defines, "under which a web server runs other people's scripts", Severity.LOW)
    elif not isinstance(accounts, Unknown) and _is_person(name, accounts):
        yield _finding(member, defines, "who is a person with a login", None)


def _is_person(name: str, accounts: Accounts) -> bool:
    user = accounts.users.get(name)
    return (
        user is not None
        and user.uid is not None
        and user.uid in _PEOPLE
        and user.shell.text.rpartition("/")[2] not in _NO_SHELLS
    )


def _finding(member: Member, defines: Defines | Unknown, why: str, severity: Severity | None) -> Finding:
    return Finding(
        _place(member, defines),
        f"class t trusts {member.word}, {why}",
        "Mail with any forged sender leaves this host from that account, and no header tells.",
        Fix(f"take {member.word} out; keep root, daemon and the accounts of list managers"),
        severity=severity,
    )


def _place(member: Member, defines: Defines | Unknown) -> Span:
    written = defines.written("confTRUSTED_USERS") if isinstance(defines, Defines) else None
    if written is not None and written.value_span is not None and member.word in written.value_span.text:
        return written.value_span.find(member.word)
    return member.span
