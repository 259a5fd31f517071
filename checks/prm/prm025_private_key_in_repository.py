r"""A private key is in a repository.

Everybody who may fetch the repository has the key, now and from its history later. Such a key is to
be replaced, not only removed: what is compromised stays so (NIST SP 800-57 part 1, 5.5).

In the log or at the client:
    nothing: the key works for whoever has it
Bad:
    --- /etc/mail/.git/config 644 root:root
    [remote "origin"]
    --- /etc/mail/.git/index 644 root:root
    DIRC\x00certs/smtp.key.pem\x00
Good:
    --- /etc/mail/.git/config 644 root:root
    [remote "origin"]
    --- /etc/mail/.git/index 644 root:root
    DIRC\x00certs/smtp.cert.pem\x00
Not when: the file system is a whole host's and no repository with a remote has the key, or the file
    lies below a directory of tests.
See: howto step 5.
"""

from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.safety import Entry, Kind
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.readers import pem

_PLACES = ("/etc/mail", "/etc/ssl", "/etc/pki", "/etc/letsencrypt", "/usr/local/etc/mail")
_REPOSITORIES = ("/etc/mail", "/etc", "/usr/local/etc/mail")
_OF_TESTS = frozenset((".git", "test", "tests", "testdata", "fixtures", "examples"))
_DEPTH, _LARGEST, _MOST = 5, 65536, 4000
_MARK = b"PRIVATE KEY-----"


@check("PRM025", severity=Severity.CRITICAL, howto="5")
def private_key_in_repository(tree: Tree) -> Verdicts:
    """Look for keys in a checkout, and on a host for repositories that have them and send them elsewhere."""
    tracked = [] if not tree.tells_absence else [found for place in _REPOSITORIES for found in _repository(tree, place)]
    if tree.tells_absence and not tracked:
        return
    for number, path in enumerate(path for place in _PLACES for path in _files(tree, place, _DEPTH)):
        if number >= _MOST:
            yield Unknown(f"there are more than {_MOST} files")
            return
        if tree.tells_absence and not any(_is_in(path, place, index) for place, index in tracked):
            continue
        key = _key(tree, path)
        if key is not None:
            yield Finding(
                path,
                f"the private key {path} is in a repository",
                "Whoever has a copy of the repository can pose as this host, or needs only the passphrase to do so."
                if key.is_encrypted
                else "Whoever has a copy of the repository can pose as this host.",
                Fix("take the key out of the repository and its history, and have a new key certified"),
                severity=Severity.HIGH if key.is_encrypted else None,
            )


def _files(tree: Tree, directory: str, depth: int) -> Iterator[str]:
    names = tree.names(directory)
    for name in names if isinstance(names, tuple) else ():
        path = f"{directory}/{name}"
        entry = tree.entry(path)
        if not isinstance(entry, Entry) or entry.links or name in _OF_TESTS:
            continue
        if entry.kind is Kind.DIRECTORY and depth:
            yield from _files(tree, path, depth - 1)
        elif entry.kind is Kind.FILE and 0 < entry.size <= _LARGEST:
            yield path


def _key(tree: Tree, path: str) -> pem.Block | None:
    source = tree.read(path, _LARGEST)
    if isinstance(source, Missing | Unknown) or _MARK not in source.data:
        return None
    return next((block for block in pem.read(pem.redacted(source)).blocks if block.is_key), None)


def _repository(tree: Tree, place: str) -> Iterator[tuple[str, bytes]]:
    """A place under version control whose repository is sent elsewhere, with the list of what is in it."""
    config, index = tree.read(f"{place}/.git/config"), tree.read(f"{place}/.git/index")
    if isinstance(config, Source) and isinstance(index, Source) and b"[remote " in config.data:
        yield place, index.data


def _is_in(path: str, place: str, index: bytes) -> bool:
    return path.startswith(place + "/") and path.removeprefix(place + "/").encode() + b"\0" in index
