# /// script
# dependencies = ["great_expectations==1.24.1", "pandas==3.1.1", "pyarrow==26.0.1"]
# ///
"""Great Expectations on a pandas frame. PSI does not exist: half of its limit for the Kullback-Leibler divergence stands for it.

Two quantile expectations about one column in one suite get one value (1.24.1): the second is judged by the quantile of the first.
"""

from __future__ import annotations

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
from checks import CHECKS, PSI_BINS, Check
from protocol import Answers, answer


def work(orders: str, reference: str, answers: Answers) -> None:
    frame = pd.read_parquet(orders)
    known = pd.read_parquet(reference)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite("orders")
    for check in CHECKS:
        made = _expectation(check, known)
        if isinstance(made, str):
            answers.cannot[check.id] = made
        else:
            made.meta = {"id": check.id}
            suite.add_expectation(made)
    results = batch.validate(suite, result_format="BASIC")
    for result in results.results:
        failed = result.exception_info.get("raised_exception", any(isinstance(one, dict) for one in result.exception_info.values()))
        answers.put(result.expectation_config.meta["id"], "ERROR" if failed else bool(result.success))
        if failed:
            answers.cannot[result.expectation_config.meta["id"]] = str(result.exception_info)[-300:]


def _expectation(check: Check, known: pd.DataFrame) -> gxe.Expectation | str:
    args, column = check.args, check.column
    match check.kind:
        case "rows":
            return gxe.ExpectTableRowCountToBeBetween(min_value=args["at_least"])
        case "null_share":
            return gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=1 - args["at_most"])
        case "between":
            return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=args["low"], max_value=args["high"])
        case "in":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(args["values"]))
        case "not_in":
            return gxe.ExpectColumnValuesToNotBeInSet(column=column, value_set=list(args["values"]))
        case "matches":
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=args["pattern"])
        case "unique":
            return gxe.ExpectColumnValuesToBeUnique(column=column)
        case "freshness":
            oldest = pd.Timestamp(args["now"]) - pd.Timedelta(seconds=args["within_s"])
            return gxe.ExpectColumnMaxToBeBetween(column=column, min_value=oldest.to_pydatetime())
        case "mean":
            return gxe.ExpectColumnMeanToBeBetween(column=column, min_value=args["low"], max_value=args["high"])
        case "std":
            return gxe.ExpectColumnStdevToBeBetween(column=column, min_value=args["low"], max_value=args["high"])
        case "quantile":
            ranges = {"quantiles": [args["share"]], "value_ranges": [[args["low"], args["high"]]]}
            return gxe.ExpectColumnQuantileValuesToBeBetween(column=column, quantile_ranges=ranges)
        case "rule":
            return _rule(check)
    return _divergence(check, known[column])


def _rule(check: Check) -> gxe.Expectation | str:
    pair = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    match check.id:
        case "discounted":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="amount", column_B="discount", **pair)
        case "shipped-later":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="shipped_at", column_B="created_at", **pair)
        case "store-is-near":
            rows = {"row_condition": "channel == 'store'", "condition_parser": "pandas"}
            return gxe.ExpectColumnValuesToBeBetween(column="distance_km", min_value=0, max_value=0, **rows)
        case "members-score":
            return gxe.ExpectColumnValuesToBeBetween(column="score", min_value=0.2, row_condition="is_member == True", condition_parser="pandas")
    return "no expectation about arithmetic between columns"


def _divergence(check: Check, known: pd.Series) -> gxe.Expectation | str:
    limit = check.args["at_most"] / 2
    if check.args["numeric"]:
        values = known.dropna().astype(float)
        edges = np.unique(np.quantile(values, np.linspace(0, 1, PSI_BINS + 1)))
        weights = np.histogram(values, edges)[0] / len(values)
        keep = weights > 0
        if not keep.all():
            return "an empty bin of the reference"
        partition = {"bins": edges.tolist(), "weights": weights.tolist()}
        extra = {"tail_weight_holdout": 1e-6, "internal_weight_holdout": 1e-6}  # values beyond the reference
    else:
        shares = known.astype(str).value_counts(normalize=True) if known.dtype == bool else known.value_counts(normalize=True)
        partition, extra = {"values": list(shares.index), "weights": shares.tolist()}, {"tail_weight_holdout": 1e-6}
        if known.dtype == bool:
            partition["values"] = [value == "True" for value in partition["values"]]
    return gxe.ExpectColumnKLDivergenceToBeLessThan(column=check.column, partition_object=partition, threshold=limit, **extra)


if __name__ == "__main__":
    answer(("great_expectations", "pandas", "numpy"), work)
