"""What runs are a sample of, and so which statistic stands for their differences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from mlgate.checks.baseline._runs import PairedRuns
from mlgate.core.statistic import Statistic
from mlgate.stats.crossed import CrossedMean
from mlgate.stats.normal import quantile
from mlgate.stats.power import required_rows
from mlgate.stats.resampled import mean_over_runs, mean_over_splits, train_ratio

Design = Literal["seeds", "folds", "resamples"]
WHY_CORRECTED = (
    "runs of folds and resamples share most of their training rows, so a plain t test on their scores calls equal recipes different in up to 56 % "
    "of all cases (10 x 10 folds); the corrected t of Nadeau and Bengio (2003) needs the share of rows that a run is tested on"
)


def mean_statistic(runs: PairedRuns, design: Design, test_share: float | None, *, outcomes: bool) -> Statistic:
    """The mean of candidate - baseline over what the design samples."""
    if runs.differences is not None:
        return CrossedMean.of(runs.differences, outcomes=outcomes)
    if design == "seeds":
        return mean_over_runs(runs.lead)
    assert test_share is not None
    return mean_over_splits(runs.lead, test_share=test_share)


def average_over(design: Design, test_share: float | None, *, by_row: bool) -> str:
    """What the claim is an average over, in words."""
    if design == "seeds":
        return (
            "on average over training runs and evaluation rows" if by_row else "on average over training runs, on the rows that these were judged on"
        )
    return f"on average over training sets of {1 - (test_share or 0):.3g} of the rows"


def design_details(statistic: Statistic, runs: PairedRuns, test_share: float | None) -> Iterator[str]:
    """How the error came about, and what would make it smaller."""
    if isinstance(statistic, CrossedMean):
        more, counted = ("runs", "training runs") if statistic.n_obs == statistic.runs else ("evaluation rows", "evaluation rows")
        yield (
            f"{statistic.runs:,} runs x {statistic.rows:,} rows, crossed: {statistic.run_share:.3g} of the variance is between runs, "
            f"so that more {more} help most; n counts {counted}"
        )
    elif test_share is not None:
        plain = mean_over_runs(runs.lead).standard_error
        yield (
            f"standard error {statistic.standard_error:.3g} with n_test / n_train = {train_ratio(test_share):.3g} (Nadeau and Bengio 2003); "
            f"a plain t test would take {plain:.3g}, as if the runs did not share their training rows"
        )
    else:
        yield (
            "a score per run does not tell how much the evaluation rows scatter: the claim is about these rows; give predictions per run "
            "(`metric:`, `row:`) for one about all rows"
        )


def runs_for_margin(margin: float, test_share: float | None, *, alpha: float, power: float) -> str:
    """What `mlgate plan` says of a tolerated loss: runs where these are independent; else the scatter that splits may have."""
    if test_share is not None:
        reach = max(0.0, quantile(alpha) + quantile(1 - power))
        most = margin / (reach * math.sqrt(train_ratio(test_share))) if reach else math.inf
        return f"differences between splits with a standard deviation below {most:.2g}: beyond about 100 splits only more rows help"
    spread = 2 * margin
    runs = required_rows(standard_error=spread, n_obs=1, margin=margin, alpha=alpha, power=power)
    return f"{runs:,} runs of each side if their differences have a standard deviation of {spread:g}; four times as many if it is twice that"
