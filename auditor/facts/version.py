"""Which version of sendmail a configuration was made for."""

import re

from auditor.facts.configurations import CfFile, ConfigurationFiles, banner_of
from auditor.facts.macros import macros_of
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.readers.cf import CfDocument
from auditor.sendmail.cf import view_of


@fact(Configuration)
@frozen
class Version:
    """The version a .cf was made for.

    Attributes:
        text: what the DZ line says, ``8.14.4/Debian``; None where there is none.
        release: its leading numbers, ``(8, 14, 4)``.
        span: the place of the DZ value, or of the V line, or None where neither is there.
        level: the level of the V line, 10 for every version since 8.12; 0 where there is none.
        vendor: the vendor behind the level, such as ``Berkeley``.

    """

    text: str | None
    release: tuple[int, ...]
    span: Span | None
    level: int
    vendor: str | None


@provider
def version(files: ConfigurationFiles, cf: CfFile | Unknown) -> Version | Unknown:
    """Read the DZ and V lines; a file with neither, and no banner, tells nothing of its version.

    Where the .mc files alone are judged, the .cf that is there still tells with which m4 files it is built.
    """
    if files.outdated is not None:
        return _told(files.outdated)
    if isinstance(cf, Unknown):
        return cf
    if cf.generated is not None and not cf.generated.cf.own:
        return Unknown(f"{cf.document.path} is not here, and the .mc does not say for which version it is made")
    return _told(cf.document)


def _told(document: CfDocument) -> Version | Unknown:
    macros, banner = macros_of(view_of(document)), banner_of(document)
    lines = view_of(document).lines("version")
    found = re.match(r"V\s*(\d{1,9})(?:/([A-Za-z]*))?", lines[-1].text) if lines else None
    made_for = macros.get("Z")
    if found is None and made_for is None and banner.built_by is None:
        return Unknown(f"{document.path} does not say which version it was made for")
    numbers = re.match(r"\d+(?:\.\d+)*", made_for.value.strip()) if made_for is not None else None
    place = made_for.span if made_for is not None else lines[-1].span(1) if lines else None
    return Version(
        text=made_for.value.strip() if made_for is not None else None,
        release=tuple(int(part[:9]) for part in numbers[0].split(".")) if numbers is not None else (),
        span=place,
        level=int(found[1]) if found is not None else 0,
        vendor=found[2] if found is not None else None,
    )
