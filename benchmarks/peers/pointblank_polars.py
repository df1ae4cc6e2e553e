# /// script
# dependencies = ["pointblank==1.1.1", "polars==2.1.0", "pyarrow==26.0.1", "numpy"]
# ///
"""pointblank on a polars frame. Statistics and PSI have no step of their own: `specially` calls a function of the user."""

from __future__ import annotations

import datetime
from typing import Any

import own_psi
import pointblank as pb
import polars as pl
from checks import CHECKS, Check
from protocol import Answers, answer

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
    validation = pb.Validate(data=frame)
    for check in CHECKS:
        validation = _step(validation, check, known, answers)
    validation = validation.interrogate(collect_extracts=False, collect_tbl_checked=False)
    passed = validation.all_passed if len(validation.validation_info) != len(CHECKS) else None
    assert passed is None, "a step is one check"
    for check, step in zip(CHECKS, validation.validation_info, strict=True):
        if step.eval_error or step.n is None:
            answers.put(check.id, "ERROR")
        elif check.kind == "null_share":
            answers.put(check.id, step.n_failed / step.n <= check.args["at_most"])
        else:
            answers.put(check.id, bool(step.all_passed))


def _step(validation: Any, check: Check, known: pl.DataFrame, answers: Answers) -> Any:
    args, column = check.args, check.column
    match check.kind:
        case "null_share":
            return validation.col_vals_not_null(column)
        case "between":
            return validation.col_vals_between(column, args["low"], args["high"], na_pass=True)
        case "in":
            return validation.col_vals_in_set(column, list(args["values"]))
        case "not_in":
            return validation.col_vals_not_in_set(column, list(args["values"]))
        case "matches":
            return validation.col_vals_regex(column, args["pattern"], na_pass=True)
        case "unique":
            return validation.rows_distinct(column)
        case "rule":
            return validation.col_vals_expr(RULES[check.id])
        case "freshness":
            return validation.data_freshness(column, datetime.timedelta(seconds=args["within_s"]), args["now"])
    answers.own_code.add(check.id)
    return validation.specially(_function(check, known))


def _function(check: Check, known: pl.DataFrame) -> Any:
    args, column = check.args, check.column
    match check.kind:
        case "rows":
            return lambda df: df.height >= args["at_least"]
        case "mean":
            return lambda df: args["low"] <= df[column].mean() <= args["high"]
        case "std":
            return lambda df: args["low"] <= df[column].std() <= args["high"]
        case "quantile":
            return lambda df: args["low"] <= df[column].quantile(args["share"], "linear") <= args["high"]
    return lambda df: _psi(check, df[column], known[column])


def _psi(check: Check, values: pl.Series, known: pl.Series) -> bool:
    if check.args["numeric"]:
        floats = [one.cast(pl.Float64).drop_nulls().to_numpy() for one in (values, known)]
        return own_psi.numeric(*floats) <= check.args["at_most"]
    counts = [dict(one.value_counts().iter_rows()) for one in (values, known)]
    return own_psi.categorical(*counts) <= check.args["at_most"]


if __name__ == "__main__":
    answer(("pointblank", "polars", "numpy"), work)
