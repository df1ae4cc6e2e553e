"""Law `fit_independent`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial

REL = 1e-6  # what is fitted in another order of rows is summed in another order, and then divided by


class FitIndependent(Law):
    """Fitted on the same rows in another order, it gives the same.

    In production: training rows come from a query without an order. Codes by order of appearance, and a fit that takes random numbers from global
    state, make each retraining another encoding, which the model of last week misreads.
    """

    fix: ClassVar[str] = "sort levels before numbering them, give every random step a fixed random_state"

    def broken(self, trial: Trial) -> Broken | None:
        if not trial.due:
            raise Silent
        return Broken.by(difference(trial.output(), trial.refitted(), rel=REL), "when it is fitted on the same rows in another order")
