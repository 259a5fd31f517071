"""SMTP AUTH with Cyrus SASL: what is offered to whom, and who verifies the passwords."""

import re
from collections.abc import Iterator, Sequence

from auditor.facts.auth import AuthOffer
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Tree
from auditor.facts.options import Setting
from auditor.facts.safety import Entry
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.options import letters_read

USUAL_FILE = "/etc/mail/sendmail.mc"
#: The mechanisms that a public server with passwords wants.
MECHANISMS = "PLAIN LOGIN"
_MACROS = {"AuthOptions": "confAUTH_OPTIONS", "AuthMechanisms": "confAUTH_MECHANISMS"}
#: How the names of Kerberos' mechanisms begin.
KERBEROS = ("GSSAPI", "GSS-SPNEGO", "GS2-", "KERBEROS_V4")
#: The letters of AuthOptions, and one that is written for p.
LETTERS = "AacdfmpyP"
#: Where libsasl has been built to look for saslauthd's socket: Red Hat, Debian, Cyrus' own default.
SOCKETS = ("/run/saslauthd/mux", "/var/run/saslauthd/mux", "/var/state/saslauthd/mux")
#: Where libsasl keeps the passwords that it verifies by itself.
SECRETS = ("/etc/sasldb2", "/etc/sasl2/sasldb2", "/usr/local/etc/sasldb2")


def are(names: Sequence[str]) -> str:
    """``A is``, ``A and B are``."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def not_asked(offer: AuthOffer) -> NotApplicable | None:
    """Why saslauthd does not matter, or None where it verifies the passwords; raises where that is not known."""
    if offer.asks_saslauthd:
        return None
    return NotApplicable("saslauthd is not what verifies the passwords of a mechanism that is offered")


def word_of(setting: Setting, start: int, end: int) -> Span:
    """The place of a part of an option's value, or of all of it where the text is not plain."""
    return setting.span.part(start, end) if setting.span.text == setting.value else setting.span


def mechanisms_place(offer: AuthOffer, files: ConfigurationFiles) -> Span | str:
    """Where AuthMechanisms is set, or the file to set it in."""
    return offer.setup.mechanisms.span if offer.setup.mechanisms is not None else files.to_mend


def has_secrets(tree: Tree, listing: str | Unknown) -> bool | Unknown:
    """Whether libsasl's own database holds a password.

    Args:
        tree: where its file would be.
        listing: what ``sasldblistusers2`` prints, which names users and no password.

    """
    if not isinstance(listing, Unknown):
        return "@" in listing
    entries = [tree.entry(path) for path in SECRETS]
    for entry in entries:
        if isinstance(entry, Entry):
            return Unknown(f"nothing here tells whether {entry.path} holds a password")
    return next((entry for entry in entries if isinstance(entry, Unknown)), False)


def lost_letters(setting: Setting, counted: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The letters of AuthOptions that have no effect, each with the place of its word in the value.

    Args:
        setting: one line of AuthOptions.
        counted: the letters that all lines together come to.

    """
    read = set(letters_read(setting.value))
    for word in re.finditer(r"[^ ,\t]+", setting.value):
        letters = word[0].strip("`'\"")
        if word.start() in read and word[0][0] not in LETTERS.replace("P", ""):
            yield word[0][0], word.span()
        elif all(letter in LETTERS for letter in letters):
            # What is no run of such letters was meant for a word.
            yield from ((letter, word.span()) for letter in letters if letter not in counted)
