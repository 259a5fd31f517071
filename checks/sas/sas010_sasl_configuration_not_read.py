r"""The Sendmail.conf that somebody wrote is not the one libsasl reads.

libsasl looks for a file of exactly this name in a few directories it was built with, and takes the
first that sendmail trusts. Where it finds none its own defaults hold: passwords are looked for in
sasldb2 and every plug-in is offered. Which directories depends on the distribution: /usr/lib64/sasl2
and /usr/lib/sasl2 on Slackware, /etc/sasl2 on Red Hat, both on Debian (Cyrus SASL, "Installation").

In the log or at the client:
    error: safesasl(/usr/lib/sasl2/Sendmail.conf) failed: Permission denied
    AUTH failure (LOGIN): user not found (-20) SASL(-13): user not found: Password verification failed
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf missing
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf missing
    --- /usr/lib64/sasl2/sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf missing
    --- /usr/local/lib/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf 640 bob:bob
Bad:
    --- /etc/sasl2/Sendmail.conf
    pwcheck_method: auxprop
Good:
    --- /etc/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
Good:
    --- /usr/lib64/sasl2/Sendmail.conf missing
    --- /etc/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
Not when: two files say the same, or no file is there and AUTH is not asked for.
See: howto step 10; Cyrus SASL, "Options".
"""

from collections.abc import Iterator

from auditor.facts.auth import AuthOffer, SASLSettings
from auditor.facts.given import Tree
from auditor.facts.safety import Entry, Kind, Verdict
from auditor.facts.sasl import FILE, SASLConfig
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.keyvalue import KeyValueText
from checks.sas import SECRETS

_EFFECT = "Passwords are looked for in sasldb2 instead, and every login ends in 535 authentication failed."
_MISNAMED = ("sendmail.conf", "smtpd.conf", "smtp.conf")


@check("SAS010", severity=Severity.HIGH, howto="10")
def sasl_configuration_not_read(
    settings: SASLSettings, sasl: SASLConfig, offer: AuthOffer | NotApplicable | Unknown, tree: Tree
) -> Verdicts:
    """Tell the file that is read from those that are not."""
    severity = None if isinstance(offer, AuthOffer) else Severity.LOW
    for path, verdict in settings.passed_over:
        yield Finding(
            path,
            f"sendmail does not trust {path} and passes it over: {verdict.reason}",
            _EFFECT if settings.document is None else f"{settings.document.path} is read instead.",
            _trust(path, verdict, tree),
            severity=severity,
        )
    if settings.document is not None:
        yield from _others(settings.document, sasl, {path for path, _ in settings.passed_over})
    elif not settings.passed_over:
        yield from _nowhere(sasl, offer, tree, severity)


def _others(read: KeyValueText, sasl: SASLConfig, reported: set[str]) -> Iterator[Finding]:
    for each in sasl.candidates:
        other = each.document
        if isinstance(other, KeyValueText) and each.path not in reported and _content(other) != _content(read):
            yield Finding(
                each.path,
                f"{each.path} is not read, {read.path} is, and the two differ",
                "A change in the wrong one of them does nothing.",
                Fix("remove the one that is not read, or make it a link to the other"),
                severity=Severity.MEDIUM,
            )


def _content(document: KeyValueText) -> set[tuple[str, str]]:
    return {(entry.name, entry.value.text) for entry in document.entries}


def _nowhere(
    sasl: SASLConfig, offer: AuthOffer | NotApplicable | Unknown, tree: Tree, severity: Severity | None
) -> Verdicts:
    searched = [each.path for each in sasl.candidates if each.is_searched]
    strays = [each.path for each in sasl.candidates if isinstance(each.document, KeyValueText)]
    directories = [path.removesuffix(FILE) for path in searched]
    misnamed = [directory + name for directory in directories for name in _MISNAMED]
    for stray in (*strays, *(path for path in misnamed if isinstance(tree.entry(path), Entry))):
        where = f"has not the name {FILE}" if stray in misnamed else "is not where libsasl looks"
        title = "put it where libsasl looks"
        yield Finding(
            stray,
            f"{stray} {where}",
            _EFFECT,
            command(f"mv {quoted(stray)} {quoted(searched[0])}", title),
            severity=severity,
        )
        return
    if not isinstance(offer, AuthOffer) or not offer.plain:
        yield NotApplicable("no Sendmail.conf is there, and none is needed")
    elif not any(isinstance(tree.entry(path), Entry) for path in SECRETS):
        yield Finding(
            None,
            f"there is no {FILE} in {', '.join(path.rstrip('/') for path in directories)}",
            _EFFECT,
            Fix(f"write {searched[0]} with the lines: pwcheck_method: saslauthd, and: mech_list: plain login"),
        )


def _trust(path: str, verdict: Verdict, tree: Tree) -> Fix:
    at = verdict.at or path
    entry = tree.entry(at)
    real = entry.real if isinstance(entry, Entry) else at
    if isinstance(entry, Entry) and entry.kind is Kind.DIRECTORY:
        return command(f"chmod go-w {quoted(real)}", "let nobody else write the directory")
    return command(
        f"chown root {quoted(real)} && chmod go-w {quoted(real)}", "let root own it and nobody else write it"
    )
