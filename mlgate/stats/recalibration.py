"""The line that would put probabilities right: logistic recalibration."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mlgate.core.errors import MeasurementError
from mlgate.stats.clustered import clustered
from mlgate.stats.normal import NormalEstimate

CLIPPED = 1e-6
FEW_OF_A_CLASS = 25
_STEPS = 100


def calibration_slope(score: NDArray[np.float64], positive: NDArray[np.bool_], *, groups: NDArray[np.generic] | None = None) -> NormalEstimate:
    """The slope b of logit P(y = 1) = a + b logit(score), 1 for calibrated probabilities, below 1 for too extreme ones (overfitting).

    Cox (1958, doi 10.1093/biomet/45.3-4.562); Miller et al. (1993, doi 10.1177/0272989X9301300107). `score` (n,) in [0, 1] is clipped to
    [1e-6, 1 - 1e-6]. Maximum likelihood by Newton's method; the standard error does not trust the line (White 1982, doi 10.2307/1912526), with
    `groups` (n,) it is that of the groups' sums. t with n - 2 (groups - 1) degrees of freedom. Fewer than 25 rows of a class are flagged.
    Raises `MeasurementError` for scores that are all equal, one class, and classes that the score separates without error (no slope is
    the likeliest then). Checked against scipy's general optimizer and by simulation.
    """
    line = logit(np.clip(score, CLIPPED, 1 - CLIPPED))
    _need_overlap(line, positive)
    design = np.column_stack([np.ones(len(line)), line])
    found = _likeliest(design, positive)
    given = expit(design @ found)
    information = (design * (given * (1 - given))[:, None]).T @ design
    influence = len(line) * np.linalg.solve(information, (design * (positive - given)[:, None]).T)[1]
    rare = int(min(positive.sum(), (~positive).sum()))
    flags = (f"{rare} rows of the rarer class, fewer than the {FEW_OF_A_CLASS} that the interval needs",) if rare < FEW_OF_A_CLASS else ()
    if groups is not None:
        return clustered(value=float(found[1]), influence=influence, groups=groups, flags=flags)
    n = len(line)
    error = math.sqrt(float(influence @ influence) / max(1, n - 2) / n)
    return NormalEstimate(value=float(found[1]), standard_error=error, n_obs=n, df=max(1, n - 2), flags=flags)


def _likeliest(design: NDArray[np.float64], positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(2,) intercept and slope. Newton's steps are halved until the likelihood rises."""
    found: NDArray[np.float64] = np.array([0.0, 1.0])
    likelihood = _log_likelihood(design @ found, positive)
    for _ in range(_STEPS):
        given = expit(design @ found)
        information = (design * (given * (1 - given))[:, None]).T @ design
        step = np.linalg.lstsq(information, design.T @ (positive - given), rcond=None)[0]
        for _ in range(60):
            higher = _log_likelihood(design @ (found + step), positive)
            if higher >= likelihood:
                break
            step /= 2
        moved = float(np.abs(step).max())
        found, likelihood = found + step, max(likelihood, higher)
        if moved < 1e-10 * (1 + float(np.abs(found).max())):
            return found
    raise MeasurementError(
        "the calibration slope was not found: the scores hardly overlap between the classes", fix="judge `error` and `mean` instead"
    )


def _log_likelihood(line: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    return -float(np.logaddexp(0, np.where(positive, -line, line)).sum())


def _need_overlap(line: NDArray[np.float64], positive: NDArray[np.bool_]) -> None:
    if len(line) == 0 or positive.all() or not positive.any():
        raise MeasurementError("all rows are of one class: a calibration slope needs both")
    if float(np.ptp(line)) == 0:
        raise MeasurementError("all scores are equal: a calibration slope needs scores that differ", cause="model", fix="judge `mean` instead")
    own, other = line[positive], line[~positive]
    if own.min() >= other.max() or own.max() <= other.min():
        raise MeasurementError("the score separates the classes without error: no finite slope fits", fix="judge `error` and `mean` instead")
