"""Bounds in words: `at_most`, `at_least`, `between` (closed), `equals`; shares and durations carry their unit in the key."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_PERCENT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*%\s*")


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"expected a number, got {str(value).lower()}")
    if isinstance(value, str):
        if match := _PERCENT.fullmatch(value):
            raise ValueError(f"shares are numbers in [0, 1]: write {float(match[1]) / 100:g} instead of {value!r}")
        raise ValueError(f"expected a number, got the string {value!r}")
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("expected a number, got .nan, which is neither inside nor outside any bound")
    return value


def _share(value: Any) -> Any:
    value = _number(value)
    if isinstance(value, (int, float)) and not 0 <= value <= 1:
        raise ValueError(f"a share is a number in [0, 1], got {value!r}")
    return value


def duration_s(value: Any) -> Any:
    """Seconds of a duration such as 90s, 15m, 36h or 7d. Raises `ValueError` for anything else."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return float(match[1]) * _UNITS_S[match[2]]
    raise ValueError(f"a duration is a number and a unit (90s, 15m, 36h, 7d), got {value!r}")


def plain(value: Any) -> str:
    """A number without a needless `.0` or thousands of digits, anything else as it is quoted in YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


RealNumber = Annotated[int | float, BeforeValidator(_number)]
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
Duration = Annotated[float, BeforeValidator(duration_s), WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhd]$"})]
CellLiteral = bool | int | float | str  # a value of a column; ISO strings stand for dates and times

T = TypeVar("T")


class BoundOf(BaseModel, Generic[T]):
    """A closed bound: exactly one of `at_most`, `at_least`, `between`, `equals` (or `at_least` with `at_most`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: T | None = None
    at_least: T | None = None
    between: tuple[T, T] | None = None
    equals: T | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        given = [name for name in ("at_most", "at_least", "between", "equals") if getattr(self, name) is not None]
        if not given:
            raise ValueError("a bound needs one of at_most, at_least, between, equals")
        if len(given) > 1 and set(given) != {"at_most", "at_least"}:
            raise ValueError(f"a bound has one meaning: got {' and '.join(given)}")
        ends: tuple[Any, Any] = self.limits
        low, high = ends
        if low is not None and high is not None:
            try:
                empty = low > high
            except TypeError:
                raise ValueError(f"the two ends have different types: {low!r} and {high!r}") from None
            if empty:
                raise ValueError(f"the lower end {low!r} is above the upper end {high!r}")
        return self

    @property
    def limits(self) -> tuple[T | None, T | None]:
        """(low, high), either None where open."""
        if self.equals is not None:
            return self.equals, self.equals
        if self.between is not None:
            return self.between
        return self.at_least, self.at_most

    def __str__(self) -> str:
        """`at most 0.03`, `between 1 and 5`, `equal to 3`."""
        low, high = self.limits
        if low is not None and high is not None:
            return f"equal to {plain(low)}" if low == high else f"between {plain(low)} and {plain(high)}"
        return f"at least {plain(low)}" if low is not None else f"at most {plain(high)}"


NumberBound = BoundOf[RealNumber]
ShareBound = BoundOf[Share]
CellBound = BoundOf[CellLiteral]
