r"""Somebody can log in as the submission user.

smmsp exists to own a queue and nobody should ever be it: without a shell of nologin, false or true,
and with a password that works, the account is one more door, and behind it lies all mail that
waits. An empty shell field means /bin/sh (passwd(5); sendmail/SECURITY).

In the log or at the client:
    nothing
Bad:
    --- /etc/passwd
    root:x:0:0::/root:/bin/bash
    mailnull:x:47:47::/:/bin/false
    smmsp:x:25:25:smmsp:/var/spool/clientmqueue:
Bad:
    --- /etc/passwd
    root:x:0:0::/root:/bin/bash
    mailnull:x:47:47::/:/bin/false
    smmsp:x:25:25:smmsp:/var/spool/clientmqueue:/bin/bash
Bad:
    --- /etc/shadow 640 root:shadow
    root:!:20000::::::
    smmsp::20000::::::
Good:
    --- /etc/passwd
    root:x:0:0::/root:/bin/bash
    mailnull:x:47:47::/:/bin/false
    alice:x:1000:100:Alice:/home/alice:/bin/bash
    bob:x:1001:100:Bob:/home/bob:/bin/bash
    smmsp:x:25:25:smmsp:/var/spool/clientmqueue:/usr/bin/true
Not when: the shell is nologin, false or true, or none that /etc/shells lists.
See: howto step 1; sendmail/SECURITY.
"""

import posixpath

from auditor.facts.accounts import Account, Accounts
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import operand
from auditor.model.subjects import Configuration
from auditor.model.text import Source
from auditor.model.unknown import NotApplicable
from checks.acc import account, user_and_group

_CLOSED = frozenset({"nologin", "false", "true"})
_SHELLS = frozenset({"ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "zsh"})


@check("ACC003", severity=Severity.MEDIUM, howto="1")
def submission_user_can_log_in(
    options: Options, accounts: Accounts, tree: Tree, configuration: Configuration
) -> Verdicts:
    """Judge shell and password of the submission user."""
    setting = options.get("RunAsUser") if configuration.is_submission else None
    user = account(accounts, user_and_group(setting.value)[0]) if setting is not None else None
    if user is None:
        yield NotApplicable("there is no submission user")
        return
    if _is_shell(user, tree):
        yield Finding(
            user.shell if user.shell.text else user.fields[0],
            f"the shell of {user.name} is {user.shell.text or 'empty, which means /bin/sh'}",
            "A login as this user, by key, su or a service that asks no password, gets at all waiting mail.",
            command(f"usermod -s /sbin/nologin {operand(user.name)}", "take its shell away"),
        )
    if user.has_hash or not accounts.is_locked(user.name):
        yield Finding(
            user.fields[0],
            f"{user.name} has a password, or an empty one",
            "The password can be guessed over every service that asks the system's accounts.",
            command(f"usermod -L {operand(user.name)}", "lock it"),
        )


def _is_shell(user: Account, tree: Tree) -> bool:
    shell = user.shell.text.strip() or "/bin/sh"
    name = posixpath.basename(shell)
    listed = tree.read("/etc/shells")
    lines = listed.text.split() if isinstance(listed, Source) else []
    return name not in _CLOSED and (name in _SHELLS or shell in lines)
