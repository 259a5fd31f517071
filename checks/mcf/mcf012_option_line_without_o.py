r"""A line sets an option by its name alone, without the O.

In the .cf an option line is "O Name=value". Without the O the name's first letter is the command:
CipherList=... adds words to class i, DeliveryMode=... defines macro e, TLSSrvOptions=... makes a
trusted user, and nobody is told; most other names keep the daemon from starting (Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    sendmail.cf: line 117: bad ruleset definition "afeFileEnvironment=/" (number required after `=')
    nothing, where the name begins with C, D, E, P or T
Bad:
    LOCAL_CONFIG
    CipherList=HIGH:!aNULL
Bad:
    LOCAL_CONFIG
    MaxDaemonChildren=40
Good:
    define(`confCIPHER_LIST', `HIGH:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
Good:
    LOCAL_CONFIG
    D{CipherList}HIGH
Not when: the name is no option's full name.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.bare_text import BareText, Stray
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.sendmail.macros import OPTION_OF

_MACRO_OF = {option.lower(): macro for macro, option in OPTION_OF.items()}


@check("MCF012", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="N6")
def option_line_without_o(text: BareText) -> Verdicts:
    """Judge the lines that begin with an option's name."""
    for stray in text.of("option"):
        made = stray.taken.what if stray.taken is not None else "a command of another kind"
        yield Finding(
            stray.place,
            f"{stray.place.text} without O is no option line",
            f"sendmail refuses to start: {made}."
            if stray.refused
            else f"The option stays as it was; without a word sendmail takes the line for {made}.",
            _fix(stray),
            severity=Severity.CRITICAL if stray.refused else None,
        )


def _fix(stray: Stray) -> Fix:
    """A define where there is one, since the generated line would overrule an O line in LOCAL_CONFIG."""
    name, _, value = stray.line.text.partition("=")
    macro = _MACRO_OF.get(name.strip().lower())
    value = value.strip()
    if macro is None or set(value) & set("`'"):
        return replace(stray.place.part(0, 0), "O ", "write an option line, under LOCAL_CONFIG")
    return replace(stray.line.span, f"define(`{macro}', `{value}')dnl", "let m4 write the option")
