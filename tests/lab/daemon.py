"""A real sendmail, listening on loopback, with saslauthd beside it where a test asks for one.

    with daemon(trusted, Recipe(mechanisms="PLAIN LOGIN", saslauthd="shadow")) as mail:
        connect(("127.0.0.1", mail.plain))

Each daemon lives in a mount namespace of its own: its host name, hosts, passwd, shadow, Sendmail.conf and /dev/log are
not the machine's, so that any number of them run side by side and nothing is changed outside the directory it is given.
A start takes about a tenth of a second.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.lab.recipe import (
    AGE,
    DEVICES,
    NAME,
    SENDMAIL_CONF,
    USERS,
    Recipe,
    certificate,
    configure,
    free_ports,
    write,
)

__all__ = ["AGE", "NAME", "SENDMAIL_CONF", "USERS", "Daemon", "Recipe", "certificate", "daemon"]

#: Seconds for a daemon to listen; a loaded machine needs several.
DEADLINE = 20
#: Where Debian's libsasl looks for Sendmail.conf; a directory that exists is enough for the others.
SASL_PLACE = Path("/usr/lib/sasl2")
#: Where Linux tells of its TCP sockets; 0A among them is one that listens (proc(5)).
SOCKETS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


@dataclass
class Daemon:
    """A sendmail that runs.

    Attributes:
        place: its directory; ``lab.mc``, ``lab.cf`` and the maps lie there.
        ports: the port of each listener, by its name.
        said: what sendmail and saslauthd told the system log so far.
        processes: by the program's name, the process that was started.

    """

    place: Path
    ports: dict[str, int]
    said: list[str] = field(default_factory=list)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    name: str = NAME

    @property
    def plain(self) -> int:
        """The port of the listener that stands for 25."""
        return self.ports["MTA"]

    @property
    def smtps(self) -> int:
        """The port that speaks TLS at once, as 465."""
        return self.ports["TLSMTA"]

    @property
    def submission(self) -> int:
        """The port that asks for a login, as 587."""
        return self.ports["MSA"]

    @property
    def authorities(self) -> Path:
        """The file of authorities that vouch for its certificate."""
        return self.place / "tls" / "ca.pem"

    @property
    def mux(self) -> Path:
        """The socket of its saslauthd, whether it runs or not."""
        return self.place / "mux.d" / "mux"

    def stop(self, program: str) -> None:
        """End a program by its process group, such as ``saslauthd`` to see sendmail without it."""
        process = self.processes.pop(program)
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            if number == signal.SIGTERM:
                # saslauthd removes its socket when it is asked to end; SIGKILL then takes what is left of the group.
                time.sleep(0.02)
        process.wait(DEADLINE)

    def spoken(self, part: str, seconds: float = 2.0) -> list[str]:
        """The log's lines that hold a text, as soon as there is one or the time is over."""
        until = time.monotonic() + seconds
        while True:
            found = [line for line in self.said if part in line]
            if found or time.monotonic() > until:
                return found
            time.sleep(0.01)


@contextmanager
def daemon(trusted: Path, recipe: Recipe | None = None) -> Iterator[Daemon]:
    """Run sendmail as the recipe says, in a new directory below one that sendmail trusts.

    Raises:
        RuntimeError: it did not come to listen; what it and m4 said is in the text.

    """
    recipe = recipe or Recipe()
    place = Path(tempfile.mkdtemp(prefix="d", dir=trusted))
    place.chmod(0o755)
    found = Daemon(place, dict(zip(recipe.listeners, free_ports(recipe), strict=True)))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        write(place, recipe)
        configure(place, recipe, found.ports)
        stack.enter_context(_log(place, found.said))
        if recipe.saslauthd is not None:
            command = ["saslauthd", "-d", "-n", "1", "-a", recipe.saslauthd, "-m", str(found.mux.parent)]
            stack.enter_context(_running(found, command, found.mux.exists))
        pid = place / "pid"
        command = ["/usr/sbin/sendmail", "-bD", "-C", str(place / "lab.cf")]
        stack.enter_context(_running(found, command, lambda: pid.exists() and _is_heard(found.ports)))
        yield found


@contextmanager
def _log(place: Path, said: list[str]) -> Iterator[None]:
    """Stand in for the system log of the namespace."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(place / "dev" / "log"))
        (place / "dev" / "log").chmod(0o666)

        def listen() -> None:
            while data := heard.recv(65536):
                said.append(data.decode("latin-1"))

        thread = Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield
        finally:
            # An empty datagram ends the thread; closing the socket would leave it waiting.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
                last.sendto(b"", str(place / "dev" / "log"))
            thread.join(DEADLINE)


@contextmanager
def _running(found: Daemon, command: list[str], is_ready: Callable[[], bool]) -> Iterator[None]:
    """Run a program in a namespace with the daemon's own files until the block ends."""
    place = found.place
    devices = "".join(f"mount --bind /dev/{name} {place}/dev/{name}; " for name in DEVICES)
    mounts = "".join(
        f"mount --bind {place}/{name} /etc/{name}; " for name in ("hosts", "passwd", "shadow", "nsswitch.conf")
    )
    inner = (
        f"set -e; {devices}mount --rbind {place}/dev /dev; {mounts}"
        f"if [ -d {SASL_PLACE} ]; then mount --bind {place}/conf {SASL_PLACE}; fi; "
        f'hostname {NAME}; exec "$@"'
    )
    program = Path(command[0]).name
    output = place / f"{program}.out"
    with output.open("wb") as out:
        process = subprocess.Popen(
            ["unshare", "-m", "-u", "sh", "-c", inner, "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
            start_new_session=True,
        )
    found.processes[program] = process
    try:
        _await(process, is_ready, output, found)
        yield
    finally:
        if program in found.processes:
            found.stop(program)


def _is_heard(ports: Mapping[str, int]) -> bool:
    """Whether somebody listens on all of the ports: sendmail writes its process id down a moment before it does.

    The system is asked, since connections would count among those that some recipes allow few of.
    """
    tables = "".join(table.read_text() for table in SOCKETS if table.exists())
    return all(re.search(rf":{port:04X} [0-9A-F]+:0000 0A ", tables) for port in ports.values())


def _await(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], output: Path, found: Daemon) -> None:
    until = time.monotonic() + DEADLINE
    while not is_ready():
        if process.poll() is not None or time.monotonic() > until:
            message = output.read_text("latin-1") + "\n".join(found.said)
            raise RuntimeError(message)
        time.sleep(0.005)
