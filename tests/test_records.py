"""A record is a frozen dataclass with slots in all that the package asks of one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from nrr_xl.records import struct


@struct()
class Made:
    """A record."""

    name: str
    size: int = 1
    held: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("size")


@dataclass(frozen=True, slots=True)
class Known:
    """The same by the standard library."""

    name: str
    size: int = 1
    held: Mapping[str, int] = field(default_factory=dict)


@struct(eq=False, kw_only=True)
class Named:
    """A record that is itself alone, of named fields."""

    size: int = 1
    name: str


def test_it_does_what_a_dataclass_does():
    for cls in (Made, Known):
        one = cls("a", held={"b": 2})
        assert is_dataclass(one) and [each.name for each in fields(cls)] == ["name", "size", "held"]
        assert one == cls("a", 1, {"b": 2}) and one != cls("a", 2) and one.__eq__(("a", 1)) is NotImplemented
        assert repr(one) == f"{cls.__name__}(name='a', size=1, held={{'b': 2}})"
        assert asdict(one) == {"name": "a", "size": 1, "held": {"b": 2}}
        assert replace(one, size=3) == cls("a", 3, {"b": 2})
        assert cls("a").held == {} and cls("a").held is not cls("a").held
        assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one) == copy.copy(one)
        assert not hasattr(one, "__dict__") and cls.__match_args__ == ("name", "size", "held")
        for act in (lambda one=one: setattr(one, "size", 2), lambda one=one: delattr(one, "size")):
            with pytest.raises(FrozenInstanceError, match="field 'size'"):
                act()
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
            cls()
        with pytest.raises(TypeError, match="unexpected keyword"):
            cls("a", other=1)
    assert Made("a") != Known("a")


def test_equal_ones_have_one_hash_and_others_stay_themselves():
    assert hash(Made("a", 1, ())) == hash(Made("a", 1, ())) != hash(Made("a", 2, ()))  # type: ignore[arg-type]
    assert Named(name="a") != Named(name="a") and len({Named(name="a"), Named(name="a")}) == 2
    with pytest.raises(TypeError, match="positional"):
        Named("a")  # type: ignore[misc]


def test_what_it_checks_is_checked_and_a_dataclass_may_build_on_it():
    with pytest.raises(ValueError, match="size"):
        Made("a", -1)

    @dataclass(frozen=True)
    class More(Made):
        extra: Any = None

    assert More("a", extra=5) == More("a", 1, {}, 5) and More("a").name == "a"
