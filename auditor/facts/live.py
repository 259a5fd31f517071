"""What only the running host tells: how its programs were built, what runs, what its name resolves to."""

import re
from collections.abc import Mapping

from auditor.facts.given import Assumed, Host
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.unknown import Unknowable, Unknown, known
from auditor.model.value import frozen

_SENDMAIL = ("sendmail", "-d0.13", "-bt")
_SASLAUTHD = ("saslauthd", "-v")
#: How the names of options begin that are tried out before they come to stay ("for future release").
_EXPERIMENTAL = "_FFR_"
_PROCESSES = ("ps", "-eo", "pid=,etimes=,user=,args=", "-ww")


@fact(Install)
@frozen
class Binary:
    """The installed sendmail program, as ``sendmail -d0.13 -bt`` describes it, or as somebody says that it is.

    Attributes:
        version: its version, such as ``8.17.1.9``.
        built: the compile-time options it names under "Compiled with", values cut off (``NEWDB``), and the ``_FFR_``
            options; None where only the version is known.
        name: the host's name as sendmail takes it, ``$j``; None where it does not say.

    """

    version: str
    built: frozenset[str] | None
    name: str | None

    @property
    def flags(self) -> frozenset[str]:
        """The compile-time options that are no ``_FFR_`` options.

        Raises:
            Unknowable: only the version is known.

        """
        return frozenset(flag for flag in self._built if not flag.startswith(_EXPERIMENTAL))

    @property
    def experimental(self) -> frozenset[str]:
        """The ``_FFR_`` options.

        Raises:
            Unknowable: only the version is known.

        """
        return frozenset(flag for flag in self._built if flag.startswith(_EXPERIMENTAL))

    @property
    def _built(self) -> frozenset[str]:
        if self.built is None:
            message = f"the settings assume sendmail {self.version} and do not say what it was built with"
            raise Unknowable(message)
        return self.built

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers, for comparing."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version))


@provider
def binary(host: Host, assumed: Assumed | Unknown) -> Binary | Unknown:
    """Ask sendmail, in test mode, which sends nothing; what is assumed stands for an answer that is not had."""
    found = _asked(host)
    if isinstance(found, Unknown) and isinstance(assumed, Assumed):
        return Binary(assumed.version, assumed.flags, None)
    return found


def _asked(host: Host) -> Binary | Unknown:
    text = host.closed or host.output(_SENDMAIL)
    if isinstance(text, Unknown):
        return text
    version = re.search(r"^Version (\S+)", text, re.MULTILINE)
    if version is None:
        return Unknown("the sendmail program found is not sendmail, or does not say its version")
    name = re.search(r"canonical domain name\) \$j = (\S+)", text)
    return Binary(
        version[1],
        frozenset(word.partition("=")[0] for word in _words(text, "Compiled with") + _words(text, "FFR Defines")),
        name[1] if name else None,
    )


def _words(text: str, heading: str) -> list[str]:
    """The words after a heading and on the lines below it that begin with a tab or blank and hold no colon."""
    match = re.search(rf"^\s*{heading}:((?:[^\n]*\n)(?:[ \t]+[^:\n]*\n)*)", text, re.MULTILINE)
    return match[1].split() if match else []


@fact(Install)
@frozen
class SaslauthdBuild:
    """The installed saslauthd: its version and the mechanisms it was built with, as ``saslauthd -v`` lists them."""

    version: str
    mechanisms: frozenset[str]


@provider
def saslauthd_build(host: Host) -> SaslauthdBuild | Unknown:
    """Ask saslauthd for its version, which starts no daemon."""
    if host.closed is not None:
        return host.closed
    text = known(host.output(_SASLAUTHD))
    version = re.search(r"^saslauthd (\S+)", text, re.MULTILINE)
    mechanisms = re.search(r"^authentication mechanisms:(.*)$", text, re.MULTILINE)
    if version is None or mechanisms is None:
        return Unknown("saslauthd -v lists no mechanisms")
    return SaslauthdBuild(version[1], frozenset(mechanisms[1].split()))


@frozen
class Process:
    """One running process: number, age in seconds, user, and the words of its command line as ps shows them."""

    pid: int
    age: int
    user: str
    words: tuple[str, ...]


@fact(Install)
@frozen
class Processes:
    """What runs on this host."""

    processes: tuple[Process, ...]

    def of(self, program: str) -> list[Process]:
        """The processes of one program; sendmail changes its title to ``sendmail: accepting connections``."""
        return [
            process
            for process in self.processes
            if process.words and process.words[0].rpartition("/")[2].rstrip(":") == program
        ]


@provider
def processes(host: Host) -> Processes | Unknown:
    """Ask ps."""
    if host.closed is not None:
        return host.closed
    found = []
    for line in known(host.output(_PROCESSES)).splitlines():
        words = line.split()
        if len(words) > 3 and words[0].isdigit() and words[1].isdigit():  # noqa: PLR2004  # Three columns and a command.
            found.append(Process(int(words[0]), int(words[1]), words[2], tuple(words[3:])))
    return Processes(tuple(found)) if found else Unknown("ps shows no process")


@fact(Install)
@frozen
class Addresses:
    """What the resolver says of the host's own name.

    Attributes:
        name: the name asked for, sendmail's ``$j``.
        addresses: its A and AAAA records.
        names: for each address, the names its PTR records give.

    """

    name: str
    addresses: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]


@provider
def addresses(host: Host, binary: Binary) -> Addresses | Unknown:
    """Ask the resolver for the name sendmail goes by."""
    if host.closed is not None:
        return host.closed
    if binary.name is None or "." not in binary.name:
        return Unknown("the host has no qualified name to look up")
    found = known(host.answers(binary.name, "A")) + known(host.answers(binary.name, "AAAA"))
    return Addresses(binary.name, found, {address: known(host.answers(address, "PTR")) for address in found})
