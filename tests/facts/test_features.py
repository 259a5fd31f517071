"""Features and definitions: what is certain, what is not, and how a .cf shows features."""

from __future__ import annotations

import pytest

from auditor.facts.features import Defines, Features, defines_of, features_from_cf, features_of
from auditor.model.text import Source
from auditor.model.unknown import Unknowable
from auditor.readers.cf import read_cf
from auditor.readers.mc import read_mc
from auditor.sendmail.mc import McView, static_view


def view(text: str) -> McView:
    """The static view of a text after cf.m4."""
    return static_view(read_mc(Source("x.mc", text.encode())))


def defines(text: str) -> Defines:
    """The definitions of a text after cf.m4."""
    return defines_of(view(text))


def features(text: str) -> Features:
    """The features of a text after cf.m4."""
    return features_of(view(text))


def from_cf(text: str) -> Features:
    """The features that show in a .cf."""
    return features_from_cf([(node.text, node) for node in read_cf(Source("x.cf", text.encode())).nodes])


def test_the_last_definition_counts() -> None:
    """Of two definitions the later one is in force, with the place of its value."""
    found = defines("define(`confLOG_LEVEL',`14')\ndefine(`confLOG_LEVEL',`10')\n")
    define = found.get("confLOG_LEVEL")
    assert define is not None
    assert define.value_span is not None
    assert (define.value_span.line, define.value_span.text) == (2, "10")
    assert len([each for each in found.history("confLOG_LEVEL") if each.call]) == 2


def test_defaults_of_cf_m4_are_known() -> None:
    """What cf.m4 defines is there without a place."""
    define = defines("").get("confPRIVACY_FLAGS")
    assert define is not None
    assert (define.body, define.span, define.origin) == ("authwarnings", None, "cf.m4")
    assert defines("").get("confAUTH_OPTIONS") is None


def test_cf_m4_overrules_what_stands_above_it() -> None:
    """A definition above the include is lost where cf.m4 has a default of its own."""
    assert defines("define(`confLOG_LEVEL',`14')include(`/x/cf.m4')").value("confLOG_LEVEL") == "9"
    assert defines("define(`confMAX_HOP',`14')include(`/x/cf.m4')").value("confMAX_HOP") == "14"


def test_undefine_takes_away() -> None:
    """A macro that is undefined last is not defined."""
    assert defines("define(`confCRL',`x')undefine(`confCRL')").get("confCRL") is None


def test_a_condition_makes_a_definition_unknowable() -> None:
    """A definition under a condition is not taken for granted, unless a certain one follows."""
    text = "ifdef(`UNHEARD',`define(`confCRL',`x')')"
    with pytest.raises(Unknowable, match="condition in line 1"):
        defines(text).get("confCRL")
    assert defines(text + "define(`confCRL',`y')").value("confCRL") == "y"


def test_what_is_not_seen_makes_a_definition_unknowable() -> None:
    """An include that is not there may set or overrule anything, save what is set after it."""
    with pytest.raises(Unknowable, match=r"an include of /x/site\.m4"):
        defines("define(`confCRL',`y')include(`/x/site.m4')").get("confCRL")
    assert defines("include(`/x/site.m4')define(`confCRL',`y')").value("confCRL") == "y"
    assert defines("define(`confCRL',`y')include(`/x/site.m4')").written("confCRL") is not None


def test_debian_includes_set_only_their_own() -> None:
    """Debian's file for STARTTLS leaves other settings alone."""
    found = defines("include(`/etc/mail/tls/starttls.m4')")
    assert found.get("confAUTH_OPTIONS") is None
    with pytest.raises(Unknowable):
        found.get("confSERVER_CERT")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("`A p'", "A p"),
        ("``A p''", "A p"),
        ("A p ", "A p "),
        ("MAIL_SETTINGS_DIR`'certs", "/etc/mail/certs"),
        ("`MAIL_SETTINGS_DIR`'certs'", "/etc/mail/certs"),
        ("`$1$j$#'", "$j0"),
        ("`'", ""),
    ],
)
def test_values_are_read_again(value: str, expected: str) -> None:
    """A value loses its inner quotes and parameters, and macros in it expand."""
    assert defines(f"define(`confX',{value})").value("confX") == expected


def test_a_value_that_m4_must_compute_is_unknowable() -> None:
    """A value with a builtin in it is not guessed."""
    with pytest.raises(Unknowable, match="not known"):
        defines("define(`confX',`ifdef(`a',`b',`c')')").value("confX")


def test_values_that_grow_are_unknowable() -> None:
    """A value that doubles with each step is given up."""
    steps = "".join(f"define(`a{n}',`a{n + 1}a{n + 1} a{n + 1}')" for n in range(60))
    with pytest.raises(Unknowable):
        defines(steps + "define(`confX',`a0 a0')define(`a60',`x')").value("confX")


def test_ostype_domain_and_feature_set_what_they_set() -> None:
    """What the cf tree's own files set is in force, at the call that brings it in."""
    found = defines("OSTYPE(`solaris8')DOMAIN(`debian-mta')FEATURE(`msp')")
    assert found.value("confMAX_HOP") == "100"
    assert found.value("confUSE_MSP") == "True"
    assert found.get("ALIAS_FILE") is None
    define = found.get("confMAX_HOP")
    assert define is not None
    assert define.origin == "DOMAIN(`debian-mta')"


def test_input_filters_add_up() -> None:
    """Each INPUT_MAIL_FILTER adds to the list."""
    text = "INPUT_MAIL_FILTER(`a',`S=local:/a')INPUT_MAIL_FILTER(`b',`S=local:/b')"
    assert defines(text).value("confINPUT_MAIL_FILTERS") == "a, b"


def test_options_are_found_by_their_own_name() -> None:
    """An option's definition is found by the name it has in the .cf."""
    define = defines("define(`confAUTH_OPTIONS',`A')").option("AuthOptions")
    assert define is not None
    assert define.body == "A"


def test_features_with_their_arguments() -> None:
    """A feature that is used is found with its arguments, one that is not is None."""
    found = features("FEATURE(`access_db',`hash -T<TMPF> /etc/mail/access')FEATURE(`dnsbl',`a')FEATURE(`dnsbl',`b')")
    use = found.get("access_db")
    assert use is not None
    assert use.args == ("hash -T<TMPF> /etc/mail/access",)
    assert [each.args for each in found.all("dnsbl")] == [("a",), ("b",)]
    assert found.get("delay_checks") is None


def test_features_bring_features() -> None:
    """What a feature switches on is there, and says by what."""
    use = features("FEATURE(`msp')").get("no_default_msa")
    assert use is not None
    assert use.via == "FEATURE(`msp')"


def test_a_feature_under_a_condition_is_unknowable() -> None:
    """A feature that only a condition brings can neither be claimed nor denied."""
    with pytest.raises(Unknowable, match="under a condition"):
        features("ifdef(`UNHEARD',`FEATURE(`redirect')')").get("redirect")


def test_an_unseen_file_may_bring_features() -> None:
    """A feature not in sight is unknowable beside an include that is not there; one in sight is certain."""
    found = features("FEATURE(`redirect')include(`/x/site.m4')")
    assert found.get("redirect") is not None
    with pytest.raises(Unknowable, match=r"site\.m4"):
        found.get("badmx")
    with pytest.raises(Unknowable):
        found.all("redirect")
    assert len(found.seen("redirect")) == 1


def test_a_cf_shows_features() -> None:
    """Maps and rulesets in a .cf tell the features it was made with."""
    found = from_cf(
        "Kaccess hash -T<TMPF> /etc/mail/access\nScheckrelay\nScheck_rcpt\nKresolve host -a<OKR> -T<TEMP>\n"
    )
    access = found.get("access_db")
    assert access is not None
    assert access.args == ("hash -T<TMPF> /etc/mail/access",)
    assert found.get("delay_checks") is not None
    assert found.get("accept_unresolvable_domains") is None
    assert found.get("promiscuous_relay") is not None


def test_a_cf_does_not_show_all_features() -> None:
    """A feature that leaves no sure sign cannot be told from a .cf."""
    with pytest.raises(Unknowable, match="not here"):
        from_cf("V10/Berkeley\n").get("allmasquerade")
