"""Which protocols the OpenSSL library itself keeps sendmail from speaking, as far as a filesystem shows.

Sources: config(5) and SSL_CONF_cmd(3) of OpenSSL for ``MinProtocol``; the OpenSSL 3.0 migration guide, by which TLS 1.0
and 1.1 need security level 0; both were seen to hold with sendmail 8.17 and OpenSSL 3.0.
"""

from __future__ import annotations

import posixpath

from auditor.model.pattern import lazy
from auditor.model.text import Source
from auditor.sendmail.tls import PROTOCOLS
from auditor.trees.base import Tree

#: Where OpenSSL looks for its configuration, depending on who built it.
SYSTEM_FILES = (
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/usr/lib/ssl/openssl.cnf",
    "/usr/local/ssl/openssl.cnf",
)
_LIBRARIES = ("/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/lib64", "/lib")
_INCLUDES = 3
_THREE = 3
_SECTION = lazy(r"\[\s*([^\]\s]+)\s*\]")
_INCLUDE = lazy(r"\.include\s*=?\s*(\S+)")
_SETTING = lazy(r"([\w.]+)\s*=\s*(.*)")


def is_three(tree: Tree) -> bool:
    """Whether the only OpenSSL in the system's library directories is version 3 or later."""
    names = [name for place in _LIBRARIES if isinstance(found := tree.names(place), tuple) for name in found]
    libraries = [name.split(".so.")[1].partition(".")[0] for name in names if name.startswith("libssl.so.")]
    return bool(libraries) and all(number.isdecimal() and int(number) >= _THREE for number in libraries)


def oldest_protocol(tree: Tree, path: str | None = None, level: int | None = None) -> str | None:
    """The oldest protocol the library speaks, one of ``tls.PROTOCOLS``; None where no file tells.

    Args:
        tree: the filesystem.
        path: the configuration that the environment variable OPENSSL_CONF names; None for the system's own.
        level: the security level that a cipher string sets, None where the library's default holds.

    """
    configured = _configured(tree, (path,) if path else SYSTEM_FILES)
    found = [PROTOCOLS.index(configured)] if configured in PROTOCOLS else []
    if is_three(tree) and level != 0:
        found.append(PROTOCOLS.index("TLSv1.2"))
    return PROTOCOLS[max(found)] if found else None


def _configured(tree: Tree, paths: tuple[str, ...]) -> str | None:
    for path in paths:
        settings: dict[tuple[str, str], str] = {}
        if _read(tree, path, settings):
            section = ""
            for key in ("openssl_conf", "ssl_conf", "system_default"):
                section = settings.get((section, key), "\n")
            return settings.get((section, "MinProtocol"), settings.get((section, "TLS.MinProtocol")))
    return None


def _read(tree: Tree, path: str, settings: dict[tuple[str, str], str], section: str = "", depth: int = 0) -> bool:
    source = tree.read(path)
    if not isinstance(source, Source) or depth > _INCLUDES:
        return False
    for raw in source.text.splitlines():
        line = raw.partition("#")[0].strip()
        if head := _SECTION.match(line):
            section = head[1]
        elif include := _INCLUDE.match(line):
            _read(tree, posixpath.join(posixpath.dirname(path), include[1]), settings, section, depth + 1)
        elif setting := _SETTING.match(line):
            settings[section, setting[1]] = setting[2].strip()
    return True
