"""Which files a configuration names for TLS, what stands in them, and its pairs of certificate and key."""

from collections.abc import Iterator, Mapping

from auditor.facts.given import Tree
from auditor.facts.options import Options, Setting
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration, Credential
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown, known
from auditor.model.value import frozen
from auditor.readers import pem, x509
from auditor.sendmail import tls
from auditor.trees.base import Entry

#: Files larger than this many bytes are not read: the bundle of all public authorities has a fiftieth of it.
CONTENT_LIMIT = 16 * 1024 * 1024
_DIRECTORIES = (tls.AUTHORITY_PATH, tls.REVOCATION_PATH)
_SECOND = " 2"


@frozen
class TLSFile:
    """One file or directory that an option names.

    Attributes:
        option: the option, ``ServerCertFile`` and its like.
        path: the name as configured.
        span: where it stands.
        entry: what is there. A name that is not absolute is unknown, since sendmail takes it for unset.
        number: 1, or 2 for the second of a pair.

    """

    option: str
    path: str
    span: Span
    entry: Entry | Missing | Unknown
    number: int = 1

    @property
    def is_absolute(self) -> bool:
        """Whether sendmail takes the name at all."""
        return tls.is_absolute(self.path)


@fact(Configuration)
class TLSFiles:
    """The files and directories that a configuration names for TLS.

    Iterating gives every file of every option that is known, in the order of ``auditor.sendmail.tls.FILE_OPTIONS``.
    """

    __slots__ = ("_files", "_settings")

    def __init__(
        self, settings: Mapping[str, Setting | Unknown | None], files: Mapping[str, tuple[TLSFile, ...]]
    ) -> None:
        self._settings = settings
        self._files = files

    def __iter__(self) -> Iterator[TLSFile]:
        for option in tls.FILE_OPTIONS:
            yield from self._files.get(option, ())

    def setting(self, option: str) -> Setting | None:
        """The setting of one of the options; None where it is not set.

        Raises:
            Unknowable: it may be set where it cannot be seen.

        """
        return known(self._settings[option])

    def value(self, option: str) -> str | None:
        """The value of one of the options; None where it is not set or empty.

        Raises:
            Unknowable: it may be set where it cannot be seen.

        """
        setting = self.setting(option)
        return setting.value or None if setting is not None else None

    def of(self, option: str) -> tuple[TLSFile, ...]:
        """The files that an option names: two at most for certificates and keys, one at most for any other.

        Raises:
            Unknowable: it may be set where it cannot be seen.

        """
        known(self._settings[option])
        return self._files.get(option, ())

    def pair(self, side: str, number: int = 1) -> tuple[TLSFile | None, TLSFile | None]:
        """The certificate and the key file of a side, ``server`` or ``client``; None for what is not named.

        Raises:
            Unknowable: one may be set where it cannot be seen.

        """
        certificate, key = (
            next((file for file in self.of(option) if file.number == number), None) for option in tls.SIDES[side]
        )
        return certificate, key

    @property
    def what_keeps_server_off(self) -> tuple[str, ...]:
        """The options that are unset or no absolute name, each of which alone keeps STARTTLS from being offered.

        Whether TLSSrvOptions does without them is not looked at here.

        Raises:
            Unknowable: one of them may be set where it cannot be seen.

        """
        return tls.what_keeps_server_off({option: self.value(option) for option in tls.SERVER_NEEDS})


@provider
def tls_files(options: Options, tree: Tree) -> TLSFiles:
    """Look each configured name up in the tree."""
    settings = {option: _setting(options, option) for option in tls.FILE_OPTIONS}
    files = {option: tuple(_files(tree, option, settings)) for option in tls.FILE_OPTIONS}
    return TLSFiles(settings, files)


def _setting(options: Options, option: str) -> Setting | Unknown | None:
    try:
        return options.get(option)
    except Unknowable as unknowable:
        return unknowable.unknown


def _value(setting: Setting | Unknown | None) -> str | None:
    return setting.value if setting is not None and not isinstance(setting, Unknown) else None


def _files(tree: Tree, option: str, settings: Mapping[str, Setting | Unknown | None]) -> Iterator[TLSFile]:
    setting = settings[option]
    if setting is None or isinstance(setting, Unknown):
        return
    for number, name in enumerate(_names(option, settings), 1):
        if not name or (option == tls.DH_PARAMETERS and not name.startswith("/")):
            continue
        entry = tree.entry(name) if tls.is_absolute(name) else Unknown(f"{name} is no absolute path")
        yield TLSFile(option, name, setting.span.find(name), entry, number)


def _names(option: str, settings: Mapping[str, Setting | Unknown | None]) -> tuple[str | None, ...]:
    for sides in tls.SIDES.values():
        if option in sides:
            pairs = tls.file_pairs(*(_value(settings[each]) for each in sides))
            return tuple(pair[sides.index(option)] for pair in pairs)
    return (_value(settings[option]),)


@frozen
class Content:
    """What a file holds, its private keys blotted out.

    Attributes:
        file: the file.
        document: its PEM blocks and the text around them.
        found: what it holds where it holds no PEM block, as ``auditor.readers.pem.sniff`` words it.

    """

    file: TLSFile
    document: pem.PEMFile
    found: str | None

    def first(self, labels: frozenset[str]) -> pem.Block | None:
        """The block that OpenSSL comes to first when it looks for one of the labels; malformed ones stop it."""
        return self.document.first(labels)


def content(tree: Tree, file: TLSFile) -> Content | Unknown:
    """The content of a configured file; unknown, with the reason, where it is missing or cannot be read."""
    source = _source(tree, file)
    if isinstance(source, Unknown):
        return source
    document = pem.read(pem.redacted(source))
    return Content(file, document, None if document.blocks else pem.sniff(source.data))


def _source(tree: Tree, file: TLSFile) -> Source | Unknown:
    if not file.is_absolute:
        return Unknown(f"{file.path} is no absolute path")
    source = tree.read(file.path, CONTENT_LIMIT, keep=False)
    return Unknown(f"{source.path} is missing") if isinstance(source, Missing) else source


@fact(Configuration, lists=Credential)
@frozen
class Credentials:
    """The pairs of certificate and key that a configuration names.

    They are called ``server certificate`` and ``client certificate``, with a 2 for a second pair.
    """

    subjects: tuple[Credential, ...]


@provider
def credentials(configuration: Configuration, files: TLSFiles) -> Credentials | NotApplicable | Unknown:
    """List the pairs of which at least one half is named."""
    found = []
    reason: Unknown | None = None
    for side in tls.SIDES:
        try:
            numbers = [number for number in (1, 2) if any(files.pair(side, number))]
        except Unknowable as unknowable:
            reason = unknowable.unknown
            continue
        found += [Credential(f"{side} certificate{_SECOND if number > 1 else ''}", configuration) for number in numbers]
    if found:
        return Credentials(tuple(found))
    return reason or NotApplicable(f"{configuration.name} names no certificate")


def files_of(credential: Credential, files: TLSFiles) -> tuple[TLSFile | None, TLSFile | None]:
    """The certificate and the key file of a credential.

    Raises:
        Unknowable: one may be named where it cannot be seen.

    """
    side = credential.name.partition(" ")[0]
    return files.pair(side, 2 if credential.name.endswith(_SECOND) else 1)


@fact(Configuration)
@frozen
class DHParameters:
    """The Diffie-Hellman group that the server uses.

    Attributes:
        kind: ``file``, ``number``, ``none``, ``unset`` or ``illegal``, as in ``auditor.sendmail.tls.dh_value``.
        bits: the size of its prime in bits; None for ``none`` and where the file holds no group.
        span: where the option is set, None where it is not.
        path: the file, for the kind ``file``.
        problem: why OpenSSL cannot take the file, None where it can.

    """

    kind: str
    bits: int | None
    span: Span | None
    path: str | None = None
    problem: str | None = None


@provider
def dh_parameters(files: TLSFiles, tree: Tree) -> DHParameters | Unknown:
    """Take the option's first character, and the group in the file where it names one."""
    setting = files.setting(tls.DH_PARAMETERS)
    value = tls.dh_value(setting.value if setting else None)
    span = setting.span if setting else None
    if value.kind != "file":
        return DHParameters(value.kind, value.bits, span)
    file = files.of(tls.DH_PARAMETERS)[0]
    held = content(tree, file)
    if isinstance(held, Unknown):
        return held
    block = held.first(tls.DH_LABELS)
    der = block.der() if block is not None else None
    bits = x509.dh_bits(der) if der is not None else x509.Unreadable(missing_block(held, "DH PARAMETERS"), certain=True)
    if isinstance(bits, x509.Unreadable):
        return DHParameters("file", None, span, file.path, bits.reason)
    return DHParameters("file", bits, span, file.path)


def missing_block(held: Content, label: str) -> str:
    """Why a file has no usable block of a kind, as a clause."""
    if held.found is not None:
        return f"it holds {held.found}"
    for block in held.document.blocks:
        if block.der() is None:
            return f"its {block.label} block is cut short, empty or no base64"
    labels = ", ".join(dict.fromkeys(block.label for block in held.document.blocks))
    return f"it holds no {label} block but {labels}"
