"""Protocols, ciphers and the options that switch STARTTLS on and off."""

from collections.abc import Iterable

from auditor.facts.configurations import CfFile
from auditor.facts.given import Tree
from auditor.facts.listeners import Listeners
from auditor.facts.live import Binary
from auditor.facts.mapfiles import AccessEntry, AccessMap
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.finding import Fix, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.ciphers import analyse
from auditor.sendmail.openssl import oldest_protocol
from auditor.sendmail.strength import SUBMISSION_PORTS, without_protocols
from auditor.sendmail.tls import PROTOCOLS, disabled_protocols

USUAL_FILE = "/etc/mail/sendmail.mc"
#: The first release whose ServerSSLOptions choose protocols.
CHOOSES_PROTOCOLS = (8, 15)
_ENVIRONMENT = "EOPENSSL_CONF="


def release_of(binary: Binary | Unknown, version: Version | Unknown) -> tuple[int, ...]:
    """The release that reads the configuration, or else that it was built for; empty where neither is known."""
    if isinstance(binary, Binary):
        return binary.release
    return version.release if isinstance(version, Version) else ()


def serves_users(listeners: Listeners) -> bool:
    """Whether mail programs of users submit here: a listener on a submission port, or one that wants authentication."""
    return any((each.port in SUBMISSION_PORTS or "a" in each.modifiers) and not each.is_loopback for each in listeners)


def judges_certificates(access: AccessMap) -> list[AccessEntry]:
    """The entries of the access map that only a client's certificate can match (cf/README, STARTTLS)."""
    return [
        entry
        for entry in access
        if entry.tag is not None
        and (
            entry.tag.text.lower() in ("certissuer", "certsubject")
            or (entry.tag.text.lower() == "tls_clt" and "VERIFY" in entry.value.text.upper())
        )
    ]


def features_of_server(access: AccessMap, letter: str) -> list[AccessEntry]:
    """The Srv_Features entries of the access map that hold a letter; the case of the letter counts."""
    return [
        entry
        for entry in access
        if entry.tag is not None and entry.tag.text.lower() == "srv_features" and letter in entry.value.text.split()
    ]


def open_protocols(asked: Iterable[str], options: Options, tree: Tree, cf: CfFile | Unknown) -> list[str]:
    """The protocols among those asked for that neither options, cipher list nor library keep the server from speaking.

    Raises:
        Unknowable: one of the options may be set where it cannot be seen.

    """
    setting, ciphers = options.get("ServerSSLOptions"), options.get("CipherList")
    off = set(disabled_protocols(setting.value)) if setting is not None else set()
    level = None
    if ciphers is not None:
        carried = analyse(ciphers.value)
        level = carried.level
        off |= _without_suites(ciphers.value) if carried.error is None else set()
    oldest = oldest_protocol(tree, _openssl_conf(cf), level)
    if oldest is not None:
        off |= set(PROTOCOLS[: PROTOCOLS.index(oldest)])
    return [protocol for protocol in asked if protocol not in off]


def switch_off(protocols: Iterable[str], options: Options) -> Fix:
    """The option that switches protocols off, with what it holds already."""
    setting = options.get("ServerSSLOptions")
    words = without_protocols(protocols)
    title = "switch them off, and in ClientSSLOptions too"
    if setting is not None and setting.value and setting.span.text == setting.value:
        return replace(setting.span, f"{setting.value} {words}", title)
    return Fix(f"{title}: define(`confSERVER_SSL_OPTIONS', `{words}')dnl")


def _without_suites(ciphers: str) -> set[str]:
    """The protocols for which a cipher list leaves no suite that a certificate can serve."""
    from auditor.sendmail.cipher_suites import suites  # noqa: PLC0415  # The table is built when it is needed.

    carried = analyse(ciphers)
    known = suites()
    used = {known[name].protocol for name in carried.enabled if known[name].exchange in ("RSA", "DHE", "ECDHE")}
    off = set()
    if "SSLv3" not in used:
        # A list without the suites of SSLv3 has none of SSLv2 either: the words that select them select both.
        off |= {"SSLv2", "SSLv3"}
        if "TLSv1" not in used:
            off |= {"TLSv1", "TLSv1.1"}
    if any(token.operator in ("-", "!") and token.words == ("SSLv2",) for token in carried.tokens):
        off.add("SSLv2")
    return off


def _openssl_conf(cf: CfFile | Unknown) -> str | None:
    nodes = cf.document.of_kind("environment") if isinstance(cf, CfFile) else []
    named = [node.text.removeprefix(_ENVIRONMENT).strip() for node in nodes if node.text.startswith(_ENVIRONMENT)]
    return named[-1] or None if named else None
