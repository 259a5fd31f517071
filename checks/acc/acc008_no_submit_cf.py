r"""The program is set-group-ID, and there is no submit.cf.

Without submit.cf sendmail reads sendmail.cf also when a user sends mail, and then wants to write to
the daemon's queue, which a set-group-ID program may not (sendmail/SECURITY).

In the log or at the client:
    can not chdir(/var/spool/mqueue/): Permission denied
Bad:
    --- /etc/mail/submit.mc missing
    --- /etc/mail/submit.cf missing
Good:
    --- /etc/mail/submit.mc missing
    --- /etc/mail/submit.cf missing
    --- /usr/sbin/sendmail 755 root:root
Not when: the program is not set-group-ID.
See: howto step 1; sendmail/SECURITY.
"""

from auditor.facts.configurations import CF_PATHS
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Missing, NotApplicable, Unknown
from checks.acc import program

_SET_USER, _SET_GROUP = 0o4000, 0o2000


@check("ACC008", severity=Severity.HIGH)
def no_submit_cf(tree: Tree) -> Verdicts:
    """Look for submit.cf beside a set-group-ID program."""
    places = [tree.entry(path) for path in CF_PATHS["submit.cf"]]
    if not all(isinstance(place, Missing | Unknown) for place in places):
        return
    entry = program(tree)
    unknown = next((place for place in places if isinstance(place, Unknown)), None)
    if unknown is not None or isinstance(entry, Unknown):
        yield unknown or entry  # type: ignore[misc]  # One of them is unknown.
    elif isinstance(entry, Missing):
        yield Unknown(f"{entry.path} is not there")
    elif isinstance(entry.owners, Unknown):
        yield entry.owners
    elif entry.owners.mode & _SET_USER or not entry.owners.mode & _SET_GROUP:
        yield NotApplicable("the program is not set-group-ID")
    else:
        yield Finding(
            "/etc/mail/submit.cf",
            f"{entry.real} is set-group-ID, and there is no submit.cf",
            "Users' mail is meant for the daemon's queue, where the program may not write: nobody but root can send.",
            Fix("install the submit.cf that comes with sendmail, or make one from submit.mc"),
        )
