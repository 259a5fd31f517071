"""Calls in examples, such as ``certificate(rsa=1024)``: what makes files that no text can show."""

from __future__ import annotations

import ast

from tests import certificates

_BUILDERS = {name: getattr(certificates, name) for name in ("authority", "certificate", "crl", "dh", "key")}


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
