# /// script
# dependencies = ["pandera[pandas]==0.35.0", "pandas==3.1.1", "pyarrow==26.0.1"]
# ///
"""pandera on a pandas frame. Built in are types, ranges, sets, patterns and uniqueness; all else are functions of the user in a `Check`."""

from __future__ import annotations

from typing import Any

import own_psi
import pandas as pd
import pandera.pandas as pa
from checks import CHECKS, Check
from protocol import Answers, answer

RULES = {
    "sums": lambda df: ((df["total"] - (df["amount"] - df["discount"] + df["tax"])).abs() < 0.01) | df["total"].isna(),
    "discounted": lambda df: (df["discount"] <= df["amount"]) | df["amount"].isna(),
    "taxed": lambda df: ((df["tax"] >= 0) & (df["tax"] <= 0.3 * df["amount"])) | df["amount"].isna(),
    "shipped-later": lambda df: (df["shipped_at"] >= df["created_at"]) | df["shipped_at"].isna(),
    "store-is-near": lambda df: (df["distance_km"] == 0) | (df["channel"] != "store"),
    "members-score": lambda df: (df["score"] >= 0.2) | ~df["is_member"],
}


def work(orders: str, reference: str, answers: Answers) -> None:
    frame = pd.read_parquet(orders)
    known = pd.read_parquet(reference)
    columns: dict[str, list[pa.Check]] = {}
    whole: list[pa.Check] = []
    unique = set()
    for check in CHECKS:
        made = _check(check, known, answers)
        if check.kind == "unique":
            unique.add(check.column)
        elif check.kind in ("rule", "rows"):
            whole.append(made)
        else:
            columns.setdefault(check.column, []).append(made)
    schema = pa.DataFrameSchema({name: pa.Column(checks=made, nullable=True, unique=name in unique) for name, made in columns.items()}, checks=whole)
    broken: set[str] = set()
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        broken = {str(one) for one in errors.failure_cases["check"].unique()}
    for check in CHECKS:
        name = "field_uniqueness" if check.kind == "unique" else check.id
        answers.put(check.id, not any(name in one for one in broken))


def _check(check: Check, known: pd.DataFrame, answers: Answers) -> Any:
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
    return pa.Check(_function(check, known), error=name, ignore_na=check.kind not in ("null_share", "rule", "rows"))


def _function(check: Check, known: pd.DataFrame) -> Any:
    args = check.args
    match check.kind:
        case "null_share":
            return lambda values: bool(values.isna().mean() <= args["at_most"])
        case "rows":
            return lambda df: len(df) >= args["at_least"]
        case "rule":
            return RULES[check.id]
        case "freshness":
            return lambda values: bool((pd.Timestamp(args["now"]) - values.max()).total_seconds() <= args["within_s"])
        case "mean":
            return lambda values: bool(args["low"] <= values.mean() <= args["high"])
        case "std":
            return lambda values: bool(args["low"] <= values.std() <= args["high"])
        case "quantile":
            return lambda values: bool(args["low"] <= values.quantile(args["share"]) <= args["high"])
    if args["numeric"]:
        return lambda values: own_psi.numeric(values.to_numpy(float), known[check.column].to_numpy(float)) <= args["at_most"]
    counts = known[check.column].value_counts().to_dict()
    return lambda values: own_psi.categorical(values.value_counts().to_dict(), counts) <= args["at_most"]


if __name__ == "__main__":
    answer(("pandera", "pandas", "numpy"), work)
