r"""Signing requests or an authority's own key lie beside the certificates.

A request is of no use once it is signed. An authority's private key on the mail host lets whoever takes the host sign
certificates for every name. (No manual says more; tidy directories show what is in use.)

In the log or at the client:
    nothing
Bad:
    --- /etc/mail/certs/newreq.csr 600 root:root
    -----BEGIN CERTIFICATE REQUEST-----
Bad:
    --- /etc/mail/certs/cakey.pem 600 root:root
    not shown
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the file is one that the configuration names.
See: howto, the key.
"""

import posixpath

from auditor.facts.given import Tree
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.pattern import lazy
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable, Unknown

_REQUEST = lazy(r"(?i).*\.(?:csr|req)|newreq\..*|.*req\.pem")
_AUTHORITY_KEY = lazy(r"(?i)ca[-_.]?key.*|.*[-_.]ca[-_.]?key.*|rootca.*\.key|ca\.key")


@check("CRT023", severity=Severity.LOW, howto="Kn")
def leftovers_beside_the_certificates(files: TLSFiles, tree: Tree) -> Verdicts:
    """Look through the directories of the certificates, but not through a system's own."""
    named = {file.path for file in files}
    directories = {posixpath.dirname(path) for path in named if path.startswith("/etc/mail/")}
    if not directories:
        yield NotApplicable("no certificate lies below /etc/mail")
    for directory in sorted(directories):
        names = tree.names(directory)
        if isinstance(names, Unknown):
            yield names
        for name in names if isinstance(names, tuple) else ():
            path = posixpath.join(directory, name)
            if path in named:
                continue
            if _AUTHORITY_KEY.fullmatch(name):
                consequence = "Whoever takes this host can sign certificates that all your users trust."
                fix = command(
                    f"shred -u {quoted(path)}", "keep the authority's key off line, and nowhere else", ready=False
                )
                yield Finding(
                    path, "it looks like the private key of an authority", consequence, fix, severity=Severity.MEDIUM
                )
            elif _REQUEST.fullmatch(name):
                fix = command(f"rm {quoted(path)}", "remove what has been signed")
                yield Finding(path, "it is a signing request", "It hides what is in use here and serves nothing.", fix)
