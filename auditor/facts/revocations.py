"""The revocation list a configuration names, as sendmail would load it."""

from auditor.facts.certificates import Authorities, LoadProblem, Placed
from auditor.facts.given import Tree
from auditor.facts.tls import CONTENT_LIMIT, TLSFile, TLSFiles, content, missing_block
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.readers import x509
from auditor.readers.x509 import RevocationList, Unreadable
from auditor.sendmail import tls


@fact(Configuration)
@frozen
class Revocations:
    """The revocation list that sendmail would load: the first one of CRLFile, in PEM only.

    Attributes:
        file: the file.
        list: the list; None where the file cannot be used, and STARTTLS then works without one.
        span: the PEM block the list stands in.
        problem: why the file cannot be used, None where it can.
        unused: the list of a file in DER, which sendmail does not load and which tells its age all the same.
        further: how many more lists the file holds, which sendmail passes over.

    """

    file: TLSFile
    list: RevocationList | None
    span: Span | None
    problem: LoadProblem | None
    further: int
    unused: RevocationList | None = None

    def signer(self, authorities: Authorities) -> Placed | Unknown | None:
        """The authority whose signature the list carries."""
        if self.list is None:
            return None
        for placed in authorities.all:
            if x509.list_signed_by(self.list, placed.certificate):
                return placed
        return authorities.unseen


@provider
def revocations(files: TLSFiles, tree: Tree) -> Revocations | Unknown | NotApplicable:
    """Read CRLFile."""
    file = next(iter(files.of(tls.REVOCATION_FILE)), None)
    if file is None:
        return NotApplicable("no CRLFile is set")
    held = content(tree, file)
    if isinstance(file.entry, Missing) or not file.is_absolute:
        reason = "it is missing" if file.is_absolute else "its name is not absolute"
        return Revocations(file, None, None, LoadProblem(file, reason, None, certain=True), 0)
    if isinstance(held, Unknown):
        return held
    span = held.first(tls.REVOCATION_LABELS)
    der = span.der() if span is not None else None
    found = x509.revocation_list(der) if der is not None else Unreadable(missing_block(held, "X509 CRL"), certain=True)
    further = max(0, len(held.document.labelled(tls.REVOCATION_LABELS)) - 1)
    if isinstance(found, Unreadable):
        problem = LoadProblem(file, found.reason, span, found.certain)
        return Revocations(file, None, span, problem, further, _in_der(tree, file))
    return Revocations(file, found, span, None, further)


def _in_der(tree: Tree, file: TLSFile) -> RevocationList | None:
    source = tree.read(file.path, CONTENT_LIMIT)
    found = x509.revocation_list(source.data) if isinstance(source, Source) else None
    return found if isinstance(found, RevocationList) else None
