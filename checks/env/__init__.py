"""How the programs were built, and whether the daemons run as they should."""

from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.live import Binary
from auditor.facts.options import Options, Setting
from auditor.model.finding import Finding, Fix
from auditor.model.unknown import Missing, Unknown
from auditor.trees.base import Entry

USUAL_FILE = "/etc/mail/sendmail.mc"
#: Where the daemon's number is kept where the configuration does not say: the source's place, then Debian's.
_PID_FILES = ("/var/run/sendmail.pid", "/run/sendmail.pid", "/var/run/sendmail/mta/sendmail.pid")


def settings_without(
    flag: str, names: tuple[str, ...], binary: Binary, options: Options, consequence: str
) -> Iterator[Finding]:
    """A finding at the first of the named options that is set, where the program lacks the flag they need."""
    if any(each == flag or each.startswith(flag) for each in binary.flags):
        return
    found: list[Setting] = [setting for name in names for setting in options.all(name)]
    if found:
        yield Finding(
            found[0].span,
            f"{found[0].name} is set, and sendmail {binary.version} was built without {flag}",
            consequence,
            Fix(f"install a sendmail that lists {flag} in the output of: sendmail -d0.1 -bt < /dev/null"),
            tuple((setting.span, f"{setting.name} needs it too") for setting in found[1:]),
            (f"Compiled with: {' '.join(sorted(binary.flags))}",),
        )


def pid_file(options: Options, tree: Tree) -> Entry | Missing | Unknown:
    """The file with the daemon's process number and its command line."""
    setting = options.get("PidFile")
    paths = _PID_FILES if setting is None else (setting.value.strip(),)
    entries = [tree.entry(path) for path in paths if path.startswith("/")]
    return next((entry for entry in entries if isinstance(entry, Entry)), Missing(paths[0]))
