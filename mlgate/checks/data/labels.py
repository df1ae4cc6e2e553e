"""Kind `labels`: what the target is like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from mlgate.checks._shares import NONE, refuse_undecidable
from mlgate.checks.data._cells import Cells
from mlgate.checks.data._label_items import ClassesItem, ConflictsItem, LabelOf, SharesItem
from mlgate.core.bound import CellLiteral, ShareBound, plain
from mlgate.core.check import Check, Item, RowsName
from mlgate.core.gate import Names


class Labels(Check):
    """The classes of the label occur as often as they should, no others do, and equal features have one label.

    Units: `shares` are shares in [0, 1] of the rows that have a label; a class that never occurs has the share 0. `conflicting_share` is the
    share of these rows whose `features` occur with another label too (all rows of such a group count; a null equals a null). Rows
    without a label are left out and counted in the details. The items are `id.shares`, `id.classes` and `id.conflicting_share`.

    Example:
        - {id: target, kind: labels, of: train, shares: {1: {between: [0.1, 0.4]}}, classes: [0, 1]}
        - {id: target-agrees, kind: labels, of: train, label: delayed, features: [carrier, flight, day], conflicting_share: {at_most: 0.01}}

    The distinct combinations of features and label are held in memory: name features that repeat, such as ids and categories.

    Not for: how a model's predictions are spread over the classes (use `rule` or `metric`), or a label that is null (use `columns`).
    """

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The labelled rows.")]
    label: Annotated[str | None, Field(description="The label column; default: the dataset's `label`.")] = None
    shares: Annotated[dict[CellLiteral, ShareBound], Field(default_factory=dict, description="Bound on the share of each class that is named.")]
    classes: Annotated[Cells | None, Field(description="The classes that may occur.")] = None
    features: Annotated[Names, Field(description="Columns that decide the label: rows equal in all of them must have one.")] = ()
    conflicting_share: Annotated[ShareBound, Field(description="Bound on the share of rows whose features occur with another label too.")] = NONE
    sampled: Annotated[bool, Field(description="The rows are a sample: judge shares with Clopper-Pearson bounds; `classes` stays exact.")] = False

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if "conflicting_share" in self.model_fields_set and not self.features:
            raise ValueError("conflicting_share needs `features: [..]`, the columns that decide the label")
        if not self.shares and self.classes is None and not self.features:
            raise ValueError("labels needs `shares: {<class>: <bound>}`, `classes: [..]`, or `features: [..]` for `conflicting_share`")
        if self.classes is not None and not any(cell is not None for cell in self.classes):
            raise ValueError("a list of classes that holds null alone names no class")
        if self.sampled:
            for name, bound in self.shares.items():
                refuse_undecidable(f"the share of {plain(name)}", bound)
            if self.features:
                refuse_undecidable("conflicting_share", self.conflicting_share)
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        at = LabelOf(self.of, self.label, self.where, sampled=self.sampled)
        items: list[tuple[str, Item]] = []
        if self.shares:
            items.append(("shares", SharesItem(at, tuple(self.shares.items()))))
        if self.classes is not None:
            items.append(("classes", ClassesItem(at, self.classes)))
        if self.features:
            items.append(("conflicting_share", ConflictsItem(at, self.features, self.conflicting_share)))
        return tuple(items)
