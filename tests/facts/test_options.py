"""Options, listeners, classes, maps and the rest, from a tree to the facts."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.engine.resolve import Facts
from auditor.facts.classes import Classes, LocalNames, RelayDomains, TrustedUsers
from auditor.facts.configurations import Backups, Banner, CfFile, ConfigurationFiles, Configurations, McFile
from auditor.facts.given import Tree
from auditor.facts.listeners import Listeners
from auditor.facts.macros import CfMacros
from auditor.facts.mailers import Mailers, Milters, Rulesets
from auditor.facts.maps import Maps
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.subjects import Configuration, Install
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.trees.memory import MemoryFile, MemoryTree

MC = """include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
VERSIONID(`site one')dnl
OSTYPE(`linux')dnl
define(`confLOG_LEVEL', `14')dnl
define(`confAUTH_OPTIONS', `A p')dnl
FEATURE(`access_db')dnl
FEATURE(`use_cw_file')dnl
DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
LOCAL_DOMAIN(`example.org')dnl
INPUT_MAIL_FILTER(`f', `S=local:/run/f, F=T')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
O CipherList=HIGH
"""
CF = """##### built by root@mx on Mon Jan  1 00:00:00 UTC 2024
##### in /root/cf
##### using /usr/share/sendmail/cf/ as configuration include directory
#####  site one  #####
V10/Berkeley
Cwlocalhost
Fw/etc/mail/local-host-names
Troot
DZ8.17.1.9/Debian
Kaccess hash -T<TMPF> /etc/mail/access
O LogLevel=14
O AuthOptions=A p
O PrivacyOptions=goaway
O PrivacyOptions=public
O QueueLA=8
O Nonsense=1
O DaemonPortOptions=Port=smtp, Name=MTA
O DaemonPortOptions=Port=587, Name=MSA, M=E
Sparse=0
R$*\t$1
Mlocal, P=/bin/mail, F=l, A=mail
Xf, S=local:/run/f
"""


def facts(files: dict[str, str], *, complete: bool = True) -> Facts:
    """The facts of a tree with these files below /etc/mail, or at absolute paths."""
    held = {
        path if path.startswith("/") else f"/etc/mail/{path}": MemoryFile(text.encode("latin-1"))
        for path, text in files.items()
    }
    return Facts(Install("x"), {Tree: MemoryTree(held, complete=complete)})


def get(kind: type, files: dict[str, str], name: str = "sendmail.cf", *, complete: bool = True) -> Any:  # noqa: ANN401
    """One fact about a configuration."""
    found = facts(files, complete=complete)
    return found.get(kind, Configuration(name, Install("x")))


def test_a_configuration_exists_where_its_files_do() -> None:
    """A .cf makes a configuration, and so does a .mc without one; a bare tree has none."""
    found = facts({"sendmail.cf": CF, "submit.mc": MC})
    subjects = found.subjects(Configuration)
    assert isinstance(subjects, tuple)
    assert [each.name for each in subjects] == ["sendmail.cf", "submit.cf"]
    assert isinstance(facts({"access": ""}).get(Configurations, Install("x")), NotApplicable)
    assert isinstance(facts({"access": ""}, complete=False).get(Configurations, Install("x")), Unknown)


def test_a_missing_cf_is_told_apart_from_one_not_seen() -> None:
    """In a whole tree the .cf of a .mc is missing, in a checkout it is unknown; CfFile is unknown in both."""
    assert get(ConfigurationFiles, {"sendmail.mc": MC}).cf == Missing("/etc/mail/sendmail.cf")
    assert isinstance(get(ConfigurationFiles, {"sendmail.mc": MC}, complete=False).cf, Unknown)
    assert get(CfFile, {"sendmail.mc": MC}) == Unknown("/etc/mail/sendmail.cf is missing")


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"sendmail.cf": CF, "sendmail.mc": "", "host.mc": MC}, "/etc/mail/host.mc"),
        ({"sendmail.cf": CF, "sendmail.mc": "", "host.mc": ""}, "/etc/mail/sendmail.mc"),
        ({"sendmail.cf": CF, "host.mc": ""}, "/etc/mail/host.mc"),
        ({"sendmail.cf": CF, "/usr/share/sendmail/cf/cf/host.mc": MC}, "/usr/share/sendmail/cf/cf/host.mc"),
        ({"sendmail.cf": CF, "/root/cf/host.mc": MC, "old.mc": ""}, "/root/cf/host.mc"),
        ({"sendmail.mc": "", "submit.mc": ""}, "/etc/mail/sendmail.mc"),
    ],
)
def test_the_live_mc_is_found(files: dict[str, str], path: str) -> None:
    """The VERSIONID in the .cf says which .mc it was made from, else the usual name, else there is only one."""
    assert get(McFile, files).document.path == path


def test_an_ambiguous_mc_is_unknown() -> None:
    """Several .mc files of which none is the one by name or VERSIONID leave the source unknown, and are named."""
    found = get(McFile, {"sendmail.cf": CF, "a.mc": "", "b.mc": ""})
    assert isinstance(found, Unknown)
    assert "/etc/mail/a.mc, /etc/mail/b.mc" in found.reason


def test_the_banner_tells_how_the_cf_was_made() -> None:
    """Builder, directory, cf tree and VERSIONID texts are read from the first lines."""
    found = get(Banner, {"sendmail.cf": CF})
    assert found.built_by == "root@mx on Mon Jan  1 00:00:00 UTC 2024"
    assert (found.directory, found.cf_directory, found.version_ids) == (
        "/root/cf",
        "/usr/share/sendmail/cf/",
        ("site one",),
    )


def test_copies_are_listed_and_not_read() -> None:
    """Backups of configuration files are listed and make no configuration."""
    found = facts({"sendmail.cf": CF, "sendmail.mc~": "", "access.rpmnew": "", "access": "", "sendmail.cf.bak": ""})
    assert found.get(Backups, Install("x")).paths == tuple(
        f"/etc/mail/{name}" for name in ("access.rpmnew", "sendmail.cf.bak", "sendmail.mc~")
    )


def test_options_are_mended_where_they_come_from() -> None:
    """A value that the .mc gives is mended there, any other one in the .cf."""
    options: Options = get(Options, {"sendmail.cf": CF, "sendmail.mc": MC})
    level, load = options.get("loglevel"), options.get("QueueLA")
    assert level is not None
    assert load is not None
    assert (level.source, level.span.path, level.span.text) == ("mc", "/etc/mail/sendmail.mc", "14")
    assert level.generated is not None
    assert (load.source, load.span.path, load.span.text) == ("cf", "/etc/mail/sendmail.cf", "8")
    assert options.letters("AuthOptions") == "Ap"
    assert options.words("PrivacyOptions") == ("goaway", "public")
    assert options.get("SoftBounce") is None
    assert [line.written for line in options.unknown] == ["Nonsense"]


def test_a_mc_alone_gives_the_options_it_leads_to() -> None:
    """Definitions, the cf tree's defaults and passed-on O lines are the options where there is no .cf."""
    options: Options = get(Options, {"sendmail.mc": MC}, complete=False)
    assert {
        name: [each.value for each in options.all(name)] for name in ("LogLevel", "PrivacyOptions", "CipherList")
    } == {
        "LogLevel": ["14"],
        "PrivacyOptions": ["authwarnings"],
        "CipherList": ["HIGH"],
    }
    assert options.get("RunAsUser") is None
    assert all(each.generated is None for each in options)


def test_what_a_condition_decides_is_not_known() -> None:
    """An option set under a condition, or perhaps by an include that is not here, cannot be told."""
    under = MC + "ifdef(`X', `define(`confLOG_LEVEL', `2')')dnl\n"
    with pytest.raises(Unknowable):
        get(Options, {"sendmail.mc": under}).get("LogLevel")
    with pytest.raises(Unknowable):
        get(Options, {"sendmail.mc": MC + "include(`/elsewhere.m4')dnl\n"}).get("SoftBounce")


def test_listeners_are_those_of_the_file() -> None:
    """Each DaemonPortOptions line is a listener; submit.cf has none."""
    found: Listeners = get(Listeners, {"sendmail.cf": CF, "sendmail.mc": MC})
    assert [(each.name, each.port, each.modifiers) for each in found] == [("MTA", 25, ""), ("MSA", 587, "E")]
    assert [each.span.path for each in found] == ["/etc/mail/sendmail.mc", "/etc/mail/sendmail.cf"]
    assert len(found.on(587)) == 1
    assert isinstance(get(Listeners, {"submit.cf": CF}, "submit.cf"), NotApplicable)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("", ["MTA", "MSA"]),
        ("FEATURE(`no_default_msa')dnl\n", ["MTA"]),
        ("DAEMON_OPTIONS(`Port=587, Name=M2')dnl\n", ["MTA", "M2", "MSA"]),
    ],
)
def test_a_mc_has_a_second_listener_unless_told_otherwise(change: str, names: list[str]) -> None:
    """The listener on 587 stays beside DAEMON_OPTIONS until no_default_msa takes it away."""
    found: Listeners = get(Listeners, {"sendmail.mc": MC.replace("MAILER", f"{change}MAILER", 1)})
    assert [each.name for each in found] == names


def test_without_any_line_there_is_one_listener() -> None:
    """A .cf without DaemonPortOptions listens on port 25."""
    (found,) = get(Listeners, {"sendmail.cf": "V10\n"})
    assert (found.name, found.port) == ("Daemon0", 25)


def test_classes_hold_words_and_class_files() -> None:
    """Class w has the words of C lines and the first word of each line of its file, with their places."""
    files = {"sendmail.cf": CF, "local-host-names": "# names\nexample.org example.net\n\nExample.COM\n"}
    names: LocalNames = get(LocalNames, files)
    assert [member.word for member in names] == ["localhost", "example.org", "Example.COM"]
    assert [member.span.line for member in names][1:] == [2, 4]
    assert "EXAMPLE.com" in names
    assert "example.net" not in names
    assert [member.word for member in get(TrustedUsers, files)] == ["root"]
    assert get(RelayDomains, files).members == ()


def test_a_class_file_not_seen_leaves_doubt() -> None:
    """Where the class file cannot be seen a word that was not found may be there; where it is missing it is not."""
    assert "example.org" not in get(LocalNames, {"sendmail.cf": CF})
    assert get(Classes, {"sendmail.cf": CF}).files_of("w")[0].content == Missing("/etc/mail/local-host-names")
    with pytest.raises(Unknowable):
        assert "example.org" in get(LocalNames, {"sendmail.cf": CF}, complete=False)


def test_a_mc_alone_gives_classes_maps_and_filters() -> None:
    """Class macros, features and mail filters of a .mc are as they will be in the .cf."""
    names: LocalNames = get(LocalNames, {"sendmail.mc": MC, "local-host-names": "example.net\n"})
    assert {member.word for member in names} == {"localhost", "example.org", "example.net"}
    access = get(Maps, {"sendmail.mc": MC}).get("access")
    assert (access.type, access.flags, access.file) == ("hash", ("-T<TMPF>",), "/etc/mail/access")
    (milter,) = get(Milters, {"sendmail.mc": MC})
    assert (milter.name, milter.get("S"), milter.get("F")) == ("f", "local:/run/f", "T")


def test_the_rest_of_a_cf_is_known() -> None:
    """Macros, version, maps, mailers, filters and rulesets are read from the .cf."""
    files = {"sendmail.cf": CF}
    version: Version = get(Version, files)
    assert (version.text, version.release, version.level, version.vendor) == (
        "8.17.1.9/Debian",
        (8, 17, 1, 9),
        10,
        "Berkeley",
    )
    assert get(CfMacros, files).get("Z").value == "8.17.1.9/Debian"
    assert get(Maps, files).get("ACCESS").file == "/etc/mail/access"
    assert get(Mailers, files).get("local").path == "/bin/mail"
    assert len(get(Milters, files)) == 1
    rules = get(Rulesets, files).get("parse")
    assert [rule.text for rule in rules.rules] == ["R$*\t$1\n"]
    assert isinstance(get(Version, {"sendmail.cf": "\n"}), Unknown)


def test_a_ruleset_is_one_by_name_and_number() -> None:
    """A number given to a name stands for the name afterwards, and repeated S lines add to the ruleset."""
    found: Rulesets = get(Rulesets, {"sendmail.cf": "V10\nR$*\t$1\nSa=3\nR$+\t$1\nS3\nR$-\t$1\nS9\n"})
    assert [(each.name, len(each.lines), len(each.rules)) for each in found] == [("a", 2, 2), ("9", 1, 0)]
    assert len(found.orphans) == 1
