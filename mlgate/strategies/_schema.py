"""A pandera schema as a description: its types and the checks of its columns that are known by name; the others are asked."""

from __future__ import annotations

import copy
import datetime
import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.registry import import_callable
from mlgate.core.table_schema import TypeName
from mlgate.strategies._described import Described, Holds, Table
from mlgate.strategies._pandera_import import imported_without_a_trace

_SAMPLES: Mapping[str, Any] = {
    "string": "a",
    "integer": 1,
    "float": 1.0,
    "boolean": True,
    "date": datetime.date(2024, 1, 1),
    "timestamp": datetime.datetime(2024, 1, 1),
    "duration": datetime.timedelta(1),
    "decimal": Decimal(1),
}
_KINDS: Sequence[tuple[type, TypeName]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (Decimal, "decimal"),
    (str, "string"),
    (datetime.datetime, "timestamp"),
    (datetime.date, "date"),
    (datetime.timedelta, "duration"),
)


def of_schema(schema: Any) -> Table:
    """Raises `MeasurementError` where it is no schema of pandas or polars, or where a column's values cannot be made up."""
    found = _schema_of(schema)
    library = type(found).__module__.split(".")[2]
    index: tuple[str, ...] = ()
    if library == "pandas" and (names := _index_names(found)):
        found, index = found.reset_index(), names
    columns = [_described(str(name), column, found, library) for name, column in found.columns.items()]
    unique = [found.unique] if isinstance(found.unique, str) else list(found.unique or [])
    asked = found.checks or found.parsers if hasattr(found, "parsers") else found.checks
    certain = not asked and all(_Checks.of(column.checks).certain and not getattr(column, "parsers", None) for column in found.columns.values())
    valid = None if certain else _validity(found if not index else _schema_of(schema))
    return Table(tuple(columns), together=(tuple(unique),) if unique else (), index=index, frame_library=library, valid=valid)


def _schema_of(schema: Any) -> Any:
    name = schema if isinstance(schema, str) else getattr(schema, "__name__", type(schema).__name__)
    fix = "give a DataFrameSchema or DataFrameModel of pandera.pandas or pandera.polars, or its name package.module:Schema"
    try:
        with imported_without_a_trace():
            found: Any = import_callable(schema) if isinstance(schema, str) else schema
            found = found.to_schema() if hasattr(found, "to_schema") else found if hasattr(found, "validate") else found()
            found = found.to_schema() if hasattr(found, "to_schema") else found
    except MeasurementError:
        raise
    except Exception as error:  # the user's code may raise anything
        raise MeasurementError(f"{name} gives no schema: {type(error).__name__}: {error}", cause="configuration", fix=fix) from error
    if not type(found).__module__.startswith(("pandera.api.pandas.container", "pandera.api.polars.container")):
        raise MeasurementError(f"{name} is a {type(found).__name__} of {type(found).__module__}", cause="configuration", fix=fix)
    own = copy.deepcopy(found)
    own.drop_invalid_rows = False
    return own


def _index_names(schema: Any) -> tuple[str, ...]:
    index = schema.index
    names = () if index is None else tuple(getattr(index, "names", None) or (index.name,))
    return names if all(names) else ()


def _described(name: str, column: Any, schema: Any, library: str) -> Described:
    if getattr(column, "regex", False):
        what = f"column {name!r} of the schema is a pattern of names, and no name"
        raise MeasurementError(what, cause="configuration", fix="give real rows with `like`, or name the columns")
    checks = _Checks.of(column.checks)
    declared = column.dtype if column.dtype is not None else schema.dtype
    kind = _type_of(name, declared, checks)
    dtype = _frame_type(declared, kind, library) if declared is not None else None
    plain = Described(name, kind, unique=bool(column.unique), dtype=dtype, frame_library=library if dtype is not None else "")
    zone = getattr(dtype, "tz", None) or getattr(dtype, "time_zone", None)
    holds = tuple(_asking(check, dtype) for check in checks.unknown) if library == "pandas" else ()
    nulls = bool(column.nullable) and not (library == "pandas" and getattr(dtype, "kind", "") in ("i", "u", "b") and not hasattr(dtype, "na_value"))
    scale = getattr(dtype, "scale", None)
    categories = getattr(dtype, "categories", None)
    levels = None if categories is None else tuple(categories.to_list() if hasattr(categories, "to_list") else categories)
    described = replace(plain, nulls=nulls, zone=None if zone is None else str(zone), holds=holds, levels=levels, scale=2 if scale is None else scale)
    return checks.narrowed(described)


def _type_of(name: str, declared: Any, checks: _Checks) -> TypeName:
    if declared is None:
        found = next((word for value in checks.values for one, word in _KINDS if isinstance(value, one)), None)
        if found is None:
            what = f"column {name!r} of the schema has no type"
            raise MeasurementError(what, cause="configuration", fix="give it one")
        return found
    from pandera import dtypes

    asked: Sequence[tuple[Callable[[Any], bool], TypeName]] = (
        (dtypes.is_bool, "boolean"),
        (lambda one: dtypes.is_int(one) or dtypes.is_uint(one), "integer"),
        (lambda one: dtypes.is_subdtype(one, dtypes.Decimal), "decimal"),
        (dtypes.is_float, "float"),
        (dtypes.is_category, "string"),
        (dtypes.is_datetime, "timestamp"),
        (lambda one: dtypes.is_subdtype(one, dtypes.Date), "date"),
        (dtypes.is_timedelta, "duration"),
        (dtypes.is_string, "string"),
    )
    for is_one, word in asked:
        if is_one(declared):
            return word
    if str(declared) in ("Enum", "Categorical"):
        return "string"
    if str(declared) == "object":
        return next((word for value in checks.values for one, word in _KINDS if isinstance(value, one)), "string")
    raise MeasurementError(f"column {name!r} of the schema: values of type {declared} cannot be made up", cause="configuration", fix="use `like`")


def _frame_type(declared: Any, kind: TypeName, library: str) -> Any:
    """The type a column of a frame has once pandera has coerced it."""
    if library == "polars":
        return declared.type
    import pandas as pd

    dtype = declared.type
    if hasattr(dtype, "tz") or getattr(dtype, "categories", None) is not None:
        return dtype
    return declared.coerce(pd.Series([_SAMPLES[kind]])).dtype


@dataclass(frozen=True)
class _Checks:
    """The checks of a column: those known by name with their arguments, and the others. Those that only warn count for nothing."""

    known: tuple[tuple[str, Mapping[str, Any]], ...]
    unknown: tuple[Any, ...]

    @classmethod
    def of(cls, checks: Any) -> _Checks:
        listed = [one for one in (checks if isinstance(checks, (list, tuple)) else [checks]) if one is not None and not one.raise_warning]
        plain = [one for one in listed if one.name in _NARROWED and not getattr(one, "groupby", None)]
        return cls(tuple((str(one.name), dict(one.statistics)) for one in plain), tuple(one for one in listed if one not in plain))

    @property
    def certain(self) -> bool:
        """Whether all of them are known, so that nothing need be asked of a finished frame."""
        return not self.unknown

    @property
    def values(self) -> tuple[Any, ...]:
        """The values in their arguments, which have the column's type."""
        found = [value for name, given in self.known if not name.startswith("str_") for key, value in given.items() if not key.startswith("include")]
        flat = [one for value in found for one in (value if isinstance(value, (list, tuple, set, frozenset)) else [value])]
        return (*flat, *("" for name, _ in self.known if name.startswith("str_")))

    def narrowed(self, column: Described) -> Described:
        """The column, as all known checks leave it."""
        for name, given in self.known:
            column = _NARROWED[name](column, given)
        return column


def _least(column: Described, value: Any, *, closed: bool = True) -> Described:
    low = value if column.low is None else max(column.low, value)
    return replace(column, low=low, forbidden=column.forbidden if closed else (*column.forbidden, value))


def _most(column: Described, value: Any, *, closed: bool = True) -> Described:
    high = value if column.high is None else min(column.high, value)
    return replace(column, high=high, forbidden=column.forbidden if closed else (*column.forbidden, value))


def _between(column: Described, given: Mapping[str, Any]) -> Described:
    above = _least(column, given["min_value"], closed=given.get("include_min", True))
    return _most(above, given["max_value"], closed=given.get("include_max", True))


def _among(column: Described, values: Any) -> Described:
    levels = sorted(values, key=str) if isinstance(values, (set, frozenset)) else list(values)
    kept = [one for one in levels if one is not None and (column.levels is None or one in column.levels)]
    return replace(column, levels=tuple(dict.fromkeys(kept)))


def _found(column: Described, pattern: Any, form: str = "{}") -> Described:
    compiled = pattern if isinstance(pattern, re.Pattern) else re.compile(pattern)
    return replace(column, patterns=(*column.patterns, re.compile(form.format(compiled.pattern), compiled.flags)))


def _long(column: Described, given: Mapping[str, Any]) -> Described:
    exact = given.get("exact_value")
    low, high = (exact, exact) if exact is not None else (given.get("min_value"), given.get("max_value"))
    return replace(column, length=(math.ceil(low or 0), high))


_NARROWED: Mapping[str, Callable[[Described, Mapping[str, Any]], Described]] = {
    "equal_to": lambda column, given: _among(column, [given["value"]]),
    "not_equal_to": lambda column, given: replace(column, forbidden=(*column.forbidden, given["value"])),
    "greater_than": lambda column, given: _least(column, given["min_value"], closed=False),
    "greater_than_or_equal_to": lambda column, given: _least(column, given["min_value"]),
    "less_than": lambda column, given: _most(column, given["max_value"], closed=False),
    "less_than_or_equal_to": lambda column, given: _most(column, given["max_value"]),
    "in_range": _between,
    "isin": lambda column, given: _among(column, given["allowed_values"]),
    "notin": lambda column, given: replace(column, forbidden=(*column.forbidden, *given["forbidden_values"])),
    "str_matches": lambda column, given: _found(column, given["pattern"], r"\A(?:{})"),
    "str_contains": lambda column, given: _found(column, given["pattern"]),
    "str_startswith": lambda column, given: _found(column, re.escape(given["string"]), r"\A(?:{})"),
    "str_endswith": lambda column, given: _found(column, re.escape(given["string"]), r"(?:{})\Z"),
    "str_length": _long,
}


def _asking(check: Any, dtype: Any) -> Holds:
    """A check that is known only to its author, asked about single values; where it does not speak of single values, all hold."""

    def holds(values: Sequence[Any]) -> Sequence[bool]:
        import pandas as pd

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                output = check(pd.Series(list(values), dtype=dtype)).check_output
            answers = output.tolist() if hasattr(output, "tolist") and getattr(output, "ndim", 0) == 1 else []
        except Exception:  # noqa: BLE001  the finished frame is asked again
            answers = []
        return [bool(one) for one in answers] if len(answers) == len(values) else [True] * len(values)

    return holds


def _validity(schema: Any) -> Callable[[Any], bool]:
    """Whether the whole schema holds of a frame."""

    def valid(frame: Any) -> bool:
        from pandera.config import ValidationDepth, config_context
        from pandera.errors import SchemaError, SchemaErrors

        try:
            with warnings.catch_warnings(), config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
                warnings.simplefilter("ignore")
                schema.validate(frame)
        except (SchemaError, SchemaErrors):
            return False
        return True

    return valid
