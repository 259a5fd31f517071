r"""The directory of saslauthd's socket lets in too many, or not enough.

The socket itself is open to everybody; its directory decides who may ask. If everybody may enter, any
local user or broken web program can try passwords against it unseen. A sendmail that has given up
root's rights (RunAsUser) must be in the directory's group, or every login fails (saslauthd(8)).

In the log or at the client:
    cannot connect to saslauthd server: Permission denied
Bad:
    --- /var/state/saslauthd 755 root:root
Bad:
    define(`confRUN_AS_USER', `mailnull')dnl
Good:
    --- /var/state/saslauthd 710 root:mail
Not when: the directory cannot be seen, or something else verifies passwords.
See: howto step 10; saslauthd(8).
"""

import posixpath

from auditor.facts.auth import AuthOffer
from auditor.facts.given import Tree
from auditor.facts.safety import Entry, FileSafety, Owners
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import operand, quoted
from auditor.model.unknown import NotApplicable, Unknown, known
from auditor.sendmail.identity import Identity
from checks.sas import SOCKETS, not_asked

_EVERYBODY, _SEARCH = 0o001, (0o100, 0o010, 0o001)
_MAY_WRITE = 0o002


@check("SAS033", severity=Severity.HIGH, howto="10")
def socket_directory_rights(
    offer: AuthOffer, daemon: Saslauthd | Unknown, tree: Tree, safety: FileSafety | Unknown
) -> Verdicts:
    """Judge the directory for sendmail and for everybody else."""
    useless = not_asked(offer)
    if useless is not None:
        yield useless
        return
    path = _directory(offer, daemon, tree)
    entry = None if path is None else tree.entry(path)
    if path is None or not isinstance(entry, Entry):
        yield entry if isinstance(entry, Unknown) else NotApplicable("the socket's directory is not there")
        return
    owners = known(entry.owners)
    who = known(safety).who
    if _may_enter(who, owners) is False:
        yield Finding(
            path,
            f"sendmail runs as {who.user or who.uid}, who may not enter {path} ({owners.octal})",
            "saslauthd cannot be reached, and every login fails.",
            command(
                f"usermod -a -G {quoted(str(owners.group or owners.gid))} {operand(str(who.user or who.uid))}",
                "put the user into the group",
            ),
        )
    if owners.mode & _EVERYBODY and _is_open(tree, path):
        yield Finding(
            path,
            f"everybody may enter {path} ({owners.octal}) and ask saslauthd",
            "Any local user can try passwords there as fast as the host allows.",
            command(
                f"chgrp sasl {quoted(path)} && chmod 710 {quoted(path)}",
                "let in root and the group of those who may ask",
            ),
            severity=Severity.MEDIUM,
        )


def _directory(offer: AuthOffer, daemon: Saslauthd | Unknown, tree: Tree) -> str | None:
    line = known(offer.settings).get("saslauthd_path")
    given = None if isinstance(daemon, Unknown) else daemon.run_directory
    if line is not None:
        return posixpath.dirname(line.value.text)
    usual = [posixpath.dirname(path) for path in SOCKETS]
    found = [each for each in usual if isinstance(tree.entry(each), Entry)]
    return given.text.rstrip("/") if given is not None else next(iter(found), usual[0])


def _may_enter(who: Identity, owners: Owners) -> bool | None:
    if who.is_root:
        return True
    owns, is_member = who.owns(owners), who.in_group(owners)
    if owns is None or is_member is None:
        return None
    return bool(owners.mode & _SEARCH[0 if owns else 1 if is_member else 2])


def _is_open(tree: Tree, directory: str) -> bool:
    """Whether the socket itself is open to everybody, as it always is where saslauthd made it."""
    entry = tree.entry(f"{directory}/mux")
    owners = entry.owners if isinstance(entry, Entry) else None
    return not isinstance(owners, Owners) or bool(owners.mode & _MAY_WRITE)
