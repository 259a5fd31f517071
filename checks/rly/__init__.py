"""Relaying: for whom this host takes mail that ends elsewhere."""

from collections.abc import Iterator

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features, FeatureUse
from auditor.model.finding import Fix, replace
from auditor.model.text import Span

USUAL_FILE = "/etc/mail/sendmail.mc"

_TOP = frozenset(
    """
    com net org edu gov mil int info biz name pro arpa aero asia cat coop jobs mobi museum post tel travel xxx app blog
    cloud club dev email live online shop site store tech top xyz
    """.split()
)
_SECOND = frozenset("co com org net gov edu ac or ne go gob gouv mil sch nom web".split())
_COUNTRY = 2


def is_public(domain: str) -> bool:
    """Whether strangers register names right below a domain: a top-level one, or one such as co.uk."""
    labels = domain.strip(".").lower().split(".")
    country = len(labels[-1]) == _COUNTRY and labels[-1].isalpha()
    if len(labels) == 1:
        return country or labels[0] in _TOP
    return len(labels) == _COUNTRY and country and labels[0] in _SECOND


def uses(features: Features, name: str) -> Iterator[FeatureUse]:
    """The use of a feature that counts, if there is one; raises Unknowable where that cannot be told."""
    use = features.get(name)
    if use is not None:
        yield use


def place(use: FeatureUse, files: ConfigurationFiles) -> Span | str:
    """Where a feature is switched on, or the file where only an absence shows it."""
    return use.span if use.span is not None else files.cf_path


def removed(use: FeatureUse, title: str) -> Fix:
    """A fix that takes a call out of the .mc, the rest of its line with it; only words where no .mc is here."""
    if use.call is None or use.via is not None:
        return Fix(title)
    span = use.call.span
    below = span.source.text[span.end :]
    rest = below.partition("\n")[0]
    if rest.strip() not in ("", "dnl"):
        return replace(span, "", title)
    end = min(span.end + len(rest) + 1, len(span.source.text))
    return replace(Span(span.source, span.start, end), "", title)
