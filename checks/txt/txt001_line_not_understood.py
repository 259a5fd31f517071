r"""A line is not what the file is made of.

Whoever reads such a file, the resolver, PAM or the C library, passes over a line it cannot make out, mostly without a
word. What was meant by it does not happen.

In the log or at the client:
    nothing
Bad:
    192.0.2.99
Bad:
    --- +/etc/resolv.conf
    nameservers are listed elsewhere
Good:
    192.0.2.99 backup.doe.org backup
Not when: the file is one that other rules read line by line: the .mc, the .cf, maps, aliases and Sendmail.conf.
See: hosts(5), resolv.conf(5), nsswitch.conf(5), passwd(5), pam.conf(5), syslog.conf(5).
"""

from auditor.facts.texts import Texts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import UNPARSED

#: What the readers call lines that nothing takes, and how a report words it.
_PASSED_OVER = {
    UNPARSED: "this line is none that the file's format knows",
    "ignored": "this line is none that the file's format knows",
    "malformed": "this line lacks fields that the file's format demands",
    "no-name": "this line gives an address and no name",
    "bad-address": "this line begins with no address",
}


@check("TXT001", severity=Severity.LOW)
def line_not_understood(texts: Texts) -> Verdicts:
    """Report what no grammar took."""
    for document in texts.documents:
        for node in document.of_kind(*_PASSED_OVER):
            if node.text.strip():
                yield Finding(
                    node.stripped(),
                    _PASSED_OVER[node.kind],
                    "It is passed over without a word, and what it was to do does not happen.",
                    Fix("write it as the file's manual page says, or make it a comment"),
                )
    yield from texts.unread
