r"""The user that sendmail is to run as does not exist.

The submission program gives up its rights and becomes smmsp, the user that RunAsUser names in
submit.cf. A name that no account has stops sendmail while it reads the configuration, and with
submit.cf no local program can send mail any more (sendmail/SECURITY; Sendmail Installation and
Operation Guide, 5.6, RunAsUser).

In the log or at the client:
    submit.cf: line 428: readcf: option RunAsUser: unknown user smmsp
Bad:
    --- /etc/passwd
    root:x:0:0::/root:/bin/bash
    mailnull:x:47:47:programs and files in aliases:/:/bin/false
Bad:
    define(`confRUN_AS_USER', `nosuch')dnl
    define(`confDEF_USER_ID', `47:47')dnl
Good:
    --- +/etc/passwd
    alice2:x:2000:100:Alice:/home/alice2:/bin/bash
Not when: the option is not set, or accounts come from elsewhere than files, which nsswitch.conf tells.
See: howto step 1; sendmail/SECURITY.
"""

from auditor.facts.accounts import Accounts
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import operand, quoted
from auditor.model.unknown import NotApplicable
from checks.acc import account, user_and_group


@check("ACC001", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="1")
def user_to_run_as_unknown(options: Options, accounts: Accounts) -> Verdicts:
    """Look RunAsUser up."""
    setting = options.get("RunAsUser")
    if setting is None or not setting.value.strip():
        yield NotApplicable("RunAsUser is not set")
        return
    user, group = user_and_group(setting.value)
    if not user.isdecimal() and account(accounts, user) is None:
        yield Finding(
            setting.span,
            f"RunAsUser is {user}, and there is no such user",
            "sendmail refuses the configuration: programs on this host cannot send mail, or the daemon does not start.",
            command(
                f"groupadd -r {operand(user)};"
                f" useradd -r -g {quoted(user)} -d /var/spool/clientmqueue -s /sbin/nologin {operand(user)}",
                "make the user, with a group of its own",
            ),
        )
    elif group and not group.isdecimal() and accounts.group_named(group) is None:
        yield Finding(
            setting.span,
            f"RunAsUser names the group {group}, and there is no such group",
            "sendmail refuses the configuration: programs on this host cannot send mail, or the daemon does not start.",
            command(f"groupadd -r {operand(group)}", "make the group"),
        )
