"""How saslauthd, the daemon that verifies passwords for libsasl, is started."""

from collections.abc import Iterator

from auditor.facts.commands import Script, Started, script_commands, unit_commands
from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.text import Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.expansion import Argument
from auditor.readers.flat import split

#: The options of saslauthd that take a value (saslauthd(8)).
_VALUED = frozenset("aHmnOst")
_SOCKET = "mux"


@fact(Install)
@frozen
class Saslauthd:
    """How saslauthd is started.

    Attributes:
        argv: the words behind the program.
        span: the place of the command line, or of the setting that stands for it.
        doubt: why there may be more words than these, or None.
        is_enabled: False where Debian's START, or an rc.conf, keeps it from being started; None where nothing tells.

    """

    argv: tuple[Argument, ...]
    span: Span
    doubt: str | None = None
    is_enabled: bool | None = None

    def options(self) -> Iterator[tuple[str, Argument]]:
        """The options, each its letter and its value, which is the empty word ``-x`` itself where it has none."""
        words = iter(self.argv)
        for word in words:
            if not word.text.startswith("-") or word.text in ("-", "--"):
                return
            for at in range(1, len(word.text)):
                letter, value = word.text[at], word.text[at + 1 :]
                if letter not in _VALUED:
                    yield letter, Argument("", word.span)
                    continue
                following = None if value else next(words, None)
                yield letter, following or Argument(value, word.span.find(value) if value else word.span)
                break

    def get(self, letter: str) -> Argument | None:
        """The value of the last option of a letter; an empty one for a flag that is there, None where it is not.

        Raises:
            Unknowable: the option is not in sight, but not all words are known.

        """
        found = [value for each, value in self.options() if each == letter]
        if not found and self.doubt is not None:
            raise Unknowable(self.doubt)
        return found[-1] if found else None

    @property
    def mechanism(self) -> Argument | None:
        """What it verifies passwords with (``-a``); raises as ``get`` does."""
        return self.get("a")

    @property
    def run_directory(self) -> Argument | None:
        """The directory of its socket (``-m``), or None for the one it was built with; raises as ``get`` does."""
        return self.get("m")

    @property
    def socket(self) -> str | None:
        """The path of its socket, or None for the one it was built with; raises as ``get`` does."""
        directory = self.run_directory
        return None if directory is None else f"{directory.text.rstrip('/')}/{_SOCKET}"


@provider
def saslauthd(tree: Tree) -> Saslauthd | Unknown:
    """Look where distributions say how saslauthd is started, and take the first place that says anything."""
    units = unit_commands(tree, ("saslauthd.service",), ("saslauthd",))
    if units:
        return _started(units[0])
    for look in (_debian, _scripted, _configured):
        found = look(tree)
        if found is not None:
            return found
    return Unknown("no unit, start script or default file in sight tells how saslauthd is started")


def _started(started: Started, *, is_enabled: bool | None = None) -> Saslauthd:
    return Saslauthd(started.argv, started.span, started.doubt, is_enabled)


def _debian(tree: Tree) -> Saslauthd | None:
    """What Debian's start script makes of /etc/default/saslauthd."""
    script = Script(tree)
    if not script.take("/etc/default/saslauthd") or "MECHANISMS" not in script.variables:
        return None
    argv: list[Argument] = []
    doubt = None
    for flag, name in (("-a", "MECHANISMS"), ("-O", "MECH_OPTIONS"), ("", "OPTIONS"), ("-n", "THREADS")):
        value = script.variables.get(name)
        if value is None or not value.text:
            doubt = doubt if value is None or value.text is not None else f"{name} is only known to a running shell"
            continue
        argv += [Argument(flag, value.span)] if flag else []
        argv += [Argument(word, value.span.find(word)) for word in split(value.text)]
    start = script.variables.get("START")
    is_enabled = None if start is None or start.text is None else start.text == "yes"
    return Saslauthd(tuple(argv), script.variables["MECHANISMS"].span, doubt, is_enabled)


def _scripted(tree: Tree) -> Saslauthd | None:
    scripts = script_commands(tree, ("rc.saslauthd", "saslauthd"), ("saslauthd",))
    return _started(scripts[0]) if scripts else None


def _configured(tree: Tree) -> Saslauthd | None:
    """What the settings of Red Hat, Gentoo and FreeBSD come to where no start script is in sight."""
    for path, names, enable in (
        ("/etc/sysconfig/saslauthd", (("-m", "SOCKETDIR"), ("-a", "MECH"), ("", "FLAGS")), None),
        ("/etc/conf.d/saslauthd", (("", "SASLAUTHD_OPTS"),), None),
        ("/etc/rc.conf", (("", "saslauthd_flags"),), "saslauthd_enable"),
    ):
        script = Script(tree)
        script.take(path)
        found = [(flag, script.variables[name]) for flag, name in names if name in script.variables]
        argv: list[Argument] = []
        for flag, value in found:
            argv += [Argument(flag, value.span)] if flag and value.text else []
            argv += [Argument(word, value.span.find(word)) for word in split(value.text or "")]
        if found:
            doubt = "a setting is only known to a running shell" if any(v.text is None for _, v in found) else None
            switch = script.variables.get(enable or "")
            is_enabled = None if switch is None or switch.text is None else switch.text.lower() in ("yes", "true", "on")
            return Saslauthd(tuple(argv), found[0][1].span, doubt, is_enabled)
    return None
