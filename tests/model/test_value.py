"""Value classes behave as frozen, slotted dataclasses do."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar

import pytest

from auditor.model.value import field, frozen


@frozen
class Point:
    """A point."""

    x: int
    y: int = 2
    notes: list[str] = field(default_factory=list)
    secret: str = field(repr=False, default_factory=str)
    ORIGIN: ClassVar[str] = "0"

    @property
    def total(self) -> int:
        """The sum."""
        return self.x + self.y


@frozen
class Deep(Point):
    """A point with a depth."""

    z: int = 0


def test_fields_defaults_and_repr() -> None:
    """Fields come by place or name, defaults hold, made ones are not shared, hidden ones are not shown."""
    point = Point(1, notes=["a"])
    assert (point.x, point.y, point.total, point.ORIGIN) == (1, 2, 3, "0")
    assert repr(point) == "Point(x=1, y=2, notes=['a'])"
    assert Point(1).notes is not Point(1).notes
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]


@frozen
class Kept:
    """A class with a field that has to be given and is not shown."""

    name: str
    secret: str = field(repr=False)


def test_few_and_many() -> None:
    """The first objects are made as the later ones are, and a wrong call is refused at any time."""
    for number in range(20):
        for wrong in ((), (1,), (1, 2, 3)):
            with pytest.raises(TypeError):
                Kept(*wrong)
        with pytest.raises(TypeError):
            Kept("x", secret="y", other=1)  # type: ignore[call-arg]
        kept = Kept("x", secret=str(number))
        assert (kept.name, kept.secret, repr(kept)) == ("x", str(number), "Kept(name='x')")


@pytest.mark.parametrize("number", range(12))
def test_first_calls(number: int) -> None:
    """Each of a class's first objects has what it was given, by place or by name, and the defaults."""
    fresh: Any = frozen(type("Fresh", (), {"__annotations__": {"a": "int", "b": "int", "c": "list"}, "b": 2,
                                      "c": field(default_factory=list)}))  # fmt: skip
    made = [fresh(each, c=[each]) if each % 2 else fresh(each) for each in range(number + 1)]
    assert [(m.a, m.b, m.c) for m in made] == [(e, 2, [e] if e % 2 else []) for e in range(number + 1)]


def test_equality_hash_and_pickle() -> None:
    """Objects of one class with the same fields are equal, others never."""
    assert Point(1) == Point(1) != Point(2)
    assert Point(1) != Deep(1)
    assert hash(Deep(1, 2, (), "", 3)) == hash(Deep(1, 2, (), "", 3))  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(Deep(1, z=5))) == Deep(1, z=5)


def test_frozen_and_slotted() -> None:
    """Nothing can be changed, added or taken away."""
    point = Point(1)
    for name in ("x", "new"):
        with pytest.raises(AttributeError):
            setattr(point, name, 5)
    with pytest.raises(AttributeError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_inheritance_and_matching() -> None:
    """A derived class takes its base's fields first, and class patterns see them all."""
    match Deep(1, z=3):
        case Deep(x, _, _, _, z):
            assert (x, z) == (1, 3)
