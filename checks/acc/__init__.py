"""The accounts sendmail runs as, and the directories it keeps mail in."""

import posixpath
import re

from auditor.facts.accounts import Account, Accounts
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.model.text import Span
from auditor.model.unknown import Missing, Unknowable, Unknown
from auditor.trees.base import Entry

USUAL_FILE = "/etc/mail/sendmail.mc"
#: Where the program is; mailwrapper on the BSDs and other mailers' stand-ins are links or programs of other names.
_PROGRAMS = ("/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/libexec/sendmail/sendmail")


def queue_directories(options: Options, tree: Tree, usual: str) -> tuple[Span | str, tuple[str, ...]]:
    """The place that names the queue, and its directories: those that fit a value ending in ``*`` (op.me, 5.6).

    Raises:
        Unknowable: the option, or what fits it, cannot be seen.

    """
    setting = options.get("QueueDirectory")
    at: Span | str = usual if setting is None else setting.span
    path = usual if setting is None else setting.value.strip()
    directory, prefix = posixpath.split(path)
    if not prefix.endswith("*"):
        return at, (path.rstrip("/"),)
    names = tree.names(directory)
    if isinstance(names, Unknown):
        raise Unknowable(names)
    if isinstance(names, Missing):
        return at, (directory,)
    below = (posixpath.join(directory, name) for name in names if name.startswith(prefix.rstrip("*")))
    return at, tuple(each for each in below if _is_directory(tree, each)) or (directory,)


def _is_directory(tree: Tree, path: str) -> bool:
    entry = tree.entry(path)
    return isinstance(entry, Entry) and entry.kind.value == "directory"


def user_and_group(value: str) -> tuple[str, str]:
    """The parts of an option such as DefaultUser: ``mail:mail``, ``8.12`` or a name alone."""
    parts = re.split(r"\s*[:./]\s*", value.strip(), maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def account(accounts: Accounts, user: str) -> Account | None:
    """The account of a name or number, or None where there is none.

    Raises:
        Unknowable: no file has it, but something else than files may.

    """
    return accounts.user_of(int(user)) if user.isdecimal() and user.isascii() else accounts.user(user)


def program(tree: Tree) -> Entry | Missing | Unknown:
    """The sendmail program, links followed; a program of another name is another mailer's and is unknown."""
    found: Entry | Missing | Unknown = Missing(_PROGRAMS[0])
    for path in _PROGRAMS:
        found = tree.entry(path)
        if isinstance(found, Entry) and re.fullmatch(r"sendmail(?:[.-]\w+)*", posixpath.basename(found.real)):
            return found
    if isinstance(found, Entry):
        return Unknown(f"{found.path} is not sendmail, but {found.real}")
    return found
