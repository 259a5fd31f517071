r"""The user for programs and files in aliases is root, or does not exist.

DefaultUser is who runs the programs and writes the files that aliases name where no other user is
responsible. As root each of them is a way to all rights; a name that nobody has stops sendmail
while it reads the configuration (Sendmail Installation and Operation Guide, 5.6, DefaultUser).

In the log or at the client:
    sendmail.cf: line 302: readcf: option u: unknown user maildrop
Bad:
    define(`confDEF_USER_ID', `maildrop')dnl
Bad:
    define(`confDEF_USER_ID', ``0:0'')dnl
Bad:
    define(`confDEF_USER_ID', `root')dnl
Bad:
    define(`confDEF_USER_ID', `mailnull:nosuchgroup')dnl
Good:
    define(`confDEF_USER_ID', `mailnull')dnl
Good:
    define(`confDEF_USER_ID', ``8:12'')dnl
Not when: the user is given by a number other than 0, whether or not an account has it.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.accounts import Accounts
from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown, known
from checks.acc import user_and_group

_FIX = Fix("name a user of its own with few rights: define(`confDEF_USER_ID', `mailnull')dnl")


@check("ACC011", severity=Severity.HIGH, confidence=Confidence.HIGH)
def default_user_wrong(options: Options, accounts: Accounts | Unknown) -> Verdicts:
    """Look DefaultUser up; a number is taken as it stands."""
    setting = options.get("DefaultUser")
    if setting is None or not setting.value.strip():
        return
    user, group = user_and_group(setting.value)
    if user == "root" or (user.isdecimal() and int(user) == 0):
        yield _as_root(setting)
        return
    if not user.isdecimal():
        found = known(accounts).user(user)
        if found is None:
            yield _unknown(setting, f"user {user}")
        elif found.uid == 0:
            yield _as_root(setting)
    if group and not group.isdecimal() and known(accounts).group_named(group) is None:
        yield _unknown(setting, f"group {group}")


def _as_root(setting: Setting) -> Finding:
    consequence = "Every program and file that an alias names is run and written with all rights."
    return Finding(setting.span, f"DefaultUser is {setting.value}, which is root", consequence, _FIX)


def _unknown(setting: Setting, what: str) -> Finding:
    message = f"DefaultUser is {setting.value}, and there is no {what}"
    consequence = "sendmail refuses the configuration and does not start."
    return Finding(setting.span, message, consequence, _FIX, severity=Severity.CRITICAL)
