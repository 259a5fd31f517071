r"""sendmail is started with another .cf, or a second sendmail.cf lies where old versions look.

Since 8.10 sendmail reads /etc/mail/sendmail.cf, earlier ones read /etc/sendmail.cf; what -C names
comes before either. A file that nobody reads is a trap for whoever edits it (op.me, "Command Line
Flags"; the release notes of 8.10).

In the log or at the client:
    nothing; "I have changed it, and sendmail does not care"
Bad:
    --- /etc/sendmail.cf
    V9/Berkeley
    DZ8.9.3
    O LogLevel=9
Bad:
    --- /etc/rc.d/rc.sendmail 755 root
    #!/bin/sh
    /usr/sbin/sendmail -C /etc/mail/test.cf -L sm-mta -bd -q25m
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Good:
    --- /etc/sendmail.cf link to mail/sendmail.cf
Good:
    --- /etc/rc.d/rc.sendmail 755 root
    #!/bin/sh
    /usr/sbin/sendmail -C /etc/mail/sendmail.cf -L sm-mta -bd -q25m
    /usr/sbin/sendmail -L sm-msp-queue -Ac -q25m
Not when: one is a link to the other; another daemon of the same host reads the usual file, as where
    several run.
See: op.me, "Command Line Flags".
"""

import posixpath
from collections.abc import Iterator, Sequence

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.daemon import DaemonArguments, Invocation
from auditor.facts.given import Tree
from auditor.facts.live import Processes
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, command
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.cf import CfDocument
from auditor.trees.base import Entry

_OLD = "/etc/sendmail.cf"
_USUAL = "/etc/mail/sendmail.cf"


@check("DRF006", severity=Severity.HIGH)
def another_cf_is_read(
    configuration: Configuration,
    files: ConfigurationFiles,
    tree: Tree,
    arguments: DaemonArguments | Unknown,
    processes: Processes | Unknown,
) -> Verdicts:
    """Compare the places, and what the start scripts and the running daemons name."""
    if configuration.is_submission:
        yield NotApplicable("the submission program reads submit.cf only")
        return
    if not isinstance(files.cf, CfDocument):
        yield NotApplicable("there is no .cf in a usual place")
        return
    yield from _two(tree)
    told = False
    if isinstance(arguments, DaemonArguments):
        daemons = [each for each in arguments.invocations if each.is_daemon and not each.is_submission]
        for each in _named([(_file(each), _place(each)) for each in daemons], files.cf_path, tree):
            told = True
            yield each
    if isinstance(processes, Processes) and not told:
        yield from _named(list(_running(processes)), files.cf_path, tree)


def _two(tree: Tree) -> Iterator[Finding]:
    old, usual = tree.entry(_OLD), tree.entry(_USUAL)
    if not isinstance(old, Entry) or not isinstance(usual, Entry) or old.real == usual.real:
        return
    one, other = tree.read(_OLD), tree.read(_USUAL)
    if not isinstance(one, Source) or not isinstance(other, Source):
        return
    same = one.data == other.data
    yield Finding(
        _OLD,
        f"there is {_OLD} beside {_USUAL}{', with the same content' if same else ''}",
        "sendmail reads one of the two; a change of the other has no effect.",
        command(f"mv {_OLD} {_OLD}.old", "put away the one that is not read, by every sendmail since 8.10 this"),
        severity=Severity.LOW if same else Severity.MEDIUM,
    )


def _named(found: Sequence[tuple[str | None, Span | None]], path: str, tree: Tree) -> Iterator[Finding]:
    # Where several daemons run, the usual file is one of theirs.
    if not found or any(name is None or _real(tree, name) == _real(tree, path) for name, _ in found):
        return
    name, place = found[0]
    yield Finding(
        place if place is not None else path,
        f"the daemon {'is started' if place is not None else 'runs'} with -C {name}, and reads nothing of {path}",
        f"What {path} says, and every change of it, has no effect.",
        Fix(f"start the daemon without -C, or remove {path}"),
    )


def _running(processes: Processes) -> Iterator[tuple[str | None, None]]:
    """The files that running daemons name; a title hides the command line of most, which may be of any file."""
    for each in processes.of("sendmail"):
        title = " ".join(each.words)
        if "accepting connections" in title:
            yield None, None
        elif any(word in ("-bd", "-bD") for word in each.words):
            yield _argument(each.words), None


def _file(invocation: Invocation) -> str | None:
    named = invocation.values("C")
    return posixpath.normpath(named[-1].strip()) if named and named[-1].strip() else None


def _place(invocation: Invocation) -> Span:
    return next((span for option, span in invocation.options() if option[1] == "C"), invocation.span)


def _real(tree: Tree, path: str) -> str:
    entry = tree.entry(path)
    return entry.real if isinstance(entry, Entry) else path


def _argument(words: tuple[str, ...]) -> str | None:
    """The file that the words of a command line name with -C."""
    for at, word in enumerate(words[1:], 1):
        if word.startswith("-C"):
            return posixpath.normpath(word[2:] or (words[at + 1] if at + 1 < len(words) else ""))
    return None
