"""Kind `leakage`: what the evaluation must not share with training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from mlgate.checks.data._apart import Apart
from mlgate.checks.data._giveaway import Giveaway, GiveawayItem
from mlgate.checks.data._near_duplicates import NearDuplicatesItem, NearDuplicateTexts
from mlgate.checks.data._same_rows import Content, ContentItem, Keys, KeysItem
from mlgate.checks.data._time_order import TimeOrder, TimeOrderItem
from mlgate.core.check import Check, Condition, Item, RowsName

M = TypeVar("M", bound=BaseModel)


class Leakage(Check):
    """The evaluation rows have nothing of the training rows, and no feature alone gives the label away.

    Each item is there only where it is asked for, by `true` or by its own keys: `id.keys` (a key that both have), `id.content` (a row that equals
    one of training in all features), `id.near_duplicates` (a text that is nearly one of training), `id.time_order` (training rows end before
    evaluation rows begin), `id.giveaway` (a feature of `of` that tells the label by itself).

    Units: `overlap_share` is the share in [0, 1] of the evaluation rows, `late_share` of the training rows; both are 0 unless stated. `auc` is the
    area under the ROC curve in [0.5, 1], of the better of several scores of one feature: a number by its rank, either way, and by the
    share of the class among rows of the same value or cell in the other four of five folds; a category by the latter; a missing value is a
    value. It is judged as a sample, all features together at the item's share of alpha: FAIL where the lower bound is above the tolerance. Of
    several classes the worst counts, of a label with more than 20 different numbers whether it is above its median.

    A null is no key, and no row is equal to another by being null in all features; else a null equals a null in `content`. Numbers are equal as
    numbers, times as points in time. `similarity` is the Jaccard similarity of the sets of all neighbouring 3 words (or 5 characters), case and
    punctuation aside; candidates come from MinHash (Broder 1997), each is confirmed by its exact similarity, and the report says with which
    probability a pair is found. The texts of both sides are held in memory; keys and rows are compared in the engine.

    Example:
        - {id: holdout-apart, kind: leakage, of: holdout, against: train, keys: true, content: true, time_order: {column: day, gap: 7d}}
        - {id: reviews-apart, kind: leakage, of: holdout, against: train, near_duplicates: {columns: [review], similarity: 0.8}}
        - {id: no-giveaway, kind: leakage, of: train, giveaway: {auc: {at_most: 0.95}}}

    One dataset with a column that says which part a row is in is compared with itself by `where` (the evaluation rows) and `against_where`.

    Not for: near duplicates of rows of numbers (round them into columns of their own and use `content`), or leakage of a feature through how
    it is made, such as a mean over rows that came later.
    """

    family = "data"
    marks_values = True
    of: Annotated[RowsName, Field(description="The evaluation rows; for `giveaway` alone any labelled rows.")]
    against: Annotated[RowsName | None, Field(description="The training rows.")] = None
    against_where: Annotated[Condition | None, Field(description="A slice of the training rows, as `where` is one of the evaluation rows.")] = None
    keys: Annotated[Literal[True] | Keys | None, Field(description="No key of an evaluation row occurs in training.")] = None
    content: Annotated[Literal[True] | Content | None, Field(description="No evaluation row equals a training row in its features.")] = None
    near_duplicates: Annotated[NearDuplicateTexts | None, Field(description="No evaluation row has nearly the text of a training row.")] = None
    time_order: Annotated[Literal[True] | TimeOrder | None, Field(description="Every training row is earlier than the first evaluation row.")] = None
    giveaway: Annotated[Literal[True] | Giveaway | None, Field(description="No feature alone gives the label away.")] = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        pairs = (self.keys, self.content, self.near_duplicates, self.time_order)
        compared = any(part is not None for part in pairs)
        if not compared and self.giveaway is None:
            raise ValueError("leakage needs one of keys, content, near_duplicates, time_order, giveaway")
        if compared and self.against is None:
            raise ValueError("keys, content, near_duplicates and time_order compare with `against`, the training rows")
        if not compared and (self.against is not None or self.against_where is not None):
            raise ValueError("`against` says nothing about giveaway, which looks at the rows of `of`")
        if compared and self.of == self.against and self.where == self.against_where:
            raise ValueError("of and against are the same rows: name two datasets, or two slices by `where` and `against_where`")
        return self

    @property
    def takes_alpha(self) -> bool:
        return self.giveaway is not None

    def parts(self) -> Sequence[tuple[str, Item]]:
        items: list[tuple[str, Item]] = []
        if self.against is not None:
            at = Apart(self.of, self.against, self.where, self.against_where)
            if self.keys is not None:
                items.append(("keys", KeysItem(at, _spelled(self.keys, Keys))))
            if self.content is not None:
                items.append(("content", ContentItem(at, _spelled(self.content, Content))))
            if self.near_duplicates is not None:
                items.append(("near_duplicates", NearDuplicatesItem(at, self.near_duplicates)))
            if self.time_order is not None:
                items.append(("time_order", TimeOrderItem(at, _spelled(self.time_order, TimeOrder))))
        if self.giveaway is not None:
            items.append(("giveaway", GiveawayItem(self.of, _spelled(self.giveaway, Giveaway), self.where)))
        return tuple(items)

    def required_rows(self, *, alpha: float, power: float) -> str:
        return "at least 25 rows of each class before giveaway can pass, and more the nearer a feature comes to its bound"


def _spelled(asked: Literal[True] | M, kind: type[M]) -> M:
    """What was asked for, `true` being all defaults."""
    return kind() if asked is True else asked
