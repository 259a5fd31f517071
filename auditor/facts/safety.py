"""Whether sendmail would use a file: its own test of modes, owners and directories, for one configuration."""

from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknowable, Unknown, known
from auditor.sendmail.file_demands import Purpose
from auditor.sendmail.identity import Identity, run_as
from auditor.sendmail.safefile import Verdict, judge, writable_directories
from auditor.trees.base import Entry, Kind, Owners

__all__ = ["Entry", "FileSafety", "Kind", "Owners", "Purpose", "Verdict"]


@fact(Configuration)
class FileSafety:
    """What sendmail makes of files, as RunAsUser and with the flags of DontBlameSendmail that this configuration sets.

    A daemon is started by root, and that is what is judged. Where an ordinary user submits mail through ``submit.cf``,
    sendmail asks nothing of directories.

    Args:
        tree: the filesystem.
        who: as whom sendmail opens files, or unknown where that may be set out of sight.
        relaxed: the flags of DontBlameSendmail in lower case, or unknown likewise.

    """

    def __init__(self, tree: Tree, who: Identity | Unknown, relaxed: frozenset[str] | Unknown) -> None:
        self.tree = tree
        self._who = who
        self._relaxed = relaxed
        self._verdicts: dict[tuple[str, Purpose], Verdict | Unknown] = {}

    @property
    def who(self) -> Identity:
        """As whom sendmail opens files.

        Raises:
            Unknowable: RunAsUser or TrustedUser may be set where it cannot be seen.

        """
        return known(self._who)

    @property
    def relaxed(self) -> frozenset[str]:
        """The flags of DontBlameSendmail, in lower case.

        Raises:
            Unknowable: the option may be set where it cannot be seen.

        """
        return known(self._relaxed)

    def of(self, path: str, purpose: Purpose) -> Verdict:
        """Whether sendmail uses the file at an absolute path for a purpose.

        Raises:
            Unknowable: what is known of owners, modes and options does not decide.

        """
        return known(self.ask(path, purpose))

    def ask(self, path: str, purpose: Purpose) -> Verdict | Unknown:
        """The verdict, or why there is none."""
        key = (path, purpose)
        if key not in self._verdicts:
            self._verdicts[key] = self._judged(path, purpose)
        return self._verdicts[key]

    def writable_directories(self, path: str) -> list[Verdict]:
        """The directories on the way to a path, itself included if it is one, that sendmail finds writable by others.

        Raises:
            Unknowable: modes or options are not known, and nothing that is known is amiss.

        """
        return known(writable_directories(self.tree, path, self.relaxed))

    def _judged(self, path: str, purpose: Purpose) -> Verdict | Unknown:
        if isinstance(self._who, Unknown):
            return self._who
        if isinstance(self._relaxed, Unknown):
            return self._relaxed
        return judge(self.tree, path, purpose, self._who, self._relaxed)


@provider
def file_safety(tree: Tree, options: Options) -> FileSafety:
    """The test with the options of one configuration; an option out of sight leaves its verdicts unknown."""
    return FileSafety(tree, _who(tree, options), _relaxed(options))


def _who(tree: Tree, options: Options) -> Identity | Unknown:
    try:
        runner, trusted = options.get("RunAsUser"), options.get("TrustedUser")
    except Unknowable as error:
        return error.unknown
    return run_as(tree, None if runner is None else runner.value, None if trusted is None else trusted.value)


def _relaxed(options: Options) -> frozenset[str] | Unknown:
    try:
        return frozenset(options.words("DontBlameSendmail"))
    except Unknowable as error:
        return error.unknown
