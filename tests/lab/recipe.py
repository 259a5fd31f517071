"""What a laboratory's sendmail is made of: its .mc, its maps, its accounts, its certificates."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests import certificates as made
from tests.lab.conftest import CF_TREES

NAME = "mx.example.org"
#: The passwords of the users that every daemon knows; ``users`` of a recipe adds others.
USERS = {"alice": "correct horse", "bob": "battery staple"}
SENDMAIL_CONF = "pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n"
#: What of /dev the programs use.
DEVICES = ("null", "zero", "full", "random", "urandom")
DEFAULT_LISTENERS = {"MTA": "", "TLSMTA": "s", "MSA": "Ea"}
#: Days by which the certificates' moment of making is off the clock's.
AGE = (datetime.now(UTC) - made.NOW).days


def certificate(*, days: int = 90, names: tuple[str, ...] = (NAME, "localhost"), owner: str = "lab") -> bytes:
    """A certificate for the daemon's name that is valid today and for so many days more."""
    return made.certificate(owner=owner, names=names, cn=names[0], since=AGE - 30, days=AGE + days)


@cache
def _hash(word: str) -> str:
    done = subprocess.run(["openssl", "passwd", "-6", word], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a daemon is made of; every default is that of a healthy submission host.

    Attributes:
        listeners: the modifiers (``M=``) of each listener, by its name.
        beside: the modifiers of a second listener, on ::1 and the port of the one with that name.
        address: what they listen on.
        family: ``inet`` or ``inet6``.
        mechanisms: confAUTH_MECHANISMS, None to leave sendmail's own; they are trusted as well.
        auth_options: confAUTH_OPTIONS, None to leave sendmail's own.
        sasl: the text of Sendmail.conf, where ``{mux}`` and ``{sasldb}`` stand for paths; None for no such file.
        saslauthd: ``shadow`` or another of its mechanisms to start it, None to leave its socket missing.
        users: passwords of further accounts, by name.
        sasldb: passwords of sasldb2, by user, in the realm of the daemon's name or that after the user's ``@``.
        starttls: whether the certificate options are set.
        certificate: the server's certificate with what follows it in the file, PEM.
        key: its private key, PEM.
        authorities: the authorities' certificates, PEM.
        key_mode: the key file's mode.
        tls_options: confTLS_SRV_OPTIONS; ``V`` asks clients for no certificate.
        crl: the revocation list's bytes, None for no such option.
        privacy: confPRIVACY_FLAGS.
        features: the arguments of FEATURE, quotes as m4 has them.
        access: lines of the access map; without any the feature is left out.
        aliases: lines of the aliases file.
        local: lines of local-host-names.
        relay: lines of relay-domains.
        defines: further defines, by name.
        lines: further text of the .mc, before its mailers.
        cf_lines: text of the .cf below LOCAL_CONFIG.
        hosts: further lines of /etc/hosts, where the names of ``local`` are as well; names are looked for nowhere else.
        log_level: how much sendmail says.

    """

    listeners: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_LISTENERS))
    beside: Mapping[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"
    family: str = "inet"
    mechanisms: str | None = "PLAIN LOGIN"
    auth_options: str | None = "A p y"
    sasl: str | None = SENDMAIL_CONF
    saslauthd: str | None = None
    users: Mapping[str, str] = field(default_factory=dict)
    sasldb: Mapping[str, str] = field(default_factory=dict)
    starttls: bool = True
    certificate: bytes | None = None
    key: bytes | None = None
    authorities: bytes | None = None
    key_mode: int = 0o600
    tls_options: str | None = "V"
    crl: bytes | None = None
    privacy: str | None = None
    features: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ("postmaster: alice", "mailer-daemon: postmaster", "staff: alice, bob")
    local: tuple[str, ...] = ("example.org",)
    relay: tuple[str, ...] = ()
    defines: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    cf_lines: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    log_level: int = 14


def configure(place: Path, recipe: Recipe, ports: Mapping[str, int]) -> Path:
    """Write ``lab.mc`` and what m4 makes of it, ``lab.cf``."""
    tree = next((tree for tree in CF_TREES if (tree / "m4" / "cf.m4").is_file()), CF_TREES[0])
    (place / "lab.mc").write_text(mc(place, recipe, ports, tree))
    done = subprocess.run(["m4", place / "lab.mc"], capture_output=True, check=False)
    if done.returncode or b"*** ERROR" in done.stderr:
        raise RuntimeError(done.stderr.decode("latin-1"))
    target = place / "lab.cf"
    target.write_bytes(done.stdout)
    return target


def mc(place: Path, recipe: Recipe, ports: Mapping[str, int], tree: Path) -> str:
    """The .mc file of a recipe."""
    defines = {
        "confPID_FILE": f"{place}/pid",
        "QUEUE_DIR": f"{place}/queue",
        "ALIAS_FILE": f"{place}/aliases",
        "STATUS_FILE": f"{place}/status",
        "HELP_FILE": f"{place}/help",
        "confSERVICE_SWITCH_FILE": f"{place}/switch",
        "confHOSTS_FILE": f"{place}/hosts",
        "confDOMAIN_NAME": NAME,
        "confLOG_LEVEL": str(recipe.log_level),
        "confCW_FILE": f"{place}/local-host-names",
        "confCR_FILE": f"-o {place}/relay-domains",
        "confTO_IDENT": "0",
        **_options(recipe, place),
        **recipe.defines,
    }
    # Features that use the map have to follow the one that says where it is.
    access = [f"`access_db', `hash -T<TMPF> {place}/access'"] if recipe.access else []
    features = ["`no_default_msa'", "`use_cw_file'", *access, *recipe.features]
    lines = [
        f"include(`{tree}/m4/cf.m4')dnl",
        "OSTYPE(`linux')dnl",
        *(f"define(`{name}', `{value}')dnl" for name, value in defines.items()),
        *([] if recipe.mechanisms is None else [f"TRUST_AUTH_MECH(`{recipe.mechanisms}')dnl"]),
        *(f"FEATURE({feature})dnl" for feature in features),
        *(_listener(name, ports[name], recipe.address, recipe.family, m) for name, m in recipe.listeners.items()),
        *(_listener(f"{name}6", ports[name], "::1", "inet6", letters) for name, letters in recipe.beside.items()),
        *recipe.lines,
        "MAILER(`local')dnl",
        "MAILER(`smtp')dnl",
        *(["LOCAL_CONFIG", *recipe.cf_lines] if recipe.cf_lines else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def _options(recipe: Recipe, place: Path) -> dict[str, str]:
    tls = {
        "confCACERT_PATH": f"{place}/tls",
        "confCACERT": f"{place}/tls/ca.pem",
        "confSERVER_CERT": f"{place}/tls/cert.pem",
        "confSERVER_KEY": f"{place}/tls/key.pem",
    }
    asked = {
        "confAUTH_MECHANISMS": recipe.mechanisms,
        "confAUTH_OPTIONS": recipe.auth_options,
        "confPRIVACY_FLAGS": recipe.privacy,
        "confTLS_SRV_OPTIONS": recipe.tls_options,
        "confCRL": f"{place}/tls/crl.pem" if recipe.crl is not None else None,
        **(tls if recipe.starttls else {}),
    }
    return {name: value for name, value in asked.items() if value is not None}


def _listener(name: str, port: int, address: str, family: str, letters: str) -> str:
    modifiers = f", M={letters}" if letters else ""
    return f"DAEMON_OPTIONS(`Port={port}, Addr={address}, Family={family}, Name={name}{modifiers}')dnl"


def free_ports(recipe: Recipe) -> list[int]:
    """Ports that nobody listens on now, all different."""
    kind = socket.AF_INET6 if recipe.family == "inet6" else socket.AF_INET
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket(kind)) for _ in recipe.listeners]
        for each in taken:
            each.bind((recipe.address, 0))
        return [each.getsockname()[1] for each in taken]


def write(place: Path, recipe: Recipe) -> None:
    """Write everything but the .mc and the .cf."""
    _text(place, recipe)
    _accounts(place, recipe)
    _tls(place / "tls", recipe)
    for name, mode in (("queue", 0o700), ("mux.d", 0o711), ("dev", 0o755), ("conf", 0o755)):
        (place / name).mkdir()
        (place / name).chmod(mode)
    for device in DEVICES:
        (place / "dev" / device).touch()
    words = {"mux": f"{place}/mux.d/mux", "sasldb": f"{place}/sasldb2"}
    if recipe.sasl is not None:
        text = recipe.sasl.replace("{mux}", words["mux"]).replace("{sasldb}", words["sasldb"])
        if "saslauthd_path" not in text:
            text += f"saslauthd_path: {words['mux']}\n"
        if "sasldb_path" not in text:
            text += f"sasldb_path: {words['sasldb']}\n"
        (place / "conf" / "Sendmail.conf").write_text(text)
    for user, word in recipe.sasldb.items():
        name, _, realm = user.partition("@")
        command = ["saslpasswd2", "-c", "-p", "-f", words["sasldb"], "-u", realm or NAME, name]
        subprocess.run(command, input=word.encode(), check=True, capture_output=True)


def _text(place: Path, recipe: Recipe) -> None:
    known = " ".join((NAME, "mx", "localhost", *(name.partition("#")[0].strip() for name in recipe.local)))
    texts = {
        "hosts": (f"127.0.0.1 {known}", f"::1 {known}", *recipe.hosts),
        "switch": ("hosts files", "aliases files", "passwd files"),
        "local-host-names": recipe.local,
        "relay-domains": recipe.relay,
        "aliases": recipe.aliases,
        "access": recipe.access,
        "nsswitch.conf": ("passwd: files", "group: files", "shadow: files", "hosts: files", "services: files"),
        "help": (),
        "status": (),
    }
    for name, lines in texts.items():
        (place / name).write_text("".join(f"{line}\n" for line in lines))
    # sendmail waits for the last entry of an alias database before it believes that the database is whole.
    aliases = [re.sub(r":\s*", "\t", line, count=1) for line in recipe.aliases]
    maps: dict[str, Sequence[str]] = {"aliases": [*aliases, "@\t@"], "access": recipe.access}
    for name, entries in maps.items():
        text = "".join(f"{line}\n" for line in entries)
        subprocess.run(["makemap", "hash", place / name], input=text.encode(), check=True, capture_output=True)


def _accounts(place: Path, recipe: Recipe) -> None:
    users = {**USERS, **recipe.users}
    lines = "".join(f"{name}:x:{4000 + at}:100::/home/{name}:/bin/sh\n" for at, name in enumerate(users))
    hashes = "".join(f"{name}:{_hash(word)}:19000:0:99999:7:::\n" for name, word in users.items())
    (place / "passwd").write_text(Path("/etc/passwd").read_text() + lines)
    (place / "shadow").write_text(Path("/etc/shadow").read_text() + hashes)
    (place / "shadow").chmod(0o600)


def _tls(place: Path, recipe: Recipe) -> None:
    place.mkdir()
    files = {
        "cert.pem": recipe.certificate or certificate(),
        "key.pem": recipe.key or made.key(owner="lab"),
        "ca.pem": recipe.authorities or made.authority(),
        "crl.pem": recipe.crl,
    }
    for name, data in files.items():
        if data is not None:
            (place / name).write_bytes(data)
    (place / "key.pem").chmod(recipe.key_mode)
