"""The classes and maps a .mc leads to, read without running m4."""

from auditor.facts.features import Defines, Features
from auditor.facts.logical import passed
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknowable
from auditor.model.value import frozen
from auditor.sendmail.cf import Line, live
from auditor.sendmail.cf_commands import ClassFile, Map, Word, class_file, class_words, map_line
from auditor.sendmail.macros import CLASS_MACROS, CLASS_OF
from auditor.sendmail.mc import McView
from auditor.sendmail.mc_expand import expand

#: The map each feature declares, and its file where the feature is given no argument.
_MAPS = {
    "access_db": ("access", "access"),
    "authinfo": ("authinfo", "authinfo"),
    "bitdomain": ("bitdomain", "bitdomain"),
    "domaintable": ("domaintable", "domaintable"),
    "genericstable": ("generics", "genericstable"),
    "mailertable": ("mailertable", "mailertable"),
    "uucpdomain": ("uudomain", "uudomain"),
    "virtusertable": ("virtuser", "virtusertable"),
}
_MARK = "<TMPF>"


@fact(Configuration)
@frozen
class StaticClasses:
    """What a .mc puts into classes: words and files with the class of each, and why there may be more, or None."""

    words: tuple[tuple[str, Word], ...]
    files: tuple[ClassFile, ...]
    doubt: str | None


@provider
def static_classes(view: McView, defines: Defines, features: Features) -> StaticClasses:
    """Read the class macros, the features that name class files, and the lines passed on."""
    lines: list[Line] = []
    doubts: list[str] = []
    start = view.document.source.span(0, 0)
    lines += [Line(start, live(text)) for text in _proto(defines, features, doubts)]
    if any(call.value(0) == "generic" for call in view.of("DOMAIN")):
        lines.append(Line(start, "C{E}root"))
    for call in view.of(*CLASS_MACROS):
        if call.conditional or call.unknown(0) is not None:
            doubts.append(
                f"{call.name} in line {call.span.line} stands under a condition, or its argument is not known"
            )
            continue
        name = CLASS_OF[call.name.removesuffix("_FILE")]
        letter = "F" if CLASS_MACROS[call.name] else "C"
        lines.append(
            Line(call.args[0].inner if call.args else call.span, f"{letter}{{{name}}}{call.value(0)}".rstrip())
        )
    for first, line in passed(view, "CFT"):
        if first.conditional or first.partial:
            doubts.append(f"line {first.span.line} stands under a condition, or has an unknown part")
        else:
            lines.append(line)
    unseen = view.unseen("LOCAL_DOMAIN")
    if unseen is not None:
        doubts.append(f"{unseen.reason} in line {unseen.span.line}")
    words, files = _taken(lines)
    return StaticClasses(tuple(words), tuple(files), doubts[0] if doubts else None)


def _taken(lines: list[Line]) -> tuple[list[tuple[str, Word]], list[ClassFile]]:
    words: list[tuple[str, Word]] = []
    files: list[ClassFile] = []
    for line in lines:
        file = class_file(line) if line.text[0] == "F" else None
        found = class_words(line, {}) if line.text[0] != "F" else None
        if file is not None:
            files.append(file)
        if found is not None:
            words += [(found[0], word) for word in found[1]]
    return words, files


def _proto(defines: Defines, features: Features, doubts: list[str]) -> list[str]:
    # What proto.m4 writes of itself and for features.
    lines = ["Cwlocalhost", "Troot", "Tdaemon"]
    settings = _value(defines, "MAIL_SETTINGS_DIR", doubts) or "/etc/mail/"
    if _uses(features, "use_cw_file", doubts):
        lines.append("Fw" + (_value(defines, "confCW_FILE", doubts) or f"{settings}local-host-names"))
    if _uses(features, "use_ct_file", doubts):
        lines.append("Ft" + (_value(defines, "confCT_FILE", doubts) or f"{settings}trusted-users"))
    relay = _value(defines, "confCR_FILE", doubts)
    if relay:
        lines.append(f"FR{relay}")
    if not _uses(features, "nouucp", doubts):
        lines.append("Tuucp")
    users = _value(defines, "confTRUSTED_USERS", doubts)
    if users:
        lines.append(f"T{users}")
    return lines


def _uses(features: Features, name: str, doubts: list[str]) -> bool:
    try:
        return features.get(name) is not None
    except Unknowable as unknowable:
        doubts.append(unknowable.unknown.reason)
        return False


def _value(defines: Defines, name: str, doubts: list[str]) -> str | None:
    try:
        return defines.value(name)
    except Unknowable as unknowable:
        doubts.append(unknowable.unknown.reason)
        return None


def static_maps(view: McView, defines: Defines, features: Features) -> tuple[tuple[Map, ...], str | None]:
    """The maps that features and passed-on K lines declare, and why there may be more, or None."""
    doubts: list[str] = []
    lines: list[Line] = []
    for use in features.uses:
        declared = _MAPS.get(use.name)
        if declared is not None:
            order = use.call.order if use.call is not None else 0
            settings = _then(defines, "MAIL_SETTINGS_DIR", order, doubts) or "/etc/mail/"
            type_ = _then(defines, "DATABASE_MAP_TYPE", order, doubts) or "hash"
            argument = _expanded(use.args[0], defines) if use.args else ""
            text = f"K{declared[0]} {_specification(use.name, argument, f'{settings}{declared[1]}', type_)}"
            lines.append(Line(_place(use.span, argument, view), text))
    doubts += [f"FEATURE(`{use.name}') stands under a condition" for use in features.possible if use.name in _MAPS]
    for first, line in passed(view, "K"):
        if first.conditional or first.partial:
            doubts.append(f"line {first.span.line} stands under a condition, or has an unknown part")
        else:
            lines.append(line)
    unseen = view.unseen("FEATURE")
    if unseen is not None:
        doubts.append(f"{unseen.reason} in line {unseen.span.line}")
    return tuple(each for line in lines if (each := map_line(line)) is not None), doubts[0] if doubts else None


def _then(defines: Defines, name: str, order: int, doubts: list[str]) -> str | None:
    """What a macro came to when a call further up was read; a later definition says nothing of it."""
    history = defines.history(name)
    before = [each for each in history if each.order < order]
    if len(before) == len(history):
        return _value(defines, name, doubts)
    if not before or before[-1].removed:
        return None
    text = defines.expanded(before[-1].body) if before[-1].body is not None else None
    if text is None or before[-1].conditional:
        doubts.append(f"what {name} is when a feature is read is not known")
    return text


def _expanded(argument: str, defines: Defines) -> str:
    def look_up(name: str, parenthesis: bool) -> str | bool | None:  # noqa: FBT001  # The expansion asks so.
        if parenthesis:
            return None
        define = defines.get(name)
        return False if define is None else define.body

    try:
        found = expand(argument, look_up)
    except Unknowable:
        return argument
    return argument if found is None else found


def _specification(feature: str, argument: str, default: str, type_: str) -> str:
    if feature != "access_db":
        return argument or f"{type_} {default}"
    if not argument:
        return f"{type_} -T{_MARK} {default}"
    if _MARK in argument or argument == "LDAP" or argument.startswith("sequence "):
        return argument
    first, blank, rest = argument.partition(" ")
    return f"{first} -T{_MARK}{blank}{rest}" if blank else argument


def _place(span: Span | None, argument: str, view: McView) -> Span:
    whole = span if span is not None else view.document.source.span(0, 0)
    return whole.find(argument) if argument else whole
