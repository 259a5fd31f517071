r"""libsasl looks for saslauthd's socket in another place.

saslauthd puts a socket named mux into the directory given by -m. libsasl looks where it was built to
look, or where saslauthd_path in Sendmail.conf says; that is the socket itself, /mux included. A
daemon moved into Postfix's chroot is out of sendmail's sight (saslauthd(8); Cyrus SASL, "Options").

In the log or at the client:
    cannot connect to saslauthd server: No such file or directory
Bad:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a pam -m /var/spool/postfix/var/run/saslauthd"
Bad:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
    saslauthd_path: /var/state/saslauthd
Good:
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
    saslauthd_path: /var/state/saslauthd/mux
Good:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a pam -m /run/saslauthd"
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    mech_list: plain login
    saslauthd_path: /var/run/saslauthd/mux
    --- /var/run link to /run
Not when: one of the two paths leads to the other through a link.
See: howto step 10; saslauthd(8).
"""

import posixpath

from auditor.facts.auth import AuthOffer
from auditor.facts.given import Tree
from auditor.facts.safety import Entry
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown, known
from auditor.readers.keyvalue import KeyValue
from checks.sas import SOCKETS, not_asked

_CONSEQUENCE = "Every login fails, whatever the password."
_MUX = "/mux"


@check("SAS032", severity=Severity.CRITICAL, howto="10")
def socket_not_where_it_is_looked_for(offer: AuthOffer, daemon: Saslauthd, tree: Tree) -> Verdicts:
    """Compare where the socket is with where it is looked for."""
    useless = not_asked(offer)
    if useless is not None:
        yield useless
        return
    line, directory, socket = known(offer.settings).get("saslauthd_path"), daemon.run_directory, daemon.socket
    if line is not None:
        yield from _configured(line, daemon, tree)
    elif directory is not None and socket is not None and not _is_one_of(socket, SOCKETS, tree):
        yield Finding(
            directory.span,
            f"saslauthd puts its socket into {directory.text}, where libsasl does not look by itself",
            _CONSEQUENCE,
            Fix(f"write into Sendmail.conf: saslauthd_path: {socket}; or start saslauthd with -m {_usual(tree)}"),
        )


def _configured(line: KeyValue, daemon: Saslauthd, tree: Tree) -> Verdicts:
    looked_for, socket, directory = line.value.text, daemon.socket, daemon.run_directory
    places = SOCKETS if socket is None else (socket,)
    if _is_one_of(looked_for, places, tree):
        return
    if _is_one_of(looked_for.rstrip("/") + _MUX, places, tree):
        yield Finding(
            line.value,
            f"saslauthd_path names the directory {looked_for}, not the socket in it",
            _CONSEQUENCE,
            replace(line.value, looked_for.rstrip("/") + _MUX, "name the socket"),
            confidence=Confidence.HIGH,
        )
    elif directory is None or socket is None:
        yield Unknown("where saslauthd puts its socket is not known: it is started without -m")
    else:
        yield Finding(
            line.value,
            f"libsasl looks for saslauthd at {looked_for}, and its socket is {socket}",
            _CONSEQUENCE,
            replace(line.value, socket, "look where the socket is"),
            ((directory.span, "the directory is given here"),),
        )


def _is_one_of(path: str, places: tuple[str, ...], tree: Tree) -> bool:
    return _real(path, tree) in {_real(place, tree) for place in places}


def _real(path: str, tree: Tree) -> str:
    """The path with links followed as far as the tree has them; /var/run leads to /run wherever both are."""
    directory, name = posixpath.split(posixpath.normpath(path))
    entry = tree.entry(directory)
    real = entry.real if isinstance(entry, Entry) else directory
    return f"{real}/{name}".replace("/var/run/", "/run/")


def _usual(tree: Tree) -> str:
    directories = [path.removesuffix(_MUX) for path in SOCKETS]
    return next((each for each in directories if isinstance(tree.entry(each), Entry)), directories[0])
