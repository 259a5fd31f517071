"""Certificates, keys, authorities and revocation lists, as sendmail would load them."""

from collections.abc import Iterable

from auditor.facts.given import Tree
from auditor.facts.network import HostName
from auditor.facts.tls import CONTENT_LIMIT, Content, TLSFile, TLSFiles, content, files_of, missing_block
from auditor.facts.wire import Observed, Served
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration, Credential
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.readers import pem, x509
from auditor.readers.x509 import Certificate, PublicHalf, Unreadable
from auditor.sendmail import tls


@frozen
class Placed:
    """A certificate and the PEM block it stands in."""

    certificate: Certificate
    span: Span

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.span.path


@frozen
class LoadProblem:
    """A file that OpenSSL does not take for what it is configured as.

    Attributes:
        file: the file and the option that names it.
        reason: a clause that says what is wrong with it.
        span: the block that is wrong, None where the whole file is.
        certain: whether OpenSSL is sure to refuse it; where not, only this program does not understand it.

    """

    file: TLSFile
    reason: str
    span: Span | None
    certain: bool


@fact(Credential)
@frozen
class Leaf:
    """The certificate of a pair, the first one of its file; or the one that a server on the wire sent first.

    Attributes:
        certificate: the certificate.
        span: the PEM block it stands in, None on the wire.
        others: all further certificates of the file, which sendmail passes over; or all further ones sent.
        file: the file and the option that names it, None on the wire.

    """

    certificate: Certificate
    span: Span | None
    others: tuple[Certificate, ...] = ()
    file: TLSFile | None = None

    @property
    def path(self) -> str:
        """The file as configured, empty on the wire."""
        return self.file.path if self.file is not None else ""

    def named(self, note: str = "it is named here") -> tuple[tuple[Span | str, str], ...]:
        """The place that names it, with a note, as what a finding relates to; nothing on the wire."""
        return ((self.file.span, note),) if self.file is not None else ()

    @property
    def is_self_signed(self) -> bool:
        """Whether it carries its own signature; one of a kind that is not supported counts by its names."""
        return self.certificate.is_self_issued and x509.signed_by(self.certificate, self.certificate) is not False


@provider
def leaf(
    credential: Credential,
    files: TLSFiles | Unknown | NotApplicable,
    tree: Tree | NotApplicable,
    served: Served | Unknown | NotApplicable,
) -> Leaf | Unknown | NotApplicable:
    """The certificate of a pair, from its file, or as it came over the wire."""
    if isinstance(served, Served):
        return _sent(served.chains[credential])
    if isinstance(files, Unknown | NotApplicable):
        return files
    if isinstance(tree, NotApplicable):
        return tree
    return _read(credential, files, tree)


def _sent(chain: tuple[bytes, ...]) -> Leaf | Unknown:
    first, *others = map(x509.certificate, chain)
    if isinstance(first, Unreadable):
        return Unknown(f"the server's certificate cannot be read: {first.reason}")
    return Leaf(first, None, tuple(other for other in others if isinstance(other, Certificate)))


def _read(credential: Credential, files: TLSFiles, tree: Tree) -> Leaf | Unknown | NotApplicable:
    file, _ = files_of(credential, files)
    if file is None:
        return NotApplicable(f"no file is named for the {credential.name}")
    held = content(tree, file)
    if isinstance(held, Unknown):
        return held
    block, found = _first_certificate(held)
    if isinstance(found, Unreadable) or block is None:
        reason = found.reason if isinstance(found, Unreadable) else "it holds none"
        return Unknown(f"{file.path} cannot be used as a certificate: {reason}")
    further = (other for other in held.document.labelled(tls.AUTHORITY_LABELS) if other is not block)
    return Leaf(found, block, tuple(placed.certificate for placed in _placed(further)), file)


@fact(Credential)
@frozen
class ExpectedName:
    """The name by which clients know the host that shows a certificate."""

    name: str


@provider
def expected_name(
    host: HostName | Unknown | NotApplicable, observed: Observed | Unknown | NotApplicable
) -> ExpectedName | Unknown | NotApplicable:
    """The name sendmail goes by, or the one that was probed."""
    if isinstance(observed, Observed):
        name = observed.settings.certified
        if _ADDRESS.fullmatch(name):
            return Unknown(f"{name} was probed by its address; --name gives the name that its certificate should have")
        if "." not in name or name.lower().startswith("localhost"):
            return Unknown(f"no certificate can name {name}; --name gives the name that it should have")
        return ExpectedName(name)
    if isinstance(host, Unknown | NotApplicable):
        return host
    if not host.is_qualified or host.name.lower().startswith("localhost"):
        return Unknown(f"sendmail goes by {host.name}, which no certificate can name")
    return ExpectedName(host.name)


#: An address with four numbers or with colons.
_ADDRESS = lazy(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.%]*")


def _first_certificate(held: Content) -> tuple[pem.Block | None, Certificate | Unreadable]:
    block = held.first(tls.CERTIFICATE_LABELS)
    der = block.der() if block is not None else None
    if der is None:
        return block, Unreadable(missing_block(held, "CERTIFICATE"), certain=True)
    return block, x509.certificate(der)


def _placed(blocks: Iterable[pem.Block]) -> Iterable[Placed]:
    for block in blocks:
        der = block.der()
        found = x509.certificate(der) if der is not None else None
        if isinstance(found, Certificate):
            yield Placed(found, block)


@fact(Credential)
@frozen
class PrivateKey:
    """The public half of a pair's key; nothing of the private half is kept.

    Attributes:
        file: the file and the option that names it.
        span: the block of the key, its content blotted out; None where the file has none.
        public: kind, size and digest of the public half; None where it could not be derived.
        encrypted: whether the key is under a passphrase, which sendmail cannot give.

    """

    file: TLSFile
    span: Span | None
    public: PublicHalf | None
    encrypted: bool

    def matches(self, certificate: Certificate) -> bool | None:
        """Whether the key belongs to a certificate; None where one of the two could not be read."""
        if self.public is None or certificate.key_digest is None:
            return None
        return self.public.digest == certificate.key_digest


@provider
def private_key(credential: Credential, files: TLSFiles, tree: Tree) -> PrivateKey | Unknown | NotApplicable:
    """Derive the public half of a pair's key."""
    _, file = files_of(credential, files)
    if file is None:
        return NotApplicable(f"no key file is named for the {credential.name}")
    held = content(tree, file)
    if isinstance(held, Unknown):
        return held
    block = _key_block(held)
    public = _public_half(tree, file)
    return PrivateKey(
        file, block, public if isinstance(public, PublicHalf) else None, block is not None and block.is_encrypted
    )


def _key_block(held: Content) -> pem.Block | None:
    return next(iter(held.document.labelled(tls.KEY_LABELS)), None)


def _public_half(tree: Tree, file: TLSFile) -> PublicHalf | Unreadable | None:
    source = tree.read(file.path, CONTENT_LIMIT, keep=False)
    if not isinstance(source, Source):
        return None
    blocks = pem.read(source).labelled(tls.KEY_LABELS)
    return x509.public_half(blocks[0]) if blocks else None


@fact(Configuration)
@frozen
class Authorities:
    """The certificates of authorities that sendmail trusts and completes its own chain from.

    Attributes:
        from_file: those of CACertFile, in its order.
        from_path: those that links in CACertPath lead to.
        links: the names in CACertPath that look like hash links.
        wrong_links: those among them whose digits are not the hash of the certificate they lead to.
        unlinked: names of certificate files in CACertPath that no link leads to, which nothing looks at.
        unseen: why a part of them is not known, None where all is.

    """

    from_file: tuple[Placed, ...]
    from_path: tuple[Placed, ...]
    links: tuple[str, ...]
    wrong_links: tuple[str, ...]
    unlinked: tuple[str, ...]
    unseen: Unknown | None

    @property
    def all(self) -> tuple[Placed, ...]:
        """Every certificate once, those of CACertFile first."""
        return tuple({placed.certificate.fingerprint: placed for placed in (*self.from_path, *self.from_file)}.values())

    def issuer_of(self, certificate: Certificate) -> Placed | Unknown | None:
        """The authority that signed a certificate; unknown where it may be among those that were not seen."""
        if certificate.is_self_issued:
            return None
        doubtful = None
        for placed in (*self.from_file, *self.from_path):
            verdict = x509.signed_by(certificate, placed.certificate)
            if verdict:
                return placed
            if verdict is None:
                doubtful = Unknown(f"the signature of {certificate.subject} is of a kind that is not supported here")
        return doubtful or self.unseen

    def chain(self, certificate: Certificate) -> tuple[tuple[Placed, ...], bool | Unknown]:
        """The issuers above a certificate as far as they are there, and whether they reach a self-issued one."""
        found: list[Placed] = []
        current = certificate
        while not current.is_self_issued:
            issuer = self.issuer_of(current)
            if issuer is None or isinstance(issuer, Unknown):
                return tuple(found), issuer or False
            if any(issuer.certificate == placed.certificate for placed in found):
                return tuple(found), False
            found.append(issuer)
            current = issuer.certificate
        return tuple(found), True


_HASH_LINK = lazy(r"[0-9a-f]{8}\.\d{1,3}")
_CERTIFICATE_NAME = lazy(r"(?i).*\.(?:pem|crt|cer|cert)")
#: A directory of more links than this is looked at no further.
_LINK_LIMIT = 2000


@provider
def authorities(files: TLSFiles, tree: Tree) -> Authorities:
    """Read CACertFile, and what is linked in CACertPath."""
    unseen: Unknown | None = None
    from_file: tuple[Placed, ...] = ()
    for file in files.of(tls.AUTHORITY_FILE):
        held = content(tree, file)
        if isinstance(held, Unknown):
            unseen = None if isinstance(file.entry, Missing) else held
        else:
            from_file = tuple(_placed(held.document.labelled(tls.AUTHORITY_LABELS)))
    names: tuple[str, ...] = ()
    directory = next(iter(files.of(tls.AUTHORITY_PATH)), None)
    if directory is not None and directory.is_absolute:
        listed = tree.names(directory.path)
        unseen = listed if isinstance(listed, Unknown) else unseen
        names = listed if isinstance(listed, tuple) else ()
    links = tuple(name for name in names if _HASH_LINK.fullmatch(name))[:_LINK_LIMIT]
    linked = {name: _linked(tree, f"{directory.path.rstrip('/')}/{name}") for name in links} if directory else {}
    return Authorities(
        from_file,
        tuple(placed for found in linked.values() for placed in found),
        links,
        tuple(name for name, found in linked.items() if found and not _fits(name, found)),
        _unlinked(tree, directory.path if directory else "", names, links),
        unseen,
    )


def _linked(tree: Tree, path: str) -> tuple[Placed, ...]:
    source = tree.read(path, CONTENT_LIMIT)
    if not isinstance(source, Source):
        return ()
    return tuple(_placed(pem.read(pem.redacted(source)).labelled(tls.AUTHORITY_LABELS)))


def _fits(name: str, found: tuple[Placed, ...]) -> bool:
    return any(x509.subject_hash(placed.certificate) in {name[:8], None} for placed in found)


def _unlinked(tree: Tree, directory: str, names: tuple[str, ...], links: tuple[str, ...]) -> tuple[str, ...]:
    base = directory.rstrip("/")
    entries = {name: tree.entry(f"{base}/{name}") for name in names}
    reached = {getattr(entries[link], "real", None) for link in links}
    return tuple(
        name
        for name, entry in entries.items()
        if _CERTIFICATE_NAME.fullmatch(name) and getattr(entry, "real", None) not in reached
    )


@fact(Configuration)
@frozen
class LoadProblems:
    """The certificate, key and authority files that are there and that OpenSSL cannot load as what they are set for."""

    problems: tuple[LoadProblem, ...]


@provider
def load_problems(files: TLSFiles, tree: Tree) -> LoadProblems:
    """Try each file as OpenSSL would."""
    found = (_problem(tree, file) for file in files)
    return LoadProblems(tuple(problem for problem in found if problem is not None))


_CERTIFICATES = frozenset({tls.SERVER_CERTIFICATE, tls.CLIENT_CERTIFICATE})
_KEYS = frozenset({tls.SERVER_KEY, tls.CLIENT_KEY})


def _problem(tree: Tree, file: TLSFile) -> LoadProblem | None:
    if file.option not in _CERTIFICATES | _KEYS | {tls.AUTHORITY_FILE}:
        return None
    held = content(tree, file)
    if isinstance(held, Unknown):
        return None
    if file.option in _CERTIFICATES:
        block, found = _first_certificate(held)
        return _from(file, found, block)
    return _key_problem(tree, held) if file.option in _KEYS else _authority_problem(held)


def _from(file: TLSFile, found: object, block: pem.Block | None) -> LoadProblem | None:
    return LoadProblem(file, found.reason, block, found.certain) if isinstance(found, Unreadable) else None


def _key_problem(tree: Tree, held: Content) -> LoadProblem | None:
    block = _key_block(held)
    if block is None:
        return LoadProblem(held.file, missing_block(held, "PRIVATE KEY"), None, certain=True)
    return _from(held.file, _public_half(tree, held.file), block)


def _authority_problem(held: Content) -> LoadProblem | None:
    # One block that cannot be decoded makes OpenSSL give the whole file up.
    for block in held.document.blocks:
        if block.der() is None and not block.is_key:
            return LoadProblem(held.file, f"a {block.label} block is cut short or is no base64", block, certain=True)
    if not held.document.labelled(tls.AUTHORITY_LABELS | tls.REVOCATION_LABELS):
        return LoadProblem(held.file, missing_block(held, "CERTIFICATE"), None, certain=True)
    return None
