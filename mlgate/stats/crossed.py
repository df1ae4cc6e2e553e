"""Every training run of two recipes on the same evaluation rows: runs and rows are both a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.normal import NormalEstimate
from mlgate.stats.resampled import few_runs, need_runs

FEW_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class CrossedMean(NormalEstimate):
    """The mean difference over training seeds and rows, where each of S runs is judged on the same n rows: two crossed random effects.

    From differences (S, n): var = (MS_run + MS_row - MS_interaction) / (S n), never less than the larger of MS_run and MS_row gives alone, t with
    Satterthwaite's (1946, doi 10.2307/3002019) degrees of freedom; the analysis of variance is that of two random factors with one value per
    cell (Searle, Casella and McCulloch 1992, sec. 4.3, doi 10.1002/9780470316856). Rows taken for independent across runs, or runs left out
    of account, give intervals that are far too short. `n_obs` counts what scatters more: runs or rows; `run_share` is the runs' part of the
    variance. For 0/1 outcomes (`outcomes`) the error is at least that of Bonett and Price (2012, doi 10.3102/1076998611411915), so that few
    rows on which the recipes never differ prove nothing. Fewer than 3 runs or 30 rows are flagged. Checked against a
    textbook computation of the mean squares and by simulation.
    """

    runs: int
    rows: int
    run_share: float

    @classmethod
    def of(cls, differences: NDArray[np.float64], *, outcomes: bool = False) -> Self:
        """From (S, n) values, candidate - baseline. Raises `MeasurementError` for fewer than 2 runs or 2 rows."""
        runs, rows = differences.shape
        need_runs(runs)
        if rows < 2:
            raise MeasurementError("one evaluation row says nothing about how much rows scatter", fix="judge the runs on more rows")
        of_runs, of_rows = differences.mean(axis=1), differences.mean(axis=0)
        value = float(of_runs.mean())
        by_run = rows * float(np.square(of_runs - value).sum()) / (runs - 1)
        by_row = runs * float(np.square(of_rows - value).sum()) / (rows - 1)
        left = differences - of_runs[:, None] - of_rows[None, :] + value
        together = float(np.square(left).sum()) / ((runs - 1) * (rows - 1))
        total = max(by_run + by_row - together, by_run, by_row)
        parts = by_run**2 / (runs - 1) + by_row**2 / (rows - 1) + together**2 / ((runs - 1) * (rows - 1))
        df = max(1.0, total**2 / parts) if parts > 0 else float(runs - 1)
        error = math.sqrt(max(total / (runs * rows), _least(of_rows, value) if outcomes else 0.0))
        few_rows = (f"{rows} evaluation rows are too few (at least {FEW_ROWS})",) if rows < FEW_ROWS else ()
        return cls(
            value=value,
            standard_error=error,
            n_obs=runs if by_run > by_row else rows,
            df=df,
            flags=(*few_runs(runs), *few_rows, *(() if error > 0 else ("the recipes differ by the same amount in every run and row",))),
            runs=runs,
            rows=rows,
            run_share=by_run / (by_run + by_row) if by_run + by_row > 0 else 0.0,
        )


def _least(of_rows: NDArray[np.float64], value: float) -> float:
    """The variance of a mean of 0/1 outcomes' differences with one more row won and one more lost."""
    n = len(of_rows) + 2
    return ((float(np.square(of_rows).sum()) + 2) / n - value**2) / n
