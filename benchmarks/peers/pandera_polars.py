# /// script
# dependencies = ["pandera[polars]==0.35.0", "polars==2.1.0", "numpy==2.4.6"]
# ///
"""pandera on a polars frame (of a LazyFrame it would check the schema alone).

All but ranges, sets, patterns and uniqueness are functions of the user.
"""

from __future__ import annotations

import datetime
from typing import Any

import own_psi
import pandera.polars as pa
import polars as pl
from checks import CHECKS, Check
from protocol import Answers, answer

ROW_WISE = ("between", "in", "not_in", "matches")
RULES = {
    "sums": ((pl.col("total") - (pl.col("amount") - pl.col("discount") + pl.col("tax"))).abs() < 0.01).fill_null(value=True),
    "discounted": (pl.col("discount") <= pl.col("amount")).fill_null(value=True),
    "taxed": ((pl.col("tax") >= 0) & (pl.col("tax") <= 0.3 * pl.col("amount"))).fill_null(value=True),
    "shipped-later": (pl.col("shipped_at") >= pl.col("created_at")).fill_null(value=True),
    "store-is-near": (pl.col("distance_km") == 0) | (pl.col("channel") != "store"),
    "members-score": (pl.col("score") >= 0.2) | ~pl.col("is_member"),
}


def work(orders: str, reference: str, answers: Answers) -> None:
    frame = pl.read_parquet(orders)
    known = pl.read_parquet(reference)
    columns: dict[bool, dict[str, list[pa.Check]]] = {True: {}, False: {}}
    whole: list[pa.Check] = []
    unique = {check.column for check in CHECKS if check.kind == "unique"}
    for check in CHECKS:
        made = _check(check, known, answers)
        if check.kind in ("rule", "rows"):
            whole.append(made)
        elif made is not None:
            columns[check.kind in ROW_WISE].setdefault(check.column, []).append(made)
    broken: set[str] = set()
    for row_wise in (True, False):  # in one schema a failing row and a failing statistic of one column end in a SchemaError of polars
        named = {name: pa.Column(checks=made, nullable=True, unique=row_wise and name in unique) for name, made in columns[row_wise].items()}
        try:
            pa.DataFrameSchema(named, checks=whole if row_wise else []).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            broken |= {str(one) for one in errors.failure_cases["check"].unique()}
    for check in CHECKS:
        name = "field_uniqueness" if check.kind == "unique" else check.id
        answers.put(check.id, not any(name in one for one in broken))


def _check(check: Check, known: pl.DataFrame, answers: Answers) -> Any:
    args, name = check.args, check.id
    match check.kind:
        case "unique":
            return None
        case "between":
            return pa.Check.in_range(args["low"], args["high"], error=name)
        case "in":
            return pa.Check.isin(args["values"], error=name)
        case "not_in":
            return pa.Check.notin(args["values"], error=name)
        case "matches":
            return pa.Check.str_matches(args["pattern"], error=name)
    answers.own_code.add(name)
    return pa.Check(_function(check, known), error=name, ignore_na=False)


def _function(check: Check, known: pl.DataFrame) -> Any:
    args, column = check.args, pl.col(check.column) if check.column else pl.len()
    match check.kind:
        case "rule":
            return lambda data: data.lazyframe.select(RULES[check.id])
        case "rows":
            return _holds(column >= args["at_least"])
        case "null_share":
            return _holds(column.is_null().mean() <= args["at_most"])
        case "freshness":
            return _holds(pl.lit(datetime.datetime.fromisoformat(args["now"])) - column.max() <= datetime.timedelta(seconds=args["within_s"]))
        case "mean":
            return _holds(column.mean().is_between(args["low"], args["high"]))
        case "std":
            return _holds(column.std().is_between(args["low"], args["high"]))
        case "quantile":
            return _holds(column.quantile(args["share"], "linear").is_between(args["low"], args["high"]))
    return lambda data: _psi(check, data.lazyframe.select(column).collect()[check.column], known[check.column])


def _holds(condition: pl.Expr) -> Any:
    return lambda data: bool(data.lazyframe.select(condition).collect().item())


def _psi(check: Check, values: pl.Series, known: pl.Series) -> bool:
    if check.args["numeric"]:
        floats = [one.cast(pl.Float64).drop_nulls().to_numpy() for one in (values, known)]
        return own_psi.numeric(*floats) <= check.args["at_most"]
    counts = [dict(one.value_counts().iter_rows()) for one in (values, known)]
    return own_psi.categorical(*counts) <= check.args["at_most"]


if __name__ == "__main__":
    answer(("pandera", "polars", "numpy"), work)
