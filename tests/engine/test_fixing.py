"""Edits become new contents: those that touch wait, none is made in vain, and nothing but what is asked for changes."""

from __future__ import annotations

from auditor.engine.audit import Target, audit
from auditor.engine.fixing import Mended, mended
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW, closed_host

MC = "/etc/mail/sendmail.mc"
RULES = [rule for rule in rules() if rule.family in ("MCF", "ACS", "CFF", "DBL", "DNS", "SAS")]
HEAD = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\nVERSIONID(`x')dnl\nOSTYPE(`linux')dnl\n"
TAIL = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"


def target(files: dict[str, MemoryFile], focus: str | None = None) -> Target:
    """A checkout with some files."""
    given: dict[type, object] = {Tree: MemoryTree(files, complete=False), Clock: Clock(NOW), Profile: load("modern")}
    return Target("x", {**given, Host: closed_host()}, focus)


def made(mc: str | bytes, *, unsafe: bool = False, asked: list[Rule] = RULES, **more: MemoryFile) -> Mended:
    """What fixes make of a .mc and other files of /etc/mail."""
    data = mc.encode("latin-1") if isinstance(mc, str) else mc
    files = {MC: MemoryFile(data)} | {f"/etc/mail/{name.replace('_', '-')}": file for name, file in more.items()}
    there = target(files)
    return mended(there, asked, audit(there, asked), unsafe=unsafe)


def text(found: Mended) -> bytes:
    """What the only file that is changed becomes."""
    [change] = found.changes
    return change.after


def test_findings_on_one_line_are_mended_one_after_the_other() -> None:
    """Edits that touch one another are all made in the end."""
    line = "define ('confMAX_HOP', '25')"
    assert text(made(HEAD + line + "dnl\n" + TAIL)) == (HEAD + "define(`confMAX_HOP', `25')dnl\n" + TAIL).encode()


def test_what_is_mended_needs_no_second_time() -> None:
    """Fixing what was fixed changes nothing."""
    mc = (
        HEAD
        + "define (`confMAX_HOP', `25')dnl\nFEATURE(`mailer_table')dnl\nDAEMON_OPTIONS(`Port=465, Name=T')dnl\n"
        + TAIL
    )
    once = text(made(mc[:-1]))
    assert b"M=s" in once
    assert b"`mailertable'" in once
    assert once.endswith(b"\n")
    assert made(once).changes == ()


def test_carriage_returns_go_and_stay_as_the_rules_want() -> None:
    """An edit of a file with CRLF keeps its line ends; the one that takes them away takes all."""
    mc = (HEAD + "DAEMON_OPTIONS(`Port=465, Name=T')dnl\n" + TAIL).replace("\n", "\r\n")
    kept = made(mc[:-2], asked=[rule for rule in RULES if rule.id in ("CFF020", "MCF001")])
    assert text(kept) == mc.replace("Name=T", "Name=T, M=s").encode()
    assert b"\r" not in text(made(mc))


def test_a_cf_is_never_changed() -> None:
    """What is generated is left alone, under another name too."""
    cf = b"V10/Berkeley\nDj$w.doe.org\nO LogLev=9\nO DaemonPortOptions=Name=T, Port=465\n"
    there = target({"/etc/mail/sendmail.cf": MemoryFile(cf)})
    assert mended(there, RULES, audit(there, RULES), unsafe=True).changes == ()
    linked = target(
        {
            MC: MemoryFile(target="new.cf"),
            "/etc/mail/new.cf": MemoryFile(HEAD.encode() + b"define (`confMAX_HOP', `9')"),
        }
    )
    assert mended(linked, RULES, audit(linked, RULES), unsafe=True).changes == ()


def test_an_outdated_cf_does_not_ask_for_a_fix_twice() -> None:
    """What the .cf says is not made in the .mc again, once the .mc has it."""
    cf = b"V10/Berkeley\nDZ8.18.1\n#####  x  #####\nO DaemonPortOptions=Name=T, Port=465\n"
    mc = HEAD + "DAEMON_OPTIONS(`Port=465, Name=T')dnl\n" + TAIL
    files = {MC: MemoryFile(mc.encode()), "/etc/mail/sendmail.cf": MemoryFile(cf)}
    there = target(files)
    found = mended(there, RULES, audit(there, RULES))
    assert b"Name=T, M=s" in text(found)
    again = target(files | {MC: MemoryFile(text(found))})
    assert "CFF020" in {item.rule.id for item in audit(again, RULES).reported}
    assert mended(again, RULES, audit(again, RULES)).changes == ()


def test_a_file_behind_a_link_is_changed_once() -> None:
    """The real file is what changes, whatever name it was met under."""
    there = target(
        {MC: MemoryFile(target="site.mc.real"), "/etc/mail/site.mc.real": MemoryFile((HEAD + TAIL)[:-1].encode())}
    )
    found = mended(there, RULES, audit(there, RULES))
    assert [change.path for change in found.changes] == ["/etc/mail/site.mc.real"]


def test_bytes_that_are_no_text_stay() -> None:
    """What is not of the edit is kept byte for byte, valid UTF-8 or not."""
    mc = (
        b"dnl J\xfcrgen\n"
        + HEAD.encode()
        + b"dnl \xe2\x80\x98x\xe2\x80\x99\ndefine(\xe2\x80\x98confMAX_HOP\xe2\x80\x99, \x9125\x92)dnl\n"
        + TAIL.encode()
    )
    assert text(made(mc)) == mc.replace(b"\xe2\x80\x98confMAX_HOP\xe2\x80\x99, \x9125\x92", b"`confMAX_HOP', `25'")


def test_what_is_suppressed_is_not_fixed() -> None:
    """A finding that somebody set aside keeps its line."""
    mc = HEAD + "dnl mailaudit: ignore[CFF020] behind stunnel\nDAEMON_OPTIONS(`Port=465, Name=T')dnl\n" + TAIL
    assert made(mc).changes == ()


def test_only_the_file_in_focus_is_changed() -> None:
    """Where one file was named, no other one is written."""
    files = {
        MC: MemoryFile((HEAD + TAIL)[:-1].encode()),
        "/etc/mail/local-host-names": MemoryFile(b"doe.org doe.net\n"),
    }
    there = target(files, MC)
    assert [change.path for change in mended(there, RULES, audit(there, RULES)).changes] == [MC]


def test_only_what_was_reported() -> None:
    """With ``only``, nothing is mended that the report does not have."""
    there = target({MC: MemoryFile((HEAD + TAIL)[:-1].encode())})
    assert mended(there, RULES, audit(there, []), only=True).changes == ()


def test_unsafe_edits_wait_to_be_asked_for() -> None:
    """A choice between two meanings is made only where the user wants it."""
    mc = HEAD + "FEATURE(`promiscuous_relay')dnl\n" + TAIL
    asked = [rule for rule in rules() if rule.id == "RLY001"]
    assert made(mc, asked=asked).changes == ()
    assert b"promiscuous" not in text(made(mc, asked=asked, unsafe=True))


def test_untagged_addresses_get_the_tag_of_clients() -> None:
    """All at once, unless one of them has its line with the tag already."""
    lines = b"192.0.2.1\tREJECT\n198.51.100\tREJECT\n"
    [change] = made(HEAD + "FEATURE(`access_db')dnl\n" + TAIL, access=MemoryFile(lines)).changes
    assert change.after == b"Connect:192.0.2.1\tREJECT\nConnect:198.51.100\tREJECT\n"
    again = made(HEAD + "FEATURE(`access_db')dnl\n" + TAIL, access=MemoryFile(lines + b"connect:192.0.2.1 OK\n"))
    assert again.changes == ()
