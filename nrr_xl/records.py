"""Frozen records with slots: dataclasses in all they do, but made in a fraction of the time.

A dataclass compiles six methods for each class, which was most of what a cold start of the package did of its own. Here
only `__init__` is compiled; the other methods are the same functions for every record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_LEFT_OUT: Any = object()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def struct(*, eq: bool = True, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A decorator: `dataclass(frozen=True, slots=True)`, quickly made.

    `fields`, `replace`, `asdict`, copies and pickles work as ever. Fields may have a default or a factory of one, and
    `__post_init__` is called; other marks of a field (`init`, `repr`, `compare`, `hash`) are not known here.

    >>> @struct()
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0), len({Point(1), Point(1)})
    (Point(x=1, y=0), True, 1)
    """

    def make(cls: type[T]) -> type[T]:
        own = set(vars(cls))
        made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
        made.__init__ = _init(fields(made), hasattr(made, "__post_init__"))
        made.__init__.__qualname__ = f"{made.__qualname__}.__init__"
        same = {"__eq__": _eq, "__hash__": _hash} if eq else {}
        for name, method in {**_METHODS, **same}.items():
            if name not in own:
                setattr(made, name, method)
        # What is told of it, and asked by a dataclass that inherits from it.
        made.__dataclass_params__.frozen, made.__dataclass_params__.eq = True, eq
        result: type[T] = made
        return result

    return make


def _init(parts: tuple[Field[Any], ...], checked: bool) -> Callable[..., None]:
    """The `__init__` of some fields."""
    held: dict[str, Any] = {"_set": object.__setattr__, "_left_out": _LEFT_OUT}
    heads: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for each in parts:
        name, value = each.name, each.name
        default = ""
        if each.default is not MISSING:
            held[f"_default_{name}"], default = each.default, f"=_default_{name}"
        elif each.default_factory is not MISSING:
            held[f"_make_{name}"], default = each.default_factory, "=_left_out"
            value = f"_make_{name}() if {name} is _left_out else {name}"
        heads[bool(each.kw_only)].append(name + default)
        lines.append(f"_set(self, {name!r}, {value})")
    if checked:
        lines.append("self.__post_init__()")
    head = ", ".join(["self", *heads[False], *(["*", *heads[True]] if heads[True] else [])])
    exec(f"def __init__({head}):\n    " + "\n    ".join(lines or ["pass"]), held)  # noqa: S102 - of our own names
    made: Callable[..., None] = held["__init__"]
    return made


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{type(self).__qualname__}({told})"


def _eq(self: Any, other: Any) -> Any:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _frozen(self: Any, name: str, *value: Any) -> None:
    raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return list(_values(self))


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)


_METHODS = {
    "__repr__": _repr,
    "__setattr__": _frozen,
    "__delattr__": _frozen,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
