"""A scan of an install whose .cf files are no longer what their .mc make says so in words, line by line."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_scan import run

MC, CF, SUBMIT = (f"fixtures/drifted/etc/mail/{name}" for name in ("sendmail.mc", "sendmail.cf", "submit.mc"))
#: What differs, each with the file and the line where it is told.
TOLD = [
    (MC, 23, "the listener Scanners has M=E, the .mc gives M=Ea"),
    (MC, 24, "the listener Labels on port 2525 is not there, which the .mc asks for"),
    (MC, 16, "LogLevel is 9, the .mc gives 12"),
    (MC, 30, "class w lacks shelf.doe.org, which the .mc puts there"),
    (MC, 27, "the map mailertable is btree /etc/mail/mailertable, the .mc gives hash /etc/mail/mailertable"),
    (MC, 17, "the macro S (smart host) is mail.doe.org, the .mc gives john.doe.org"),
    (MC, 18, "the mailer local has F=lsDFMAw5:/|@qSPfhn9, the .mc's LOCAL_MAILER_FLAGS gives m among them"),
    (MC, 42, "in the ruleset Local_check_mail 1 rule is missing"),
    (MC, 37, "the mailer printer has F=lsDFMhu, the .mc gives F=lsDFMhunE"),
    (CF, 16, "class w has attic.doe.org, which the .mc does not put there"),
    (SUBMIT, 10, "Timeout.queuewarn is 4h, the .mc gives 2h"),
]


@pytest.fixture(scope="module")
def places() -> set[tuple[str, int, str]]:
    """Every place that the rules on drift name, with what is said there."""
    done = run("scan", "fixtures/drifted/etc/mail", "--select", "DRF", "--format", "json")
    assert done.returncode == 1
    found = set()
    for finding in json.loads(done.stdout)["findings"]:
        clauses = finding["message"].partition(" makes: ")[2].split("; ")
        found.add((finding["path"], finding["line"], clauses[0]))
        found |= {(each["path"], each["line"], each["message"]) for each in finding["related"]}
    return found


@pytest.mark.parametrize(("path", "line", "words"), TOLD)
def test_difference_is_told(places: set[tuple[str, int, str]], path: str, line: int, words: str) -> None:
    """Each difference is told in words, on the line of the .mc that leads to it, or else on that of the .cf."""
    assert (path, line, words) in places


def test_nothing_else_is_told(places: set[tuple[str, int, str]]) -> None:
    """Beside these there are only the lines of the .cf that they are about."""
    assert {each for each in places if not each[2].startswith("the .cf has ")} == set(TOLD)
