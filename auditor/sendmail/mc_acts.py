"""What the macros of m4 and of the cf tree do to the state of a walk through a ``.mc`` file."""

from __future__ import annotations

import operator
from collections.abc import Callable

from auditor.model.pattern import lazy
from auditor.readers.mc import McDocument
from auditor.sendmail.macros import CLASS_MACROS, FEATURES, MAILERS, NEED_PARENTHESIS, OPTION_OF, SECTIONS
from auditor.sendmail.mc_expand import expand, without_arguments
from auditor.sendmail.mc_known import (
    AUTOCONF,
    DEBIAN,
    DOMAINS,
    FEATURE_BODIES,
    FEATURE_REMOVES,
    INCLUDES,
    OSTYPES,
    Bodies,
)
from auditor.sendmail.mc_state import State
from auditor.sendmail.mc_view import MacroCall
from auditor.sendmail.mc_words import OF_CF

#: Files may include each other in circles.
_INCLUDE_DEPTH = 8
_INCLUDES = 100
#: Macros that leave a text which is not worked out here.
_VALUES = NEED_PARENTHESIS - {"define", "undefine", "pushdef", "popdef", "include", "sinclude", "errprint"} | {
    *("divnum", "sysval", "undivert", "__file__", "__line__", "__program__", "lower", "strcasecmp", "CONCAT", "DOL"),
    *("UUCPSMTP", "CF_LEVEL", "DATABASE_MAP_TYPE", "__HOST__", "TEMPFILE"),
}
_TREE_FILES = frozenset({"OSTYPE", "DOMAIN", "HACK", "FEATURE"})
#: What an argument does when the cf tree reads it again.
_ACTIVE = lazy(r"\b(?:FEATURE|MAILER|OSTYPE|DOMAIN|HACK|s?include|define|undefine|pushdef)\(")
_COMPARISON = lazy(r"\s*(-?[0-9]{1,9})\s*(<=|>=|<|>|==|!=)\s*(-?[0-9]{1,9})\s*")
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Acts(State):
    """A state, with what each macro does to it."""

    def do(self, call: MacroCall) -> str | None:
        """Do what a call does and give the text it leaves in its place, or None where that cannot be told."""
        name = call.name
        if name in self.texts:
            return self._text_macro(call)
        if any(_ACTIVE.search(argument.value) for argument in call.args) and name in OF_CF:
            self.cloud(call.span, f"a macro inside the argument of {name}")
        if name in _TREE_FILES:
            # Each of these files writes lines of its own, the first of which may go on with what is pending. Those that
            # MAILER reads write elsewhere.
            self.end_line(partial=True)
        act = _ACTS.get(name)
        if act is not None:
            return act(self, call)
        if name in SECTIONS:
            return self._section(call)
        if name in CLASS_MACROS:
            self.swallow(name)
            return ""
        return None if name in _VALUES else ""

    # Definitions.

    def _text_macro(self, call: MacroCall) -> str | None:
        found = self.texts[call.name]
        unsure = call.name in self.doubtful or self.view.unseen(call.name, after=found.order) is not None
        if found.body is None or call.args or unsure:
            text = None
        else:
            text = expand(without_arguments(call.name, found.body), self.look_up)
        if text is None and found.origin == "define" and not unsure:
            self.cloud(call.span, f"{call.name}, whose definition does more than give text")
        return text

    def do_define(self, call: MacroCall) -> str:
        """Define a macro."""
        name = call.value(0)
        if call.unknown(0):
            self.cloud(call.span, "a definition whose name is not known")
            return ""
        body = None if call.unknown(1) else call.value(1)
        self.set(name, body, call, "define")
        if name == "confMESSAGE_TIMEOUT":
            self.cloud(call.span, name, frozenset({"confTO_QUEUERETURN", "confTO_QUEUEWARN"}))
        return ""

    def do_undefine(self, call: MacroCall) -> str:
        """Take definitions away."""
        for argument in call.args:
            if argument.unknown:
                self.cloud(call.span, "a removal whose name is not known")
            else:
                self.set(argument.value, None, call, "undefine", removed=True)
        return ""

    def do_popdef(self, call: MacroCall) -> str:
        """Bring back a definition that is not kept track of."""
        self.cloud(call.span, "popdef", frozenset(argument.value for argument in call.args))
        return ""

    def do_if_not(self, call: MacroCall) -> str:
        """Define a macro unless it is defined."""
        name = call.value(0)
        if name not in self.texts:
            self.set(name, None if self.view.opaque or call.unknown(1) else call.value(1), call, "define")
        return ""

    def do_defn(self, call: MacroCall) -> str | None:
        """Give a macro's body, quoted."""
        name = call.value(0)
        found = self.texts.get(name)
        after = -1 if found is None else found.order
        if name in self.doubtful or call.unknown(0) or len(call.args) != 1 or self.view.unseen(name, after):
            return None
        if found is not None:
            return found.body
        return "" if name in OPTION_OF else None

    def do_masquerade(self, call: MacroCall) -> str:
        """Set the name to masquerade as."""
        self.set("MASQUERADE_NAME", None if call.unknown(0) else call.value(0), call, "MASQUERADE_AS")
        return ""

    def do_input_filter(self, call: MacroCall) -> str:
        """Add to the list of input filters."""
        name = "confINPUT_MAIL_FILTERS"
        before = self.texts.get(name)
        body: str | None = call.value(0)
        if before is not None:
            body = f"{before.body}, {body}" if before.body is not None and name not in self.doubtful else None
        self.set(name, None if call.unknown(0) else body, call, "INPUT_MAIL_FILTER")
        return ""

    def do_eval(self, call: MacroCall) -> str | None:
        """Compare two numbers; anything more is not worked out."""
        found = None if call.unknown(0) else _COMPARISON.fullmatch(call.value(0))
        if found is None or len(call.args) != 1:
            return None
        return str(int(_COMPARE[found[2]](int(found[1]), int(found[3]))))

    # Files.

    def do_include_file(self, call: MacroCall) -> str:
        """Read a file, cf.m4 above all."""
        path = call.value(0).strip()
        marked = self.view.document.include
        if path.endswith("cf.m4") or (marked is not None and marked.start == call.name_span.start and not self.cf):
            self.read_cf()
            return ""
        document = None if call.unknown(0) else self._document_at(path)
        if document is not None:
            self._documents[id(document.source)] = document
            self._depth += 1
            self.walk_included(document, conditional=call.conditional)
            self._depth -= 1
            return ""
        if path.endswith(AUTOCONF):
            self.known(DEBIAN, "autoconf.m4", call)
            return ""
        names = next((names for end, names in INCLUDES.items() if path.endswith(end)), None)
        self.cloud(call.span, f"an include of {path or 'a file'}", names)
        return ""

    def _document_at(self, path: str) -> McDocument | None:
        if self._include is None or self._depth >= _INCLUDE_DEPTH or self._count >= _INCLUDES:
            return None
        self._count += 1
        return self._include(path)

    def do_os_type(self, call: MacroCall) -> str:
        """Read an OSTYPE file."""
        return self._tree_file(call, OSTYPES)

    def do_domain(self, call: MacroCall) -> str:
        """Read a DOMAIN file."""
        return self._tree_file(call, DOMAINS)

    def do_hack(self, call: MacroCall) -> str:
        """Read a file nothing is known of."""
        return self._tree_file(call, {})

    def _tree_file(self, call: MacroCall, known: dict[str, Bodies] | object) -> str:
        name = call.value(0)
        origin = f"{call.name}(`{name}')"
        bodies = known.get(name) if isinstance(known, dict) and not call.unknown(0) else None
        if bodies is None:
            self.cloud(call.span, f"{origin}, a file of the site's own")
        else:
            self.known(bodies, origin, call)
        return ""

    def do_mailer(self, call: MacroCall) -> str:
        """Read a mailer file."""
        if call.unknown(0) or call.value(0) not in MAILERS:
            self.cloud(call.span, f"MAILER(`{call.value(0)}'), a mailer of the site's own")
        return ""

    def do_feature(self, call: MacroCall) -> str:
        """Read a FEATURE file."""
        name = call.value(0)
        if call.unknown(0) or name not in FEATURES:
            self.cloud(call.span, f"FEATURE(`{name}'), a feature of the site's own")
            return ""
        self.known(FEATURE_BODIES.get(name, {}), f"FEATURE(`{name}')", call)
        for removed in FEATURE_REMOVES.get(name, ()):
            self.set(removed, None, call, f"FEATURE(`{name}')", removed=True)
        if name == "nullclient":
            self._masquerade_null(call)
        return ""

    def _masquerade_null(self, call: MacroCall) -> None:
        self.set("MASQUERADE_NAME", call.value(1) if not call.unknown(1) else None, call, "FEATURE(`nullclient')")

    # Output.

    def _section(self, call: MacroCall) -> str:
        self.end_line()
        self.diversion, self.section = SECTIONS[call.name], call.name
        return ""

    def do_divert(self, call: MacroCall) -> str:
        """Send the output elsewhere."""
        self.end_line()
        value = call.value(0).strip()
        self.section = None
        if call.unknown(0):
            self.diversion = None
        elif not value:
            self.diversion = 0
        else:
            self.diversion = int(value) if value.lstrip("-").isdigit() and len(value) < _DIGITS else None
        return ""

    def do_version_id(self, call: MacroCall) -> str | None:
        """Write a comment."""
        return None if call.unknown(0) else f"#####  {call.value(0)}  #####"

    def do_change(self, call: MacroCall) -> str:
        """Change m4's quotes or comments."""
        if not call.args and (call.name == "changequote" or self.cf):
            return ""
        self.trouble(call.name, call.span)
        self.cloud(call.span, f"{call.name}, after which names and quotes are no longer what they were")
        self.stopped = True
        return ""

    def do_run(self, call: MacroCall) -> None:
        """Do what only running m4 would tell."""
        self.cloud(call.span, f"{call.name}, whose effect is not known without running it")

    def do_exit(self, call: MacroCall) -> str:
        """End the input."""
        self.do_run(call)
        self.stopped = True
        return ""


_DIGITS = 6
_ACTS: dict[str, Callable[[Acts, MacroCall], str | None]] = {
    "define": Acts.do_define,
    "pushdef": Acts.do_define,
    "undefine": Acts.do_undefine,
    "popdef": Acts.do_popdef,
    "_DEFIFNOT": Acts.do_if_not,
    "defn": Acts.do_defn,
    "eval": Acts.do_eval,
    "MASQUERADE_AS": Acts.do_masquerade,
    "INPUT_MAIL_FILTER": Acts.do_input_filter,
    "include": Acts.do_include_file,
    "sinclude": Acts.do_include_file,
    "OSTYPE": Acts.do_os_type,
    "DOMAIN": Acts.do_domain,
    "HACK": Acts.do_hack,
    "SITECONFIG": Acts.do_hack,
    "FEATURE": Acts.do_feature,
    "MAILER": Acts.do_mailer,
    "divert": Acts.do_divert,
    "VERSIONID": Acts.do_version_id,
    "changequote": Acts.do_change,
    "changecom": Acts.do_change,
    "syscmd": Acts.do_run,
    "esyscmd": Acts.do_run,
    "builtin": Acts.do_run,
    "indir": Acts.do_run,
    "m4wrap": Acts.do_run,
    "m4exit": Acts.do_exit,
}
