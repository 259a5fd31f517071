"""The options a .mc asks for, read without running m4: what proto.m4 writes, and the O lines the .mc passes on."""

from collections.abc import Iterator

from auditor.facts.features import DaemonOptionCalls, Defines, Features
from auditor.facts.logical import passed
from auditor.model.text import Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf import Line, OptionLine, live, option_line, split
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import MacroCall, McView, TextLine
from auditor.sendmail.options import by_name

#: Diversions whose text stands in front of the options that proto.m4 writes; all others follow them.
_BEFORE = frozenset((0, 5, 6))
#: What proto.m4 writes where the macro is not defined.
_PROTO = {"HelpFile": "helpfile", "QueueDirectory": "/var/spool/mqueue"}
#: The listener that FEATURE(`msp') makes where there is no other; nothing ever opens it.
_MSP = "Name=NoMTA, Addr=127.0.0.1, M=E"
#: Options that the line of another one sets as well, with the macro of that one.
_SETS_TWO = {"maxmessagesize": "confMIN_FREE_BLOCKS"}
_MACRO_OF = {option.lower(): macro for macro, option in OPTION_OF.items()}


@frozen
class Written:
    """One option the .mc leads to.

    ``span`` is the place of the value in the .mc; where the value is the cf tree's own it is None, or the call that
    brings it in.
    """

    key: str
    value: str
    span: Span | None


class Static:
    """The options of a .mc, by key, as they would stand in the .cf."""

    def __init__(self, view: McView, defines: Defines, features: Features, calls: DaemonOptionCalls) -> None:
        self.view = view
        self._start = view.document.source.span(0, 0)
        self._defines = defines
        self._features = features
        self._calls = calls
        self.lines = tuple(_option_lines(view))
        self._by_key: dict[str, list[tuple[TextLine, OptionLine]]] = {}
        self._known: dict[str, tuple[Written, ...] | Unknown] = {}
        for text, line in self.lines:
            self._by_key.setdefault(line.key, []).append((text, line))

    def all(self, key: str) -> tuple[Written, ...]:
        """What counts for an option.

        Raises:
            Unknowable: a condition or something unseen decides.

        """
        known = self._known.get(key)
        if known is None:
            try:
                known = self._all(key)
            except Unknowable as unknowable:
                known = unknowable.unknown
            self._known[key] = known
        if isinstance(known, Unknown):
            raise Unknowable(known)
        return known

    def _all(self, key: str) -> tuple[Written, ...]:
        option = by_name().get(key.partition(".")[0])
        if option is None:
            return ()
        found = self._local(key, before=True) + self.generated(key) + self._local(key, before=False)
        return found if option.accumulates else found[-1:]

    def keys(self) -> Iterator[str]:
        """The options that are set, as far as that can be told."""
        candidates = [*_MACRO_OF, "daemonportoptions", "clientportoptions", *(line.key for _, line in self.lines)]
        for key in dict.fromkeys(candidates):
            try:
                found = self.all(key)
            except Unknowable:
                continue
            if found:
                yield key

    def generated(self, key: str) -> tuple[Written, ...]:
        """What proto.m4 writes for an option.

        Raises:
            Unknowable: a condition or something unseen decides.

        """
        if key == "daemonportoptions":
            return self._daemon()
        if key == "clientportoptions":
            return tuple(self._called(key, self._certain(call)) for call in self._calls.client)
        if key.startswith("milter.") and not any(self.view.of("MAIL_FILTER", "INPUT_MAIL_FILTER")):
            return ()
        macro = _MACRO_OF.get(key)
        also = self._defined(key, _SETS_TWO[key]) if key in _SETS_TWO else ()
        return also + (self._defined(key, macro) if macro is not None else ())

    def _defined(self, key: str, macro: str) -> tuple[Written, ...]:
        option = OPTION_OF[macro]
        define = self._defines.get(macro)
        if define is None:
            return self._unset(key, option)
        value = self._defines.value(macro) or ""
        if macro == "confTIME_ZONE" and value in ("USE_SYSTEM", "USE_TZ"):
            return (Written(key, "", define.value_span),) if value == "USE_TZ" else ()
        place = define.value_span if define.origin == "define" else define.span
        return tuple(Written(key, line.taken, place) for line in _made(self._start, option, value) if line.key == key)

    def _unset(self, key: str, option: str) -> tuple[Written, ...]:
        value = _PROTO.get(option)
        if value is None:
            return ()
        if option == "HelpFile":
            value = (self._defines.value("MAIL_SETTINGS_DIR") or "") + value
        return (Written(key, value, None),) if key == option.lower() else ()

    def _daemon(self) -> tuple[Written, ...]:
        if self._calls.doubt is not None:
            raise Unknowable(self._calls.doubt)
        key = "daemonportoptions"
        found = tuple(self._called(key, self._certain(call)) for call in self._calls.daemon)
        if not found and self._defines.get("_NETINET6_") is not None:
            found = Written(key, "Name=MTA-v4, Family=inet", None), Written(key, "Name=MTA-v6, Family=inet6", None)
        elif not found:
            found = (Written(key, _MSP if self._features.seen("msp") else "Name=MTA", None),)
        # One call takes the place of the first default listener only; the second stays until the feature takes it away.
        if self._features.get("no_default_msa") is None:
            found += (Written(key, "Port=587, Name=MSA, M=E", None),)
        return found

    def _called(self, key: str, call: MacroCall) -> Written:
        # m4 reads the value once more where proto.m4 writes the lines.
        value = self._defines.expanded(call.value(0))
        if value is None:
            message = f"what the argument of {call.name} in line {call.span.line} comes to is not known"
            raise Unknowable(message)
        [line] = _made(self._start, "DaemonPortOptions", value)
        return Written(key, line.taken, call.args[0].inner if call.args else call.span)

    def _certain(self, call: MacroCall) -> MacroCall:
        if call.conditional:
            message = f"{call.name} stands under a condition in line {call.span.line}"
            raise Unknowable(message)
        why = call.unknown(0)
        if why is not None:
            raise Unknowable(why)
        return call

    def _local(self, key: str, *, before: bool) -> tuple[Written, ...]:
        found = []
        for text, line in self._by_key.get(key, ()):
            if (text.diversion in _BEFORE) != before:
                continue
            if text.conditional or text.partial:
                message = f"an O line stands under a condition, or has an unknown part, in line {text.span.line}"
                raise Unknowable(message)
            found.append(Written(key, line.taken, line.span))
        return tuple(found)


def _made(place: Span, option: str, value: str) -> tuple[OptionLine, ...]:
    """What sendmail makes of the line that sets an option."""
    return split(option_line(Line(place, live(f"O {option}={value}"))))


def _option_lines(view: McView) -> Iterator[tuple[TextLine, OptionLine]]:
    for first, command in passed(view, "O"):
        for line in split(option_line(command)):
            yield first, line
