r"""The short name stands before the long one in /etc/hosts.

The first name of a line is the canonical one: it is what a look-up of the address gives. Current
versions of sendmail search the line for a name with a dot and find $j all the same; older ones, and
every other program, take the short name (hosts(5); sendmail/README, "HOST NAME SERVICES").

In the log or at the client:
    Received: from john (john [1.2.3.4])
Bad:
    --- /etc/hosts
    127.0.0.1 localhost
    192.0.2.10 john john.doe.org
Good:
    --- /etc/hosts
    127.0.0.1 localhost localhost.localdomain
    192.0.2.10 john.doe.org john
Not when: the line is localhost's, or another host's.
See: howto step 3; sendmail/README, "HOST NAME SERVICES".
"""

from auditor.facts.network import HostLine, HostName, Hosts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown


@check("DNS005", severity=Severity.MEDIUM, howto="3")
def short_name_first(hosts: Hosts, host: HostName | Unknown, configuration: Configuration) -> Verdicts:
    """Judge the order of names on the host's own line, or on every line where the host's name is not known."""
    if configuration.is_submission:
        yield NotApplicable("the name is judged with the daemon's configuration")
        return
    for line in hosts.document.hosts:
        long = _long_behind(line)
        if long is None or not (isinstance(host, Unknown) or _is_of(line, host)):
            continue
        short = line.names[0]
        yield Finding(
            short,
            f"the line of {line.address} begins with the short name {short.text} instead of {long.text}",
            f"A look-up of {line.address} gives {short.text}: it shows up unqualified in logs, headers and rules.",
            Fix("put the long name first", edits=(Edit(short, long.text), Edit(long, short.text))),
            confidence=Confidence.LOW if isinstance(host, Unknown) else None,
        )


def _long_behind(line: HostLine) -> Span | None:
    first = line.names[0].text.lower()
    if "." in first or first == "localhost":
        return None
    return next((name for name in line.names if name.text.lower().startswith(f"{first}.")), None)


def _is_of(line: HostLine, host: HostName) -> bool:
    own = host.name.lower()
    return any(name.text.lower() in (own, own.partition(".")[0]) for name in line.names)
