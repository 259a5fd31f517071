"""Owners and modes: what sendmail refuses to use, and what it uses although others can change or read it."""

from auditor.facts.safety import Entry, Kind, Owners
from auditor.facts.tls import TLSFile, TLSFiles
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown
from auditor.sendmail.file_demands import Purpose

USUAL_FILE = "/etc/mail/sendmail.mc"
#: The directories PRM001 reports on; other rules leave them to it.
STANDARD = frozenset(("/", "/etc", "/etc/mail", "/usr", "/var", "/var/spool"))
GROUP_WRITE, WORLD_WRITE, GROUP_READ, WORLD_READ, EXECUTE = 0o020, 0o002, 0o040, 0o004, 0o111
#: What each option's file is opened for; of the two directories sendmail itself looks at the name only.
PURPOSES = {
    "ServerCertFile": Purpose.CERTIFICATE,
    "ServerKeyFile": Purpose.KEY,
    "ClientCertFile": Purpose.CERTIFICATE,
    "ClientKeyFile": Purpose.KEY,
    "CACertFile": Purpose.AUTHORITIES,
    "CRLFile": Purpose.REVOCATION_LIST,
    "DHParameters": Purpose.DH_PARAMETERS,
}
_SERVER_ONLY = ("ServerCertFile", "ServerKeyFile", "DHParameters")


def used_files(files: TLSFiles, configuration: Configuration) -> list[TLSFile]:
    """The files that a configuration has sendmail load for TLS, each path and purpose once."""
    found: dict[tuple[str, Purpose], TLSFile] = {}
    for file in files:
        purpose = PURPOSES.get(file.option)
        passed_over = configuration.is_submission and file.option in _SERVER_ONLY
        if purpose is not None and file.is_absolute and not passed_over:
            found.setdefault((file.path, purpose), file)
    return list(found.values())


def owners_of(entry: object) -> Owners | Unknown | None:
    """Owner and mode of a regular file, or why they are unknown; None where there is no such file."""
    if isinstance(entry, Unknown):
        return entry
    return entry.owners if isinstance(entry, Entry) and entry.kind is Kind.FILE else None


def writers(owners: Owners) -> str | None:
    """Who beside the owner may write: ``everybody``, ``the group NAME`` or nobody."""
    if owners.mode & WORLD_WRITE:
        return "everybody"
    return f"the group {owners.group or owners.gid}" if owners.mode & GROUP_WRITE else None


def consequence_of(option: str) -> str:
    """What the refusal of a file named by an option leads to."""
    if option in ("ServerCertFile", "ServerKeyFile", "CACertFile"):
        return "sendmail refuses the file and offers no STARTTLS; with AuthOptions p no login either."
    if option == "CRLFile":
        return "sendmail refuses the list and goes on without it: revoked certificates are accepted."
    if option == "DHParameters":
        return "sendmail refuses the file and takes a group of its own."
    return "sendmail refuses the file and goes to other hosts without a certificate of its own."
