"""The relay test against servers that exist only as functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import Closed, TimedOut, TryLater, WireError
from auditor.probe.relay import Attempt, Relaying, judged, privilege, relay
from auditor.probe.relay_forms import DOMAIN, Form, asks_for_login, by_recipient, by_sender, refuses_to_relay
from auditor.probe.smtp import Extensions
from tests.probe.scripted_talk import Scripted, Server, ordinary, reply

OWN = ("mx.example.com",)
PIPELINING = Extensions(reply("250-mx.example.com Hello\n250-PIPELINING\n250 HELP"))


def ask(server: Server, own: tuple[str, ...] = OWN, extensions: Extensions | None = PIPELINING) -> Relaying:
    """The test's outcome on a server."""
    return relay(Scripted(server), extensions=extensions, own=own, server="192.0.2.1", client="198.51.100.7")


def verdicts(found: Relaying) -> dict[str, str]:
    """The verdict of every form."""
    return {attempt.form.name: attempt.verdict for attempt in found.attempts}


def but(part: str, answer: str) -> Server:
    """The ordinary server, but for the commands that hold a text."""
    return lambda line: answer if part in line else ordinary(line)


@pytest.mark.parametrize("extensions", [PIPELINING, None])
def test_a_server_that_relays_nothing_is_closed(extensions: Extensions | None) -> None:
    """Every form whose sender is taken is closed, and so is the server, in groups or one by one."""
    found = ask(ordinary, extensions=extensions)
    assert found.verdict == "closed"
    assert {name for name, verdict in verdicts(found).items() if verdict != "closed"} == {"unqualified sender"}
    assert len(found.attempts) >= 14


def test_groups_and_single_commands_say_the_same() -> None:
    """Whether commands are pipelined makes no difference to any attempt."""
    for server in (ordinary, but("%", "250 ok"), but("MAIL FROM:<>", "550 no bounces"), but("RCPT", "421 bye")):
        grouped, single = ask(server), ask(server, extensions=None)
        assert [item.reply for item in grouped.attempts] == [item.reply for item in single.attempts]
        assert verdicts(grouped) == verdicts(single)


def test_a_test_sends_no_message_and_resets_each_transaction() -> None:
    """Only MAIL, RCPT and RSET are sent, and every RCPT stands between a MAIL and a RSET of its own."""
    for extensions in (PIPELINING, None):
        talk = Scripted(ordinary)
        relay(talk, extensions=extensions, own=OWN, server="192.0.2.1")
        verbs = [line.split(" ")[0] for line in talk.said]
        assert set(verbs) == {"MAIL", "RCPT", "RSET"}
        assert all(
            verbs[at - 1] == "MAIL" and verbs[at + 1] == "RSET" for at in range(len(verbs)) if verbs[at] == "RCPT"
        )


def test_pipelining_makes_it_a_few_round_trips() -> None:
    """With PIPELINING the whole test waits four times at most."""
    talk = Scripted(ordinary)
    relay(talk, extensions=PIPELINING, own=OWN, server="192.0.2.1")
    assert talk.trips <= 4


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("RCPT TO:<mailaudit%example.org@mx.example.com>", "percent hack"),
        ("RCPT TO:<mailaudit%example.org@[192.0.2.1]>", "percent hack at the server's address"),
        ("RCPT TO:<mailaudit%example.org>", "percent hack, unqualified"),
        ('RCPT TO:<"mailaudit%example.org"@mx.example.com>', "quoted percent hack"),
        ('RCPT TO:<"mailaudit@example.org"@mx.example.com>', "quoted address at the server"),
        ('RCPT TO:<"mailaudit@example.org">', "quoted address"),
        ("RCPT TO:<mailaudit@example.org@mx.example.com>", "two domains"),
        ("RCPT TO:<mailaudit@example.org@[192.0.2.1]>", "two domains, the server's address last"),
        ("RCPT TO:<@mx.example.com:mailaudit@example.org>", "source route"),
        ("RCPT TO:<@[192.0.2.1]:mailaudit@example.org>", "source route by the server's address"),
        ("RCPT TO:<example.org!mailaudit>", "bang path"),
        ("RCPT TO:<example.org!mailaudit@mx.example.com>", "bang path at the server"),
        ("RCPT TO:<mx.example.com!mailaudit@example.org>", "bang path by way of the server"),
    ],
)
def test_one_open_form_opens_the_server(part: str, name: str) -> None:
    """A server that takes a single form of address is open, and that form is named."""
    found = ask(but(part, "250 2.1.5 Recipient ok"))
    assert found.verdict == "open"
    assert [attempt.form.name for attempt in found.opened] == [name]


def opened_by(sender: str) -> Server:
    """A server that relays for one sender."""
    last = ""

    def server(line: str) -> str:
        nonlocal last
        last = line if line.startswith("MAIL") else last
        if line.startswith("RCPT") and last == f"MAIL FROM:<{sender}>":
            return "250 ok"
        return "250 ok" if line.startswith("MAIL") else ordinary(line)

    return server


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("", "null sender"),
        ("postmaster@mx.example.com", "sender in the server's domain"),
        ("postmaster@localhost", "sender at localhost"),
        ("postmaster", "unqualified sender"),
        ("postmaster@[192.0.2.1]", "sender at the server's address"),
    ],
)
def test_one_trusted_sender_opens_the_server(sender: str, name: str) -> None:
    """A server that relays for a single sender is open."""
    found = ask(opened_by(sender))
    assert found.verdict == "open"
    assert [attempt.form.name for attempt in found.opened] == [name]


@pytest.mark.parametrize("answer", ["250 ok", "450 4.7.1 Greylisted", "252 who knows"])
def test_a_server_that_takes_every_user_of_its_own_proves_nothing(answer: str) -> None:
    """Where a made-up local user is not refused for good, an accepted local-looking form is inconclusive."""

    def server(line: str) -> str:
        if "mailaudit-no-such-user@" in line:
            return answer
        return "250 ok" if "%" in line or '"' in line else ordinary(line)

    found = ask(server)
    assert found.verdict == "closed"
    assert verdicts(found)["percent hack"] == "inconclusive"
    assert verdicts(found)["source route"] == "closed"


def test_an_unresolvable_sender_decides_nothing() -> None:
    """Where every sender is refused for its domain, nothing is decided; where the null sender is taken, it decides."""
    refusing = but("MAIL", "553 5.1.8 Domain of sender address does not exist")
    assert ask(refusing).verdict == "inconclusive"
    assert "553 5.1.8" in ask(refusing).reason

    def null_only(line: str) -> str:
        return refusing(line) if line.startswith("MAIL") and "<>" not in line else ordinary(line)  # type: ignore[return-value]

    found = ask(null_only)
    assert found.verdict == "closed"
    assert verdicts(found)["foreign sender"] == "inconclusive"
    assert all(attempt.form.sender == "" for attempt in found.attempts if "hack" in attempt.form.name)


def test_where_no_sender_is_taken_no_recipient_is_asked_with() -> None:
    """A server that refuses every sender is asked once by each, and its refusal stands for the other forms."""
    talk = Scripted(but("MAIL", "530 5.7.0 Authentication required"))
    found = relay(talk, own=OWN, server="192.0.2.1")
    assert found.verdict == "closed"
    assert set(verdicts(found).values()) == {"closed"}
    assert [line.split(" ")[0] for line in talk.said] == ["MAIL"] * 6


@pytest.mark.parametrize("error", [TryLater("421 Too many"), TimedOut("late"), Closed("closed")])
@pytest.mark.parametrize("count", [0, 1, 2, 10, 40])
def test_what_was_not_answered_is_inconclusive(error: WireError, count: int) -> None:
    """A server that breaks off leaves the rest inconclusive with its reason, and what it said before counts."""
    left = count

    def server(line: str) -> str | WireError:
        nonlocal left
        left -= 1
        return ordinary(line) if left >= 0 else error

    found = ask(server)
    assert found.interrupted == str(error)
    assert found.verdict == ("inconclusive" if count < 2 else "closed")
    assert found.attempts[-1] == Attempt(found.attempts[-1].form, "inconclusive", str(error), None)


def test_421_in_a_reply_is_no_verdict() -> None:
    """A recipient that is answered with 421 is neither open nor closed."""
    found = ask(but("RCPT", "421 4.7.0 Relaying denied, and too many connections"))
    assert found.verdict == "inconclusive"
    assert "421" in found.reason


def test_a_slow_server_ends_the_test() -> None:
    """After the patience is over no further group is asked, and the rest says so."""
    now = iter(range(0, 1000, 30))
    found = relay(Scripted(ordinary), extensions=PIPELINING, own=OWN, patience=60, clock=lambda: next(now))
    assert found.verdict == "closed"
    assert found.attempts[-1].verdict == "inconclusive"
    assert "takes its time" in found.attempts[-1].reason


def test_further_domains_are_asked_with_as_well() -> None:
    """Domains that the configuration names get the forms that relay through them."""
    own = (*OWN, "relay.example", "MX.example.com", "bad domain", "x@y")
    found = ask(but("@relay.example>", "250 ok"), own=own)
    assert "percent hack (relay.example)" in [attempt.form.name for attempt in found.opened]
    assert not any(
        "bad" in form.recipient or "x@y" in form.recipient for form in (item.form for item in found.attempts)
    )


@pytest.mark.parametrize(("answer", "verdict"), [("550 5.1.1 User unknown", "open"), ("250 ok", "inconclusive")])
def test_without_a_name_the_made_up_user_is_unqualified(answer: str, verdict: str) -> None:
    """Where the server's name is not known, a made-up user without a domain tells what an accepted form is worth."""

    def server(line: str) -> str:
        if line == "RCPT TO:<mailaudit-no-such-user>":
            return answer
        return "250 ok" if "%" in line else ordinary(line)

    assert verdicts(relay(Scripted(server), own=("no name",)))["percent hack, unqualified"] == verdict


@pytest.mark.parametrize(
    "address", ["x", "x@", "@x", "a b@x.org", "a@b\r\nDATA", "a>@x.org", "a@mx.example.com", "a@[1]"]
)
def test_what_is_no_foreign_address_is_refused(address: str) -> None:
    """A recipient that is no plain address, or the server's own, is an error before anything is sent."""
    talk = Scripted(ordinary)
    with pytest.raises(ValueError, match=r"address|own"):
        relay(talk, own=OWN, relay_to=address)
    assert talk.said == []


REFUSALS = [
    "550 5.7.1 <u@example.org>... Relaying denied",
    "550 5.7.1 <u@example.org>... Relaying denied. IP name lookup failed [192.0.2.1]",
    "550 5.7.1 <u@example.org>... Relaying denied. IP name possibly forged [192.0.2.1]",
    "550 5.7.1 <u@example.org>... Relaying denied. Proper authentication required.",
    "450 4.4.0 <u@example.org>... Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.1",
    "554 5.7.1 <u@example.org>: Relay access denied",
    "454 4.7.1 <u@example.org>: Relay access denied",
    "550 relay not permitted",
    "550 relaying to <u@example.org> prohibited by administrator",
    "550-Please turn on SMTP Authentication.\n550 host.example is not permitted to relay without authentication.",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "550 5.7.1 Unable to relay for u@example.org",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "550 5.7.1 Unable to relay",
    "513 Relaying denied.",
    "554 Relay rejected for policy reasons.",
    "550 5.7.1 Requested action not taken: relaying denied",
    "550 We do not relay",
    "571 5.7.1 we do not relay mail for strangers",
    "550 No relaying allowed",
    "551 User not local; please try <forward@example.org>",
    "550 5.7.1 Sorry, you are not allowed to relay",
]
OTHERS = [
    "550 5.1.1 <u@example.org>... User unknown",
    "553 5.1.8 <u@example.net>... Domain of sender address u@example.net does not exist",
    "550 5.7.1 Access denied",
    "450 4.7.1 Greylisted, please try again later",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using relays.example.net",
    "550 Mail from 192.0.2.1 refused: open relay, see http://example.net/relay",
    "550 5.7.1 relay.example.net refused: listed in dnsbl.example.org",
    "550 relay.example.net cannot accept this recipient",
    "550 5.7.1 rejected, your relay is on our blacklist",
    "553 5.1.3 <u@example.org@mx.example.com>... Invalid route address",
    "452 4.5.3 Too many recipients",
    "550 5.1.2 <relay-denied@example.org>... Host unknown",
    "250 2.1.5 relaying denied",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_to_relay_is_recognised(text: str) -> None:
    """The refusals of sendmail and of other servers close a form."""
    assert refuses_to_relay(reply(text), "u@example.org")


@pytest.mark.parametrize("text", OTHERS)
def test_another_refusal_is_not_taken_for_one(text: str) -> None:
    """Unknown users and domains, lists, greylisting and words within addresses do not close a form."""
    assert not refuses_to_relay(reply(text), "relay-denied@example.org")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("530 5.7.0 Authentication required", True),
        ("530 5.7.0 Must issue a STARTTLS command first", False),
        ("550 5.7.1 Client was not authenticated", True),
        ("553 5.7.1 <a@example.org>: Sender address rejected: not logged in", True),
        ("550 5.1.1 User unknown", False),
        ("454 4.7.0 Temporary authentication failure", False),
        ("250 Authentication required", False),
    ],
)
def test_a_wanted_login_closes_a_form(text: str, expected: bool) -> None:  # noqa: FBT001  # What is expected.
    """A server that carries nothing before a login is closed to strangers; one that wants TLS first may not be."""
    found = judged(Form("f", "", "u@example.org"), (reply(text),))
    assert asks_for_login(reply(text)) == expected
    assert (found.verdict == "closed") == expected


@pytest.mark.parametrize(
    ("client", "server", "says", "certain"),
    [
        ("127.0.0.1", "127.0.0.1", "always", True),
        ("::1", "::1", "always", True),
        ("0:0::1", "::1", "always", True),
        ("192.0.2.1", "192.0.2.1", "always", True),
        ("127.0.0.2", "127.0.0.1", "loopback", False),
        ("127.0.0.2", "127.0.0.2", "loopback", False),
        ("10.0.0.5", "192.168.3.1", "private", False),
        ("203.0.114.5", "203.0.114.9", "own network", False),
        ("fe80::1%eth0", "fe80::2%eth0", "own network", False),
        ("203.0.114.5", "198.18.5.9", "", False),
        ("10.0.0.5", "9.9.9.9", "", False),
        ("2a00::1", "9.9.9.9", "", False),
        ("", "9.9.9.9", "", False),
        ("x", "y", "", False),
    ],
)
def test_privileged_clients_are_told(client: str, server: str, says: str, certain: bool) -> None:  # noqa: FBT001
    """The addresses that may be allowed to relay are named with the reason, and whether that is certain."""
    reason, always = privilege(client, server)
    assert (says in reason) if says else not reason
    assert always == certain


def test_an_open_form_from_a_trusted_address_proves_nothing() -> None:
    """From 127.0.0.1 an accepted recipient leaves the verdict inconclusive; a refusal there closes."""
    for server, verdict in ((but("RCPT", "250 ok"), "inconclusive"), (ordinary, "closed")):
        found = relay(Scripted(server), own=OWN, server="127.0.0.1", client="127.0.0.1")
        assert found.always_may
        assert found.verdict == verdict
        assert bool(found.opened) == (verdict == "inconclusive")


def test_forms_have_names_of_their_own() -> None:
    """No two forms of a test have the same name, and there are at least fourteen."""
    for own, address in ((("a.example", "b.example", "c.example"), "2001:db8::1"), ((), "")):
        forms = [*by_sender("a@example.net", "b@example.org", own[0] if own else "", address)]
        forms += by_recipient("b@example.org", own, address)
        assert len({form.name for form in forms}) == len(forms)
        assert not own or len(forms) >= 14


@given(st.text())
def test_a_foreign_name_never_becomes_a_command(name: str) -> None:
    """Whatever a server calls itself, commands hold printable ASCII and no further line."""
    talk = Scripted(ordinary)
    relay(talk, own=(name,), server="192.0.2.1")
    assert all(line.isascii() and line.isprintable() for line in talk.said)
    assert not DOMAIN.fullmatch(name) or any(name.lower() in line for line in talk.said)


@given(st.lists(st.sampled_from(["250 ok", *REFUSALS, *OTHERS[:-1]]), min_size=1, max_size=5))
def test_verdicts_agree_with_the_attempts(answers: list[str]) -> None:
    """The verdict is open exactly if a form is, closed exactly if none is open and one was refused as relaying."""
    at = 0

    def server(line: str) -> str:
        nonlocal at
        if not line.startswith("RCPT"):
            return "250 ok"
        at += 1
        return answers[at % len(answers)]

    found = ask(server)
    kinds = set(verdicts(found).values())
    assert found.verdict == ("open" if "open" in kinds else "closed" if "closed" in kinds else "inconclusive")
    assert bool(found.reason) == (found.verdict == "inconclusive")


def _explained(found: Callable[[], Relaying]) -> bool:
    return all(bool(item.reason) == (item.verdict != "open") for item in found().attempts)


def test_every_verdict_but_open_has_a_reason() -> None:
    """No attempt is closed or inconclusive without saying why."""
    assert _explained(lambda: ask(ordinary))
    assert _explained(lambda: ask(but("RCPT", "250 ok")))
    assert _explained(lambda: ask(but("MAIL", "421 no")))
