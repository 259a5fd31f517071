r"""An O line names an option that sendmail does not know, or not quite.

Names count without regard to case, and a beginning that fits one option only is completed. Any
other name is refused, and so is one with two blanks behind the O or without "=" before the value.
OLogLevel=9, without the blank, is the old form: option L with the value "ogLevel=9", which is no
number and so 0 (Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    readcf: unknown option name LogLevl
    readcf: ambiguous option name Max (matches MaxHopCount and MaxMessageSize)
    settimeout: invalid timeout idnt
    nothing, for OLogLevel=9
Bad:
    --- +/etc/mail/sendmail.cf
    O LogLevl=9
Bad:
    --- +/etc/mail/sendmail.cf
    O Max=9
Bad:
    --- +/etc/mail/sendmail.cf
    O Timeout.idnt=0
Bad:
    --- +/etc/mail/sendmail.cf
    OLogLevel=12
Bad:
    LOCAL_CONFIG
    O LogLev=12
Good:
    --- +/etc/mail/sendmail.cf
    O loglevel=12
    O Timeout.IDENT=0
Not when: the option is one that only special builds or later versions have; ENV005 asks the program
    for those.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re
from collections.abc import Iterator

from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.model.value import replaced
from auditor.sendmail.cf import OptionLine
from auditor.sendmail.macros import OPTION_OF, nearest
from auditor.sendmail.mc import McView
from auditor.sendmail.options import by_name
from checks.cff import also, before_8_12, origin

_PARTS = frozenset(option.lower() for option in OPTION_OF.values() if "." in option) | {"milter.loglevel"}
#: AutoRebuildAliases and its letter, which versions before 8.12 have.
_GONE = ("autorebuildaliases", "d")
_DOWN = "sendmail does not start with this configuration: no mail goes in or out."


@check("CFF004", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def option_name_not_known(options: Options, version: Version | Unknown, view: McView | Unknown) -> Verdicts:
    """Judge the names of all O lines."""
    old = before_8_12(version)
    for line in options.unknown:
        if not (old and line.written.lower() in _GONE):
            yield _unknown(line, view, options)
    for line in options.ambiguous:
        names = [option.name for option in line.named.matches] if line.named is not None else []
        message = f"{line.written} may be {names[0]} or {names[1]}"
        yield _one(line, view, message, _DOWN, f"write the whole name: {', '.join(names)}")
    for line in options.abbreviated:
        name = line.option.name if line.option is not None else ""
        message = f"{line.written} is an abbreviation of {name}"
        remark = "sendmail takes it, with a remark at every start."
        yield _safe(_one(line, view, message, remark, f"write {name}", Severity.LOW))
    for line in options.lines:
        yield from _other(line, view)


def _unknown(line: OptionLine, view: McView | Unknown, options: Options) -> Finding:
    name = line.written.strip()
    near = nearest(name.lower(), frozenset(by_name()))
    meant = by_name().get(name.partition(" ")[0].lower())
    if meant is not None and line.written != name:
        fix = f"leave one blank between O and {meant.name}"
    elif meant is not None:
        fix = f"put = between {meant.name} and its value"
    else:
        fix = (
            f"write {by_name()[near].name}"
            if near is not None
            else "write the name as the guide has it, or remove the line"
        )
    found = _one(line, view, f"sendmail knows no option {name or 'without a name'}", _DOWN, fix)
    return _safe(found) if near is not None and meant is None and _is_sure(name, near, options) else found


def _is_sure(name: str, near: str, options: Options) -> bool:
    """Whether only one option can be meant, and it is set nowhere else."""
    return unmistakable(name, near, by_name()) and all(near != line.key.lower() for line in options.lines)


def _safe(finding: Finding) -> Finding:
    fix = finding.fix
    return finding if fix is None else replaced(finding, fix=replaced(fix, safe=bool(fix.edits)))


def _other(line: OptionLine, view: McView | Unknown) -> Iterator[Finding]:
    if line.named is None:
        whole = re.match(r"[A-Za-z]{4,}", line.written + line.value)
        meant = by_name().get(whole[0].lower()) if whole is not None else None
        if meant is not None and line.option is not None:
            letter = f"{line.option.name or 'option'} ({line.written})"
            consequence = f'sendmail takes it for {letter} with the value "{line.value}"; {meant.name} stays as it was.'
            message = f"no blank stands between O and {meant.name}"
            yield _one(line, view, message, consequence, f"write O {meant.name}=", Severity.HIGH)
    elif line.part is not None and line.key not in _PARTS:
        near = nearest(line.key, _PARTS)
        message = f"{line.written} has no part {line.part}"
        yield _one(line, view, message, _DOWN, f"write {near}" if near is not None else "write it as the guide has it")


def _one(  # noqa: PLR0913  # What a finding of this rule is made of.
    line: OptionLine, view: McView | Unknown, message: str, consequence: str, fix: str, severity: Severity | None = None
) -> Finding:
    node = Span(line.node.source, line.node.start, line.node.start + len(line.node.text.rstrip()))
    start = origin(node, view)
    at = line.name_span if start is node else start
    return Finding(at, message, consequence, _fix(at, line, fix), also(at, node), severity=severity)


def _fix(at: Span, line: OptionLine, title: str) -> Fix:
    word = title.removeprefix("write ")
    exact = title.startswith("write ") and " " not in word and "," not in word and line.part is None
    if not exact or at.path.endswith(".cf") or line.written not in at.text:
        return Fix(title)
    return replace(at.find(line.written), word, title)
