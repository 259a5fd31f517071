r"""An HTML entity stands where a character was meant.

Configuration copied out of a web page's source carries &lt; and &amp; instead of < and &. m4 and
sendmail know no entities: -T&lt;TMPF&gt; makes failed look-ups return text that no rule recognises,
so a broken access map lets everything pass (cf/README, "access_db").

In the log or at the client:
    *** WARNING: missing -T<TMPF> in argument of FEATURE(`access_db', hash -T&lt;TMPF&gt; /etc/mail/access)
Bad:
    FEATURE(`mailertable', `hash -T&lt;TMPF&gt; /etc/mail/mailertable')dnl
Good:
    FEATURE(`mailertable', `hash -T<TMPF> /etc/mail/mailertable')dnl
Good:
    dnl The page shows &lt;TMPF&gt; here.
Not when: it stands in a comment; $&{client_addr} and other ampersands are none.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

import html
from collections.abc import Iterator

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.mc import McView, TextLine
from checks.mcf import unread

_ENTITY = lazy(r"&(?:lt|gt|amp|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,6});")


@check("MCF026", severity=Severity.HIGH, confidence=Confidence.HIGH)
def html_entity(view: McView) -> Verdicts:
    """Search arguments and text, comments apart."""
    told: set[int] = set()
    for span in _live(view):
        found = [span.part(*each.span()) for each in _ENTITY.finditer(span.text)]
        new = [each for each in found if each.start not in told]
        told.update(each.start for each in new)
        if new:
            yield Finding(
                new[0],
                f"{new[0].text} is an HTML entity; {html.unescape(new[0].text)} was meant",
                "sendmail knows no entities and uses the text as it stands.",
                Fix("write the characters", edits=tuple(Edit(each, _bytes(each)) for each in new)),
            )
    yield from unread(view)


def _bytes(entity: Span) -> str:
    # A source has one character a byte; what is no ASCII is written in UTF-8.
    return html.unescape(entity.text).encode("utf-8", "replace").decode("latin-1")


def _live(view: McView) -> Iterator[Span]:
    for item in view.items:
        if isinstance(item, TextLine):
            if not item.text.lstrip().startswith("#"):
                yield item.span
        elif not hasattr(item, "kind") and item.live and item.name != "VERSIONID":
            yield from (argument.span for argument in item.args)
