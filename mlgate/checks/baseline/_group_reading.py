"""What a comparison of groups reads: the answers of one model or two, and the column of groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlgate.checks.baseline._labels import answers, coded, labels
from mlgate.checks.baseline._rates import GroupRows
from mlgate.checks.baseline._reading import cells_of, group_ids, parted
from mlgate.core.bound import CellLiteral
from mlgate.core.request import Counts, Request, Rows
from mlgate.core.view import View


@dataclass(frozen=True)
class GroupReading:
    """Rates need counts of (group, label, predictions) alone, so that no row is pulled; rows only where these belong to units.

    `label` None: the rate is about predictions only; these are then masked as `known_as`, the column whose values they have.
    """

    view: View
    by: str
    label: str | None
    columns: tuple[str, ...]
    unit: str | None = None
    positive: CellLiteral | None = None
    known_as: str = "prediction"

    @property
    def request(self) -> Request:
        """The one question."""
        names = tuple(dict.fromkeys(name for name in (self.by, self.label, *self.columns, self.unit) if name is not None))
        return Counts(names, self.view) if self.unit is None else Rows(names, self.view)

    def groups(self, answer: Any) -> Iterator[tuple[str, GroupRows]]:
        """The rows of each group by its name, null last. Raises `MeasurementError` for labels and predictions that cannot be used."""
        cells, count = cells_of(self.request, answer)
        if not count.size:
            return
        models = (self.view.model or "", self.view.baseline or "")
        read = [answers(cells[name], count, model, "prediction") for name, model in zip(self.columns, models, strict=False)]
        first = replace(read[0], name=self.known_as) if self.label is None else labels(cells[self.label], count, self.label)
        bits = coded(first, read[1:] if self.label is None else read, "binary", self.positive)
        truth, *given = (one == 1 for one in bits)
        if self.label is None:
            given = [truth, *given]
        unit = None if self.unit is None else group_ids(cells[self.unit], count, self.unit)
        for name, places in parted(cells[self.by], self.by):
            own = tuple(np.asarray(one[places]) for one in given)
            yield name, GroupRows(truth[places], own, count[places], None if unit is None else unit[places])
