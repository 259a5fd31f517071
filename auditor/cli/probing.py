"""Probing many targets at once: where they are from, how each is asked, and what is shown meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from functools import cache
from getpass import getpass
from pathlib import Path
from threading import Lock

from auditor.cli.exits import Stop, nearest
from auditor.cli.live import Live
from auditor.cli.progress import Progress
from auditor.cli.reporting import Reporting, colour
from auditor.cli.wire_options import Wanted
from auditor.engine.audit import Target, audit
from auditor.engine.resolve import Facts
from auditor.facts.given import Clock, Profile
from auditor.facts.network import HostName
from auditor.facts.wire import Endpoints, Observed
from auditor.model.check import Rule
from auditor.model.report import Place, Report, TargetReport
from auditor.model.subjects import Configuration, Endpoint
from auditor.model.unknown import Unknown
from auditor.model.value import frozen, replaced
from auditor.probe.auth import passwords
from auditor.probe.auth.passwords import Password
from auditor.probe.logins import Login
from auditor.probe.names import mx_hosts
from auditor.probe.observe import Plan, observe
from auditor.probe.relay import FOREIGN_FROM, FOREIGN_TO, check_address
from auditor.probe.resolver import Resolver
from auditor.probe.settings import IMPLICIT, NONE, STARTTLS, Settings
from auditor.probe.targets import full_name, source_address, target
from auditor.probe.verify import verifying_context
from auditor.report.clean import clean

#: Targets that are asked at the same moment.
AT_ONCE = 200
_MODES = (STARTTLS, IMPLICIT, NONE)
_DEPTHS = {"default": "at most 20 connections", "full": "at most 60 connections, mostly one to five seconds in all"}


@frozen
class Destination:
    """One target.

    Attributes:
        name: what reports call it, ``HOST:PORT``.
        settings: how to talk to it.
        domain: the mail domain it is an MX of, empty where it was named itself.
        named: the line of a file that names it, where one does.

    """

    name: str
    settings: Settings
    domain: str = ""
    named: Place | None = None


@frozen
class Line:
    """A target as a line of a file names it, and that line."""

    word: str
    place: Place | None


def destinations(
    words: Sequence[str | Line], file: Path | None, domains: Sequence[str], wanted: Wanted
) -> list[Destination]:
    """The targets of a command line, each once.

    Raises:
        Stop: a target, an option or the file cannot be used, or a domain's MX records cannot be had.

    """
    _check(wanted)
    named = [*words, *(_lines(file) if file is not None else ())]
    found = [_destination(each, wanted) for each in named]
    for domain in domains:
        found += _exchangers(domain, wanted)
    once: dict[str, Destination] = {}
    for each in found:
        once.setdefault(each.name, each)
    return list(once.values())


def _check(wanted: Wanted) -> None:
    if wanted.tls is not None and wanted.tls not in _MODES:
        message = f"--tls takes {', '.join(_MODES)}, not {wanted.tls!r}{nearest(wanted.tls, _MODES)}"
        raise Stop(message)
    if wanted.depth not in _DEPTHS:
        message = f"--depth takes {' or '.join(_DEPTHS)}, not {wanted.depth!r}{nearest(wanted.depth, _DEPTHS)}"
        raise Stop(message)
    try:
        if wanted.source is not None:
            source_address(wanted.source)
        if wanted.ca is not None:
            verifying_context(wanted.ca)
        for address in filter(None, (wanted.relay_from, wanted.relay_to)):
            check_address(address)
    except ValueError as error:
        raise Stop(str(error)) from None
    _check_names(wanted)


def _check_names(wanted: Wanted) -> None:
    if not (wanted.ehlo.isascii() and wanted.ehlo.isprintable()) or " " in wanted.ehlo:
        message = f"--ehlo takes one word, a host name or [ADDRESS], not {wanted.ehlo!r}"
        raise Stop(message)
    if wanted.user is None and (wanted.every or wanted.insecure or wanted.password_file is not None):
        message = "a password is for --auth-user NAME, which is missing"
        raise Stop(message)


def _lines(file: Path) -> Iterator[Line]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        message = f"cannot read {file}: {reason}"
        raise Stop(message) from None
    for number, line in enumerate(text.splitlines(), 1):
        if word := line.partition("#")[0].strip():
            start = line.index(word) + 1
            end = start + len(word)
            yield Line(word, None if str(file) == "-" else Place(str(file), number, start, number, end))


def _destination(named: str | Line, wanted: Wanted) -> Destination:
    line = named if isinstance(named, Line) else Line(named, None)
    try:
        found = target(line.word)
    except ValueError as error:
        place = line.place
        raise Stop(f"{place.path}:{place.line}: {error}" if place is not None else str(error)) from None
    return Destination(full_name(found), configured(found, wanted), named=line.place)


def configured(found: Settings, wanted: Wanted) -> Settings:
    """A target's settings with what the options say."""
    return replaced(
        found,
        tls=wanted.tls or found.tls,
        name=wanted.name or "",
        ehlo=wanted.ehlo,
        timeout=wanted.timeout,
        source=wanted.source,
        ca=wanted.ca,
        at=wanted.at,
    )


def _exchangers(domain: str, wanted: Wanted) -> list[Destination]:
    if wanted.offline:
        message = "--mx asks the DNS, which --offline forbids"
        raise Stop(message)
    answer = mx_hosts(_resolver(), domain)
    if isinstance(answer, Unknown):
        message = f"the MX records of {domain} cannot be had: {answer.reason}"
        raise Stop(message, 4)
    if not answer.hosts:
        message = f"{domain} takes no mail" if answer.is_null else f"{domain} has neither MX records nor an address"
        raise Stop(message, 4)
    found = []
    for host in answer.hosts:
        each = _destination(host.name, wanted)
        found.append(Destination(each.name, each.settings, domain))
    return found


@cache
def _resolver() -> Resolver:
    return Resolver(questions=10_000, seconds=120)


def plan(wanted: Wanted, login: Login | None, domain: str) -> Plan:
    """What to ask of a target."""
    return Plan(
        "full" if wanted.depth == "full" else "default",
        wanted.relay_from or FOREIGN_FROM,
        wanted.relay_to or FOREIGN_TO,
        login,
        None if wanted.offline else _resolver(),
        domain,
        wanted.intrusive,
        idle=wanted.idle,
    )


def login_of(wanted: Wanted) -> Login | None:
    """Whom to log in as, with the password from a file, the environment or a prompt.

    Raises:
        Stop: there is no password to be had.

    """
    if wanted.user is None:
        return None
    return Login(wanted.user, _password(wanted.user, wanted.password_file), wanted.every, wanted.insecure)


def _password(user: str, file: Path | None) -> Password:
    if file is not None:
        try:
            found = passwords.from_file(file)
        except OSError as error:
            message = f"cannot read the password from {file}: {error.strerror}"
            raise Stop(message) from None
        if found.exposed:
            sys.stderr.write(f"mailaudit: others may read {file}; chmod 600 keeps the password to you\n")
        return found.password
    from_environment = passwords.from_environment(os.environ)
    if from_environment is not None:
        return from_environment
    if not sys.stdin.isatty():
        message = f"no password: neither --password-file nor {passwords.VARIABLE} names one, and nobody can be asked"
        raise Stop(message)
    return passwords.from_prompt(getpass, user)


def beside(targets: Sequence[Target], words: Sequence[str], wanted: Wanted, live: Live) -> Target:
    """An install with what its endpoints were met as; the certificate is judged by the install's own name.

    Args:
        targets: the install.
        words: the endpoints.
        wanted: how to ask them.
        live: shows what is found as it is found.

    Raises:
        Stop: there is more than one install, or a target or option cannot be used.

    """
    if len(targets) != 1:
        message = f"--probe compares one install with what answers; here are {len(targets)}"
        raise Stop(message)
    [install] = targets
    named = wanted if wanted.name else replaced(wanted, name=_own_name(install))
    found = {}
    for place in destinations(words, None, [], named):
        met = observe(place.settings, plan(named, None, ""), live.report)
        if isinstance(met.conversation, Unknown):
            sys.stderr.write(clean(f"mailaudit: {place.name}: {met.conversation.reason}") + "\n")
        live.end()
        found[Endpoint(place.name, install.subject)] = met
    return replaced(install, given={**install.given, Endpoints: Endpoints(found)})


def _own_name(install: Target) -> str | None:
    facts = Facts(install.subject, install.given)
    configurations = facts.subjects(Configuration)
    for each in configurations if isinstance(configurations, tuple) else ():
        name = facts.get(HostName, each)
        if each.name == "sendmail.cf" and isinstance(name, HostName):
            return name.name
    return None


class Prober:
    """Asks every target and judges what came back, many at once, one connection to each."""

    def __init__(
        self,
        rules: list[Rule],
        profile: Profile,
        moment: datetime,
        where: Reporting,
        judged: Callable[[TargetReport], TargetReport] = lambda report: report,
    ) -> None:
        self._rules = rules
        self._profile = profile
        self._judged = judged
        self._clock = Clock(moment)
        self._where = where
        self._met: dict[str, Observed] = {}
        self._lock = Lock()

    def run(self, places: Sequence[Destination], wanted: Wanted) -> list[TargetReport]:
        """The reports in the order of the targets; the text form shows each as it is finished."""
        login = login_of(wanted)
        if wanted.depth == "full":
            sys.stderr.write(f"mailaudit: --depth full takes {_DEPTHS['full']} to each target\n")
        found: dict[str, TargetReport] = {}
        many = len(places)
        # The lines of several targets would be a muddle; their reports come as each is finished.
        live = Live(self._where.format if many == 1 else "")
        with ThreadPoolExecutor(min(AT_ONCE, many), "probe") as pool, Progress(many, "probing") as progress:
            waiting = {
                pool.submit(self._one, place, plan(wanted, login, place.domain), live.report): place for place in places
            }
            for done, future in enumerate(as_completed(waiting), 1):
                try:
                    report = found[waiting[future].name] = future.result()
                except ValueError as error:
                    for other in waiting:
                        other.cancel()
                    raise Stop(str(error)) from None
                progress.hide()
                live.end()
                self._show(report)
                if done < many:
                    progress.at(done)
        return [found[place.name] for place in places]

    def finish(self, report: Report) -> None:
        """Show the counts after the targets, or the whole report where its form has no parts."""
        if self._where.format != "text":
            self._where.print(report)
            return
        if any(map(self.shows, report.targets)):
            from auditor.report.styled import write  # noqa: PLC0415  # The other formats do without.
            from auditor.report.text import summary_line  # noqa: PLC0415  # Likewise.

            write([summary_line(report)], sys.stdout, colour=colour())
        self._where.write(report)

    def shows(self, target: TargetReport) -> bool:
        """Whether the text form has a part about a target; one line is enough of whom nobody could be talked to at."""
        found = any(item.severity >= self._where.minimum for item in target.reported)
        return self._where.format == "text" and (found or not target.no_verdict)

    def write_transcript(self, path: Path) -> None:
        """Write what was said to each target.

        Raises:
            Stop: it cannot be written.

        """
        lines = [f"{clean(name)}\n{_cleaned(met)}\n" for name, met in self._met.items()]
        try:
            path.write_text("\n".join(lines), encoding="utf-8")
        except OSError as error:
            message = f"cannot write {path}: {error.strerror}"
            raise Stop(message) from None

    def _one(self, place: Destination, asked: Plan, report: Callable[[str], None]) -> TargetReport:
        met = observe(place.settings, asked, report)
        with self._lock:
            self._met[place.name] = met
        given: dict[type, object] = {Observed: met, Clock: self._clock, Profile: self._profile}
        return replaced(audit(Target(place.name, given), self._rules), named=place.named)

    def _show(self, target: TargetReport) -> None:
        if not self.shows(target):
            return
        from auditor.report.styled import write  # noqa: PLC0415  # The other formats do without.
        from auditor.report.text import target_lines  # noqa: PLC0415  # Likewise.

        write(target_lines(target, self._where.minimum), sys.stdout, colour=colour())
        sys.stdout.flush()


def _cleaned(met: Observed) -> str:
    return "".join(f"{clean(str(line))}\n" for line in met.transcript.lines)
