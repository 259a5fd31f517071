r"""testsaslauthd was called with a password on the command line.

What stands on a command line stands in the shell's history and, while the program runs, in the list
of processes. The test should also name the service smtp: without -s it asks for imap, which PAM
may answer otherwise (testsaslauthd(8)).

In the log or at the client:
    0: OK "Success."
Bad:
    --- /root/.bash_history 600 root:root
    testsaslauthd -u alice -p not-a-real-password
Bad:
    --- /root/.bash_history
    testsaslauthd -u alice -p "$password"
Good:
    --- /root/.bash_history
    read -rs password
    testsaslauthd -u alice -s smtp -p "$password"
Not when: the word behind -p is a variable; no history of root's is in sight.
See: howto step 10; testsaslauthd(8).
"""

import re
import shlex
from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Source, decoded
from auditor.model.unknown import NotApplicable, Unknown

#: Where root's commands are kept, and scripts that start saslauthd.
_FILES = (
    *(f"/root/.{name}" for name in ("bash_history", "history", "sh_history", "ash_history", "zsh_history")),
    "/etc/rc.d/rc.local",
    "/etc/rc.d/rc.saslauthd",
    "/etc/rc.local",
)
_CALL = lazy(r"^(?![ \t]*#)[^\n]*?\btestsaslauthd[ \t]+([^\n;&|]*)", re.MULTILINE)
_FIX = Fix('change that password, take the line out, and ask so: read -rs p; testsaslauthd -u USER -s smtp -p "$p"')


@check("SAS031", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="10")
def password_on_the_command_line(tree: Tree) -> Verdicts:
    """Look for the call; what is found there is not shown, nor is its place more than a line's number."""
    found = [tree.read(path, keep=False) for path in _FILES]
    for source in found:
        if isinstance(source, Source):
            yield from _judged(source)
        elif isinstance(source, Unknown):
            yield source
    if not any(isinstance(source, Source | Unknown) for source in found):
        yield NotApplicable("no history of root's is there")


def _judged(source: Source) -> Iterator[Finding]:
    for call in _CALL.finditer(source.text):
        where = f"line {source.text.count(chr(10), 0, call.start(1)) + 1}"
        words = _words(decoded(call[1].encode("latin-1")))
        password, service = _option(words, "-p"), _option(words, "-s")
        if password and "$" not in password and "`" not in password:
            yield Finding(
                source.path,
                f"{where} gives testsaslauthd a password on the command line",
                "Whoever reads the file, or saw the list of processes then, has the password.",
                _FIX,
            )
        if service != "smtp":
            yield Finding(
                source.path,
                f"{where} tests the service {service or 'imap'}, and sendmail asks for smtp",
                "The answer says nothing about logins to sendmail where PAM treats the two apart.",
                Fix("add -s smtp"),
                severity=Severity.INFO,
            )


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _option(words: list[str], letter: str) -> str | None:
    for at, word in enumerate(words):
        if word.startswith(letter):
            return word[len(letter) :] or next(iter(words[at + 1 :]), "")
    return None
