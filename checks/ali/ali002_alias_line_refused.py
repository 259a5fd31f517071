r"""A line of the aliases file gives no alias.

An alias is a name in the first column, a colon and what it stands for; lines that begin with a
blank continue the one before, which is also what happens to an alias that was indented by mistake.
newaliases complains of a line without a colon, without a name or a value, and of a name in somebody
else's domain. A line that is indented below a comment vanishes with it and nothing is said. 8.17.1
lost continuation lines (aliases(5); release notes of 8.17.2).

In the log or at the client:
    554 5.3.5 /etc/mail/aliases: line 7: missing colon
    /etc/mail/aliases: line 9: someone@example.net... cannot alias non-local names
Bad:
    webmaster2	root
Bad:
    webmaster2:
Bad:
    # Of the web site.
    \x20webmaster2:	root
Bad:
    someone@example.net:	alice
Good:
    staff:	alice,
    \tbob
Good:
    info@doe.org:	alice
Not when: the name's domain is in class w, or that class cannot be seen in full.
See: aliases(5); Sendmail Installation and Operation Guide, 1.6.2.
"""

from auditor.facts.classes import LocalNames
from auditor.facts.mapfiles import AliasFile, AliasFiles
from auditor.facts.network import HostName
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.aliases import COMPLAINTS

_FORGETFUL = "8.17.1"


@check("ALI002", severity=Severity.HIGH, confidence=Confidence.HIGH)
def alias_line_refused(
    configuration: Configuration,
    aliases: AliasFiles,
    names: LocalNames,
    host: HostName | Unknown,
    version: Version | Unknown,
) -> Verdicts:
    """Read the file as newaliases does."""
    if configuration.is_submission:
        yield NotApplicable("the submission program resolves no aliases")
        return
    own = {member.word.lower() for member in names}
    if isinstance(host, HostName):
        own.add(host.name.lower())
    for file in aliases:
        for node in file.document.refused:
            silent = node.kind == "swallowed"
            yield Finding(
                node.stripped(),
                "the line is indented below a comment and belongs to it"
                if silent
                else f"newaliases: {COMPLAINTS[node.kind]}",
                "The alias is not there: mail to it is returned as to an unknown user.",
                Fix("begin in the first column: name: value"),
            )
        yield from _foreign(file, own, names)
        if isinstance(version, Version) and version.text == _FORGETFUL:
            yield from _continued(file)


def _foreign(file: AliasFile, own: set[str], names: LocalNames) -> Verdicts:
    doubtful = False
    for alias in file.document.aliases:
        domain = alias.key.rpartition("@")[2] if "@" in alias.key else ""
        if not domain or domain in own:
            continue
        if names.unseen is not None:
            doubtful = True
            continue
        yield Finding(
            alias.name,
            f"{alias.name.shown} is in no domain of this host: newaliases leaves it out",
            "Aliases are for local users; an address elsewhere is never looked up there.",
            Fix(f"put the address into the virtusertable, or {domain} into /etc/mail/local-host-names"),
        )
    if doubtful and names.unseen is not None:
        yield Unknown(names.unseen)


def _continued(file: AliasFile) -> Verdicts:
    for alias in file.document.aliases:
        if "\n" in alias.value.text:
            yield Finding(
                alias.name,
                f"sendmail 8.17.1 loses the further lines of {alias.name.shown}",
                "Whoever stands on them gets nothing of the mail.",
                Fix("go to 8.17.2 or later, or write the alias on one line"),
            )
            return
