"""The reader of systemd units: lossless, total, linear, with joined lines, resets and a command line's own quoting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.expansion import Value
from auditor.readers.unit import UnitText, arguments, effective, read_unit, words
from tests.lossless import grammar, kinds, linear, lossless, mutated

UNIT = (
    b"# mail\n[Unit]\nDescription=Mail daemon\n\n[Service]\nEnvironmentFile=-/etc/sysconfig/sendmail\n"
    b"ExecStart=-/usr/sbin/sendmail -bd $OPTS \\\n# inside\n; this too\n    \"${WORD} x\" 'it\\x41' 100%%\n"
    b"ExecReload=/bin/kill -HUP $MAINPID\n; end\n[Install]\nWantedBy = multi-user.target\n"
)


def unit(data: bytes) -> UnitText:
    """The unit of some bytes."""
    return read_unit(Source("x.service", data))


@given(
    st.binary()
    | grammar(b"[Service]", b"ExecStart=", b"/x -a", b"'", b'"', b"$A", b"${A}", b"%n", b"=")
    | mutated(UNIT)
)
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the file is given back, and every value has words."""
    assert not lossless(read_unit, data).unparsed
    for setting in unit(data).settings:
        arguments(setting.value, {})
        assert all(word.text for word in words(setting.value))


def test_settings_belong_to_sections() -> None:
    """A setting has the section above it; blanks around the equals sign are left out."""
    document = unit(UNIT)
    assert [(setting.section, setting.name) for setting in document.settings] == [
        ("Unit", "Description"),
        ("Service", "EnvironmentFile"),
        ("Service", "ExecStart"),
        ("Service", "ExecReload"),
        ("Install", "WantedBy"),
    ]
    assert document.settings[-1].value.text == "multi-user.target"
    assert kinds(document).count("comment") == 2


def test_a_command_line_is_cut_as_systemd_cuts_it() -> None:
    """A bare variable is split, a braced one is not, and comments between joined lines vanish."""
    setting = effective([unit(UNIT)], "Service", "ExecStart")[0]
    origin = Source("env", b"-q1h -v").span()
    variables = {"OPTS": Value("-q1h -v", origin), "WORD": Value("a b", origin)}
    found = arguments(setting.value, variables)
    assert found is not None
    assert [each.text for each in found] == ["-/usr/sbin/sendmail", "-bd", "-q1h", "-v", "a b x", "itA", "100%"]
    assert found[2].span == origin.part(0, 4)


def test_what_only_systemd_knows_is_unknown() -> None:
    """A specifier, or a variable whose value is not known, leaves the command line unknown."""
    document = unit(b"[Service]\nExecStart=/x %n\nExecStart=/x $A\nExecStart=/x $B\n")
    values = [setting.value for setting in document.settings]
    variables = {"A": Value(None, values[0])}
    assert arguments(values[0], variables) is None
    assert arguments(values[1], variables) is None
    assert arguments(values[2], variables, unset=None) is None
    assert [each.text for each in arguments(values[2], variables) or ()] == ["/x"]


def test_an_empty_value_takes_back_what_came_before() -> None:
    """A drop-in that sets ExecStart to nothing and then anew leaves only its own."""
    dropin = unit(b"[Service]\nExecStart=\nExecStart=/usr/sbin/sendmail -bd\n")
    assert [setting.value.text for setting in effective([unit(UNIT), dropin], "Service", "ExecStart")] == [
        "/usr/sbin/sendmail -bd"
    ]


def test_reading_is_linear() -> None:
    """No repetition makes the reader slow."""
    linear(
        lambda data: [words(setting.value) for setting in unit(data).settings],
        *(b"a=\\", b"a=\\\n#\n", b"[a", b"\\\n", b"a=b\\\n", b" ", b'a=""', b"a='", b"%", b"="),
    )
