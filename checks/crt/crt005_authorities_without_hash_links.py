r"""The directory of authorities has no hash links.

OpenSSL finds an authority in CACertPath by a link named after the hash of its subject. A directory of plain .pem
files is there for sendmail to be satisfied, and for nothing else: no client certificate and no peer is verified with
it (cf/README, STARTTLS; openssl-rehash(1)).

In the log or at the client:
    STARTTLS=client, relay=mx.example.net, verify=FAIL
Bad:
    --- /etc/mail/certs/9202f7d5.0 missing
    --- /etc/mail/certs/6d00b01b.0 missing
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the directory holds no certificate at all.
See: howto step 5; cf/README, STARTTLS; openssl-rehash(1).
"""

from auditor.facts.certificates import Authorities
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable


@check("CRT005", severity=Severity.LOW, howto="5")
def authorities_without_hash_links(authorities: Authorities, files: TLSFiles) -> Verdicts:
    """Judge CACertPath."""
    directory = next(iter(files.of("CACertPath")), None)
    if directory is None:
        yield NotApplicable("no CACertPath is set")
        return
    fix = command(
        f"openssl rehash {quoted(directory.path)}", "make the links, again after every change of a certificate"
    )
    consequence = "No certificate that peers or clients show is verified with what lies there."
    if authorities.wrong_links:
        names = ", ".join(authorities.wrong_links[:3])
        yield Finding(directory.path, f"links in it do not match what they lead to: {names}", consequence, fix)
    elif authorities.unlinked and not authorities.links:
        count = len(authorities.unlinked)
        yield Finding(
            directory.span, f"{directory.path} holds {count} certificate files and no hash link", consequence, fix
        )
    elif authorities.unseen is not None:
        yield authorities.unseen
