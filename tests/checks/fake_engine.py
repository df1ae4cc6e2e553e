"""Answers requests from pandas frames, as an engine would: the contract of core/request.py and nothing more."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from mlgate.core.gate import Dataset, Model
from mlgate.core.marked import written
from mlgate.core.measured import Measured
from mlgate.core.request import Counts, Rows
from mlgate.core.scope import Scope
from mlgate.core.table_schema import Column, TableSchema


class FakeEngine:
    """One dataset `holdout` and models on its rows, each a frame of `prediction`, `score`, ... in row order."""

    def __init__(self, rows, models, *, label="y", group=None, seed=1):
        self.rows = pd.DataFrame(rows)
        self.models = {name: pd.DataFrame(columns) for name, columns in models.items()}
        self.datasets = {"holdout": Dataset(path="holdout.parquet", label=label, group=group)}
        self.seed = seed

    @property
    def scope(self):
        return Scope(
            self.datasets,
            {name: Model(predictions=f"{name}.parquet", dataset="holdout") for name in self.models},
            {"holdout": schema("holdout", self.rows)},
            seed=self.seed,
            model_columns={name: schema(name, frame) for name, frame in self.models.items()},
        )

    def claims(self, check, part=""):
        """The claims of one item of a check, measured on the frames, with their values written out."""
        item = dict(check.parts())[part]
        claims = item.claims(self.scope, Measured({request: self.answer(request) for request in item.requests(self.scope)}))
        return tuple(replace(claim, part=written(claim.part)) for claim in claims)

    def claim(self, check):
        (claim,) = self.claims(check)
        return claim

    def answer(self, request):
        frame = self.rows.copy()
        for model, prefix in ((request.view.model, ""), (request.view.baseline, "baseline_")):
            if model is not None:
                for name in self.models[model]:
                    frame[prefix + name] = self.models[model][name].to_numpy()
        match request:
            case Counts(by=by):
                counts = {}
                for cell in frame[list(by)].itertuples(index=False):
                    key = tuple(None if is_null(value) else value for value in cell)
                    counts[key] = counts.get(key, 0) + 1
                return counts
            case Rows(columns=columns):
                return {name: array(frame[name]) for name in columns}


def is_null(value):
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def array(series):
    if series.dtype.kind in "biuf":
        return series.to_numpy()
    return np.array([None if is_null(value) else value for value in series], dtype=object)


def schema(name, frame):
    kinds = {"b": "boolean", "i": "integer", "u": "integer", "f": "float"}
    return TableSchema(name, tuple(Column(column, kinds.get(frame[column].dtype.kind, "string")) for column in frame))
