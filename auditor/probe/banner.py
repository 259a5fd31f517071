"""What a server tells of itself in its greeting and in its help."""

from __future__ import annotations

import re

from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.probe.relay_forms import DOMAIN
from auditor.probe.smtp import Extensions, Reply

_SOFTWARE = lazy(
    r"\b(Sendmail|Postfix|Exim|qmail|OpenSMTPD|Microsoft|Exchange|Courier|Haraka|Domino|MDaemon|hMailServer|Kerio)\b",
    re.IGNORECASE,
)
_VERSION = lazy(r"(?<![\w.:])v?([0-9]{1,5}(?:\.[0-9A-Za-z]{1,8}){1,5})(?![\w.:])")
# sendmail's default greeting is "$j Sendmail $v/$Z; $b": the binary's version, then that of the .cf (op.me, 5.6,
# SmtpGreetingMessage). Between "ESMTP" and "Sendmail" nothing stands, since sendmail itself puts ESMTP in.
_SENDMAIL = lazy(r"\bSendmail ([0-9][^\s/;]{0,40})(?:/([^\s;]{1,80}))?(?=[\s;]|\Z)")
# sendmail's help file begins with the version; without the file it says "Sendmail 8.18.1 -- HELP not implemented".
_HELP = lazy(r"\bsendmail(?: version)? ([0-9]\S{0,40})", re.IGNORECASE)


@frozen
class Banner:
    """A greeting, taken apart.

    Attributes:
        name: the host name it begins with; empty where its first word is none.
        qualified: whether that name has a domain, as RFC 5321, section 4.3.1, wants it.
        software: the program it names, as written there; empty where none is.
        version: of the program; empty where it is not told.
        cf_version: the ``$Z`` of sendmail's configuration; empty where it is not told.

    """

    name: str
    qualified: bool
    software: str = ""
    version: str = ""
    cf_version: str = ""


def banner(greeting: Reply) -> Banner:
    """Take a greeting apart."""
    first, _, rest = greeting.text.strip().partition(" ")
    name = first.removesuffix(".") if DOMAIN.fullmatch(first.removesuffix(".")) else ""
    qualified = "." in name and not name.replace(".", "").isdigit()
    told = " ".join((rest, *greeting.lines[1:]))
    if found := _SENDMAIL.search(told):
        return Banner(name, qualified, "Sendmail", found[1], found[2] or "")
    software = _SOFTWARE.search(told)
    version = _VERSION.search(told, software.end()) if software else None
    return Banner(name, qualified, software[1] if software else "", version[1] if version else "")


def help_version(reply: Reply) -> str:
    """The version that sendmail tells in its reply to HELP; empty where it tells none."""
    found = _HELP.search("\n".join(reply.lines))
    return found[1] if found else ""


def size_limit(extensions: Extensions) -> int | None:
    """The largest message in bytes (RFC 1870), 0 for no fixed limit; None where SIZE is not offered."""
    if "SIZE" not in extensions:
        return None
    value = next(iter(extensions.parameters("SIZE")), "0")
    # RFC 1870 allows up to 20 digits.
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 20 else 0  # noqa: PLR2004
