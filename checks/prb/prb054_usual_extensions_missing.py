r"""No size limit is declared, or a usual extension is missing.

With SIZE a client knows before sending that a message is too large (RFC 1870); without a limit one
message can fill the queue's disk. 8BITMIME spares recoding, DSN lets users ask for receipts. In
sendmail the limit is MaxMessageSize, and noreceipts switches DSN off (Sendmail Installation and
Operation Guide, 5.6).

In the log or at the client:
    250-SIZE
Bad:
    --- @ mail.doe.org:25 endpoint(within="ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE DSN")
Bad:
    --- @ mail.doe.org:25 endpoint(within="ENHANCEDSTATUSCODES PIPELINING SIZE=26214400")
Good:
    --- @ mail.doe.org:25 endpoint(within="ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=52428800 DSN")
Not when: there was no reply to EHLO, or no extension at all, which PRB010 reports.
See: Sendmail Installation and Operation Guide, 5.6, MaxMessageSize and PrivacyOptions.
"""

from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable

_OTHERS = {
    "8BITMIME": "Clients recode every message that has an umlaut.",
    "DSN": "Users get no receipts, even where they ask for one.",
}


@check("PRB054", severity=Severity.INFO)
def usual_extensions_missing(conversation: Conversation) -> Verdicts:
    """Judge what EHLO was answered with last."""
    said = conversation.last
    if not said:
        yield NotApplicable("EHLO was not answered with extensions")
        return
    if not any(word.strip("0") for word in said.parameters("SIZE")[:1]):
        yield Finding(
            None,
            "SIZE declares no limit" if "SIZE" in said else "SIZE is not offered",
            "A message of any size is taken until the disk of the queue is full.",
            Fix("in sendmail: define(`confMAX_MESSAGE_SIZE', `52428800')dnl"),
            evidence=(f"< 250-{' '.join(('SIZE', *said.parameters('SIZE')))}",) if "SIZE" in said else (),
        )
    for keyword, consequence in _OTHERS.items():
        if keyword not in said:
            fix = "in sendmail: take noreceipts out of confPRIVACY_FLAGS" if keyword == "DSN" else "switch it on again"
            yield Finding(None, f"{keyword} is not offered", consequence, Fix(fix))
