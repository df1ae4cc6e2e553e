"""The columns and types of an MLflow model's signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.adapters.models._columns import readable
from mlgate.core.errors import MeasurementError

_NUMPY: Mapping[str, str] = {"boolean": "bool", "integer": "int32", "long": "int64", "float": "float32", "double": "float64"}


class Signature:
    """What a model says of its inputs: columns with types, or one tensor; None where it was logged without a signature."""

    def __init__(self, name: str, schema: Any, features: Sequence[str]) -> None:
        self._name, self._features = name, tuple(features)
        self._tensor = schema.inputs[0] if schema is not None and schema.is_tensor_spec() else None
        self._columns = {} if schema is None or self._tensor is not None or not schema.has_input_names() else {one.name: one for one in schema.inputs}
        if self._tensor is not None and (len(schema.inputs) > 1 or len(self._tensor.shape) != 2):
            raise MeasurementError(f"{name} takes tensors that no table fills", cause="model", fix="log it with a signature of columns")

    def columns(self, available: Sequence[str]) -> tuple[str, ...] | None:
        """The columns to send, None where the model does not say. Optional ones that are not available are left out."""
        if self._features:
            return readable(self._name, self._features, available, declared=True)
        if self._tensor is not None:
            raise MeasurementError(
                f"{self._name} takes one tensor of {self._tensor.shape[1]} columns and does not say which",
                cause="configuration",
                fix="add `features: [..]` to the model, in the order it was trained with",
            )
        if not self._columns:
            return None
        wanted = [name for name, one in self._columns.items() if name in available or getattr(one, "required", True)]
        return readable(self._name, wanted, available, declared=False)

    def typed(self, frame: Any) -> Any:
        """The frame in the types of the signature (MLflow itself refuses whole numbers where floats are asked for).

        Raises `MeasurementError` for values that the type does not hold.
        """
        if self._tensor is not None:
            return frame[list(self._features)].to_numpy(dtype=self._tensor.type)
        made = frame.copy()
        for name in made.columns:
            spec = self._columns.get(name)
            wanted = _NUMPY.get(getattr(getattr(spec, "type", None), "name", ""))
            if wanted is not None and str(made[name].dtype) != wanted:
                made[name] = self._converted(name, made[name], wanted)
        return made

    def _converted(self, column: str, series: Any, wanted: str) -> Any:
        import numpy as np

        what = ""
        if series.dtype.kind not in "biuf":
            if not all(value is None or isinstance(value, (bool, int, float)) or hasattr(value, "as_tuple") for value in series):
                what = f"of type {series.dtype}"
            else:  # decimals, and booleans with nulls
                series = series.map(lambda value: np.nan if value is None else float(value)).astype("float64")
        if not what and not wanted.startswith("float"):
            nulls = int(series.isna().sum())
            what = f"null in {nulls:,} rows" if nulls else ""
            what = what or ("a number that it does not hold" if (series.astype(wanted) != series).any() else "")
        if what:
            raise MeasurementError(
                f"column {column!r} is {what}, and the signature of {self._name} says {wanted}", fix="write the column with the type of the signature"
            )
        return series.astype(wanted)
