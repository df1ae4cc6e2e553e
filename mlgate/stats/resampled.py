"""Differences between two recipes over several training runs: independent runs, and runs that share their training rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlgate.core.errors import MeasurementError
from mlgate.stats.normal import NormalEstimate, quantile

FEW_RUNS = 3


def mean_over_runs(differences: NDArray[np.float64]) -> NormalEstimate:
    """The mean of differences (J,) over independent runs (training seeds), in their own unit: Student's t with J - 1 degrees of freedom.

    Not for runs that share training rows (`mean_over_splits`). Fewer than 3 runs, and runs that do not differ at all, are flagged.
    Raises `MeasurementError` for fewer than 2 runs.
    """
    return _mean(differences, shared=0.0)


def mean_over_splits(differences: NDArray[np.float64], *, test_share: float) -> NormalEstimate:
    """The mean of differences (J,) over J splits of the same rows, with the corrected resampled t of Nadeau and Bengio.

    Each run trains on most of the rows that the others train on, so that their scores rise and fall together: the variance of the mean is
    (1 / J + n_test / n_train) s^2 and not s^2 / J, with J - 1 degrees of freedom (Nadeau and Bengio 2003, doi 10.1023/A:1024068626366; for
    repeated folds Bouckaert and Frank 2004, doi 10.1007/978-3-540-24775-3_3). `test_share` in (0, 1) is the share of the rows that a run is
    tested on, so that n_test / n_train is test_share / (1 - test_share). Checked against scikit-learn's published example of 10 x 10
    folds (t falls from 2.61 to 0.75). Flags and errors as `mean_over_runs`.
    """
    return _mean(differences, shared=train_ratio(test_share))


def train_ratio(test_share: float) -> float:
    """n_test / n_train of runs that are tested on this share of the rows. Raises `ValueError` outside (0, 1)."""
    if not 0 < test_share < 1:
        raise ValueError(f"test_share is a number in (0, 1), got {test_share!r}")
    return test_share / (1 - test_share)


def runs_for_probability(probability: float, *, alpha: float, power: float) -> int:
    """Pairs of runs that show P(A > B) to be above 0.5 at one-sided level alpha with this power, where it is `probability`.

    ((z_alpha + z_beta) / (sqrt(6) (probability - 0.5)))^2 (Noether 1987, doi 10.1080/01621459.1987.10478478, in the form of Bouthillier et al.
    2021, MLSys, who give 29 for 0.75 at 0.05 and 0.05).
    """
    if not 0.5 < probability < 1:
        raise ValueError(f"probability is above 0.5 and below 1, got {probability!r}")
    return max(2, math.ceil(((quantile(alpha) + quantile(1 - power)) / (math.sqrt(6) * (probability - 0.5))) ** 2))


def few_runs(count: int) -> tuple[str, ...]:
    """The flag of fewer than 3 runs."""
    return (f"{count} runs are too few to see how much runs scatter (at least {FEW_RUNS})",) if count < FEW_RUNS else ()


def need_runs(count: int) -> None:
    """Raises `MeasurementError` for fewer than 2 runs."""
    if count < 2:
        raise MeasurementError(
            f"{count} run of each side says nothing about how much runs scatter", fix="train both recipes at least 3 times, better 10"
        )


def _mean(differences: NDArray[np.float64], *, shared: float) -> NormalEstimate:
    count = len(differences)
    need_runs(count)
    same = float(np.ptp(differences)) == 0.0
    error = 0.0 if same else math.sqrt((1 / count + shared) * float(differences.var(ddof=1)))
    flags = (
        *few_runs(count),
        *((f"all {count} runs differ by the same {float(differences[0]):g}: did anything vary between them?",) if same else ()),
    )
    return NormalEstimate(value=float(differences.mean()), standard_error=error, n_obs=count, df=count - 1, flags=flags)
