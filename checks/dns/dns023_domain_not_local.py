r"""A domain whose mail comes here is no local name.

The host keeps mail only for the names in class w (and those of VIRTUSER_DOMAIN). A domain that has
this host for its MX, or whose addresses the virtusertable maps, and that is in none of the classes,
is a stranger's: strangers may not send to it, and what the host itself sends to it comes back
(cf/README, "WHO AM I?" and virtusertable; Sendmail Installation and Operation Guide, 5.3).

In the log or at the client:
    550 5.7.1 <alice@doe.org>... Relaying denied
    553 5.3.5 doe.org. config error: mail loops back to me (MX problem?)
Bad:
    --- /etc/mail/local-host-names
    john.doe.org
Bad:
    --- /etc/mail/local-host-names
    mail.doe.org
    --- /etc/mail/virtusertable
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB SASLv2 STARTTLS USERDB
          (canonical domain name) $j = john.doe.org
Good:
    --- /etc/mail/local-host-names
    doe.org
    --- ? doe.org MX
    10 john.doe.org
Good:
    --- /etc/mail/local-host-names
    john.doe.org
    --- /etc/mail/virtusertable missing
    --- /etc/mail/virtusertable.db missing
    --- +/etc/mail/relay-domains
    doe.org
    --- ? doe.org MX
    10 john.doe.org
Not when: the domain is relayed to another host, by class R or the mailertable.
See: howto step 9; cf/README, virtusertable.
"""

from collections.abc import Callable, Iterator

from auditor.facts.classes import Classes, LocalNames
from auditor.facts.features import Features
from auditor.facts.given import Host
from auditor.facts.mapfiles import MapFiles
from auditor.facts.network import HostName, Hosts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Unknown
from auditor.readers.flat import words_of
from auditor.readers.maps import MapText
from checks.dns import keeps_no_mail, own_names

#: Classes of domains that this host takes mail for in one way or another.
_CLASSES = ("w", "VirtHost", "R")


@check("DNS023", severity=Severity.HIGH, howto="9")
def domain_not_local(  # noqa: PLR0913  # What shows that a domain's mail comes here stands in several places.
    classes: Classes,
    names: LocalNames,
    host: HostName,
    hosts: Hosts | Unknown,
    files: MapFiles | Unknown,
    asked: Host,
    features: Features | Unknown,
    configuration: Configuration,
) -> Verdicts:
    """Look for domains in the files of class w that were lost, in the virtusertable, and in the DNS."""
    reason = keeps_no_mail(configuration, features)
    if reason is not None:
        yield reason
        return
    lost = list(_lost(names, host))
    for word in lost:
        yield _finding(word.text.lower(), word, f"is named in {word.path}, where it is not read")
    unseen = next((why for name in _CLASSES if (why := classes.unseen(name)) is not None), None)
    if isinstance(files, Unknown):
        yield files
    elif unseen is not None:
        yield Unknown(unseen)
    else:
        exact = own_names(host, hosts) | {member.word.lower() for member in names} | _routed(files)
        exact |= {word.text.lower() for word in lost}
        above = {f".{member.word.lower()}" for name in ("VirtHost", "R") for member in classes.get(name)} | _routed(
            files
        )
        yield from _unknown_here(files, host, asked, lambda domain: _is_known(domain, exact, above))


def _unknown_here(files: MapFiles, host: HostName, asked: Host, is_known: Callable[[str], bool]) -> Verdicts:
    for domain, key in _mapped(files).items():
        if not is_known(domain):
            yield _finding(domain, key, "has addresses in the virtusertable")
    own = host.name.partition(".")[2].lower()
    if "." in own and not is_known(own):
        verdict = _by_dns(asked, own, host)
        if isinstance(verdict, Unknown):
            yield verdict
        elif verdict:
            yield _finding(own, "/etc/mail/local-host-names", f"has {host.name} for its MX")


def _finding(domain: str, at: Span | str, why: str) -> Finding:
    return Finding(
        at,
        f"{domain} {why}, and is no local name",
        "Mail for it is refused as relaying; what this host itself sends there comes back until it bounces.",
        command(
            f"echo {quoted(domain)} >> /etc/mail/local-host-names",
            "name it on a line of its own, then restart sendmail",
        ),
    )


def _lost(names: LocalNames, host: HostName) -> Iterator[Span]:
    """Places in the files of class w that name the host's own domain, where no line gets it into the class."""
    own = host.name.partition(".")[2].lower()
    if "." not in own or names.unseen is not None or any(member.word.lower() == own for member in names):
        return
    for use in names.files:
        for word in _live_words(use.content) if isinstance(use.content, Source) else ():
            if word.text.lower() == own:
                yield word


def _mapped(files: MapFiles) -> dict[str, Span]:
    """The domains of the virtusertable's keys, each with its first key."""
    table = files.get("virtuser")
    found: dict[str, Span] = {}
    for entry in table.text.entries if table is not None and isinstance(table.text, MapText) else ():
        domain = entry.lhs.text.rpartition("@")[2].lower()
        if "@" in entry.lhs.text and "." in domain and domain[0] != "[":
            found.setdefault(domain, entry.lhs)
    return found


def _live_words(source: Source) -> Iterator[Span]:
    for start, line in zip(source.starts, source.text.split("\n"), strict=False):
        if not line.startswith("#"):
            yield from words_of(source.span(start, start + len(line)))


def _routed(files: MapFiles) -> set[str]:
    table = files.get("mailertable")
    if table is None or not isinstance(table.text, MapText):
        return set()
    return {entry.lhs.text.lower() for entry in table.text.entries}


def _by_dns(asked: Host, domain: str, host: HostName) -> bool | Unknown:
    if asked.closed is not None:
        return asked.closed
    records = asked.answers(domain, "MX")
    if isinstance(records, Unknown):
        return records
    return any(record.split()[-1:] == [host.name.lower()] for record in (each.lower().rstrip(".") for each in records))


def _is_known(domain: str, exact: set[str], above: set[str]) -> bool:
    # Class R and a key of the mailertable that begins with a dot also stand for the hosts below a domain.
    return domain in exact or any(f".{domain}".endswith(each) for each in above if each.startswith("."))
