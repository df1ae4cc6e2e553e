"""What a check may know of its gate before anything is measured: names, roles of columns, schemas. No data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.scored import Scored
from mlgate.core.table_schema import TableSchema
from mlgate.core.view import View

if TYPE_CHECKING:
    from mlgate.core.gate import Dataset, Model


@dataclass(frozen=True)
class Scope:
    """Datasets and models by name, and the schema of every dataset that could be opened (else the error that stopped it).

    `model_columns` are the columns each model adds to its dataset (`prediction`, `score`, `score_<class>`), or the error that stopped it; empty where
    the run does not know them beforehand. `scored` says how long models that are asked over the network took, by name, once their columns are known.
    `samples` is how many example rows or values the item may show; `folder` is what relative paths in the gate are resolved against.
    """

    datasets: Mapping[str, Dataset]
    models: Mapping[str, Model]
    schemas: Mapping[str, TableSchema | MeasurementError]
    seed: int = 0
    model_columns: Mapping[str, TableSchema | MeasurementError] = field(default_factory=dict)
    samples: int = 5
    folder: str = ""
    scored: Mapping[str, Scored] = field(default_factory=dict)

    def schema(self, dataset: str) -> TableSchema:
        """Columns and types. Raises the `MeasurementError` met on opening the dataset."""
        found = self.schemas[dataset]
        if isinstance(found, MeasurementError):
            raise found
        return found

    def dataset_of(self, name: str) -> str:
        """The dataset behind a dataset's or a model's name."""
        return self.models[name].dataset if name in self.models else name

    def spec(self, name: str) -> Dataset:
        """The dataset declaration behind a dataset's or a model's name."""
        return self.datasets[self.dataset_of(name)]

    def view(self, of: str, *, baseline: str | None = None, joined: str | None = None, where: Expression | None = None) -> View:
        """The rows that `of` (a dataset or a model) names."""
        model = of if of in self.models else None
        return View(self.dataset_of(of), model=model, baseline=baseline, joined=joined, where=where)

    def label(self, of: str) -> str:
        """The label column of the rows that `of` is judged on. Raises `MeasurementError` where none is declared."""
        label = self.spec(of).label
        if label is None:
            dataset = self.dataset_of(of)
            raise MeasurementError(
                f"dataset {dataset!r} declares no label", cause="configuration", fix=f"add `label: <column>` to datasets.{dataset}"
            )
        return label
