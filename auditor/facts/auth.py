"""What the daemon makes of AUTH: the Sendmail.conf it takes, and the mechanisms it offers with it."""

import fnmatch
import re

from auditor.facts.given import Tree
from auditor.facts.listeners import Listener, Listeners
from auditor.facts.safety import FileSafety, Purpose, Verdict
from auditor.facts.sasl import PLUGIN_DIRECTORIES, AuthSetup, SASLConfig
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown, known
from auditor.model.value import frozen
from auditor.readers.keyvalue import KeyValue, KeyValueText
from auditor.sendmail.strength import SENDS_PASSWORD, SHARED_SECRET

#: The plug-ins by the beginnings of their mechanisms' names; EXTERNAL is part of libsasl itself.
_PLUGINS = {
    "PLAIN": "plain",
    "LOGIN": "login",
    "CRAM-MD5": "crammd5",
    "DIGEST-MD5": "digestmd5",
    "SCRAM-": "scram",
    "NTLM": "ntlm",
    "GSSAPI": "gssapiv2",
    "GSS-SPNEGO": "gssapiv2",
    "GS2-": "gs2",
    "ANONYMOUS": "anonymous",
    "OTP": "otp",
    "SRP": "srp",
    "PASSDSS-": "passdss",
    "KERBEROS_V4": "kerberos4",
}
#: What a mechanism can be called (RFC 4422, 3.1).
_NAME = lazy(r"[A-Z0-9_-]{1,20}")


@fact(Configuration)
@frozen
class SASLSettings:
    """The settings with which the daemon starts libsasl: those of the first Sendmail.conf that it finds and trusts.

    Attributes:
        document: the file, or None where libsasl's own settings hold.
        passed_over: files that libsasl finds and sendmail does not trust, each with its verdict.

    """

    document: KeyValueText | None
    passed_over: tuple[tuple[str, Verdict], ...]

    def get(self, key: str) -> KeyValue | None:
        """The line that counts for a key in lower case, or None."""
        return None if self.document is None else self.document.get(key)

    @property
    def verifiers(self) -> tuple[str, ...]:
        """How plain passwords are verified, in order, in lower case."""
        line = self.get("pwcheck_method")
        return ("auxprop",) if line is None else tuple(word.text.lower() for word in line.words)

    @property
    def mech_list(self) -> tuple[str, ...] | None:
        """The mechanisms that may be offered, in upper case, or None for all."""
        line = self.get("mech_list")
        return None if line is None else tuple(word.text.upper() for word in line.words)


@fact(Configuration)
@frozen
class AuthOffer:
    """The AUTH that a configuration asks for.

    Attributes:
        setup: what the configuration itself says.
        settings: what Sendmail.conf says.
        plugins: the names of the plug-ins that are installed (``crammd5``); None where that cannot be told.
        mechanisms: what EHLO can show: AuthMechanisms without what mech_list and missing plug-ins take away, as far as
            the two are known.
        listeners: the listeners that offer AUTH to other hosts.

    """

    setup: AuthSetup
    settings: SASLSettings | Unknown
    plugins: frozenset[str] | None
    mechanisms: tuple[str, ...]
    listeners: tuple[Listener, ...]

    @property
    def plain(self) -> tuple[str, ...]:
        """Those mechanisms that send the password itself."""
        return tuple(name for name in self.mechanisms if name in SENDS_PASSWORD)

    @property
    def shared(self) -> tuple[str, ...]:
        """Those mechanisms for which the server needs the password in clear."""
        return tuple(name for name in self.mechanisms if name.startswith(SHARED_SECRET))

    @property
    def verifiers(self) -> tuple[str, ...]:
        """How passwords are verified, in lower case.

        Raises:
            Unknowable: Sendmail.conf is not in sight.

        """
        return known(self.settings).verifiers

    @property
    def asks_saslauthd(self) -> bool:
        """Whether saslauthd is what verifies passwords; raises as ``verifiers`` does."""
        return "saslauthd" in self.verifiers and bool(self.plain)


def plugin_of(mechanism: str) -> str | None:
    """The plug-in that provides a mechanism, or None where it is built in or not known."""
    families = (start for start in _PLUGINS if start.endswith("-") and mechanism.startswith(start))
    return _PLUGINS.get(mechanism) or _PLUGINS.get(next(families, ""))


@provider
def sasl_settings(
    configuration: Configuration, sasl: SASLConfig, safety: FileSafety | Unknown
) -> SASLSettings | NotApplicable | Unknown:
    """Pass over what sendmail does not trust; a file whose owner is not known counts as trusted."""
    if configuration.is_submission:
        return NotApplicable("submit.cf offers no AUTH")
    passed_over = []
    unseen = None
    for each in sasl.candidates:
        if not each.is_searched or isinstance(each.document, Missing):
            continue
        verdict = safety if isinstance(safety, Unknown) else safety.ask(each.path, Purpose.SASL)
        if isinstance(verdict, Verdict) and not verdict.ok:
            passed_over.append((each.path, verdict))
        elif isinstance(each.document, KeyValueText):
            return SASLSettings(each.document, tuple(passed_over))
        else:
            unseen = unseen or each.document
    return unseen or SASLSettings(None, tuple(passed_over))


@provider
def auth_offer(
    setup: AuthSetup, settings: SASLSettings | Unknown, listeners: Listeners, tree: Tree
) -> AuthOffer | NotApplicable:
    """What AuthMechanisms, class ``{TrustAuthMech}`` or a listener that insists on a login asks for."""
    insisting = any("a" in each.modifiers and not each.is_loopback for each in listeners)
    if setup.mechanisms is None and not setup.trusted and not insisting:
        return NotApplicable("the configuration does not ask for AUTH")
    offering = tuple(each for each in listeners if "A" not in each.modifiers and not each.is_loopback)
    if not offering:
        # AuthMechanisms is then set for sendmail's own logins at a relay host.
        return NotApplicable("no listener that other hosts reach offers AUTH")
    limits = None if isinstance(settings, Unknown) else settings.mech_list
    plugins = installed_plugins(tree)
    mechanisms = tuple(
        name
        for name in setup.offered
        if _NAME.fullmatch(name)
        and (limits is None or name in limits)
        and (plugins is None or (needed := plugin_of(name)) is None or needed in plugins)
    )
    return AuthOffer(setup, settings, plugins, mechanisms, offering)


def installed_plugins(tree: Tree) -> frozenset[str] | None:
    """The plug-ins in every directory for them, or None where they cannot be told or none is found at all."""
    if not tree.tells_absence:
        return None
    names = tree.names("/usr/lib")
    architectures = fnmatch.filter(names, "*-linux-gnu*") if isinstance(names, tuple) else []
    found = set()
    for directory in (*PLUGIN_DIRECTORIES, *(f"/usr/lib/{each}/sasl2" for each in architectures)):
        below = tree.names(directory)
        if isinstance(below, Unknown):
            return None
        for name in below if isinstance(below, tuple) else ():
            match = re.match(r"lib(\w+)\.so", name)
            if match is not None:
                found.add(match[1])
    return frozenset(found) or None
