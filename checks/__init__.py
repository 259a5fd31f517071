"""The built-in rules: a folder per family, a file per rule.

They reach the engine through the entry-point groups ``mailaudit.checks`` and ``mailaudit.checks.wire``, as those
of other people do. The second holds the rules about endpoints, which only a run that probes one has to load.
"""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from auditor.model.check import Rule

#: Distinguishes this package from others of the same name that may lie on somebody's import path.
__mailaudit__ = True


#: The family of the rules about endpoints.
_WIRE = "prb"


def rules() -> list[Rule]:
    """Every built-in rule, in the order of the ids."""
    return sorted([*file_rules(), *wire_rules()], key=lambda rule: rule.id)


def file_rules() -> list[Rule]:
    """The rules about installs, and those about certificates wherever these are seen."""
    return [rule for family in _families() if family.name != _WIRE for rule in _of_family(family)]


def wire_rules() -> list[Rule]:
    """The rules about endpoints."""
    return [rule for family in _families() if family.name == _WIRE for rule in _of_family(family)]


def _families() -> list[os.DirEntry[str]]:
    entries = [entry for folder in __path__ for entry in os.scandir(folder)]
    return [entry for entry in entries if entry.is_dir() and not entry.name.startswith("_")]


def _of_family(family: os.DirEntry[str]) -> list[Rule]:
    package = f"{__name__}.{family.name}"
    _module(package, f"{family.path}/__init__.py", [family.path])
    names = [entry.name for entry in os.scandir(family.path) if entry.name.endswith(".py")]
    modules = [_module(f"{package}.{name[:-3]}", f"{family.path}/{name}") for name in names if name != "__init__.py"]
    return [next(value for value in vars(module).values() if isinstance(value, Rule)) for module in modules]


def _module(name: str, path: str, search: list[str] | None = None) -> ModuleType:
    """A module from its file, as an import would load it.

    Where it lies is known here, so Python need not look for it: that takes a third off the time hundreds of small
    modules take.
    """
    module = sys.modules.get(name)
    if module is None:
        spec = spec_from_file_location(name, path, submodule_search_locations=search)
        assert spec is not None  # noqa: S101  # A name that ends in .py always has one.
        assert spec.loader is not None  # noqa: S101
        module = sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(module)
        # As after an import, the package has the module as an attribute.
        above, _, own = name.rpartition(".")
        setattr(sys.modules[above], own, module)
    return module
