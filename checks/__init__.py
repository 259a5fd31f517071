"""The built-in rules: a folder per family, a file per rule.

They reach the engine through the entry-point group ``mailaudit.checks``, as other people's rule packages do.
"""

from importlib import import_module
from pkgutil import iter_modules

from auditor.model.check import Rule

#: Distinguishes this package from others of the same name that may lie on somebody's import path.
__mailaudit__ = True


def rules() -> list[Rule]:
    """Every built-in rule, in the order of the ids."""
    found: list[Rule] = []
    for family in iter_modules(__path__):
        if family.ispkg:
            package = import_module(f"{__name__}.{family.name}")
            found += [_rule(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    return sorted(found, key=lambda rule: rule.id)


def _rule(name: str) -> Rule:
    module = import_module(name)
    return next(value for value in vars(module).values() if isinstance(value, Rule))
