r"""The file of local names is missing, or nothing reads it.

FEATURE(use_cw_file) fills class w, the names this host takes mail for, from local-host-names. If
the configuration names a file that is not there the daemon does not start; if the file is there and
no line of the configuration reads it, its domains are strangers' domains (cf/README, use_cw_file;
Sendmail Installation and Operation Guide, 5.3).

In the log or at the client:
    fileclass: cannot open '/etc/mail/local-host-names': No such file or directory
    550 5.7.1 <alice@doe.org>... Relaying denied
Bad:
    --- /etc/mail/local-host-names missing
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    define(`confCW_FILE', `/etc/mail/local-host-names')dnl
Good:
    define(`confCW_FILE', `-o /etc/mail/names-of-others')dnl
    LOCAL_DOMAIN(`doe.org mail.doe.org smtp.doe.org')dnl
Not when: the class line has -o, or LOCAL_DOMAIN names every domain that the file has.
See: howto step 9; cf/README, use_cw_file.
"""

import posixpath

from auditor.facts.classes import LocalNames
from auditor.facts.features import Features
from auditor.facts.given import Tree
from auditor.facts.network import HostName, Hosts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, Unknown
from checks.dns import keeps_no_mail, own_names

_USUAL = ("/etc/mail/local-host-names", "/etc/mail/sendmail.cw", "/etc/sendmail.cw")


@check("DNS020", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="9")
def local_names_file_missing(  # noqa: PLR0913  # A file that nothing reads is compared with all that is local.
    names: LocalNames,
    features: Features | Unknown,
    tree: Tree,
    host: HostName | Unknown,
    hosts: Hosts | Unknown,
    configuration: Configuration,
) -> Verdicts:
    """Look for the files that fill class w, and for one of the usual name that fills nothing."""
    reason = keeps_no_mail(configuration, features)
    if reason is not None:
        yield reason
        return
    for use in names.files:
        if isinstance(use.content, Missing) and use.file.kind == "file" and not use.file.optional:
            message = f"class w is read from {use.file.path}, which does not exist"
            fix = command(
                f"touch {quoted(use.file.path)}", "create it, and write each of your domains on a line of its own"
            )
            yield Finding(
                _place(use.file.span, features),
                message,
                "The daemon refuses the configuration and does not start.",
                fix,
            )
    read = {posixpath.normpath(use.file.path) for use in names.files}
    for path in _USUAL:
        if path not in read:
            known = {member.word.lower() for member in names}
            known |= set() if isinstance(host, Unknown) else own_names(host, hosts)
            yield from _unread(tree.read(path), known, names.unseen, host)


def _place(span: Span, features: Features | Unknown) -> Span:
    """The place of the class line, or where only the .mc was read that of the feature which leads to it."""
    uses = features.seen("use_cw_file") if isinstance(features, Features) and not span.text else []
    return uses[-1].span or span if uses else span


def _unread(
    source: Source | Missing | Unknown, known: set[str], unseen: str | None, host: HostName | Unknown
) -> Verdicts:
    lost = (
        [span for span in _first_words(source) if span.text.lower() not in known] if isinstance(source, Source) else []
    )
    if lost and unseen is not None:
        yield Unknown(unseen)
    elif len(lost) == 1 and isinstance(host, Unknown):
        # The one name may be the host's own, which needs no line.
        yield host
    elif lost:
        yield Finding(
            lost[0],
            f"nothing reads {lost[0].path}, which names {', '.join(span.text for span in lost[:4])}",
            "Mail for these domains is refused as relaying, or sent out again until it loops.",
            Fix("add FEATURE(`use_cw_file')dnl above the mailers and rebuild the configuration"),
            severity=Severity.HIGH,
        )


def _first_words(source: Source) -> list[Span]:
    """The first word of each line that is no comment, where it has a dot."""
    found = []
    for start, line in zip(source.starts, source.text.split("\n"), strict=False):
        word = line.split()[:1]
        if word and not line.startswith("#") and "." in word[0].strip("."):
            at = start + line.index(word[0])
            found.append(source.span(at, at + len(word[0])))
    return found
