"""The small files around sendmail, each read by its own reader: what their facts leave out is still seen here."""

from collections.abc import Callable, Mapping

from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.text import Document, Source
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.readers.accounts import read_group, read_passwd
from auditor.readers.host import read_hosts, read_resolver, read_switch
from auditor.readers.pam import read_pam
from auditor.readers.syslog import read_syslog

_READERS: Mapping[str, Callable[[Source], Document]] = {
    "/etc/hosts": read_hosts,
    "/etc/resolv.conf": read_resolver,
    "/etc/nsswitch.conf": read_switch,
    "/etc/passwd": read_passwd,
    "/etc/group": read_group,
    "/etc/pam.d/smtp": read_pam,
    "/etc/syslog.conf": read_syslog,
}


@fact(Install)
@frozen
class Texts:
    """The files that are there.

    Attributes:
        documents: each file, cut into its lines.
        unread: why a file that is there could not be read.

    """

    documents: tuple[Document, ...]
    unread: tuple[Unknown, ...]


@provider
def texts(tree: Tree) -> Texts:
    """Read whatever is there."""
    documents, unread = [], []
    for path, reader in _READERS.items():
        source = tree.read(path)
        if isinstance(source, Source):
            documents.append(reader(source))
        elif isinstance(source, Unknown) and not isinstance(tree.entry(path), Unknown):
            unread.append(source)
    return Texts(tuple(documents), tuple(unread))
