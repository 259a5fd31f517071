"""Certificates, keys and revocation lists: whether they load, fit together, and satisfy peers."""

from collections.abc import Iterator

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.options import Options
from auditor.facts.tls import TLSFiles
from auditor.model.finding import Finding, Fix
from auditor.model.unknown import NotApplicable

USUAL_FILE = "/etc/mail/sendmail.mc"


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
