"""Datasets in a table, view or path that a Spark session knows."""

from __future__ import annotations

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import TableSource

_PREFIX = "spark:"


class SparkTable:
    """`table: "spark:catalog.schema.table"`: whatever `spark.table(..)` takes, a temporary view and a path (``spark:delta.`s3://..` ``) included."""

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `table: "spark:.."`."""
        return dataset.table is not None and dataset.table.startswith(_PREFIX)

    def open(self, dataset: Dataset) -> TableSource:
        """The name. Raises `MeasurementError` for none, and for a dataset that another engine would read."""
        assert dataset.table is not None
        name = dataset.table.removeprefix(_PREFIX).strip()
        if not name:
            raise MeasurementError(f"not a table: {dataset.table!r}", cause="configuration", fix="write `spark:catalog.schema.table`")
        if dataset.engine != "spark":
            what = f"{dataset.table} is a table of Spark, and the dataset says `engine: {dataset.engine}`"
            raise MeasurementError(what, cause="configuration", fix="add `engine: spark` to the dataset")
        return TableSource("spark", "", name)

    def fingerprint(self, opened: TableSource) -> str:
        """Its name: Spark tells no version that all its catalogs have."""
        return f"{_PREFIX}{opened.table}"
