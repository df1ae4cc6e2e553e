"""Kind `prediction_parity`: what was served against what the model says offline, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._shares import NONE
from mlgate.checks.skew._label_item import LabelItem
from mlgate.checks.skew._score_item import ScoreItem
from mlgate.checks.skew._speed_item import SpeedItem
from mlgate.checks.skew._tolerance import ToleranceWord
from mlgate.core.bound import NumberBound, ShareBound
from mlgate.core.check import Check, Item, ModelName


class PredictionParity(Check):
    """The predictions that were served are those the model gives offline, on the same rows.

    `of` is what was served: a log (`predictions`) or a live `endpoint`; `against` the same model scored here. Both name one dataset. Each of
    `score`, `flip_share` and `throughput` asks for one item: `<id>.score` compares scores (of several classes each; predictions, where the models are
    regressions), `<id>.labels` counts predictions that came out otherwise and says which became which, `<id>.throughput` how fast an
    endpoint answered. A row that one side has not answered differs; one that neither has is left out.

    Units: `score` is a tolerance (`exact`; `abs` in the score's unit; `rel` as a share of the larger magnitude; `ulp` in representable floats).
    `mismatch_share` and `flip_share` are shares in [0, 1] of the rows that were answered; `throughput` is in rows per second.

    Example:
        - {id: served-scores, kind: prediction_parity, of: logged, against: candidate, score: {abs: 1.0e-6}, flip_share: {at_most: 0}}

    Not for: two models (use `compare`), the features that they were given (use `parity`).
    """

    family = "skew"
    marks_values = True
    of: Annotated[ModelName, Field(description="What was served: logged predictions or an endpoint.")]
    against: Annotated[ModelName, Field(description="The model scored offline, on the same dataset.")]
    score: Annotated[ToleranceWord | None, Field(description="How far two scores of a row may be apart.")] = None
    mismatch_share: Annotated[ShareBound, Field(description="Bound on the share of rows whose scores are further apart.")] = NONE
    flip_share: Annotated[ShareBound | None, Field(description="Bound on the share of rows whose predictions differ.")] = None
    throughput: Annotated[NumberBound | None, Field(description="Bound on the rows per second that an endpoint answered.")] = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.score is None and self.flip_share is None and self.throughput is None:
            raise ValueError("nothing is asked: give score, flip_share or throughput")
        if "mismatch_share" in self.model_fields_set and self.score is None:
            raise ValueError("mismatch_share counts scores that are further apart than `score` says: add `score: {abs: ..}` or `score: exact`")
        if self.score is not None and self.score.word == "within":
            raise ValueError("score: a score is no time: write exact, {abs: x}, {rel: x} or {ulp: n}")
        if self.of == self.against:
            raise ValueError(f"of and against name the same model {self.of!r}")
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        made: list[tuple[str, Item]] = []
        if self.score is not None:
            made.append(("score", ScoreItem(self, self.score)))
        if self.flip_share is not None:
            made.append(("labels", LabelItem(self, self.flip_share, self.score)))
        if self.throughput is not None:
            made.append(("throughput", SpeedItem(self, self.throughput)))
        return made
