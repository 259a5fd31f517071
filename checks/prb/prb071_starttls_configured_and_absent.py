r"""STARTTLS is configured, and the server does not offer it.

sendmail that cannot use one of its TLS files starts all the same and leaves STARTTLS out without a
word to the client; the log has the reason from LogLevel 8 on. Or the configuration was changed and
sendmail not restarted (Sendmail Installation and Operation Guide, 5.11).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.key.pem unsafe: Group readable file
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_CERT', `/etc/mail/certs/smtp.cert.pem')dnl
    --- @ localhost:25 endpoint(ehlo="ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=26214400 DSN")
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_CERT', `/etc/mail/certs/smtp.cert.pem')dnl
    --- @ localhost:465 endpoint(plain="220 john.doe.org ESMTP")
Good:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_CERT', `/etc/mail/certs/smtp.cert.pem')dnl
    --- @ localhost:25 endpoint()
Not when: the listener has the modifier S, a certificate option is not set, or the access map withholds
    STARTTLS from some clients.
See: CRT001; PRM021; CFF028; howto, the key.
"""

from auditor.facts.mapfiles import AccessMap
from auditor.facts.met import Meeting, Met
from auditor.facts.options import Options
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown, known
from checks.tls import features_of_server


@check("PRB071", severity=Severity.HIGH)
def starttls_configured_and_absent(
    met: Met, options: Options, files: TLSFiles, access: AccessMap | Unknown | NotApplicable
) -> Verdicts:
    """Look at each endpoint whose listener should have TLS."""
    certificate = options.get("ServerCertFile")
    if certificate is None or files.what_keeps_server_off:
        yield NotApplicable("STARTTLS is not configured")
        return
    for meeting in met.meetings:
        if isinstance(meeting.observed.conversation, Inconclusive):
            yield meeting.observed.conversation
            continue
        evidence = _without_tls(meeting)
        if evidence and isinstance(access, AccessMap) and features_of_server(access, "S"):
            yield Unknown("Srv_Features in the access map withholds STARTTLS from some clients")
        elif evidence:
            yield Finding(
                certificate.span,
                f"STARTTLS is configured here, and the server on {meeting.endpoint.name} is without TLS",
                "Mail crosses the net in clear, and with AuthOptions p nobody can log in.",
                command(
                    "grep -h STARTTLS= /var/log/mail* | tail",
                    "see why sendmail leaves it out, mend it, restart",
                    ready=False,
                ),
                tuple((each.span, f"the listener {each.name}") for each in meeting.listeners if each.span.text),
                evidence,
            )


def _without_tls(meeting: Meeting) -> tuple[str, ...]:
    """What shows that TLS is missing where every listener should have it; nothing where it is not missing."""
    talk = known(meeting.observed.conversation)
    if talk.plain and all("s" in each.modifiers for each in meeting.listeners):
        return (f"< {talk.plain}",)
    if talk.clear is None or "STARTTLS" in talk.clear or not meeting.lacks("Ss"):
        return ()
    return ("> EHLO", f"< 250 {' '.join(talk.clear)}".rstrip())
