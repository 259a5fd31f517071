r"""The submission user shares its number with another account.

Everything that is kept apart from other users by smmsp rests on its number. With fixed numbers from
a guide, 25 for both, the number may belong to somebody already, who can then read and remove all
mail that waits in the submission queue; 0 is root's. The user's group must be the one of the queue
directory (sendmail/SECURITY).

In the log or at the client:
    can not write to queue directory /var/spool/clientmqueue/ (RunAsGid=99, required=25): Permission denied
Bad:
    --- +/etc/passwd
    at:x:25:26:batch jobs:/var/spool/atjobs:/bin/false
Bad:
    --- +/etc/group
    at:x:25:
Bad:
    --- /etc/passwd
    root:x:0:0::/root:/bin/bash
    mailnull:x:47:47::/:/bin/false
    smmsp:x:25:99:smmsp:/var/spool/clientmqueue:/bin/false
Good:
    --- +/etc/passwd
    at:x:26:26:batch jobs:/var/spool/atjobs:/bin/false
    --- +/etc/group
    at:x:26:
Not when: the numbers are others than 25, which is only a custom.
See: howto step 1; sendmail/SECURITY.
"""

from auditor.facts.accounts import Account, Accounts, Group
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.shell import operand, quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable
from checks.acc import account, user_and_group

_FIX = Fix("give the user and its group free numbers (usermod -u, groupmod -g), then chown the queue directory")


@check("ACC002", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="1")
def number_of_another_account(options: Options, accounts: Accounts, configuration: Configuration) -> Verdicts:
    """Compare the numbers of the submission user and its group with all others."""
    setting = options.get("RunAsUser") if configuration.is_submission else None
    user = account(accounts, user_and_group(setting.value)[0]) if setting is not None else None
    if user is None:
        yield NotApplicable("only a submission user that exists has a number to share")
        return
    yield from _by_user(accounts, user)
    yield from _by_group(accounts, user)


def _by_user(accounts: Accounts, user: Account) -> Verdicts:
    others = [each for each in accounts.users.values() if each.uid == user.uid and each.name != user.name]
    if user.uid == 0 or others:
        shown = ", ".join(each.name for each in others) or "root"
        yield Finding(
            user.fields[2],
            f"{user.name} has the number {user.uid}, which is also that of {shown}",
            f"Whoever runs as {shown} can read, forge and remove all mail that waits in the submission queue.",
            _FIX,
            tuple((each.fields[2], "the same number") for each in others),
        )


def _by_group(accounts: Accounts, user: Account) -> Verdicts:
    own = accounts.group_named(user.name)
    if own is None:
        return
    if own.gid != user.gid:
        yield Finding(
            user.fields[3],
            f"the group of {user.name} is {user.gid} in passwd, and {own.gid} in group",
            "The submission program runs in another group than its queue directory and cannot write there.",
            command(f"usermod -g {quoted(own.name)} {operand(user.name)}", "give it the group's number"),
            ((own.fields[2], "the group's own number"),),
        )
    others: list[Group] = [each for each in accounts.groups.values() if each.gid == own.gid and each.name != own.name]
    if others:
        shown = ", ".join(each.name for each in others)
        yield Finding(
            own.fields[2],
            f"the group {own.name} has the number {own.gid}, which is also that of {shown}",
            f"Members of {shown} can read, forge and remove all mail that waits in the submission queue.",
            _FIX,
            tuple((each.fields[2], "the same number") for each in others),
        )
