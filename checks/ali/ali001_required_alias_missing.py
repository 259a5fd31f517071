r"""postmaster or MAILER-DAEMON has no alias.

Every host that takes mail takes it for postmaster (RFC 5321, 4.5.1), and sendmail itself writes as
MAILER-DAEMON and sends its last complaints to postmaster. RFC 2142 names abuse for complaints of
others. None of them is a user who reads mail, so each needs an alias; case does not count (Sendmail
Installation and Operation Guide, 1.6.2).

In the log or at the client:
    savemail: cannot save rejected email anywhere
    550 5.1.1 <postmaster@doe.org>... User unknown
Bad:
    --- /etc/mail/aliases
    MAILER-DAEMON:	root
    abuse:	root
    root:	alice
Bad:
    --- /etc/mail/aliases
    postmaster:	alice
    MAILER-DAEMON:	postmaster
Good:
    --- /etc/mail/aliases
    Postmaster:	root
    mailer-daemon:	postmaster
    abuse:	root
    root:	alice
Not when: aliases are also kept where they cannot be seen, a user of the name exists, or the host is
a null client.
See: RFC 5321, 4.5.1; RFC 2142; Sendmail Installation and Operation Guide, 1.6.2.
"""

from auditor.facts.accounts import Accounts
from auditor.facts.features import Features
from auditor.facts.mapfiles import AliasFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknowable, Unknown

_WANTED = {"postmaster": None, "MAILER-DAEMON": None, "abuse": Severity.LOW}


@check("ALI001", severity=Severity.HIGH)
def required_alias_missing(
    configuration: Configuration, aliases: AliasFiles, features: Features | Unknown, accounts: Accounts | Unknown
) -> Verdicts:
    """Look for the names that every host must have."""
    if configuration.is_submission:
        yield NotApplicable("the submission program resolves no aliases")
        return
    if not isinstance(features, Unknown) and features.seen("nullclient"):
        yield NotApplicable("a null client delivers nothing")
        return
    for name, severity in _WANTED.items():
        try:
            there = aliases.get(name) is not None or (isinstance(accounts, Accounts) and name in accounts.users)
        except Unknowable as unknowable:
            yield unknowable.unknown
            continue
        if not there:
            to = "root" if name == "postmaster" else "postmaster"
            yield Finding(
                aliases.files[0].path,
                f"there is no alias {name}",
                f"Mail to {name} is returned as to an unknown user, and whoever writes there reaches nobody.",
                Fix(f"add a line and run newaliases: {name}:\t{to}"),
                severity=severity,
            )
