# /// script
# dependencies = ["evidently==0.7.23", "pandas==2.3.3", "pyarrow==26.0.1"]
# ///
"""Evidently: a report with tests on a pandas frame. It does not import with pandas 3. Rules between columns and freshness have no metric."""

from __future__ import annotations

from typing import Any

import pandas as pd
from checks import CHECKS, Check
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import (
    InListValueCount,
    MeanValue,
    MissingValueCount,
    OutListValueCount,
    OutRangeValueCount,
    QuantileValue,
    RowCount,
    StdValue,
    ValueDrift,
)
from evidently.tests import gte, lte
from protocol import Answers, answer


def work(orders: str, reference: str, answers: Answers) -> None:
    frame, known = pd.read_parquet(orders), pd.read_parquet(reference)
    numbers = [name for name in frame if frame[name].dtype.kind in "if"]
    categories = [name for name in frame if frame[name].dtype.kind in "Ob"]
    times = [name for name in frame if frame[name].dtype.kind == "M"]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=categories, datetime_columns=times)
    metrics, asked = [], []
    for check in CHECKS:
        made = _metric(check)
        if isinstance(made, str):
            answers.cannot[check.id] = made
        else:
            metrics.append(made)
            asked.append(check)
    current, past = (Dataset.from_pandas(one, data_definition=definition) for one in (frame, known))
    told = Report(metrics).run(current, past).dict()
    outcomes: dict[int, list[str]] = {}
    for test in told["tests"]:
        outcomes.setdefault(_place(metrics, test), []).append(test["status"])
    for index, check in enumerate(asked):
        found = [str(one).rsplit(".", 1)[-1].upper() for one in outcomes.get(index, ["ERROR"])]
        answers.put(check.id, "ERROR" if "ERROR" in found else not any(one == "FAIL" for one in found))


def _place(metrics: list[Any], test: dict[str, Any]) -> int:
    wanted = test["metric_config"]["params"]
    for index, metric in enumerate(metrics):
        own = metric.dict()
        if all(own.get(key) == value for key, value in wanted.items() if key not in ("tests", "share_tests")) and own["type"] == wanted["type"]:
            return index
    return -1


def _metric(check: Check) -> Any:
    args, column = check.args, check.column
    match check.kind:
        case "rows":
            return RowCount(tests=[gte(args["at_least"])])
        case "null_share":
            return MissingValueCount(column=column, share_tests=[lte(args["at_most"])])
        case "between":
            return OutRangeValueCount(column=column, left=args["low"], right=args["high"], tests=[lte(0)])
        case "in":
            return OutListValueCount(column=column, values=list(args["values"]), tests=[lte(0)])
        case "not_in":
            return InListValueCount(column=column, values=list(args["values"]), tests=[lte(0)])
        case "mean":
            return MeanValue(column=column, tests=[gte(args["low"]), lte(args["high"])])
        case "std":
            return StdValue(column=column, tests=[gte(args["low"]), lte(args["high"])])
        case "quantile":
            return QuantileValue(column=column, quantile=args["share"], tests=[gte(args["low"]), lte(args["high"])])
        case "psi":
            return ValueDrift(column=column, method="psi", threshold=args["at_most"], tests=[lte(args["at_most"])])
    return f"no metric for {check.kind}"


if __name__ == "__main__":
    answer(("evidently", "pandas", "numpy"), work)
