"""The key `as_of`: each row is compared with what was known at its time."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mlgate.checks._columns_of import column_type
from mlgate.checks._moments import duration_words
from mlgate.core.bound import BoundOf, Duration
from mlgate.core.errors import MeasurementError
from mlgate.core.scope import Scope
from mlgate.core.view import AsOf

LagBound = BoundOf[Duration]


class AsOfTimes(BaseModel):
    """The times that both sides are looked up by (default: the datasets' `time`), and how old the row that is found may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Annotated[str | None, Field(description="Column of `of`: when the row was asked for.")] = None
    against: Annotated[str | None, Field(description="Column of `against`: from when on the row was known.")] = None
    lag: Annotated[LagBound | None, Field(description="Bound on the time from the row that is found to the row itself.")] = None

    def times(self, scope: Scope, of: str, against: str) -> AsOf:
        """Both columns. Raises `MeasurementError` where one is not said, is gone, or holds no times."""
        return AsOf(_time(scope, of, self.of, "of"), _time(scope, against, self.against, "against"))


def _time(scope: Scope, dataset: str, column: str | None, key: str) -> str:
    name = column or scope.spec(dataset).time
    if name is None:
        what = f"as_of: dataset {dataset!r} declares no `time`"
        raise MeasurementError(what, cause="configuration", fix=f"say `as_of: {{{key}: <column>}}`, or add `time: <column>` to datasets.{dataset}")
    kind = column_type(scope, dataset, name)
    if kind not in ("date", "timestamp"):
        what = f"as_of: column {name!r} of {dataset} is of type {kind}, not a date or timestamp"
        raise MeasurementError(what, cause="configuration", fix="name the column that says when the row was true")
    return name


def lag_words(bound: LagBound) -> str:
    """`at most 1 h`."""
    low, high = bound.limits
    if low is not None and high is not None:
        return f"between {duration_words(low)} and {duration_words(high)}"
    return f"at least {duration_words(low)}" if low is not None else f"at most {duration_words(high or 0.0)}"


def _read(value: Any) -> Any:
    if value is True:
        return AsOfTimes()
    if isinstance(value, (dict, AsOfTimes)):
        return value
    what = "as_of is true, or {of: <column>, against: <column>, lag: {at_most: 1h}}"
    raise ValueError(f"{what}, got {value!r}; leave it out for rows of one key alone")


class _Spelled:
    """`true` beside the keys, for editors."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": True}, handler(core)]}


AsOfWord = Annotated[AsOfTimes, BeforeValidator(_read), _Spelled]
