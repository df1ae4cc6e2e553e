"""What a user's expression may consist of: operators, scalar types and a printed list of pure scalar functions.

Everything here gives one value from the values of one row, in time and memory bounded by them: nothing repeats, pads, generates, reads a
file, asks the clock or draws a random number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

# name in a gate file -> sqlglot's node; what a function gives stands in types.py
FUNCTIONS: Mapping[str, str] = {
    "abs": "Abs",
    "ceil": "Ceil",
    "coalesce": "Coalesce",
    "concat": "Concat",
    "contains": "Contains",
    "date_diff": "DateDiff",
    "date_trunc": "TimestampTrunc",
    "day": "Day",
    "dayofweek": "DayOfWeek",
    "dayofyear": "DayOfYear",
    "ends_with": "EndsWith",
    "exp": "Exp",
    "extract": "Extract",
    "floor": "Floor",
    "greatest": "Greatest",
    "hour": "Hour",
    "if": "If",
    "isinf": "IsInf",
    "isnan": "IsNan",
    "isodow": "DayOfWeekIso",
    "least": "Least",
    "left": "Left",
    "length": "Length",
    "ln": "Ln",
    "log": "Log",
    "log10": "Log",
    "log2": "Log",
    "lower": "Lower",
    "ltrim": "Trim",
    "minute": "Minute",
    "mod": "Mod",
    "month": "Month",
    "nullif": "Nullif",
    "power": "Pow",
    "quarter": "Quarter",
    "regexp_full_match": "RegexpFullMatch",
    "regexp_matches": "RegexpLike",
    "right": "Right",
    "round": "Round",
    "rtrim": "Trim",
    "second": "Second",
    "sign": "Sign",
    "sqrt": "Sqrt",
    "starts_with": "StartsWith",
    "strpos": "StrPosition",
    "substr": "Substring",
    "trim": "Trim",
    "upper": "Upper",
    "week": "Week",
    "year": "Year",
}
# what the kind `aggregate` may call besides: each takes one value per row, and gives one number per set of rows
AGGREGATES: Mapping[str, str] = {
    "avg": "Avg",
    "corr": "Corr",
    "count": "Count",
    "max": "Max",
    "median": "Median",
    "min": "Min",
    "quantile_cont": "PercentileCont",
    "stddev": "Stddev",
    "sum": "Sum",
    "variance": "Variance",
}
NEAR_AGGREGATES: Mapping[str, str] = {
    **dict.fromkeys(("mean", "average"), "avg"),
    **dict.fromkeys(("std", "stddev_samp"), "stddev"),
    "quantile": "quantile_cont",
    "var": "variance",
}
_OPERATORS = (
    *("Column", "Identifier", "Literal", "Boolean", "Null", "Paren", "Var"),
    *("Add", "Sub", "Mul", "Div", "IntDiv", "Mod", "Pow", "Neg", "DPipe"),
    *("EQ", "NEQ", "GT", "GTE", "LT", "LTE", "NullSafeEQ", "NullSafeNEQ"),
    *("And", "Or", "Not", "In", "Between", "Is", "Like", "ILike", "Escape", "Case", "If"),
    *("Cast", "TryCast", "DataType", "DataTypeParam", "Interval"),
)
_TYPES = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT", "UINT", "UBIGINT"),
    *("FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT", "CHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPNTZ", "INTERVAL"),
)


def _nodes(names: Iterable[str]) -> frozenset[type]:
    # sqlglot renames nodes now and then (25 to 30); a name it does not have is simply not allowed.
    return frozenset(getattr(exp, name) for name in names if hasattr(exp, name))


NODES: frozenset[type] = _nodes({*FUNCTIONS.values(), *_OPERATORS, "DateTrunc"})
AGGREGATE_NODES: frozenset[type] = _nodes(AGGREGATES.values())
TYPES: frozenset[object] = frozenset(getattr(exp.DataType.Type, name) for name in _TYPES if hasattr(exp.DataType.Type, name))
