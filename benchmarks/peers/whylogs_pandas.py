# /// script
# dependencies = ["whylogs==1.6.4", "pandas==1.5.3", "numpy==1.26.4", "pyarrow==17.0.0", "setuptools<81"]
# ///
"""whylogs: one profile of a pandas frame, then constraints on it. It breaks on numpy 2.

What sketches answer is approximate: quantiles and uniqueness.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import whylogs as why
from checks import CHECKS, Check
from protocol import Answers, answer
from whylogs.core.metrics.condition_count_metric import Condition
from whylogs.core.relations import Predicate
from whylogs.core.resolvers import STANDARD_RESOLVER
from whylogs.core.schema import DeclarativeSchema
from whylogs.core.specialized_resolvers import ConditionCountMetricSpec


def work(orders: str, reference: str, answers: Answers) -> None:
    frame = pd.read_parquet(orders)
    schema = DeclarativeSchema(STANDARD_RESOLVER)
    by_column: dict[str, dict[str, Condition]] = {}
    for check in CHECKS:
        if (test := _row_test(check)) is not None:
            by_column.setdefault(check.column, {})[check.id] = Condition(Predicate().is_(test))
            answers.own_code.add(check.id)
    for column, conditions in by_column.items():
        schema.add_resolver_spec(column_name=column, metrics=[ConditionCountMetricSpec(conditions)])
    view = why.log(frame, schema=schema).view()
    for check in CHECKS:
        verdict = _verdict(check, view, frame)
        if verdict is None:
            answers.cannot[check.id] = f"a profile of one column at a time says nothing about {check.kind}"
        else:
            answers.put(check.id, verdict)


def _row_test(check: Check) -> Any:
    args = check.args
    match check.kind:
        case "in":
            allowed = frozenset(args["values"])
            return lambda value: value in allowed
        case "not_in":
            forbidden = frozenset(args["values"])
            return lambda value: value not in forbidden
        case "matches":
            pattern = re.compile(args["pattern"])
            return lambda value: not isinstance(value, str) or pattern.search(value) is not None  # nulls are None or NaN here
    return None


def _verdict(check: Check, view: Any, frame: pd.DataFrame) -> bool | None:
    args = check.args
    if check.kind == "rows":
        return len(frame) >= args["at_least"]
    if not check.column:
        return None
    column = view.get_column(check.column)
    numbers, counts = column.get_metric("distribution"), column.get_metric("counts")
    match check.kind:
        case "null_share":
            return counts.null.value / counts.n.value <= args["at_most"]  # NaN included: pandas has no other null in floats
        case "between":
            return args["low"] <= numbers.min and numbers.max <= args["high"]
        case "mean":
            return args["low"] <= numbers.avg <= args["high"]
        case "std":
            return args["low"] <= numbers.stddev <= args["high"]
        case "quantile":
            return args["low"] <= numbers.kll.value.get_quantile(args["share"]) <= args["high"]
        case "in" | "not_in" | "matches":
            told = column.get_metric("condition_count").to_summary_dict()
            return told[check.id] >= told["total"]
        case "unique":
            return column.get_metric("cardinality").to_summary_dict()["upper_1"] >= counts.n.value
    return None


if __name__ == "__main__":
    answer(("whylogs", "pandas", "numpy"), work)
