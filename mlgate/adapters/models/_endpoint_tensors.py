"""The Open Inference Protocol, version 2, as KServe, Triton, MLServer and others speak it: columns as tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from mlgate.adapters.models._endpoint_values import array_of, plain_values
from mlgate.adapters.models._roles import by_role, named
from mlgate.core.errors import MeasurementError

_NUMBERS: Mapping[str, str] = {"FP16": "float16", "FP32": "float32", "FP64": "float64", "BOOL": "bool"}
_TYPES: Mapping[str, str] = {**_NUMBERS, **{f"{sign}INT{bits}": f"{sign.lower()}int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)}}
_ROLES = ("prediction", "score")


class Tensors:
    """Rows as tensors. Where the model's metadata lists inputs, they decide: one of rows x columns, or one for each column.

    Without such a list each column is a tensor of its own.

    Of the outputs, those called `prediction`, `score` or `score_<class>` are taken by name; else whole numbers, booleans or text
    are labels, and floats scores (of two for each row the second).
    """

    def __init__(self, name: str, method: str | None, metadata: Any, features: Sequence[str]) -> None:
        self._name, self._method, self._features = name, method, tuple(features)
        listed = metadata.get("inputs") if isinstance(metadata, Mapping) else None
        self._inputs = [one for one in listed or () if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
        shape = self._inputs[0].get("shape") if len(self._inputs) == 1 else None
        one_column = bool(self._features) and self._features == (self._inputs[0]["name"] if self._inputs else None,)
        self._whole = isinstance(shape, list) and len(shape) == 2 and shape[1] != 1 and not one_column

    def columns(self) -> tuple[str, ...] | None:
        """The names of the inputs; of one input for all columns nobody knows which they are."""
        if self._whole:
            raise MeasurementError(
                f"{self._name} reads all columns through the input {self._inputs[0]['name']!r} and does not say which",
                cause="configuration",
                fix="add `features: [..]` to the model, in the order it was trained with",
            )
        return tuple(one["name"] for one in self._inputs) or None

    def request(self, frame: Any) -> Any:
        if self._whole:
            return {"inputs": [self._matrix(frame)]}
        stated = {one["name"]: str(one.get("datatype", "")) for one in self._inputs}
        return {"inputs": [self._tensor(str(column), frame[column], stated.get(str(column))) for column in frame.columns]}

    def _matrix(self, frame: Any) -> dict[str, Any]:
        stated = self._inputs[0]
        datatype = str(stated.get("datatype", "FP64"))
        columns = [self._tensor(str(column), frame[column], datatype)["data"] for column in frame.columns]
        data = [value for row in zip(*columns, strict=True) for value in row]
        return {"name": stated["name"], "shape": [len(frame), len(columns)], "datatype": datatype, "data": data}

    def _tensor(self, column: str, series: Any, stated: str | None) -> dict[str, Any]:
        values = plain_values(column, series)
        if None in values:
            raise MeasurementError(
                f"column {column!r} holds nulls, which the Open Inference Protocol cannot say", fix="impute them before, or leave the column out"
            )
        datatype = stated or _datatype(series, values)
        if datatype != "BYTES":
            if any(isinstance(value, str) for value in values):
                raise MeasurementError(f"column {column!r} is text, and {self._name} reads {datatype}", fix="write the column as numbers")
            values = [float(value) if datatype.startswith("FP") else value for value in values]
        return {"name": column, "shape": [len(values), 1] if stated and self._ranked(column) else [len(values)], "datatype": datatype, "data": values}

    def _ranked(self, column: str) -> bool:
        shape = next((one.get("shape") for one in self._inputs if one["name"] == column), None)
        return isinstance(shape, list) and len(shape) == 2

    def answer(self, content: Any) -> dict[str, Any]:
        listed = content.get("outputs") if isinstance(content, Mapping) else None
        if not isinstance(listed, list) or not listed or not all(isinstance(one, Mapping) for one in listed):
            raise self._strange("no list of outputs")
        found = {str(one.get("name", "")): self._array(one) for one in listed}
        if roles := {name: array for name, array in found.items() if name in _ROLES or name.startswith("score_")}:
            return named(self._name, roles)
        labels = {name: array for name, array in found.items() if array.dtype.kind in "biuO"}
        scores = {name: array for name, array in found.items() if array.dtype.kind == "f"}
        if len(labels) > 1 or len(scores) > 1:
            raise self._strange(f"the outputs {', '.join(found)}: which is the label, and which the score?")
        columns: dict[str, Any] = {}
        for array in labels.values():
            columns["prediction"] = array
        for array in scores.values():
            columns |= by_role(self._name, array, "predict_proba" if labels else self._method)
        return {"prediction": columns["prediction"]} if self._method == "predict" and "prediction" in columns else columns

    def _array(self, output: Mapping[str, Any]) -> Any:
        import numpy as np

        name, datatype, shape = output.get("name"), str(output.get("datatype", "")), output.get("shape")
        flat = array_of(_flat(output.get("data")))
        if flat is None or flat.ndim != 1 or not _fills(shape, len(flat)):
            raise self._strange(f"output {name!r}, whose data do not fill its shape {shape}")
        if datatype in _TYPES and flat.dtype.kind in "biuf":
            flat = flat.astype(_TYPES[datatype])
        elif flat.dtype.kind != "O":
            raise self._strange(f"output {name!r} of type {datatype or 'unknown'}")
        array = flat.reshape(shape)
        return np.asarray(array.reshape(len(array)) if array.ndim == 2 and array.shape[1] == 1 else array)

    def _strange(self, what: str) -> MeasurementError:
        return MeasurementError(
            f"{self._name} answered with {what}",
            cause="model",
            fix="an answer of the Open Inference Protocol has `outputs` with name, shape, datatype and data",
        )


def _datatype(series: Any, values: Sequence[Any]) -> str:
    kind = series.dtype.kind
    if kind in "fiu":
        return {"f": "FP", "i": "INT", "u": "UINT"}[kind] + str(series.dtype.itemsize * 8)
    if kind == "b":
        return "BOOL"
    if all(isinstance(value, str) for value in values):
        return "BYTES"
    return "FP64" if all(isinstance(value, (int, float)) for value in values) else "BYTES"


def _fills(shape: Any, n: int) -> bool:
    return isinstance(shape, list) and bool(shape) and all(isinstance(size, int) for size in shape) and prod(shape) == n


def _flat(data: Any) -> list[Any]:
    if not isinstance(data, list):
        return [data]
    return [value for one in data for value in _flat(one)] if any(isinstance(one, list) for one in data) else data
