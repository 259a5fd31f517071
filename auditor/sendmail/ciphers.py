"""What an OpenSSL cipher string enables, told without OpenSSL (openssl-ciphers(1); option CipherList).

The string is carried out over every suite that OpenSSL has known, since which of them a library still has is not
written in a configuration. A cipher string chooses no protocol: a word such as ``TLSv1.2`` selects the suites that came
with that protocol, and the suites of TLS 1.3 are not its matter at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import takewhile

from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.readers.cipher_suites import Suite
from auditor.sendmail.cipher_suites import PROTOCOL_WORDS, SILENT, WEAK, aliases, suites


@frozen
class Token:
    """One item of a cipher string.

    Attributes:
        start: the offset of its first character in the string.
        end: the offset after its last.
        operator: "" adds suites, "-" takes them away for now, "!" for good, "+" moves those there are to the end,
            "@" is a command.
        words: the words that must all hold, joined by "+" in the string.
        unknown: those words that no version of OpenSSL knows; an item with one of them does nothing.

    """

    start: int
    end: int
    operator: str
    words: tuple[str, ...]
    unknown: tuple[str, ...]


@frozen
class CipherList:
    """A cipher string, carried out.

    Attributes:
        tokens: its items.
        error: why OpenSSL refuses the string as a whole, so that sendmail ignores it and the library's default holds;
            None where it takes it.
        enabled: the names of the suites it enables, as far as the library has them.
        level: the security level it sets with ``@SECLEVEL``, None where the library's own holds.

    """

    tokens: tuple[Token, ...]
    error: str | None
    enabled: frozenset[str]
    level: int | None

    def weak(self, level: int = 0) -> Mapping[str, tuple[str, ...]]:
        """The weak groups that a handshake can still choose from, and the suites of each.

        Args:
            level: the library's own security level, where the string sets none. Debian's is 2, OpenSSL 3's is 1, and
                OpenSSL before 1.1 has none, which is 0.

        """
        known = suites()
        allowed = [
            known[name]
            for name in sorted(self.enabled)
            if _allowed(known[name], level if self.level is None else self.level)
        ]
        groups = {word: tuple(suite.name for suite in allowed if selects(suite)) for word, selects in WEAK.items()}
        return {word: names for word, names in groups.items() if names}

    @property
    def protocol_tokens(self) -> tuple[Token, ...]:
        """The items that name a protocol, which they neither enable nor disable."""
        return tuple(token for token in self.tokens if PROTOCOL_WORDS.intersection(token.words))


_LEVEL_BITS = (0, 80, 112, 128, 192, 256)
_RC4_LEVEL = 2
_FORWARD_LEVEL = 3


def _allowed(suite: Suite, level: int) -> bool:
    # SSL_CTX_set_security_level(3) says what each level takes away.
    if level <= 0:
        return True
    if suite.bits < _LEVEL_BITS[min(level, 5)] or WEAK["aNULL"](suite) or WEAK["MD5"](suite):
        return False
    if level >= _FORWARD_LEVEL and not suite.exchange.startswith(("DHE", "ECDHE")):
        return False
    return not (level >= _RC4_LEVEL and suite.encryption == "RC4")


# An item is read as OpenSSL's rule parser does: an operator, words joined by "+", whatever else up to the separator.
_SEPARATORS = ":;, "
_ITEM = lazy(r"(?P<operator>[-+!@]?)(?P<words>[A-Za-z0-9.=_-]*(?:\+[A-Za-z0-9.=_-]*)*)(?P<rest>[^:;, ]*)")
_DEFAULT = "DEFAULT"
_DEFAULT_STRING = "ALL:!COMPLEMENTOFDEFAULT:!eNULL"
_STRENGTHS = frozenset({"HIGH", "MEDIUM", "LOW", "FIPS"})
_LEVEL = lazy(r"SECLEVEL=([0-5])")


def analyse(text: str) -> CipherList:
    """Carry a cipher string out.

    The string is taken as OpenSSL 1.1 and later take it; what is particular to older versions can only enable more.
    """
    state = _State(frozenset(), frozenset(), None)
    tokens: list[Token] = []
    error = None
    start = 0
    if text.startswith(_DEFAULT):
        tokens.append(Token(0, len(_DEFAULT), "", (_DEFAULT,), ()))
        state = _default(state)
        start = len(_DEFAULT)
    for match in _items(text, start):
        token = _token(match)
        tokens.append(token)
        problem = _malformed(token, match)
        error = error or problem
        if problem is None:
            state = _carried_out(state, token)
    if error is None and not state.active:
        error = "it selects no cipher suite"
    return CipherList(tuple(tokens), error, state.active if error is None else frozenset(), state.level)


@frozen
class _State:
    active: frozenset[str]
    dead: frozenset[str]
    level: int | None


def _items(text: str, start: int) -> list[re.Match[str]]:
    found = []
    at = start
    while at < len(text):
        if text[at] in _SEPARATORS:
            at += 1
            continue
        match = _ITEM.match(text, at)
        if match is None or match.end() == at:
            break
        found.append(match)
        at = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    words = tuple(match["words"].split("+"))
    if match["operator"] == "@":
        return Token(match.start(), match.end(), "@", words, ())
    table, known = aliases(), suites()
    unknown = tuple(word for word in words if word and word not in table and word not in known and word not in SILENT)
    return Token(match.start(), match.end(), match["operator"], words, unknown)


def _malformed(token: Token, match: re.Match[str]) -> str | None:
    text = match[0]
    if token.operator == "@":
        known = token.words == ("STRENGTH",) or _LEVEL.fullmatch("+".join(token.words))
        return None if known and not match["rest"] else f"{text} is no command that OpenSSL knows"
    # Once it meets a word that it does not know or that contradicts those before, OpenSSL passes over the rest unread.
    read = tuple(takewhile(lambda word: word not in token.unknown, token.words))
    at = read.index("") if "" in read else None
    if at == 0 or (at and _selected(read[:at])):
        return f"{text} has no cipher word where one is expected"
    return None


def _carried_out(state: _State, token: Token) -> _State:
    if token.operator == "@":
        level = _LEVEL.fullmatch(token.words[0])
        return _State(state.active, state.dead, int(level[1])) if level else state
    if token.operator == "+" or token.unknown:
        return state
    chosen = _selected(token.words)
    if token.operator == "":
        return _State(state.active | (chosen - state.dead), state.dead, state.level)
    dead = state.dead | chosen if token.operator == "!" else state.dead
    return _State(state.active - chosen, dead, state.level)


def _selected(words: tuple[str, ...]) -> frozenset[str]:
    # OpenSSL keeps these in one field, where two of them contradict each other.
    if len(_STRENGTHS.intersection(words)) > 1:
        return frozenset()
    table = aliases()
    found: Iterable[Suite] = suites().values()
    for word in words:
        selects = table.get(word)
        if selects is not None:
            found = [suite for suite in found if selects(suite)]
        else:
            found = [suite for suite in found if suite.name == word]
    return frozenset(suite.name for suite in found)


def _default(state: _State) -> _State:
    for match in _items(_DEFAULT_STRING, 0):
        state = _carried_out(state, _token(match))
    return state
