"""Cyrus SASL as sendmail uses it: Sendmail.conf, saslauthd, the PAM service, and what a configuration offers."""

import fnmatch

from auditor.facts.classes import Classes, Member
from auditor.facts.given import Tree
from auditor.facts.options import Options, Setting
from auditor.facts.saslauthd import Saslauthd
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration, Install
from auditor.model.text import Node, Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.keyvalue import KeyValue, KeyValueText, read_key_values
from auditor.readers.pam import PAMText, read_pam
from auditor.trees.base import Entry

__all__ = ["AuthSetup", "Candidate", "PAMService", "SASLConfig", "Saslauthd", "SaslauthdConf"]

#: The name libsasl looks for: the application's name as sendmail gives it, and ``.conf``.
FILE = "Sendmail.conf"
#: Where plug-ins are on systems that follow Cyrus SASL's own layout.
PLUGIN_DIRECTORIES = ("/usr/lib64/sasl2", "/usr/lib/sasl2", "/usr/local/lib/sasl2", "/usr/pkg/lib/sasl2")
#: Where else a Sendmail.conf may have been put.
SYSTEM_DIRECTORIES = ("/etc/sasl2", "/etc/sasl", "/usr/local/etc/sasl2")
#: What sendmail offers where AuthMechanisms is not set (8.12 and later; "…Guide", 5.6, AuthMechanisms).
DEFAULT_MECHANISMS = ("EXTERNAL", "GSSAPI", "KERBEROS_V4", "DIGEST-MD5", "CRAM-MD5")


@frozen
class Candidate:
    """A place where a Sendmail.conf may be.

    Attributes:
        path: the place.
        document: its lines, or that it is missing or unknown.
        entry: what the tree says of the path.
        is_searched: whether libsasl looks there, as far as its plug-ins show how it was built.

    """

    path: str
    document: KeyValueText | Missing | Unknown
    entry: Entry | Missing | Unknown
    is_searched: bool


@fact(Install)
@frozen
class SASLConfig:
    """The Sendmail.conf that libsasl reads, and those it does not.

    Where none is found libsasl's own settings hold: ``auxprop`` verifies, and every plug-in is offered.

    Attributes:
        candidates: every place, in the order in which libsasl looks at those that it looks at.

    """

    candidates: tuple[Candidate, ...]

    @property
    def files(self) -> tuple[KeyValueText, ...]:
        """Every Sendmail.conf in sight, read or not."""
        return tuple(each.document for each in self.candidates if isinstance(each.document, KeyValueText))

    @property
    def effective(self) -> KeyValueText | None:
        """The file libsasl reads, or None where there is none.

        Raises:
            Unknowable: none is in sight, and there may be one all the same.

        """
        unknown = None
        for each in self.candidates:
            if isinstance(each.document, KeyValueText) and each.is_searched:
                return each.document
            if isinstance(each.document, Unknown) and each.is_searched:
                unknown = unknown or each.document
        if unknown is not None:
            raise Unknowable(unknown)
        return None

    @property
    def path(self) -> str | None:
        """The path of the file libsasl reads, or None; raises as ``effective`` does."""
        document = self.effective
        return None if document is None else document.path

    def get(self, key: str) -> KeyValue | None:
        """The line that counts for a key in lower case, or None; raises as ``effective`` does."""
        document = self.effective
        return None if document is None else document.get(key)

    @property
    def verifiers(self) -> tuple[str, ...]:
        """How plain passwords are verified, in order; raises as ``effective`` does."""
        line = self.get("pwcheck_method")
        return ("auxprop",) if line is None else tuple(word.text for word in line.words)

    @property
    def mech_list(self) -> tuple[str, ...] | None:
        """The mechanisms that may be offered, in upper case, or None for all; raises as ``effective`` does."""
        line = self.get("mech_list")
        return None if line is None else tuple(word.text.upper() for word in line.words)

    @property
    def saslauthd_socket(self) -> Span | None:
        """Where libsasl looks for saslauthd's socket, or None for the place it was built with; raises likewise."""
        line = self.get("saslauthd_path")
        return None if line is None else line.value

    @property
    def refused(self) -> tuple[Node, ...]:
        """The lines for which libsasl refuses the whole file; raises as ``effective`` does."""
        document = self.effective
        return () if document is None else tuple(document.refused)


@fact(Install)
@frozen
class SaslauthdConf:
    """/etc/saslauthd.conf, which configures saslauthd's mechanism ``ldap``."""

    document: KeyValueText


@fact(Install)
@frozen
class PAMService:
    """The PAM service ``smtp``, under which saslauthd asks on behalf of sendmail.

    Attributes:
        document: its rules, or that there are none of its own, so that the service ``other`` decides.
        other: the rules of the service ``other``.
        included: the rules of the services that these take in, by name, at any depth.

    """

    document: PAMText | Missing
    other: PAMText | Missing | Unknown
    included: dict[str, PAMText | Missing | Unknown]


@fact(Configuration)
@frozen
class AuthSetup:
    """What a configuration makes of AUTH.

    Attributes:
        offered: the mechanisms that may be offered, in upper case; blanks part them, commas and tabs do not.
        mechanisms: the setting of AuthMechanisms, or None where sendmail's own list holds.
        trusted: the members of class ``{TrustAuthMech}``, whose users may relay.
        letters: the letters of AuthOptions that count.
        options: the settings of AuthOptions, all of which count.
        realm: the setting of AuthRealm.

    """

    offered: tuple[str, ...]
    mechanisms: Setting | None
    trusted: tuple[Member, ...]
    letters: str
    options: tuple[Setting, ...]
    realm: Setting | None
    _unseen: str | None = None

    @property
    def untrusted(self) -> tuple[str, ...]:
        """Offered mechanisms whose users may not relay.

        Raises:
            Unknowable: the class may have members that are not in sight.

        """
        known_ones = {member.word.upper() for member in self.trusted}
        missing = tuple(name for name in self.offered if name not in known_ones)
        if missing and self._unseen is not None:
            raise Unknowable(self._unseen)
        return missing

    @property
    def plain(self) -> tuple[str, ...]:
        """Offered mechanisms that send the password itself."""
        return tuple(name for name in self.offered if name in ("PLAIN", "LOGIN"))

    @property
    def needs_tls(self) -> bool:
        """Whether AuthOptions keeps mechanisms that send the password itself for connections with TLS (``p``)."""
        return "p" in self.letters


@provider
def sasl_config(tree: Tree) -> SASLConfig:
    """Look at every place where libsasl, in one distribution or the other, looks for a Sendmail.conf."""
    searched, others = _directories(tree)
    found = []
    for directory in (*searched, *others):
        path = f"{directory}/{FILE}"
        source = tree.read(path)
        document = read_key_values(source) if isinstance(source, Source) else source
        found.append(Candidate(path, document, tree.entry(path), directory in searched))
    return SASLConfig(tuple(found))


@provider
def saslauthd_conf(tree: Tree) -> SaslauthdConf | NotApplicable | Unknown:
    """Read saslauthd.conf."""
    source = tree.read("/etc/saslauthd.conf")
    if isinstance(source, Missing):
        return NotApplicable("there is no /etc/saslauthd.conf")
    return source if isinstance(source, Unknown) else SaslauthdConf(read_key_values(source))


@provider
def pam_service(tree: Tree) -> PAMService | NotApplicable | Unknown:
    """Read the rules of the PAM service ``smtp`` with those they take in."""
    if isinstance(tree.entry("/etc/pam.d"), Missing):
        return NotApplicable("there is no /etc/pam.d")
    document = _pam(tree, "smtp")
    if isinstance(document, Unknown):
        return document
    included: dict[str, PAMText | Missing | Unknown] = {}
    waiting = list(document.included) if isinstance(document, PAMText) else []
    while waiting:
        name = waiting.pop(0).text
        if name not in included and "/" not in name:
            included[name] = text = _pam(tree, name)
            waiting += text.included if isinstance(text, PAMText) else []
    return PAMService(document, _pam(tree, "other"), included)


@provider
def auth_setup(options: Options, classes: Classes) -> AuthSetup:
    """AuthMechanisms, AuthOptions, AuthRealm and class ``{TrustAuthMech}`` together."""
    mechanisms = options.get("AuthMechanisms")
    offered = DEFAULT_MECHANISMS if mechanisms is None else tuple(filter(None, mechanisms.value.upper().split(" ")))
    return AuthSetup(
        offered,
        mechanisms,
        classes.get("TrustAuthMech"),
        options.letters("AuthOptions"),
        tuple(options.all("AuthOptions")),
        options.get("AuthRealm"),
        classes.unseen("TrustAuthMech"),
    )


def _directories(tree: Tree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The directories libsasl searches in its order, and the others where a Sendmail.conf may lie unread.

    Debian's library searches /etc first and has its plug-ins below the name of the architecture; others search the
    directory of their plug-ins, then /etc/sasl2.
    """
    names = tree.names("/usr/lib")
    architectures = fnmatch.filter(names, "*-linux-gnu*") if isinstance(names, tuple) else []
    debian = tuple(f"/usr/lib/{name}/sasl2" for name in architectures if _is_there(tree, f"/usr/lib/{name}/sasl2"))
    if debian:
        searched = ("/etc/sasl2", "/etc/sasl", *debian, "/usr/lib/sasl2")
    else:
        with_plugins = tuple(each for each in PLUGIN_DIRECTORIES if _has_plugins(tree, each))
        searched = (*(with_plugins or PLUGIN_DIRECTORIES), "/etc/sasl2")
    every = (*PLUGIN_DIRECTORIES, *SYSTEM_DIRECTORIES)
    return searched, tuple(each for each in every if each not in searched)


def _is_there(tree: Tree, path: str) -> bool:
    return isinstance(tree.entry(path), Entry)


def _has_plugins(tree: Tree, directory: str) -> bool:
    names = tree.names(directory)
    return isinstance(names, tuple) and any(fnmatch.fnmatch(name, "lib*.so*") for name in names)


def _pam(tree: Tree, service: str) -> PAMText | Missing | Unknown:
    source = tree.read(f"/etc/pam.d/{service}")
    return read_pam(source) if isinstance(source, Source) else source
