"""MTA-STS, by which a domain tells others to insist on TLS (RFC 8461), and reports of their failures (RFC 8460).

Nothing that a domain publishes is an error of ours: what is wrong with it comes back as clauses for a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.model.pattern import lazy
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.https import Page, fetch
from auditor.probe.resolver import Answer, Resolver
from auditor.probe.words import excerpt
from auditor.readers.host_names import any_matches, normal

if TYPE_CHECKING:
    import ssl

POLICY_PATH = "/.well-known/mta-sts.txt"
#: A policy may be kept for a year and six hours at most (section 3.2).
LONGEST_AGE = 31_557_600
MODES = ("enforce", "testing", "none")
#: Patterns, records and problems that are looked at.
_MOST = 100
_RECORD_LIMIT = 2048
_ID = lazy(r"[A-Za-z0-9]{1,32}")
_EXTENSION = lazy(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_VALUE = lazy(r"[!-:<>-~]+")
_FIELD = lazy(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*([^\x00-\x1f\x7f]*?)[ \t]*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PATTERN = lazy(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_HOST = lazy(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_AGE = lazy(r"[0-9]{1,10}")
#: A comma, an exclamation mark and a semicolon are to be written as escapes in an address.
_MAILTO = lazy(r"(?i:mailto:)[^\x00-\x20\x7f-\xff@,!;]+@[^\x00-\x20\x7f-\xff@,!;]+")
_HTTPS = lazy(r"(?i:https://)[^\x00-\x20\x7f-\xff,!;/]+[^\x00-\x20\x7f-\xff,!;]*")


@frozen
class STSRecord:
    """The TXT record by which a domain says that it has a policy.

    Attributes:
        id: changes with the policy; None where the record is not good for anything.
        text: the record, or the records, as far as they are shown.
        problems: what is wrong, a clause each.

    """

    id: str | None
    text: str
    problems: tuple[str, ...] = ()


@frozen
class Policy:
    """A policy's file.

    Attributes:
        version: its version, None where it has none.
        mode: ``enforce``, ``testing``, ``none``, or None where there is none of these.
        mx: the patterns for exchangers' names that can be used, in lower case.
        max_age: for how many seconds it may be kept, None where that is not told.
        problems: what is wrong, a clause each.

    """

    version: str | None
    mode: str | None
    mx: tuple[str, ...]
    max_age: int | None
    problems: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether senders can go by it."""
        told = self.version == "STSv1" and self.mode is not None and self.max_age is not None
        return told and (bool(self.mx) or self.mode == "none")

    def names(self, host: str) -> bool:
        """Whether one of its patterns is that of a host; a wildcard stands for exactly one label (section 4.1)."""
        host = normal(host)
        above = host.partition(".")[2]
        return any(pattern == host or (bool(above) and pattern == f"*.{above}") for pattern in self.mx)


@frozen
class STS:
    """What senders learn of a domain's policy.

    Attributes:
        domain: the domain.
        record: its record, None where it has none, or why that is not known.
        page: what the policy's server answered, or why that is not known; None where nobody asks, for want of a record.
        policy: the policy, None where it was not got.

    """

    domain: str
    record: STSRecord | Unknown | None
    page: Page | Unknown | None = None
    policy: Policy | None = None


@frozen
class Covered:
    """One exchanger against a policy.

    Attributes:
        host: the exchanger.
        is_named: whether the policy names it.
        fits: whether its certificate has its name, or why that is not known.

    """

    host: str
    is_named: bool
    fits: bool | Unknown


@frozen
class Reporting:
    """Where others are to report that TLS failed.

    Attributes:
        addresses: the addresses, ``mailto:`` and ``https:``, that can be used.
        text: the record, or the records, as far as they are shown.
        problems: what is wrong, a clause each.

    """

    addresses: tuple[str, ...]
    text: str
    problems: tuple[str, ...] = ()


def around(
    resolver: Resolver, domain: str, *, port: int = 443, context: ssl.SSLContext | None = None, seconds: float = 10.0
) -> STS:
    """Ask for a domain's record, and for its policy where there is one.

    Args:
        resolver: who is asked.
        domain: the domain whose mail it is about.
        port: the port of the policy's server, 443 for all the world.
        context: decides what certificate of that server is trusted; None stands for what the system trusts.
        seconds: how long fetching may take.

    """
    answer = resolver.ask(f"_mta-sts.{domain}", "TXT")
    if isinstance(answer, Unknown):
        return STS(domain, answer)
    record = read_record(answer.records)
    if record is None or record.id is None:
        return STS(domain, record)
    page = _fetched(resolver, f"mta-sts.{normal(domain)}", port, context, seconds)
    whole = isinstance(page, Page) and page.fault is None
    return STS(domain, record, page, read_policy(page.text) if whole and isinstance(page, Page) else None)


def reporting(resolver: Resolver, domain: str) -> Reporting | Unknown | None:
    """Ask where a domain wants reports of failures; None where it wants none."""
    answer = resolver.ask(f"_smtp._tls.{domain}", "TXT")
    return answer if isinstance(answer, Unknown) else read_reporting(answer.records)


def covered(policy: Policy, certificates: Mapping[str, tuple[str, ...] | Unknown]) -> tuple[Covered, ...]:
    """Hold exchangers against a policy.

    Args:
        policy: the policy.
        certificates: for each exchanger the DNS names among its certificate's alternative names; senders look at no
            others (section 4.2).

    """
    return tuple(
        Covered(host, policy.names(host), names if isinstance(names, Unknown) else any_matches(names, host))
        for host, names in certificates.items()
    )


def read_record(texts: Sequence[str]) -> STSRecord | None:
    """The record among the TXT records of ``_mta-sts.DOMAIN`` (section 3.1); None where there is none."""
    found = _chosen(texts, "STSv1")
    if found is None:
        return None
    ids = [value for name, value in found.fields if name == "id"]
    problems = list(found.problems)
    if len(ids) > 1:
        problems.append("the record has more than one id")
    if found.is_single and not ids:
        problems.append("the record has no id")
    if ids and not _ID.fullmatch(ids[0]):
        problems.append(f"the id {excerpt(ids[0])} is not of 1 to 32 letters and digits")
    return STSRecord(ids[0] if ids and _ID.fullmatch(ids[0]) else None, found.text, tuple(problems))


def read_reporting(texts: Sequence[str]) -> Reporting | None:
    """The record among the TXT records of ``_smtp._tls.DOMAIN`` (RFC 8460, section 3); None where there is none."""
    found = _chosen(texts, "TLSRPTv1")
    if found is None:
        return None
    places = [uri.strip(" \t") for name, value in found.fields if name == "rua" for uri in value.split(",")]
    good = tuple(uri for uri in places[:_MOST] if _MAILTO.fullmatch(uri) or _HTTPS.fullmatch(uri))
    problems = [*found.problems]
    if found.is_single and not places:
        problems.append("the record has no rua, which says where reports go")
    problems += [f"reports cannot be sent to {excerpt(uri) or 'nowhere'}" for uri in places[:_MOST] if uri not in good]
    return Reporting(good, found.text, tuple(problems))


def read_policy(text: str) -> Policy:
    """Read a policy's file (section 3.2); of a field that is there twice the first one counts, ``mx`` aside."""
    fields: dict[str, str] = {}
    patterns: list[str] = []
    problems: list[str] = []
    lines = text.removesuffix("\n").removesuffix("\r").split("\n")
    for number, line in enumerate(lines[: 2 * _MOST], 1):
        field = _FIELD.fullmatch(line.removesuffix("\r"))
        if field is None:
            problems.append(f"line {number} is no field and its value: {excerpt(line) or 'it is empty'}")
        elif field[1] == "mx":
            patterns.append(field[2])
        elif field[1] in fields:
            problems.append(f"{field[1]} is there twice, and only the first one counts")
        else:
            fields[field[1]] = field[2]
    if len(lines) > 2 * _MOST:
        problems.append(f"the lines after the first {2 * _MOST} were not looked at")
    problems += _faults(fields, patterns)
    mode, age = fields.get("mode"), fields.get("max_age", "")
    return Policy(
        fields.get("version"),
        mode if mode in MODES else None,
        tuple(pattern.lower() for pattern in patterns if _PATTERN.fullmatch(pattern)),
        int(age) if _AGE.fullmatch(age) and int(age) <= LONGEST_AGE else None,
        tuple(problems),
    )


def _faults(fields: Mapping[str, str], patterns: Sequence[str]) -> Iterator[str]:
    yield from (f"the policy has no {name}" for name in ("version", "mode", "max_age") if name not in fields)
    if fields.get("version", "STSv1") != "STSv1":
        yield f"there is no version {excerpt(fields['version'])}"
    if fields.get("mode", "none") not in MODES:
        yield f"there is no mode {excerpt(fields['mode'])}"
    age = fields.get("max_age", "0")
    if not _AGE.fullmatch(age) or int(age) > LONGEST_AGE:
        yield f"max_age is {excerpt(age)}, where seconds belong, {LONGEST_AGE} at most"
    if not patterns and fields.get("mode") != "none":
        yield "the policy names no exchanger"
    wrong = [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]
    yield from (f"{excerpt(pattern) or 'an empty mx'} is no pattern for an exchanger's name" for pattern in wrong)


@frozen
class _Chosen:
    """The TXT records that are meant for a purpose, and the fields if it is but one."""

    text: str
    is_single: bool
    fields: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()


def _chosen(texts: Sequence[str], version: str) -> _Chosen | None:
    """Senders pass over records that do not begin with the version, and use none where more than one does."""
    start = f"v={version}"
    own = [text for text in texts if text.startswith(start) and text[len(start) :].lstrip(" \t").startswith(";")]
    if len(own) == 1:
        return _fields(own[0])
    if own:
        problem = f"there are {len(own)} records of {start}, so that senders use none"
        return _Chosen(" | ".join(map(excerpt, own[:3])), is_single=False, problems=(problem,))
    near = next((text for text in texts if _loose(text).startswith(_loose(start))), None)
    if near is None:
        return None
    return _Chosen(
        excerpt(near), is_single=False, problems=(f"the record does not begin with {start}; and is passed over",)
    )


def _loose(text: str) -> str:
    return "".join(character for character in text[:40].lower() if character not in " \t\"'")


def _fields(text: str) -> _Chosen:
    _, *parts = [part.strip(" \t") for part in text[:_RECORD_LIMIT].split(";")]
    if parts and not parts[-1]:
        parts.pop()
    found, problems = [], []
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and name in ("id", "rua"):
            found.append((name, value))
        elif not (equals and _EXTENSION.fullmatch(name) and _VALUE.fullmatch(value)):
            problems.append(f"{excerpt(part) or 'an empty field'} is no field of the record")
    if len(text) > _RECORD_LIMIT:
        problems.append(f"what follows the first {_RECORD_LIMIT} bytes of the record was not looked at")
    return _Chosen(excerpt(text), is_single=True, fields=tuple(found), problems=tuple(problems[:_MOST]))


def _fetched(
    resolver: Resolver, host: str, port: int, context: ssl.SSLContext | None, seconds: float
) -> Page | Unknown:
    if not _HOST.fullmatch(host):
        return Unknown(f"{excerpt(host)} is no host name")
    answers = resolver.ask_all([(host, "A"), (host, "AAAA")])
    addresses = [record for answer in answers if isinstance(answer, Answer) for record in answer.records]
    failed = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    if not addresses:
        return failed or Page(None, "", "", f"{host}, where the policy belongs, has no address")
    return fetch(host, POLICY_PATH, addresses, port=port, context=context, seconds=seconds)
