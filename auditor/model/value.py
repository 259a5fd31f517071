"""Frozen, slotted value classes that cost little to define.

Making a frozen and slotted dataclass takes two thirds of a millisecond, since each of its methods is compiled anew. A
scan imports well over a hundred of them, which came to a fifth of its time. The classes of ``frozen`` behave the same,
and only their ``__init__`` is compiled, once there are some objects; the other methods are shared.
``benchmarks/start_up.py`` shows what that is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


class _Field:
    """A field with more to it than a plain default."""

    __slots__ = ("make", "shown")

    def __init__(self, make: Callable[[], Any] | None, *, shown: bool) -> None:
        self.make = make
        self.shown = shown


def field(*, default_factory: Callable[[], Any] | None = None, repr: bool = True) -> Any:  # noqa: A002, ANN401
    """A field whose default is made anew for each object, or one that ``repr`` leaves out; as in dataclasses."""
    return _Field(default_factory, shown=repr)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a frozen class with slots of the annotated fields; those of a value class it derives from come first.

    Objects compare and hash by their fields. Of the shared methods a class keeps those that it defines itself.
    """
    space = cls.__dict__
    own = [name for name, hint in space.get("__annotations__", {}).items() if not _is_of_class(hint)]
    inherited: tuple[str, ...] = getattr(cls, "__match_args__", ())
    names = (*inherited, *(name for name in own if name not in inherited))
    defaults = {**getattr(cls, "__defaults__", {}), **{name: space[name] for name in own if name in space}}
    body = {name: item for name, item in space.items() if name not in own and name not in ("__dict__", "__weakref__")}
    shown = tuple(n for n in names if not isinstance(defaults.get(n), _Field) or defaults[n].shown)
    body |= {
        "__slots__": tuple(name for name in own if name not in inherited),
        "__match_args__": names,
        "__defaults__": defaults,
        "__shown__": shown,
        "__init__": _early_init,
        "__uses__": 0,
        "__optional__": {n for n, d in defaults.items() if not isinstance(d, _Field) or d.make is not None},
    }
    kind: Any = type(cls)
    # A value class that derives from another one has the shared methods from there, and what that one made of them.
    derived = hasattr(cls.__bases__[0], "__defaults__")
    made: type[T] = kind(cls.__name__, cls.__bases__, body if derived else {**_SHARED, **body})
    made.__qualname__ = cls.__qualname__
    return made


def replaced(old: T, **changes: object) -> T:
    """A copy of a value with some of its fields changed."""
    kept = {name: getattr(old, name) for name in old.__match_args__}  # type: ignore[attr-defined]
    return type(old)(**(kept | changes))


def _is_of_class(hint: object) -> bool:
    return "ClassVar" in (hint if isinstance(hint, str) else repr(hint))


#: Objects of a class that are made slowly; compiling pays only for classes with more of them.
_FEW = 8


def _early_init(self: object, *values: object, **named: object) -> None:
    # The class that owns this method may be one that the object's class derives from.
    owner: Any = next(cls for cls in type(self).__mro__ if cls.__dict__.get("__init__") is _early_init)
    names: tuple[str, ...] = owner.__match_args__
    given = dict(zip(names, values, strict=False)) | named
    missing = [name for name in names if name not in given]
    owner.__uses__ += 1
    odd = len(values) + len(named) + len(missing) != len(names) or not owner.__optional__.issuperset(missing)
    if odd or owner.__uses__ > _FEW:
        # A compiled method also says in Python's own words what is wrong with a call.
        owner.__init__ = _init(owner.__qualname__, names, owner.__defaults__)
        owner.__init__(self, *values, **named)
        return
    for name in names:
        object.__setattr__(self, name, given[name] if name in given else _default(owner.__defaults__[name]))


def _default(default: object) -> object:
    return default.make() if isinstance(default, _Field) and default.make is not None else default


def _init(owner: str, names: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
    parameters = ["self"]
    lines = []
    for name in names:
        default = defaults.get(name)
        made = isinstance(default, _Field) and default.make is not None
        plain = name in defaults and not isinstance(default, _Field)
        parameters.append(f"{name}=_defaults[{name!r}]" if made or plain else name)
        given = f"_defaults[{name!r}].make() if {name} is _defaults[{name!r}] else {name}" if made else name
        lines.append(f"    _set(self, {name!r}, {given})")
    text = f"def __init__({', '.join(parameters)}):\n" + ("\n".join(lines) or "    pass")
    space: dict[str, Any] = {"_set": object.__setattr__, "_defaults": defaults}
    exec(text, space)  # noqa: S102  # The text is made of a class's own field names, as by dataclasses.
    function: Callable[..., None] = space["__init__"]
    function.__qualname__ = f"{owner}.__init__"
    return function


def _values(self: Any) -> tuple[Any, ...]:  # noqa: ANN401  # Any value class.
    return tuple([getattr(self, name) for name in self.__match_args__])


def _equal(self: object, other: object) -> Any:  # noqa: ANN401  # A bool or NotImplemented.
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash(_values(self))


def _represent(self: Any) -> str:  # noqa: ANN401
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__shown__)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    message = f"{type(self).__name__}.{name} cannot be changed"
    raise AttributeError(message)


def _reduce(self: object) -> tuple[type, tuple[Any, ...]]:
    return type(self), _values(self)


_SHARED: dict[str, Any] = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _represent,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
}
