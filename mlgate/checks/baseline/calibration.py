"""Kind `calibration`: a model's probabilities are what happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from mlgate.checks._wording import slice_words
from mlgate.checks.baseline._answers import answer_of
from mlgate.checks.baseline._calibrated import PARTS, Part, Probabilities
from mlgate.checks.baseline._reading import Reading
from mlgate.core.bound import CellLiteral, NumberBound, ShareBound
from mlgate.core.check import Check, Item, ModelName
from mlgate.core.claim import Claim
from mlgate.core.measured import Measured
from mlgate.core.registry import load
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing
from mlgate.core.verdict import Family
from mlgate.metrics._support import probabilities
from mlgate.stats.calibration import rows_for_error

_UNITS: Mapping[Part, str] = {"error": "probability", "mean": "probability", "slope": "", "spiegelhalter": ""}
_ROOM: Mapping[Part, str] = {"error": "0, 0.05", "mean": "-0.02, 0.02", "slope": "0.8, 1.2", "spiegelhalter": "-0.005, 0.005"}
_FIX = "recalibrate on rows that training did not see (isotonic or Platt), or look for a class balance that has changed"


class Calibration(Check):
    """A model's probabilities are what happens: of the rows scored 0.3, three in ten are positive.

    Units: `error`, the root mean squared calibration error over bins without its bias, and `mean`, observed minus predicted share of positives, are
    in probability units; `slope` of logistic recalibration has none: 1 where calibrated, below 1 for probabilities that are too extreme;
    `spiegelhalter` is by how much the Brier score is above what the probabilities themselves predict. Each is an item where it is bounded. The
    score must be a probability of the positive class (`method: predict_proba`).

    Each is an estimate from a sample, judged with its interval against your tolerance: PASS where it is shown to lie inside, FAIL where it is shown
    to lie outside. The well-known ECE is not to be had: it is above 0 for a perfect model, 0.04 on 1,000 rows in 15 bins. The error subtracts
    that bias (Bröcker 2012, doi:10.1007/s00382-011-1191-1; Kumar, Liang and Ma 2019, NeurIPS) and prints the noise floor beside. Slope: Cox (1958,
    doi:10.1093/biomet/45.3-4.562). Spiegelhalter (1986, doi:10.1002/sim.4780050506), whose z stands in the text.

    Example:
        - {id: calibrated, kind: calibration, of: candidate, error: {at_most: 0.05}, mean: {between: [-0.02, 0.02]}, slope: {between: [0.8, 1.2]}}

    Not for: how well a model tells the classes apart (`metric: roc_auc`): a constant can be calibrated. Whether its probabilities are better
    than another model's is a question for `compare` with `brier` or `log_loss`, which sees the same rows twice.
    """

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True

    of: Annotated[ModelName, Field(description="The model judged.")]
    error: Annotated[ShareBound | None, Field(description="Bound on the calibration error over bins: `{at_most: 0.05}`.")] = None
    mean: Annotated[NumberBound | None, Field(description="Bound on observed minus predicted share of positives.")] = None
    slope: Annotated[NumberBound | None, Field(description="Bound on the slope of logistic recalibration.")] = None
    spiegelhalter: Annotated[NumberBound | None, Field(description="Bound on the Brier score above what the probabilities predict.")] = None
    bins: Annotated[int, Field(ge=2, le=100, description="Bins of about equal mass that `error` looks at; fewer where rows are few.")] = 15
    groups: Annotated[str | None, Field(description="Column of rows that belong together (users); default: the dataset's `group`.")] = None
    positive: Annotated[CellLiteral | None, Field(description="The positive class, where labels are not 0 and 1 or true and false.")] = None

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if not any(self.bound(part) for part in PARTS):
            yield f"calibration needs a bound on one of {', '.join(PARTS)}"
        if self.error is not None and (self.error.limits[0] is not None or not self.error.limits[1]):
            yield "error takes at_most, above 0: no sample can show that there is no error at all"
        for part in PARTS:
            bound = self.bound(part)
            if bound is not None and bound.limits[0] == bound.limits[1]:
                yield f"{part}: no sample can show an exact value: give it room, for example {{between: [{_ROOM[part]}]}}"

    def bound(self, part: Part) -> ShareBound | NumberBound | None:
        """The bound of a part, None where it is not judged."""
        found: ShareBound | NumberBound | None = getattr(self, part)
        return found

    def parts(self) -> Sequence[tuple[str, Item]]:
        return tuple((part, _Item(self, part)) for part in PARTS if self.bound(part) is not None)

    def reading(self, scope: Scope) -> Reading:
        """What to read of the rows. Raises `MeasurementError` where the model gives no score."""
        metric = load("metrics", "brier")()
        column = answer_of(scope, self.of, metric, self.positive)
        view = scope.view(self.of, where=self.where)
        return Reading(metric, view, scope.label(self.of), (column,), group=self.groups or scope.spec(self.of).group, positive=self.positive)

    def required_rows(self, *, alpha: float, power: float) -> str:
        """Rows for which a perfectly calibrated model passes the bound on its error."""
        if self.error is None:
            return "depends on the spread of the probabilities: known after the first run"
        found = rows_for_error(float(self.error.limits[1] or 1), bins=self.bins, alpha=alpha, power=power)
        return f"{found:,} rows for `error` if the probabilities are right and near 0.5; fewer where they are near 0 or 1"


@dataclass(frozen=True)
class _Item:
    """One item: error, mean, slope or spiegelhalter."""

    check: Calibration
    part: Part

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.reading(scope).request,)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        bound = self.check.bound(self.part)
        assert bound is not None
        low, high = bound.limits
        says = f"the {PARTS[self.part].format(of=self.check.of)} is {bound}{slice_words(self.check.where)}"
        reading = self.check.reading(scope)
        arms = reading.arms(measured[reading.request])
        if arms is None:
            return (Claim(says, Nothing("no rows"), low=low, high=high),)
        sample = arms.candidate
        score = probabilities("calibration", sample)
        told = Probabilities(score, np.asarray(sample.y_true == 1), reading.columns[0], self.check.bins, sample.group)
        statistic, seen, details = told.part(self.part)
        return (Claim(says, statistic, low=low, high=high, unit=_UNITS[self.part], seen=seen, details=details, fix=_FIX),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None
