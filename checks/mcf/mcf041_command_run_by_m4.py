r"""The .mc asks the operating system for something.

esyscmd and syscmd give a command to the shell of whoever builds the .cf, which is mostly root;
maketemp, mkstemp and debugfile make files. A configuration needs none of them: who can change the
.mc, or any file that it includes, has the builder's rights. They are not run here, so what the .cf
would get from them is not known either (GNU m4 manual, "Shell commands").

In the log or at the client:
    nothing; the command runs at each build
Bad:
    define(`confSITE', esyscmd(`hostname -f'))dnl
Bad:
    syscmd(`touch /var/tmp/built')dnl
Good:
    dnl esyscmd(`hostname -f') is not needed: sendmail finds out by itself.
Good:
    define(`confSMTP_LOGIN_MSG', `$j esyscmd spoken')dnl
Not when: the cf tree's own cfhead.m4 asks who builds the file, for its first lines.
See: GNU m4 manual, "Shell commands"; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.complaints import Asking, Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import unread

_COMMANDS = frozenset(("syscmd", "esyscmd"))
_ASK = (*_COMMANDS, "sysval", "maketemp", "mkstemp", "debugfile")
_SHOWN = 80


@check("MCF041", severity=Severity.HIGH, confidence=Confidence.HIGH)
def command_run_by_m4(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Point at the calls in sight, and at those that m4 comes upon by other ways."""
    seen: set[tuple[str, int]] = set()
    for call in view.of(*_ASK):
        # A call in the arguments of another is told with its own line; m4 reaches those of a condition only sometimes.
        seen.add((call.span.path, call.span.line))
        yield _written(call)
    if isinstance(complaints, Unknown):
        yield from unread(view)
        return
    for asking in complaints.asked:
        if asking.span is None or (asking.span.path, asking.span.line) not in seen:
            yield _come_upon(asking, complaints.mc_path)


def _written(call: MacroCall) -> Finding:
    condition = " where its condition holds" if call.conditional else ""
    return _finding(call.span, call.name, call.value(0), condition)


def _come_upon(asking: Asking, mc: str) -> Finding:
    return _finding(asking.span or mc, asking.builtin, asking.command, "", (f"{asking.where}: {asking.builtin}",))


def _finding(at: Span | str, builtin: str, command: str, condition: str, evidence: tuple[str, ...] = ()) -> Finding:
    shown = command if len(command) <= _SHOWN else f"{command[:_SHOWN]}..."
    runs = builtin in _COMMANDS
    return Finding(
        at,
        f"{builtin} gives the shell a command: {shown}"
        if runs
        else f"{builtin} asks the system for {shown or 'a status'}",
        f"m4 runs it{condition} with the rights of whoever builds the .cf; it was not run here."
        if runs
        else f"m4 does it{condition} with the rights of whoever builds the .cf; it was not done here.",
        Fix("write the value itself, or have a Makefile pass it with m4's option -D"),
        evidence=evidence,
    )
