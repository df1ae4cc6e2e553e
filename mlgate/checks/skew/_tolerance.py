"""How far two values of one row may be apart."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mlgate.checks._moments import duration_words
from mlgate.core.bound import Duration, RealNumber, plain
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import NUMERIC, TypeName
from mlgate.core.view import Comparison, Normalisation

_WORDS = ("abs", "rel", "ulp", "within")
_MOMENTS = frozenset({"date", "timestamp"})
_SORTS = {
    "abs": (NUMERIC, "numbers"),
    "rel": (NUMERIC, "numbers"),
    "ulp": (frozenset({"float"}), "floats"),
    "within": (_MOMENTS | {"time"}, "times"),
}


class Tolerance(BaseModel):
    """At most one of: `abs` in the column's unit; `rel`, a share of the larger of the two magnitudes; `ulp`, representable floats between the two;
    `within`, a duration. None of them means exact; `normalise` is then what is done to both texts first: `case` (lower case), `spaces` (runs of
    blanks, tabs, line breaks and no-break spaces are one blank, none at the ends), `unicode` (normal form NFC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    abs: Annotated[RealNumber | None, Field(ge=0, description="Largest absolute difference.")] = None
    rel: Annotated[RealNumber | None, Field(ge=0, description="Largest difference as a share of the larger magnitude.")] = None
    ulp: Annotated[int | None, Field(ge=0, description="Largest number of representable floats between the two.")] = None
    within: Annotated[Duration | None, Field(description="Largest difference of two times.")] = None
    normalise: (
        Annotated[tuple[Normalisation, ...], Field(min_length=1, description="What is done to both texts first: case, spaces, unicode.")] | None
    ) = None

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        given = [word for word in _WORDS if getattr(self, word) is not None]
        if len(given) > 1:
            raise ValueError(f"a tolerance has one meaning: got {' and '.join(given)}")
        if given and self.normalise:
            raise ValueError(f"normalise is for text that is then compared exactly: got {given[0]} beside it")
        return self

    @property
    def word(self) -> str:
        """`exact`, `abs`, `rel`, `ulp` or `within`."""
        return next((word for word in _WORDS if getattr(self, word) is not None), "exact")

    @property
    def amount(self) -> float:
        """How much of it; 0 for exact, seconds for `within`."""
        return 0.0 if self.word == "exact" else float(getattr(self, self.word))

    def comparison(self, column: str, nulls: Literal["equal", "mismatch"], nan: Literal["as_null", "distinct"]) -> Comparison:
        """How the engine compares two values of the column."""
        return Comparison(column, self.word, self.amount, nulls, nan, tuple(dict.fromkeys(self.normalise or ())))

    def __str__(self) -> str:
        if self.word == "exact":
            return f"exactly apart from {' and '.join(self.normalise)}" if self.normalise else "exactly"
        amount = duration_words(self.amount) if self.word == "within" else plain(self.amount)
        return f"within {amount}{ {'rel': ' of the larger', 'ulp': ' ulp'}.get(self.word, '') }"

    def misfit(self, column: str, kinds: tuple[TypeName, TypeName], sides: tuple[str, str]) -> MeasurementError | None:
        """Why two columns of these types cannot be compared so; None where they can."""
        if _sort(kinds[0]) != _sort(kinds[1]) and "null" not in kinds:
            what = f"column {column!r} is {kinds[0]} in {sides[0]} and {kinds[1]} in {sides[1]}: no value can be compared"
            return MeasurementError(what, fix="write the column with one type on both sides")
        if self.normalise and not set(kinds) <= {"string", "null"}:
            what = f"normalise of column {column!r} is for text, the column is of type {kinds[0]}"
            return MeasurementError(what, cause="configuration", fix="leave `normalise` out")
        allowed, noun = _SORTS.get(self.word, (frozenset(kinds), ""))
        for kind in kinds:
            if kind not in allowed and kind != "null":
                what = f"tolerance `{self.word}` of column {column!r} is for {noun}, the column is of type {kind}"
                return MeasurementError(what, cause="configuration", fix="use `exact`, or the tolerance of that type")
        return None


def is_comparable(kind: TypeName, other: TypeName) -> bool:
    """Whether values of two types can equal each other."""
    return _sort(kind) == _sort(other)


def _sort(kind: TypeName) -> str:
    return "number" if kind in NUMERIC else "moment" if kind in _MOMENTS else kind


def _read(value: Any) -> Any:
    if value == "exact":
        return Tolerance()
    if isinstance(value, str) or value is None or value == {}:
        raise ValueError(f"a tolerance is exact, {{abs: x}}, {{rel: x}}, {{ulp: n}} or {{within: 1s}} or {{normalise: [case]}}, got {value!r}")
    return value


ToleranceWord = Annotated[Tolerance, BeforeValidator(_read), WithJsonSchema({"anyOf": [{"const": "exact"}, Tolerance.model_json_schema()]})]
