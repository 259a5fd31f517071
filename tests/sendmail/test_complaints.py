"""m4's messages as complaints: whole, each with its grade and the rule it belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sendmail.complaint_kinds import KINDS
from auditor.sendmail.complaints import MOST, Complaint, complaints
from auditor.sendmail.m4 import Input, Message, Place, Source, expand

#: What stands in the place of the cf tree's macros that read a file.
MACROS = "".join(
    f"define(`{name}', `include(`/cf/{name.lower()}/'$1`.m4')')dnl " for name in ("OSTYPE", "FEATURE", "MAILER", "HACK")
)


def said(text: str) -> tuple[Complaint, ...]:
    """The complaints of m4 about a text, with macros that read files as the cf tree's do."""
    lines = MACROS.replace("dnl ", "dnl\n")
    return complaints(expand([Input("cf", lines), Input("x.mc", text)], lambda _name, _place: None).messages)


@pytest.mark.parametrize(
    ("text", "rule", "grade", "clause"),
    [
        ("dnl x", "MCF001", "warning", "the file ends in a dnl that has no line feed behind it"),
        ("define(`a', `b)\n", "MCF002", "error", "a quote is never closed"),
        ("define(`a', `b'\n", "MCF003", "error", "a parenthesis is never closed"),
        ("define(`a', b, c)\n", "MCF020", "warning", "define gets more arguments than it takes, and drops the rest"),
        ("include(`/etc/mail/x.m4')\n", "MCF029", "error", "/etc/mail/x.m4 cannot be opened"),
        ("include(`/usr/feature/x.m4')\n", "MCF029", "error", "/usr/feature/x.m4 cannot be opened"),
        ("include(`../m4/cf.m4')\n", "MCF004", "error", "../m4/cf.m4 cannot be opened"),
        ("FEATURE(`redirct')\n", "MCF015", "error", "FEATURE(`redirct'): there is no feature/redirct.m4"),
        ("FEATURE(`nodns')\n", "MCF024", "error", "FEATURE(`nodns'): there is no feature/nodns.m4"),
        ("FEATURE('redirect')\n", "MCF007", "error", "FEATURE(`'redirect''): there is no feature/'redirect'.m4"),
        ("MAILER(`smpt')\n", "MCF015", "error", "MAILER(`smpt'): there is no mailer/smpt.m4"),
        ("OSTYPE(`Linux')\n", "MCF014", "error", "OSTYPE(`Linux'): there is no ostype/Linux.m4"),
        ("HACK(`x')\n", "MCF014", "error", "HACK(`x'): there is no hack/x.m4"),
        ("builtin(`nix')\n", "", "error", "undefined builtin `nix'"),
        ("substr(`a')\n", "", "warning", "too few arguments to builtin `substr'"),
        ("errprint(`built for a')\n", "", "note", "built for a"),
        ("errprint(`*** ERROR: own')\n", "", "error", "own"),
        (
            "errprint(`*** confREAD_TIMEOUT is obsolete.\n    Use x.\n')\n",
            "MCF024",
            "error",
            "confREAD_TIMEOUT is obsolete",
        ),
        ("errprint(`duplicate OSTYPE'(linux)\n)\n", "MCF013", "error", "a second OSTYPE(`linux')"),
    ],
)
def test_kinds(text: str, rule: str, grade: str, clause: str) -> None:
    """A complaint knows its rule, how grave it is, and says in a clause what is wrong."""
    [complaint] = said(text)
    assert (complaint.rule, complaint.grade, complaint.clause) == (rule, grade, clause)


def test_one_in_parts() -> None:
    """What errprint says in parts is one complaint; what begins anew is another, on the same line or not."""
    text = "errprint(`*** ERROR: You have not specified a valid operating system type.')errprint(`\tUse OSTYPE.')"
    text += (
        "errprint(`*** MAILER(`local') must appear after FEATURE(`x')')errprint(`*** ERROR: FEATURE() should be before "
    )
    text += "MAILER()\n')errprint(`one ')errprint(`line\n')incr(`a')\n"
    found = said(text)
    assert [each.rule for each in found] == ["MCF014", "MCF016", "MCF016", "", ""]
    assert found[0].lines == ("*** ERROR: You have not specified a valid operating system type.\tUse OSTYPE.",)
    assert found[3].text == "one line\n"
    assert found[4].lines == ("m4:x.mc:3: non-numeric argument to builtin `incr'",)


def test_long_ones_are_cut() -> None:
    """However much a file makes m4 say, what is shown of it stays short, and there is a last one."""
    [complaint] = said(f"errprint(`{'x' * 5000}\n{'y' * 5000}')\n")
    assert max(map(len, (complaint.clause, *complaint.lines))) < 1000
    assert len(complaints([Message(f"{n}", Place(Source("x", ""), 0)) for n in range(2 * MOST)])) == MOST


MESSAGES = st.lists(
    st.builds(
        lambda text, raw: Message(text, Place(Source("x.mc", "\n"), 0), raw=raw),
        st.text("*ab`'\n\t :ERO", max_size=8) | st.sampled_from(["cannot open `", "cannot open `x': n", "*** ERROR: "]),
        st.booleans(),
    ),
    max_size=12,
)


@given(MESSAGES)
def test_nothing_is_lost(messages: list[Message]) -> None:
    """All complaints together are standard error, character by character."""
    assert "".join(each.text for each in complaints(messages)) == "".join(each.formatted() for each in messages)


def test_clauses_can_be_filled() -> None:
    """Each clause takes only what its pattern gives, whether the text has it or not."""
    for kind in KINDS:
        names = dict.fromkeys(kind.pattern.groupindex, "")
        assert kind.clause.format_map(names)
