r"""An option is set that does harm or was given up long ago.

Each of these exists for a test, a bug or a habit of the eighties. Verbose and ErrorMode belong on a
command line; MatchGECOS delivers to whoever has a similar full name; UseErrorsTo and
DontPruneRoutes serve headers and routes that RFC 5321 abolished (Sendmail Installation and
Operation Guide, 5.6).

In the log or at the client:
    nothing
Bad:
    define(`confMATCH_GECOS', `True')dnl
Bad:
    define(`confUNSAFE_GROUP_WRITES', `False')dnl
Bad:
    define(`confERROR_MODE', `write')dnl
Good:
    define(`confMATCH_GECOS', `False')dnl
    define(`confME_TOO', `True')dnl
    define(`confERROR_MODE', `mail')dnl
Not when: the option has its default value; MeToo is true in every sendmail of today.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.options import Options, Setting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.sendmail.macros import OPTION_OF

#: Flags with the value that is odd, and what it leads to.
_FLAGS = {
    "Verbose": (True, "Every delivery writes its dialogue to the terminal, and runs in the foreground."),
    "IgnoreDots": (True, "A line with a dot alone no longer ends a message that a program hands over."),
    "TryNullMXList": (
        True,
        "A domain of this host that class w lacks shows as a time-out, not as the loop it is.",
    ),
    "UseErrorsTo": (True, "Bounces go to an Errors-To: header, which whoever writes a message can point at anybody."),
    "MatchGECOS": (True, "Mail is delivered to users whose full name resembles the address, perhaps to the wrong one."),
    "UnsafeGroupWrites": (
        False,
        "A .forward or :include: file that a group may write is trusted: its members act as the user.",
    ),
    "DontPruneRoutes": (True, "Source routes, which nothing but abuse uses today, are kept."),
}
_MODES = {"w": "Errors are written to the terminals of users who are logged in.", "q": "Errors are thrown away."}
_MACRO_OF = {option: macro for macro, option in OPTION_OF.items()}


@check("CFF019", severity=Severity.LOW)
def setting_nobody_wants(options: Options) -> Verdicts:
    """Look at each of these options."""
    for name, (odd, consequence) in _FLAGS.items():
        setting = options.get(name)
        if setting is not None and setting.is_true is odd:
            yield _finding(setting, f"{name} is {str(odd).lower()}", consequence)
    mode = options.get("ErrorMode")
    if mode is not None and mode.value[:1].lower() in _MODES:
        yield _finding(mode, f"ErrorMode is {mode.value}", _MODES[mode.value[:1].lower()])


def _finding(setting: Setting, message: str, consequence: str) -> Finding:
    macro = _MACRO_OF.get(setting.name)
    where = f"the definition of {macro}" if macro is not None else "the O line"
    return Finding(setting.span, message, consequence, Fix(f"remove {where}: the default is right"))
