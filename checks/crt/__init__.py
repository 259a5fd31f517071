"""Certificates, keys and revocation lists: whether they load, fit together, and satisfy peers."""

from collections.abc import Iterator

from auditor.facts.certificates import Authorities, Leaf
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.options import Options
from auditor.facts.tls import TLSFiles
from auditor.facts.wire import Conversation
from auditor.model.finding import Finding, Fix
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.x509 import Certificate, path

USUAL_FILE = "/etc/mail/sendmail.mc"


def above(leaf: Leaf, authorities: Authorities | Unknown | NotApplicable) -> list[tuple[Certificate, Span | None]]:
    """The issuers above a certificate with their places: among the authorities, or on the wire among what was sent."""
    if leaf.file is None:
        return [(found, None) for found in path(leaf.certificate, leaf.others)]
    if not isinstance(authorities, Authorities):
        return []
    return [(placed.certificate, placed.span) for placed in authorities.chain(leaf.certificate)[0]]


def verifies(leaf: Leaf, talk: Conversation | Unknown | NotApplicable) -> bool:
    """Whether a certificate was met on the wire and led to an authority, be it by another way than the server sent."""
    tls = talk.tls if isinstance(talk, Conversation) else None
    return tls is not None and tls.verified and tls.chain[:1] == (leaf.certificate.der,)


def needed_beside_certificate(
    option: str, line: str, files: TLSFiles, options: Options, place: ConfigurationFiles
) -> Iterator[Finding | NotApplicable]:
    """A finding where a server certificate is configured without an option that STARTTLS needs as well.

    Args:
        option: the option.
        line: the line of a .mc that sets it.
        files: the TLS files of the configuration.
        options: its options.
        place: its files, for where to add what is missing.

    """
    certificate = files.setting("ServerCertFile")
    if certificate is None or not certificate.value:
        yield NotApplicable("no server certificate is configured")
        return
    setting = files.setting(option)
    if "C" in options.letters("TLSSrvOptions"):
        yield NotApplicable("TLSSrvOptions holds C")
    elif setting is None or not setting.value.startswith("/"):
        yield Finding(
            setting.span if setting else place.to_mend,
            f"{option} is {'no absolute name: ' + setting.value if setting else 'not set'}",
            "STARTTLS is not offered, and with AuthOptions p neither is AUTH; nothing in the log says so.",
            Fix(line),
            ((certificate.span, "the server certificate is configured here"),),
        )
