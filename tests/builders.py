"""Calls in examples, such as ``certificate(rsa=1024)``: what makes files that no text can show."""

from __future__ import annotations

import ast
import struct

from tests import certificates


def database(**pairs: str) -> bytes:
    """A hash of Berkeley DB with one pair, its ``key`` and its ``value``, as makemap would write it."""
    page = bytearray(4096)
    at = len(page)
    for number, item in enumerate((pairs["key"], pairs["value"])):
        data = b"\1" + item.encode("latin-1")
        at -= len(data)
        page[at : at + len(data)] = data
        struct.pack_into("<H", page, 26 + 2 * number, at)
    struct.pack_into("<HHBB", page, 20, 2, at, 0, 13)
    meta = struct.pack("<QIIIIBBBB", 1, 0, 0x061561, 9, len(page), 0, 8, 0, 0)
    return meta.ljust(len(page), b"\0") + bytes(page)


_BUILDERS = {name: getattr(certificates, name) for name in ("authority", "certificate", "crl", "dh", "key")}
_BUILDERS["database"] = database


def build(call: str) -> bytes:
    """The content a call makes; its arguments are literals.

    Raises:
        ValueError: it is no call of a builder with literal arguments.

    """
    node = ast.parse(call, mode="eval").body
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.args:
        raise ValueError(call)
    arguments = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg}
    made: bytes = _BUILDERS[node.func.id](**arguments)
    return made
