"""Reading settings: every value with its place, every mistake with its line, and the published schema agrees."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.finding import Severity
from auditor.model.text import Source
from auditor.settings.find import TABLE, nearest_settings
from auditor.settings.model import Settings, SettingsError
from auditor.settings.read import IGNORE, OVERRIDE, SETTINGS, TARGET, settings_of, thresholds

SCHEMA = json.loads(files("auditor.settings").joinpath("mailaudit-settings.schema.json").read_text())
WHOLE = """\
profile = "strict"
select = ["CFF", "TLS"]
fail-on = "high"
min-severity = "low"
cf-dir = "vendor/cf"
assume-version = "8.15.2"
assume-flags = ["STARTTLS"]
targets = ["mx1.doe.org:25", {target = "mx2.doe.org", path = "hosts/mx2"}]

[severity]
CFF020 = "info"
TLS004 = "off"

[thresholds]
rsa_bits = 3072
privacy = ["goaway"]

[[override]]
path = ["hosts/old/**", "hosts/older"]
ignore = ["LIM"]
profile = "howto"

[[ignore]]
id = "CFF020"
path = "hosts/mx1/**"
reason = "behind stunnel"
expires = 2027-01-31
"""


def read(text: str | bytes, table: tuple[str | int, ...] = ()) -> Settings:
    """The settings that a text holds."""
    data = text.encode() if isinstance(text, str) else text
    found = settings_of(Source("m.toml", data), "/repo", "m.toml", table)
    assert found is not None
    return found


def test_every_key_is_read() -> None:
    """A file with every key gives every value, and each value knows its line."""
    found = read(WHOLE)
    assert (found.profile, found.select, found.fail_on, found.min_severity) == ("strict", ("CFF", "TLS"), "high", "low")
    assert (found.assume_version, found.assume_flags, found.cf_dir) == ("8.15.2", ("STARTTLS",), "vendor/cf")
    assert found.severity == {"CFF020": Severity.INFO, "TLS004": None}
    assert found.thresholds == {"rsa_bits": 3072, "privacy": ("goaway",)}
    assert [(each.target, each.path, each.at.line) for each in found.targets] == [
        ("mx1.doe.org:25", None, 8),
        ("mx2.doe.org", "hosts/mx2", 8),
    ]
    assert [(each.paths, each.ignore, each.profile) for each in found.overrides] == [
        (("hosts/old/**", "hosts/older"), ("LIM",), "howto")
    ]
    [ignore] = found.ignores
    assert (ignore.id, ignore.reason, ignore.expires) == ("CFF020", "behind stunnel", date(2027, 1, 31))
    assert found.said(ignore.at) == "m.toml:24"
    assert found.origin("profile") == "m.toml:1"
    assert found.origin("thresholds.rsa_bits") == "m.toml:15"
    assert read("").origin("profile") == "default"


def test_rules_and_findings_may_be_ignored_in_one_list() -> None:
    """The list ignore takes rules that are not asked and findings that are accepted."""
    found = read('ignore = ["LIM", {id = "CFF020", reason = "x"}]')
    assert found.ignore == ("LIM",)
    assert [each.id for each in found.ignores] == ["CFF020"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\nprofil = "strict"', "m.toml:2: no setting is called 'profil'; did you mean profile?"),
        ("a = \n", "m.toml:1: broken TOML"),
        ("a = 1\nb = [1,\n", "m.toml:2: broken TOML"),
        ('profile = "modren"', "did you mean modern?"),
        ("profile = 1", "m.toml:1: profile takes modern, howto, strict, not a number"),
        ("[thresholds]\nrsa_bit = 1", "m.toml:2: no threshold is called 'rsa_bit'; did you mean rsa_bits?"),
        ("[thresholds]\nrsa_bits = true", "m.toml:2: rsa_bits takes a number"),
        ("thresholds.privacy = 1", "m.toml:1: privacy takes a list"),
        ('[[ignore]]\nid = "CFF020"', "m.toml:1: reason is missing here"),
        ('[[ignore]]\nid = "X"\nreason = "y"\nexpires = 2027-01-31T00:00:00', "m.toml:4: expires takes a day"),
        ('[[ignore]]\nid = "X"\nreson = "y"', "m.toml:3: no setting is called 'reson'; did you mean reason?"),
        ("[[override]]\nignore = []", "m.toml:1: path is missing here"),
        ("[override]", "override takes tables under [[override]]"),
        ("select = [1]", "m.toml:1: select takes texts"),
        ('select = ["\\u001b[2J"]', "m.toml:1: select takes texts of printable characters"),
        ('assume-flags = ["X"]', "assume-flags needs assume-version"),
        ("x = " + "[" * 5000, "m.toml:1: broken TOML"),
        ("x = " + "9" * 5000, "m.toml:1: broken TOML"),
        (b"a = 1\n# \xff\n", "m.toml:2: this is no UTF-8"),
    ],
)
def test_mistakes_name_their_line(text: str | bytes, said: str) -> None:
    """What cannot be used is one line that names the file, the line, and the nearest name."""
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_the_schema_knows_every_key() -> None:
    """The published schema has the keys that are read, in every table, and the thresholds there are."""
    tables = {"override": OVERRIDE, "ignore": IGNORE, "target": TARGET}
    assert set(SCHEMA["properties"]) == set(SETTINGS)
    for name, table in tables.items():
        assert set(SCHEMA["$defs"][name]["properties"]) == set(table)
    kinds = {name: "words" if isinstance(value, tuple) else "number" for name, value in thresholds().items()}
    said = SCHEMA["$defs"]["thresholds"]["properties"]
    assert {name: each["$ref"].rpartition("/")[2] for name, each in said.items()} == kinds


def test_the_schema_takes_the_example() -> None:
    """The file with every key is valid by the published schema, which is itself valid."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(json.dumps(tomllib.loads(WHOLE), default=str)), SCHEMA)


_ANY = st.sampled_from(
    ["modern", "high", "never", "off", "CFF020", 1, -1, True, [], ["CFF"], [1], {}, {"rsa_bits": 1}, {"CFF020": "low"}]
)
_TABLES = {
    "ignore": st.lists(st.dictionaries(st.sampled_from([*IGNORE, "x"]), st.sampled_from(["CFF020", 1]), max_size=3)),
    "override": st.lists(st.dictionaries(st.sampled_from([*OVERRIDE, "x"]), _ANY, max_size=3), max_size=2),
    "targets": st.lists(st.dictionaries(st.sampled_from([*TARGET, "x"]), st.just("mx:25"), max_size=2), max_size=2),
}


@settings(max_examples=60)
@given(st.fixed_dictionaries({}, optional={key: st.one_of(_ANY, _TABLES.get(key, _ANY)) for key in [*SETTINGS, "x"]}))
def test_the_schema_and_the_reader_agree(document: dict[str, Any]) -> None:
    """What the schema takes is read, and what it does not take is refused."""
    # Formats are notes to a validator, so a day that is none is left to the reader.
    is_valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
    try:
        read("".join(f"{key} = {_toml(value)}\n" for key, value in document.items()))
    except SettingsError as error:
        was_read = "takes a day" in str(error)
    else:
        was_read = True
    assert was_read or not is_valid
    assert is_valid or not was_read or "expires" in str(document)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    """The search goes upwards, takes mailaudit.toml before pyproject.toml, and ends where a repository begins."""
    (tmp_path / "mailaudit.toml").write_text('profile = "howto"\n')
    inside = tmp_path / "repo" / "hosts" / "mx1"
    inside.mkdir(parents=True)
    assert nearest_settings(str(inside)).profile == "howto"  # type: ignore[union-attr]
    (tmp_path / "repo" / ".git").mkdir()
    assert nearest_settings(str(inside)) is None
    project = tmp_path / "repo" / "pyproject.toml"
    project.write_text("[tool.other]\nmailaudit = 1\n")
    assert nearest_settings(str(inside)) is None
    project.write_text('[tool.mailaudit]\nprofile = "strict"\n')
    assert nearest_settings(str(inside)).profile == "strict"  # type: ignore[union-attr]
    (tmp_path / "repo" / "mailaudit.toml").write_text('profile = "modern"\n')
    assert nearest_settings(str(inside)).origin("profile").endswith("mailaudit.toml:1")  # type: ignore[union-attr]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A settings file that is a link into somewhere else is refused, as is one that cannot be read as a file."""
    (tmp_path / "secret").write_text("password = 1\n")
    (tmp_path / "mailaudit.toml").symlink_to("secret")
    with pytest.raises(SettingsError, match="a link is not followed"):
        nearest_settings(str(tmp_path))


def test_pyproject_is_read_below_its_table() -> None:
    """Of pyproject.toml only the table of this tool is looked at, and its lines are those of the file."""
    text = '[project]\nname = "x"\n[tool.mailaudit]\nselect = ["CFF"]\n'
    assert read(text, TABLE).origin("select") == "m.toml:4"
    with pytest.raises(SettingsError, match=r"m\.toml:4"):
        read('[project]\nname = "x"\n[tool.mailaudit]\nselekt = 1\n', TABLE)
