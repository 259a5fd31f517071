"""The commands and what their replies amount to, against servers that exist only as functions."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.unknown import Inconclusive
from auditor.probe.answers import Answer, Heard, answer
from auditor.probe.banner import Banner, banner, help_version, size_limit
from auditor.probe.commands import (
    Commands,
    ask,
    http,
    mail_without_ehlo,
    starttls_within_tls,
    traffic_before_reply,
)
from auditor.probe.errors import Closed, TimedOut, TryLater, WireError
from auditor.probe.smtp import Extensions, Reply
from tests.probe.scripted_talk import Scripted, Server, ordinary, reply

OWN = ("mx.example.com",)
PIPELINING = Extensions(reply("250-mx.example.com Hello\n250-PIPELINING\n250 HELP"))
ITEMS = Commands.__match_args__


def asked(server: Server, extensions: Extensions | None = PIPELINING) -> Commands:
    """All answers of a server."""
    return ask(Scripted(server), extensions=extensions, own=OWN)


def but(part: str, text: str) -> Server:
    """The ordinary server, but for the commands that hold a text."""
    return lambda line: text if part in line else ordinary(line)


def kind(heard: Heard) -> str:
    """An answer's kind, or the reason why there is none."""
    return heard.kind if isinstance(heard, Answer) else heard.reason


@pytest.mark.parametrize("extensions", [PIPELINING, None])
def test_the_usual_server(extensions: Extensions | None) -> None:
    """What sendmail as it is often installed says is told as it is."""
    found = asked(ordinary, extensions)
    assert {name: kind(getattr(found, name)) for name in ITEMS} == {
        "null_sender": "accepted",
        "postmaster": "accepted",
        "postmaster_at": "accepted",
        "abuse": "accepted",
        "made_up": "refused",
        "unresolvable_sender": "refused",
        "unqualified_sender": "refused",
        "vrfy": "neutral",
        "vrfy_made_up": "neutral",
        "expn": "refused",
        "etrn": "later",
        "help": "accepted",
        "noop": "accepted",
        "verb": "refused",
    }
    assert found.vrfy_discloses is False
    assert found.version == "8.17.1.9"


@pytest.mark.parametrize("refusal", ["550 5.7.1 Access denied", "452 4.3.2 Connection rate limit exceeded."])
def test_a_client_that_is_turned_away_is_told_from_a_missing_service(refusal: str) -> None:
    """One refusal of all that is asked is about the client; each command's own refusal is about the command."""
    assert asked(lambda line: ordinary(line) if line in {"NOOP", "RSET"} else refusal).turned_away == reply(refusal)
    for text in (refusal, "530 5.7.0 Must issue a STARTTLS command first"):
        assert asked(but("VRFY", text)).turned_away is None
    assert asked(lambda _: "530 5.7.0 Must issue a STARTTLS command first").turned_away is None
    assert asked(ordinary).turned_away is None


def test_it_takes_few_round_trips_and_sends_no_mail() -> None:
    """With PIPELINING the transactions take one wait, each other command one more, and DATA is never said."""
    talk = Scripted(ordinary)
    ask(talk, extensions=PIPELINING, own=OWN)
    assert talk.trips == 8
    assert not any(line.startswith(("DATA", "BDAT")) for line in talk.said)
    assert talk.said[-1] == "VERB"


def test_recipients_are_asked_for_in_transactions_of_their_own() -> None:
    """No transaction has two recipients, since many servers take only one for the null sender."""
    talk = Scripted(ordinary)
    ask(talk, extensions=PIPELINING, own=OWN)
    verbs = [line.split(" ")[0] for line in talk.said]
    assert not any(verbs[at] == verbs[at + 1] == "RCPT" for at in range(len(verbs) - 1))


@pytest.mark.parametrize(
    ("known", "made_up", "discloses"),
    [
        ("250 2.1.5 root <root@mx.example.com>", "550 5.1.1 User unknown", True),
        ("252 2.0.0 postmaster", "550 5.1.1 User unknown", True),
        ("252 2.5.2 Cannot VRFY user", "252 2.5.2 Cannot VRFY user", False),
        ("502 5.7.0 Sorry", "502 5.7.0 Sorry", False),
        ("550 5.7.1 Prohibited", "550 5.7.1 Prohibited", False),
        ("250 anybody", "250 anybody", False),
        ("500 5.5.1 Command unrecognized", "500 5.5.1 Command unrecognized", False),
        ("450 4.7.1 Greylisted", "450 4.7.1 Greylisted", None),
    ],
)
def test_vrfy_discloses_where_it_tells_users_from_others(known: str, made_up: str, discloses: bool | None) -> None:  # noqa: FBT001
    """VRFY discloses users exactly where it denies the made-up one and does not deny postmaster."""

    def server(line: str) -> str:
        return {"VRFY postmaster": known, "VRFY mailaudit-no-such-user": made_up}.get(line) or ordinary(line)

    found = asked(server).vrfy_discloses
    assert isinstance(found, Inconclusive) if discloses is None else found is discloses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250 2.0.0 OK", "accepted"),
        ("220 ready", "accepted"),
        ("252 2.5.2 Cannot VRFY user", "neutral"),
        ("450 4.7.1 Greylisted", "later"),
        ("550 5.7.1 Relaying denied", "relaying"),
        ("450 4.4.0 Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.1", "relaying"),
        ("530 5.7.0 Authentication required", "login"),
        ("530 5.7.0 Must issue a STARTTLS command first", "encryption"),
        ('500 5.5.1 Command unrecognized: "VERB"', "unsupported"),
        ("502 5.5.2 Error: command not recognized", "unsupported"),
        ("502 5.5.1 VRFY command is disabled", "refused"),
        ("502 5.7.0 Sorry, we do not allow this operation", "refused"),
        ("503 5.0.0 Polite people say HELO first", "refused"),
        ("554 5.7.1 no", "refused"),
    ],
)
def test_kinds(text: str, expected: str) -> None:
    """A reply is of the kind that its code and words say."""
    assert answer("VRFY x", reply(text)).kind == expected


@given(st.integers(200, 599), st.lists(st.text(alphabet=st.characters(max_codepoint=255)), min_size=1, max_size=3))
def test_every_reply_is_of_some_kind(code: int, lines: list[str]) -> None:
    """Whatever a reply says, it has a kind, and only 2xx is accepted."""
    found = answer("NOOP", Reply(code, tuple(lines), b""))
    assert found.accepted == (200 <= code < 300 and code != 252)


@pytest.mark.parametrize(
    ("name", "part", "at"),
    [("unresolvable_sender", ".invalid>", "MAIL"), ("unqualified_sender", "FROM:<mailaudit-no-such-user>", "MAIL")],
)
def test_senders_are_judged_at_mail_or_at_the_recipient(name: str, part: str, at: str) -> None:
    """A bad sender counts as refused whether MAIL or, with delay_checks, the recipient after it is refused."""
    assert kind(getattr(asked(but(part, "250 ok")), name)) == "accepted"
    last = ""

    def delayed(line: str) -> str:
        nonlocal last
        last = line if line.startswith(at) else last
        if line.startswith("RCPT") and part in last:
            return "553 5.1.8 Domain of sender address does not exist"
        return "250 ok" if line.startswith("MAIL") else ordinary(line)

    assert kind(getattr(asked(delayed), name)) == "refused"


def test_a_refused_postmaster_says_nothing_about_senders() -> None:
    """Where postmaster is refused for every sender, senders that MAIL accepted are inconclusive."""

    def server(line: str) -> str:
        return "550 5.7.1 no" if line.startswith("RCPT") else "250 ok"

    found = asked(server)
    assert kind(found.postmaster) == "refused"
    assert isinstance(found.unresolvable_sender, Inconclusive)
    assert isinstance(found.unqualified_sender, Inconclusive)


def test_a_refused_null_sender_leaves_recipients_inconclusive() -> None:
    """On a submission port MAIL wants a login, and nothing is said about recipients."""
    found = asked(but("MAIL", "530 5.7.0 Authentication required"))
    assert kind(found.null_sender) == "login"
    assert isinstance(found.postmaster, Inconclusive)
    assert "530 5.7.0" in kind(found.made_up)
    assert kind(found.unresolvable_sender) == "login"


def test_without_a_domain_its_users_are_not_asked_about() -> None:
    """Without a name of the server only the unqualified postmaster is asked for."""
    talk = Scripted(ordinary)
    found = ask(talk, own=("", "not a name"))
    assert kind(found.postmaster) == "accepted"
    assert isinstance(found.made_up, Inconclusive)
    assert kind(found.unqualified_sender) == "refused"
    assert not any("not a name" in line for line in talk.said)


@pytest.mark.parametrize("error", [TryLater("421 Too many"), TimedOut("late"), Closed("closed")])
@pytest.mark.parametrize("extensions", [PIPELINING, None])
@pytest.mark.parametrize("count", range(0, 30, 3))
def test_what_was_not_answered_is_inconclusive(error: WireError, extensions: Extensions | None, count: int) -> None:
    """Once a server breaks off, every item after that is inconclusive with its reason, and those before are kept."""
    left = count

    def server(line: str) -> str | WireError:
        nonlocal left
        left -= 1
        return ordinary(line) if left >= 0 else error

    found = asked(server, extensions)
    whole = asked(ordinary, extensions)
    for name in ITEMS:
        heard = getattr(found, name)
        assert heard in (getattr(whole, name), Inconclusive(str(error)))
    assert found.verb == (whole.verb if left >= 0 else Inconclusive(str(error)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "220 mx.example.com ESMTP Sendmail 8.17.1.9/8.17.1.9; Sun, 22 Nov 2026 19:32:56 GMT",
            Banner("mx.example.com", True, "Sendmail", "8.17.1.9", "8.17.1.9"),  # noqa: FBT003
        ),
        (
            "220 mx.example.com ESMTP Sendmail 8.15.2/8.15.2/Debian-22; Sun, 22 Nov 2026 19:32; (No UCE) x [1.2.3.4]",
            Banner("mx.example.com", True, "Sendmail", "8.15.2", "8.15.2/Debian-22"),  # noqa: FBT003
        ),
        ("220 mx.example.com ESMTP", Banner("mx.example.com", True)),  # noqa: FBT003
        ("220 mx ESMTP Postfix (Debian/GNU)", Banner("mx", False, "Postfix")),  # noqa: FBT003
        ("220 mx.a.org ESMTP Exim 4.96 Sun, 22 Nov", Banner("mx.a.org", True, "Exim", "4.96")),  # noqa: FBT003
        ("220 ESMTP", Banner("ESMTP", False)),  # noqa: FBT003
        ("220 192.0.2.1 ESMTP", Banner("192.0.2.1", False)),  # noqa: FBT003
        ("220 ***********", Banner("", False)),  # noqa: FBT003
        ("220", Banner("", False)),  # noqa: FBT003
    ],
)
def test_banners(text: str, expected: Banner) -> None:
    """The host name, the program and its version are read off a greeting, and nothing where nothing is told."""
    assert banner(reply(text)) == expected


@given(st.lists(st.text(alphabet=st.characters(max_codepoint=255)), min_size=1, max_size=3))
def test_any_greeting_is_taken_apart(lines: list[str]) -> None:
    """Whatever a greeting says, its parts are short, and its name is one."""
    found = banner(Reply(220, tuple(lines), b""))
    assert found.name.isascii()
    assert len(found.version) <= 60
    assert help_version(Reply(214, tuple(lines), b"")) == "" or "sendmail" in "".join(lines).lower()


@pytest.mark.parametrize(
    ("line", "expected"),
    [("SIZE 10485760", 10485760), ("SIZE", 0), ("SIZE 0", 0), ("DSN", None), ("SIZE many", 0), ("SIZE " + "9" * 30, 0)],
)
def test_the_size_limit(line: str, expected: int | None) -> None:
    """SIZE is read as RFC 1870 writes it, and what is no number is no limit."""
    assert size_limit(Extensions(reply(f"250-x\n250 {line}"))) == expected


class PutOffWithReply(TryLater):
    """As a session raises it."""

    reply: ClassVar[Reply] = reply("421 4.7.0 mx Rejecting open proxy x [192.0.2.1]")


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ("421 4.7.0 mx Rejecting open proxy x [192.0.2.1]", "dropped"),
        (PutOffWithReply("421"), "dropped"),
        (Closed("closed"), "dropped"),
        ("500 5.5.1 Command unrecognized", "unsupported"),
        ("250 fine", "accepted"),
        (TimedOut("late"), "late"),
    ],
)
def test_what_becomes_of_a_web_browser(does: str | WireError, expected: str) -> None:
    """A server that hangs up on HTTP drops it, one that goes on does not, and silence says nothing."""
    talk = Scripted(lambda _: does)
    found = http(talk)
    assert kind(found) == expected
    assert talk.said == ["GET / HTTP/1.0"]
    if isinstance(does, PutOffWithReply):
        assert isinstance(found, Answer)
        assert found.reply == does.reply


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("250 mx.example.com", "250 OK", "accepted"),
        ("554 5.5.0 SMTP protocol error", "250 OK", "refused"),
        ("250 mx.example.com", "503 5.5.1 Error: improper use of SMTP command pipelining", "refused"),
        ("250 mx.example.com", Closed("closed"), "dropped"),
        (Closed("closed"), "", "dropped"),
        (TimedOut("late"), "", "late"),
        ("250 mx.example.com", TimedOut("late"), "late"),
    ],
)
def test_traffic_before_the_reply(first: str | WireError, second: str | WireError, expected: str) -> None:
    """A command behind EHLO is tolerated where both are answered, enforced against where either is refused."""
    talk = Scripted(lambda line: first if line.startswith("EHLO") else second)
    assert kind(traffic_before_reply(talk, "probe.example.net")) == expected
    assert talk.trips <= 1


@pytest.mark.parametrize(
    ("does", "expected", "said"),
    [
        ("250 2.1.0 <>... Sender ok", "accepted", ["MAIL FROM:<>", "RSET"]),
        ("503 5.0.0 Polite people say HELO first", "refused", ["MAIL FROM:<>"]),
        (Closed("gone"), "gone", ["MAIL FROM:<>"]),
    ],
)
def test_mail_without_ehlo(does: str | WireError, expected: str, said: list[str]) -> None:
    """A transaction that was begun without EHLO is reset, and what was answered is told."""
    talk = Scripted(lambda _: does)
    assert kind(mail_without_ehlo(talk)) == expected
    assert talk.said == said


def test_starttls_within_tls() -> None:
    """A second STARTTLS is told as it is answered."""
    assert kind(starttls_within_tls(Scripted(lambda _: "454 4.3.3 TLS not available after start"))) == "later"
    assert kind(starttls_within_tls(Scripted(lambda _: "220 Ready"))) == "accepted"
