"""Where keys of TOML stand: told for every document that tomllib takes, and for every key it finds there."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.settings.lines import Path, places


def _array(parts: tuple[list[str], str, bool]) -> str:
    items, space, trails = parts
    return f"[{space}{f',{space}'.join(items)}{',' if trails and items else ''}{space}]"


def _inline(table: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
_BARE = st.text("abcXYZ019-_", min_size=1, max_size=4)
_SCALARS = st.one_of(
    st.integers(-9, 99).map(str),
    st.booleans().map(lambda value: "true" if value else "false"),
    _WORDS.map(lambda word: json.dumps(word, ensure_ascii=False)),
    st.sampled_from(
        ["1.5", "1979-05-27 07:32:00", "2027-01-31", "'#,]}'", '"a\\"]"', '"""\nx"]\n"""', "'''a''b'''", '""']
    ),
)
_SPACE = st.sampled_from(["", " ", "\n", " # [x] = '\n", "\t"])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, max_size=3), _SPACE, st.booleans()).map(_array),
        st.dictionaries(_BARE, inner.filter(lambda text: "\n" not in text), max_size=3).map(_inline),
    ),
    max_leaves=6,
)
_KEYS = st.lists(st.one_of(_BARE, _WORDS.map(lambda w: json.dumps(w, ensure_ascii=False))), min_size=1, max_size=2)
_ENTRIES = st.tuples(_KEYS, _VALUES).map(lambda pair: f"{' . '.join(pair[0])}\t= {pair[1]} # said\n")
_HEADERS = st.tuples(_KEYS, st.booleans()).map(
    lambda pair: f"[[{'.'.join(pair[0])}]]\r\n" if pair[1] else f" [ {'.'.join(pair[0])} ]\n"
)
_DOCUMENTS = st.lists(st.one_of(_ENTRIES, _HEADERS, st.just("\n# note\n")), max_size=8).map("".join)


def paths(value: object, above: Path = ()) -> set[Path]:
    """Every path that leads to something in a document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: set[Path] = set()
    for key, item in below:
        found |= {(*above, key)} | paths(item, (*above, key))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(_DOCUMENTS)
def test_every_key_has_a_place(text: str) -> None:
    """The paths with a place are those that tomllib finds, and what stands there is the key as it is written."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)  # noqa: FBT003  # hypothesis's signature.
    bytewise = text.encode().decode("latin-1")
    found = places(bytewise)
    assert set(found) == paths(document)
    for path, (start, end) in found.items():
        if isinstance(path[-1], str):
            key = bytewise[start:end].encode("latin-1").decode()
            assert next(iter(tomllib.loads(f"{key} = 0"))) == path[-1]


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("[t]\n\n[t.u]\nk = '''\n\n'''\nm = 1\n", ("t", "u", "m"), 7),
        ("[[i]]\nid = 1\n[[i]]\nid = 2\n", ("i", 1, "id"), 4),
        ("x = [\n  1,\n  {a = 1},\n]\n", ("x", 1, "a"), 3),
    ],
)
def test_lines(text: str, path: Path, line: int) -> None:
    """The line of a key is the one a reader counts."""
    assert text.count("\n", 0, places(text)[path][0]) + 1 == line
