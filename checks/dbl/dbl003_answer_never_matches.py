r"""The answer that is to count as a listing can never come.

The arguments of enhdnsbl from the fourth on are compared with the list's answer. Up to 8.17 the map
behind it adds a dot to each answer, so the argument must end with one; since 8.18 the map does not,
and m4 takes the dot off (sendmail RELEASE_NOTES, 8.18.1; cf/README, FEATURE(`enhdnsbl')).

In the log or at the client:
    sendmail accepts clients that the list has
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.17.1
    Kednsbl dns -R A -a. -T<TMP> -r5
Good:
    FEATURE(`enhdnsbl', `bl.example.net', `"550 5.7.1 Refused"', `', `127.0.0.2.')dnl
Good:
    FEATURE(`enhdnsbl', `bl.spamcop.net', `"550 5.7.1 Refused: see spamcop.net"')dnl
Not when: no answer is asked for, or the arguments fit the version.
See: howto step 6; cf/README.
"""

from auditor.facts.blocklists import Blocklists
from auditor.facts.live import Binary
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown

_FOURTH = 4
_WITHOUT_DOT = (8, 18)


@check("DBL003", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def answer_never_matches(lists: Blocklists, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    """Hold the answers against what the map gives."""
    keeps_dot = _keeps_dot(lists, binary, version)
    for each in lists:
        if not each.answers:
            continue
        if keeps_dot is None:
            if not all(answer.endswith(".") for answer in each.answers):
                yield Unknown("which release's m4 files will make the .cf is not known")
            continue
        for number, answer in enumerate(each.answers):
            if answer.endswith(".") == keeps_dot or (not answer[-1:].isdigit() and not answer.endswith(".")):
                continue
            right = f"{answer}." if keeps_dot else answer.rstrip(".")
            place = each.argument(_FOURTH + number)
            yield Finding(
                place,
                f"the answer of {each.zone} never matches {answer}: it comes as {right}",
                "The list is asked at each connection and never keeps a client out.",
                replace(place, right, "write it as it comes") if place.text == answer else Fix(f"write {right}"),
            )
    if lists.doubt is not None:
        yield lists.doubt


def _keeps_dot(lists: Blocklists, binary: Binary | Unknown, version: Version | Unknown) -> bool | None:
    if lists.keeps_dot is not None:
        return lists.keeps_dot
    release = binary.release if isinstance(binary, Binary) else version.release if isinstance(version, Version) else ()
    if not release:
        return None
    # Since 8.18 m4 takes a dot off, so that there both spellings are right.
    return None if release >= _WITHOUT_DOT else True
