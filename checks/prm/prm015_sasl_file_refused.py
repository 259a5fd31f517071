r"""sendmail does not let libsasl use its configuration or a plug-in.

Of each file that libsasl wants to open sendmail asks the same as of its own: no directory on the
way and not the file itself may be writable by everybody, directories not by their group either, and
sendmail must be allowed to read it. Otherwise the file is passed over, and libsasl goes on without:
with its own defaults, that is with passwords from sasldb2 and every mechanism there is
(sendmail/README, SASL; tried with 8.17).

In the log or at the client:
    error: safesasl(/usr/lib64/sasl2/Sendmail.conf) failed: World writable file
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf 666 root:root
Bad:
    --- /usr/lib64/sasl2 775 root:staff directory
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf 640 bob:bob
Good:
    --- /usr/lib64/sasl2/Sendmail.conf 600 root:root
Not when: the file is not there, or libsasl does not look there.
See: howto step 10; sendmail/README.
"""

from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.safety import FileSafety, Purpose
from auditor.facts.sasl import SASLConfig
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.keyvalue import KeyValueText
from auditor.sendmail.safefile import NOT_A_DIRECTORY, NOT_THERE


@check("PRM015", severity=Severity.HIGH)
def sasl_file_refused(sasl: SASLConfig, safety: FileSafety, tree: Tree, configuration: Configuration) -> Verdicts:
    """Judge Sendmail.conf and the plug-ins beside it, each fault once."""
    if configuration.is_submission:
        yield NotApplicable("the daemon's configuration tells it")
        return
    seen = set()
    for path in _files(sasl, tree):
        if isinstance(path, Unknown):
            yield path
            continue
        verdict = safety.ask(path, Purpose.SASL)
        if isinstance(verdict, Unknown):
            yield verdict
        elif not verdict.ok and verdict.reason not in (NOT_THERE, NOT_A_DIRECTORY) and verdict.at not in seen:
            seen.add(verdict.at)
            at = verdict.at or path
            denied = "Permission" in (verdict.reason or "")
            yield Finding(
                path,
                f"sendmail does not let libsasl use {path}: {verdict.reason}" + (f" ({at})" if at != path else ""),
                "libsasl goes on with its own defaults: passwords from sasldb2, every mechanism offered; logins fail."
                if path.endswith(".conf")
                else "Its mechanism is not offered.",
                command(
                    f"chown root {quoted(at)}; chmod 644 {quoted(at)}" if denied else f"chmod go-w {quoted(at)}",
                    "make it safe",
                ),
            )


def _files(sasl: SASLConfig, tree: Tree) -> Iterator[str | Unknown]:
    searched = [each for each in sasl.candidates if each.is_searched]
    for each in searched:
        if isinstance(each.document, KeyValueText):
            yield each.path
            break
        if isinstance(each.document, Unknown):
            yield each.document
    for directory in dict.fromkeys(each.path.rpartition("/")[0] for each in searched if "/lib" in each.path):
        names = tree.names(directory)
        if isinstance(names, Unknown):
            yield names
        elif isinstance(names, tuple):
            yield from (f"{directory}/{name}" for name in names if ".so" in name)
