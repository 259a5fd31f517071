"""Where the lines come from that sendmail's cf tree writes for a .mc: real files, and files made up."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.facts.configurations import McFile
from auditor.facts.features import Defines, mc_view
from auditor.facts.generated import Generated
from auditor.model.text import Source, Span
from auditor.model.unknown import Unknowable
from auditor.readers.mc import McDocument, read_mc
from auditor.sendmail.cf import OptionLine, view_of
from auditor.sendmail.cf_directory import CfDirectory
from auditor.sendmail.macros import CLASS_MACROS, CLASS_OF, OPTION_OF
from auditor.sendmail.mc import McView
from auditor.trees.local import LocalTree
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.lab.conftest import configurations

pytestmark = pytest.mark.lab

MC, CF, SITE = "/etc/mail/sendmail.mc", "/etc/mail/sendmail.cf", "/etc/mail/site.m4"


def generated(cf_tree: Path, data: bytes, site: bytes = b"") -> tuple[Generated, McDocument, MemoryTree]:
    """What m4 makes of a .mc that lies beside a file it may include."""
    tree = MemoryTree({MC: MemoryFile(data), SITE: MemoryFile(site)})
    mc = read_mc(Source(MC, data))
    cf = CfDirectory(LocalTree(Path("/"), complete=True), str(cf_tree), own=False)
    return Generated(tree, mc, CF, cf), mc, tree


def place(span: Span | None) -> tuple[str, int, int] | None:
    """A span to compare."""
    return None if span is None else (span.path, span.start, span.end)


def options(made: Generated, view: McView, lines: dict[str, list[OptionLine]]) -> Iterator[tuple[str, object, object]]:
    """For each option that a define of the .mc sets and nothing else: the place told, and that of the value."""
    passed = {found[1] for line in view.lines for found in [re.match(r"O +([\w.-]+)", line.text)] if found}
    defines = Defines(view)
    for macro, option in OPTION_OF.items():
        try:
            define = defines.get(macro)
        except Unknowable:
            continue
        found = lines.get(option.lower(), [])
        if define is None or define.origin != "define" or option in passed or len(found) != 1:
            continue
        node = found[0].node
        yield macro, place(made.origin(node.start, node.end)), place(define.value_span)


def listeners(
    made: Generated, view: McView, lines: dict[str, list[OptionLine]]
) -> Iterator[tuple[str, object, object]]:
    """For each listener of a call that is read for certain."""
    for call in view.of("DAEMON_OPTIONS"):
        same = [line for line in lines.get("daemonportoptions", []) if line.value == call.value(0)]
        if len(same) == 1 and not call.conditional:
            node = same[0].node
            yield "listener", place(made.origin(node.start, node.end)), place(call.span)


def classes(made: Generated, view: McView) -> Iterator[tuple[str, object, object]]:
    """For each word or file of a class macro that is read for certain."""
    for call in view.of(*CLASS_MACROS):
        name = CLASS_OF[call.name.removesuffix("_FILE")]
        letter = "F" if CLASS_MACROS[call.name] else "C"
        line = f"{letter}{{{name}}}{call.value(0).strip()}"
        starts = [found.start() for found in re.finditer(f"(?m)^{re.escape(line)}$", made.document.source.text)]
        if len(starts) == 1 and not call.conditional:
            yield call.name, place(made.origin(starts[0], starts[0] + len(line))), place(call.span)


def text(made: Generated, view: McView) -> Iterator[tuple[str, object, object]]:
    """For each line of the .mc's own text that is in the output once."""
    for line in view.lines:
        starts = [found.start() for found in re.finditer(f"(?m)^{re.escape(line.text)}$", made.document.source.text)]
        if len(starts) == 1 and line.after_cf and not line.conditional and not line.partial:
            span = made.origin(starts[0], starts[0] + len(line.text))
            yield "text", span and span.line, line.span.line


def test_real_configurations(cf_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options lead to the define in force, listeners and classes to their calls, text to its line."""
    count: Counter[str] = Counter()
    wrong = []
    for path in configurations(cf_tree):
        made, mc, tree = generated(cf_tree, path.read_bytes())
        if made.expansion.stopped is not None:
            continue
        view = mc_view(McFile(mc), tree)
        lines: dict[str, list[OptionLine]] = {}
        for line in view_of(made.document).options:
            lines.setdefault(line.key, []).append(line)
        found = {
            "options": options(made, view, lines),
            "listeners": listeners(made, view, lines),
            "classes": classes(made, view),
            "text": text(made, view),
        }
        for kind, each in found.items():
            for what, ours, theirs in each:
                count[kind] += 1
                if ours != theirs:
                    wrong.append(f"{path}: {what}: {ours} instead of {theirs}")
    with capsys.disabled():
        print(f"\norigins of {dict(count)}, wrong {len(wrong)}")  # noqa: T201
    assert not wrong, "\n".join(wrong[:20])
    assert count["options"]


@pytest.mark.usefixtures("cf_tree")
def test_maps_and_mailers(cf_tree: Path) -> None:
    """K lines lead to their FEATURE, M lines to their MAILER, and a mailer's program to the define that names it."""
    calls = [
        "FEATURE(`mailertable')",
        "FEATURE(`access_db', `hash -T<TMPF> /x/access')",
        "MAILER(`local')",
        "MAILER(`smtp')",
    ]
    head = "OSTYPE(`linux')dnl\ndefine(`LOCAL_SHELL_PATH', `/x/smrsh')dnl\n"
    made, _, _ = generated(cf_tree, (head + "".join(f"{call}dnl\n" for call in calls)).encode())
    output = made.expansion.output
    for line, call in zip(("Kmailertable ", "Kaccess ", "Mlocal,", "Mesmtp,"), calls, strict=True):
        start = output.index(f"\n{line}") + 1
        span = made.origin(start, output.index("\n", start))
        assert span is not None
        assert span.text == call
    start = output.index("/x/smrsh")
    span = made.origin(start, start + len("/x/smrsh"))
    assert span is not None
    assert (span.text, span.line) == ("/x/smrsh", 2)


#: Macros that the cf tree leaves alone, with the options they set.
MACROS = {name: OPTION_OF[name] for name in ("confMAX_HOP", "confQUEUE_LA", "confREFUSE_LA", "confDEAD_LETTER_DROP")}
Steps = list[tuple[str, str]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["define", "define", "pushdef", "popdef", "undefine", "again", "listener", "class", "helper"]),
        st.sampled_from(sorted(MACROS)),
    ),
    max_size=14,
)


class Model:
    """Writes a .mc and the file it includes, and knows which call each line must come from."""

    def __init__(self) -> None:
        self.files = {MC: "OSTYPE(`linux')dnl\ndefine(`SITE', `site')dnl\n", SITE: ""}
        self.stacks: dict[str, list[tuple[str, int, int]]] = {}
        self.calls: dict[str, tuple[str, int, int]] = {}
        self.number = 0

    def write(self, path: str, call: str, part: str | None = None) -> tuple[str, int, int]:
        """Add a call; gives the place of a part of it, or its own."""
        start = len(self.files[path]) + (call.index(part) if part is not None else 0)
        self.files[path] += f"{call}dnl\n"
        return path, start, start + len(call if part is None else part)

    def step(self, kind: str, macro: str, path: str) -> None:
        """Take one step."""
        self.number += 1
        stack = self.stacks.setdefault(macro, [])
        # Some values begin like the one before, and some hold a macro.
        value = {"define": f"{self.number}", "again": "1" * self.number}.get(kind, f"SITE{self.number % 2 and '-x'}")
        if kind in ("define", "again", "pushdef"):
            name = "pushdef" if kind == "pushdef" else "define"
            found = self.write(path, f"{name}(`{macro}', `{value}')", value)
            if kind != "pushdef" and stack:
                stack.pop()
            stack.append(found)
        elif kind == "helper":
            self.write(path, f"define(`HELP{self.number}', `define(`{macro}', `$1')')")
            found = self.write(path, f"HELP{self.number}(`{self.number}')")
            del stack[-1:]
            stack.append(found)
        elif kind == "popdef":
            self.write(path, f"popdef(`{macro}')")
            del stack[-1:]
        elif kind == "undefine":
            self.write(path, f"undefine(`{macro}')")
            stack.clear()
        elif kind == "listener":
            value = f"Name=d{self.number}, Port={self.number}"
            self.calls[f"O DaemonPortOptions={value}"] = self.write(path, f"DAEMON_OPTIONS(`{value}')")
        else:
            call = f"LOCAL_DOMAIN(`n{self.number}.example')"
            self.calls[f"C{{w}}n{self.number}.example"] = self.write(path, call)


@settings(
    max_examples=int(os.environ.get("MAILAUDIT_EXAMPLES", "60")) // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(before=STEPS, inside=STEPS, after=STEPS)
def test_made_up_configurations(cf_tree: Path, before: Steps, inside: Steps, after: Steps) -> None:
    """However often a macro is defined, put aside and taken away, each line leads to the call that is in force."""
    model = Model()
    for steps, path in ((before, MC), (inside, SITE), (after, MC)):
        if path == SITE:
            model.files[MC] += "include(`site.m4')dnl\n"
        for kind, macro in steps:
            model.step(kind, macro, path)
    data, site = ((model.files[path]).encode() for path in (MC, SITE))
    mailers = b"MAILER(`smtp')dnl\nLOCAL_CONFIG\nD{Site}here\n"
    made, _, _ = generated(cf_tree, data + mailers, site)
    output = made.expansion.output
    wanted = dict(model.calls)
    for macro, option in MACROS.items():
        start = output.find(f"\nO {option}=") + 1
        stack = model.stacks.get(macro)
        assert bool(start) == bool(stack)
        if stack:
            wanted[output[start : output.index("\n", start)]] = stack[-1]
    wanted["D{Site}here"] = (MC, len(data + mailers) - 12, len(data + mailers) - 1)
    for line, expected in wanted.items():
        start = output.index(f"\n{line}\n") + 1
        assert place(made.origin(start, start + len(line))) == expected, line
