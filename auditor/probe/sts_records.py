"""The TXT records of MTA-STS (RFC 8461, section 3.1) and of reports on TLS (RFC 8460, section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.probe.words import excerpt

#: Places and problems that are looked at, and bytes of a record.
_MOST = 100
_RECORD_LIMIT = 2048
_ID = lazy(r"[A-Za-z0-9]{1,32}")
_EXTENSION = lazy(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_VALUE = lazy(r"[!-:<>-~]+")
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
