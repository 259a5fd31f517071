r"""Programs in aliases and .forward files are run by a plain shell.

Mail to "|command" is handed to the mailer prog, by default /bin/sh: a line in an alias or a
.forward can run anything. The restricted shell smrsh runs only what the administrator has put into
its directory (cf/README, FEATURE(smrsh); smrsh(8)).

In the log or at the client:
    nothing; with smrsh: smrsh: "command" not available for sendmail programs
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Bad:
    --- +/etc/mail/sendmail.cf
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=EnvFromL/HdrFromL, R=EnvToL/HdrToL, D=$z:/, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
Good:
    FEATURE(`smrsh', `/usr/sbin/smrsh')dnl
Good:
    define(`LOCAL_SHELL_PATH', `/usr/local/sbin/smrsh')dnl
    --- /usr/local/sbin/smrsh 755 root:root
Not when: nothing is delivered here: submit.cf, a null client, no mailer for local mail.
See: howto step 6; cf/README, smrsh; smrsh(8).
"""

import posixpath

from auditor.facts.features import Defines, Features, MailerUses
from auditor.facts.given import Tree
from auditor.facts.listeners import Listeners
from auditor.facts.mailers import Mailers
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.text import Span
from auditor.model.unknown import Missing, NotApplicable, Unknown

_SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "ksh93", "csh", "tcsh", "zsh"))
#: Where smrsh may be installed.
_SMRSH = (
    "/usr/sbin/smrsh",
    "/usr/libexec/smrsh",
    "/usr/libexec/sendmail/smrsh",
    "/usr/lib/sm.bin/smrsh",
    "/usr/lib/smrsh",
)


@check("CFF030", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def programs_run_by_a_plain_shell(  # noqa: PLR0913  # The mailer shows in the .cf, or in four parts of the .mc.
    mailers: Mailers | Unknown,
    uses: MailerUses | Unknown,
    features: Features | Unknown,
    defines: Defines | Unknown,
    tree: Tree,
    listeners: Listeners,  # noqa: ARG001  # A daemon's configuration only.
) -> Verdicts:
    """Look at the program of the mailer prog; without a .cf at what the .mc gives it."""
    span: Span | None
    if isinstance(mailers, Mailers):
        mailer = mailers.get("prog")
        if mailer is None:
            yield NotApplicable("no mailer runs programs")
            return
        path, span = mailer.path, mailer.fields["P"].span if "P" in mailer.fields else mailer.node
        place = _call(uses)
    elif isinstance(uses, Unknown) or isinstance(features, Unknown) or isinstance(defines, Unknown):
        yield mailers
        return
    else:
        place = span = _call(uses)
        if span is None:
            yield uses.doubt or NotApplicable("the .mc has no mailer for local mail")
            return
        path = _shell(features, defines)
    if posixpath.basename(path) in _SHELLS:
        yield _finding(path, place or span, span, _smrsh(tree))


def _call(uses: MailerUses | Unknown) -> Span | None:
    if isinstance(uses, Unknown):
        return None
    return next((call.span for call in uses.calls if call.value(0) == "local"), None)


def _shell(features: Features, defines: Defines) -> str:
    smrsh = features.get("smrsh")
    if smrsh is not None:
        return smrsh.args[0] if smrsh.args and smrsh.args[0] else _SMRSH[0]
    return defines.value("LOCAL_SHELL_PATH") or "/bin/sh"


def _is_default(path: str) -> bool:
    """Whether nothing in the .mc chose the shell, so that nothing there overrides the feature."""
    return path == "/bin/sh"


def _smrsh(tree: Tree) -> str:
    return next((path for path in _SMRSH if not isinstance(tree.entry(path), Missing | Unknown)), _SMRSH[0])


def _finding(path: str, at: Span, span: Span, smrsh: str) -> Finding:
    line = f"FEATURE(`smrsh', `{smrsh}')dnl"
    title = f"let smrsh run them: {line}"
    return Finding(
        at,
        f"the mailer prog is {path}",
        "Whoever can write an alias or a .forward file runs any program here, and so does a hole in sendmail.",
        replace(at.part(0, 0), f"{line}\n", title) if at.path.endswith(".mc") and _is_default(path) else Fix(title),
        () if span is at else ((span, "the mailer is defined here"),),
    )
