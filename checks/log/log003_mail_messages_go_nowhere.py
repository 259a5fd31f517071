r"""The system log keeps no messages of the mail system.

sendmail has no log of its own: what it reports goes to syslog under the facility mail. If no line
of the configuration takes that facility, or the one that does throws it away, nothing tells what
became of a message (sendmail(8); syslog.conf(5)).

In the log or at the client:
    nothing, and that is the harm
Bad:
    --- /etc/syslog.conf
    *.info;mail.none;authpriv.none -/var/log/messages
    authpriv.* -/var/log/secure
Bad:
    --- /etc/syslog.conf
    *.info;mail.none -/var/log/messages
    mail.* /dev/null
Good:
    --- /etc/syslog.conf
    *.info;mail.none;authpriv.none -/var/log/messages
    authpriv.* -/var/log/secure
    mail.* -/var/log/maillog
Good:
    --- /etc/syslog.conf
    *.* @loghost.doe.org
    authpriv.* -/var/log/secure
Not when: messages go to another host or to the journal, which has no such file.
See: howto step 8; syslog.conf(5).
"""

from auditor.facts.daemon import Syslog, SyslogRule
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("LOG003", severity=Severity.MEDIUM, howto="8")
def mail_messages_go_nowhere(syslog: Syslog) -> Verdicts:
    """Look for a rule that takes the facility mail and keeps what it takes."""
    taking = syslog.taking("mail")
    if any(not _throws_away(rule) for rule in taking):
        return
    if syslog.unseen is not None:
        yield Unknown(syslog.unseen)
        return
    yield Finding(
        taking[0] if taking else syslog.documents[0].path,
        "the messages of the mail system are thrown away"
        if taking
        else "no line takes the messages of the mail system",
        "Whatever goes wrong with mail, TLS or AUTH leaves no trace, and no break-in can be told.",
        Fix("add the line: mail.* -/var/log/maillog, then restart the system log"),
    )


def _throws_away(rule: SyslogRule) -> bool:
    return rule.file == "/dev/null" or rule.action.text.strip() in ("~", "stop")
