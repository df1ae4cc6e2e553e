"""Kind `compare_runs`: one way of training is no worse than another, or better, judged by several runs of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from mlgate.checks._wording import slice_words
from mlgate.checks.baseline._margin import Margin
from mlgate.checks.baseline._run_designs import WHY_CORRECTED, Design, average_over, design_details, mean_statistic, runs_for_margin
from mlgate.checks.baseline._run_predictions import RowMetric, RowValues, greater_is_better
from mlgate.checks.baseline._runs import PairedRuns, Sides, paired_scores
from mlgate.core.bound import CellLiteral, Share, ShareBound
from mlgate.core.check import Check, DatasetName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing, Statistic
from mlgate.core.verdict import Family
from mlgate.stats.resampled import runs_for_probability
from mlgate.stats.wins import CHANCE, MeaningfulWins, Wins

_SPLIT_WORDS = ("fold", "split", "resample", "bootstrap")


class CompareRuns(Check):
    """A way of training (a recipe) is no worse than another by more than `no_worse_by`, or better, judged by several training runs of both.

    Units: of the score or metric, as candidate - baseline; `probability` is the share of runs in which the candidate wins, ties counting half.
    `of` holds one row per run with the scores of both recipes in the columns `candidate` and `baseline`; or, with `arm`, one row per run
    and recipe, `candidate` and `baseline` being two values of that column and `score` the column of scores. With `metric` it holds one row
    per run and evaluation row instead, with a `label` and predictions (or probabilities, for brier and log_loss) in place of scores.

    `design` says what the runs are. `seeds`: independent trainings; of predictions both runs and rows count as samples (crossed random effects),
    of scores the claim is about the rows that these were judged on. `folds` (of a cross-validation, maybe repeated) and `resamples` (random
    splits) share training rows: the corrected t of Nadeau and Bengio (2003, doi:10.1023/A:1024068626366) with `test_share`, the share
    of rows that a run is tested on; a plain t is not to be had. `probability: {at_least: 0.75}` follows Bouthillier et al. (2021, MLSys):
    PASS where P(A > B) is shown to be above 0.5 and 0.75 is possible, FAIL where 0.75 is excluded. Both sides need the same runs.

    Example:
        - {id: recipe, kind: compare_runs, of: runs, design: seeds, candidate: new_auc, baseline: old_auc, direction: higher, no_worse_by: 0.005}

    Not for: which of two trained models to deploy (`compare`): their seeds are no source of chance, these very weights ship.
    """

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True

    of: Annotated[DatasetName, Field(description="The table of runs.")]
    design: Annotated[Design, Field(description="What the runs are: `seeds`, `folds` or `resamples`.")]
    candidate: Annotated[CellLiteral, Field(description="The column of the new recipe; with `arm` the value that stands for it.")]
    baseline: Annotated[CellLiteral, Field(description="The column of the old recipe; with `arm` the value that stands for it.")]
    arm: Annotated[str | None, Field(description="The column that tells the recipes apart, where each has rows of its own.")] = None
    run: Annotated[Names, Field(description="Columns that identify a run: `seed`, `[repeat, fold]`; default: the dataset's `key`.")] = ()
    score: Annotated[str | None, Field(description="The column of scores, where `arm` tells the recipes apart.")] = None
    direction: Annotated[Literal["higher", "lower"] | None, Field(description="Which score is better.")] = None
    metric: Annotated[RowMetric | None, Field(description="Of predictions per run: accuracy, brier, log_loss, mae or squared_error.")] = None
    prediction: Annotated[str | None, Field(description="The column of predictions, where `arm` tells the recipes apart.")] = None
    row: Annotated[Names, Field(description="Columns that identify an evaluation row; default: the dataset's `key` without `run`.")] = ()
    label: Annotated[str | None, Field(description="The label column; default: the dataset's `label`.")] = None
    positive: Annotated[CellLiteral | None, Field(description="The positive class, for brier and log_loss.")] = None
    test_share: Annotated[Share | None, Field(description="The share of rows that a fold or resample is tested on: 0.1 for 10 folds.")] = None
    no_worse_by: Annotated[Margin | None, Field(description="The tolerated loss, 0 or more.")] = None
    better_by: Annotated[Margin | None, Field(description="The gain that must be shown, 0 or more.")] = None
    probability: Annotated[ShareBound | None, Field(description="The share of runs won that would matter: `{at_least: 0.75}`.")] = None

    @model_validator(mode="after")
    def _keys_fit_together(self) -> Self:
        for fault in (*self._faults_of_bound(), *self._faults_of_form(), *self._faults_of_design()):
            raise ValueError(fault)
        return self

    def _faults_of_bound(self) -> Iterator[str]:
        given = [name for name in ("no_worse_by", "better_by", "probability") if getattr(self, name) is not None]
        if len(given) != 1:
            yield f"exactly one of no_worse_by, better_by and probability is needed, got {' and '.join(given) or 'none'}"
        if self.probability is not None:
            low, high = self.probability.limits
            if low is None or high is not None or not CHANCE < low < 1:
                yield "probability takes at_least, above 0.5 (no difference) and below 1, for example {at_least: 0.75}"

    def _faults_of_form(self) -> Iterator[str]:
        number = "score" if self.metric is None else "prediction"
        if self.candidate == self.baseline:
            yield f"candidate and baseline are both {self.candidate!r}"
        if self.arm is None and not (isinstance(self.candidate, str) and isinstance(self.baseline, str)):
            yield "candidate and baseline are names of columns; values of a column need `arm: <column>`"
        if self.arm is not None and getattr(self, number) is None:
            yield f"arm needs `{number}: <column>`, the column of {number}s"
        if self.arm is None and getattr(self, number) is not None:
            yield f"{number} goes with `arm`; else candidate and baseline name the columns of {number}s"
        if self.metric is None:
            idle = [name for name in ("prediction", "row", "label", "positive") if getattr(self, name) not in (None, ())]
            if idle:
                yield f"{idle[0]} goes with `metric`, for a table of predictions per run"
            if self.direction is None:
                yield "direction: higher or lower is needed: nothing says which way a score is better"
        else:
            idle = [name for name in ("score", "direction") if getattr(self, name) is not None]
            if idle:
                yield f"{idle[0]} is for a table of scores; {self.metric} of predictions knows its own"

    def _faults_of_design(self) -> Iterator[str]:
        if self.design != "seeds" and self.metric is not None:
            yield f"design: {self.design}: predictions per run need runs that are judged on the same rows; give a table of scores, one row per run"
        if self.design != "seeds" and (self.test_share is None or not 0 < self.test_share < 1):
            yield f"design: {self.design} needs test_share, above 0 and below 1: {WHY_CORRECTED}; write `test_share: 0.1` for 10 folds"
        if self.design == "seeds" and self.test_share is not None:
            yield "test_share is for folds and resamples; runs of seeds share no training rows by chance"
        if self.design == "seeds" and (named := _of_splits(self.run)):
            yield f"{named}; write `design: folds` or `resamples`, with test_share"
        if self.design == "folds" and len(self.run) > 2:
            yield "run names at most two columns for folds: [repeat, fold]"
        if self.design == "folds" and self.probability is not None:
            yield "probability: folds are not independent, so that wins among them are no sample of P(A > B); use design: seeds or resamples"

    @property
    def higher_is_better(self) -> bool:
        """The direction of the score or metric."""
        return self.direction == "higher" if self.metric is None else greater_is_better(self.metric)

    @property
    def sides(self) -> Sides:
        """Where the two recipes stand in the table."""
        value = self.score if self.metric is None else self.prediction
        return Sides(self.candidate, self.baseline, self.arm, value or "")

    def says(self) -> str:
        """The claim in words."""
        new, old = self.sides.names
        what = f"{self.metric or self.score} of {new}" if self.metric or self.score else new
        over = f"{average_over(self.design, self.test_share, by_row=self.metric is not None)}{slice_words(self.where)}"
        if self.probability is not None:
            gamma = f"possibly in {self.probability.limits[0]:g} of them{slice_words(self.where)}"
            return f"{what} beats {old} in more than half of all training runs, {gamma}"
        if self.better_by is not None:
            return f"{what} is better than {old} by at least {self.better_by:g} {over}"
        return f"{what} is no worse than {old} by more than {self.no_worse_by:g} {over}"

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self._rows(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        cells = measured[self._rows(scope)]
        if not len(next(iter(cells.values()))):
            return (Claim(self.says(), Nothing("no runs")),)
        return (self._claim(self._paired(scope, cells), scope.samples),)

    def _claim(self, runs: PairedRuns, samples: int) -> Claim:
        new, old = (f"{name} {cell(self.sides.column_of(name), f'{one.mean():.6g}')}" for name, one in self._named(runs))
        seen = f"{new}, {old} on average of {len(runs.lead):,} runs"
        wins = Wins.of(runs.lead if self.higher_is_better else -runs.lead)
        won = f"the candidate wins {wins.wins:,} of {wins.n_obs:,} runs" + (f", {wins.ties:,} are ties" if wins.ties else "")
        if self.probability is not None:
            judged = MeaningfulWins(wins=wins, gamma=self.probability.limits[0] or CHANCE)
            return Claim(self.says(), judged, low=CHANCE, unit="of runs", seen=seen, details=(won, *self._table(runs, samples)))
        statistic: Statistic = mean_statistic(runs, self.design, self.test_share, outcomes=self.metric == "accuracy")
        edge = float(self.better_by if self.better_by is not None else -(self.no_worse_by or 0)) * (1 if self.higher_is_better else -1) + 0.0
        low, high = (edge, None) if self.higher_is_better else (None, edge)
        details = (*design_details(statistic, runs, self.test_share), won, *self._table(runs, samples))
        return Claim(self.says(), statistic, low=low, high=high, null=0.0, seen=seen, details=details)

    def _named(self, runs: PairedRuns) -> tuple[tuple[str, Any], ...]:
        return tuple(zip(self.sides.names, (runs.candidate, runs.baseline), strict=True))

    def _table(self, runs: PairedRuns, samples: int) -> Iterator[str]:
        """The runs in which the candidate does worst, first."""
        lead = runs.lead if self.higher_is_better else -runs.lead
        for place in np.argsort(lead, kind="stable")[:samples]:
            numbers = (f"{name} {cell(self.sides.column_of(name), f'{one[place]:.6g}')}" for name, one in self._named(runs))
            yield f"{runs.words[place]}: {', '.join(numbers)}"

    def required_rows(self, *, alpha: float, power: float) -> str:
        """Runs that show a lead which would matter, or with which an equally good recipe passes."""
        if self.probability is not None:
            gamma = self.probability.limits[0] or CHANCE
            return f"{runs_for_probability(gamma, alpha=alpha, power=power):,} runs of each side if the candidate wins {gamma:g} of them"
        if not self.no_worse_by:
            return "depends on how much better the candidate is"
        return runs_for_margin(float(self.no_worse_by), self.test_share, alpha=alpha, power=power)

    def _rows(self, scope: Scope) -> Rows:
        columns = [*self._runs(scope), *self.sides.columns]
        if self.metric is not None:
            columns += [*self._evaluated(scope), self.label or scope.label(self.of)]
        return Rows(tuple(dict.fromkeys(columns)), scope.view(self.of, where=self.where))

    def _paired(self, scope: Scope, cells: Any) -> PairedRuns:
        if self.metric is not None:
            told = RowValues(self.metric, self.label or scope.label(self.of), self._runs(scope), self._evaluated(scope), self.positive)
            return told.paired(cells, self.sides, samples=scope.samples)
        per_repeat = 1 / self.test_share if self.design == "folds" and self.test_share else None
        return paired_scores(cells, self.sides, self._runs(scope), samples=scope.samples, per_repeat=per_repeat)

    def _runs(self, scope: Scope) -> tuple[str, ...]:
        found = self.run or tuple(name for name in scope.spec(self.of).key if name != self.arm and not (self.metric and name in self.row))
        if not found:
            raise MeasurementError(
                f"which columns identify a run of {self.of}?", cause="configuration", fix=f"add `run: <column>`, or `key: [..]` to datasets.{self.of}"
            )
        if self.design == "seeds" and (named := _of_splits(found)):
            raise MeasurementError(named, cause="configuration", fix="write `design: folds` or `resamples`, with test_share")
        return found

    def _evaluated(self, scope: Scope) -> tuple[str, ...]:
        runs = self._runs(scope)
        found = self.row or tuple(name for name in scope.spec(self.of).key if name not in (*runs, self.arm))
        if not found:
            raise MeasurementError(
                f"which columns identify an evaluation row of {self.of}?", cause="configuration", fix="add `row: <column>` to the check"
            )
        return found


def _of_splits(names: Sequence[str]) -> str:
    """Why runs told apart by these columns are no independent seeds; empty where nothing says so."""
    named = [name for name in names if any(word in name.casefold() for word in _SPLIT_WORDS)]
    return f"design: seeds, but runs are told apart by {named[0]!r}: {WHY_CORRECTED}" if named else ""
