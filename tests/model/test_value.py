"""Value classes behave as frozen, slotted dataclasses do."""

from __future__ import annotations

import pickle
from typing import ClassVar

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
