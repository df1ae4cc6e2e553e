"""The outputs of an ONNX graph as predictions and scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold
from mlgate.adapters.models._onnx_inputs import Slot
from mlgate.core.errors import MeasurementError

if TYPE_CHECKING:
    from mlgate.core.gate import Model

_LABELS = frozenset({"tensor(int64)", "tensor(int32)", "tensor(string)", "tensor(bool)"})
_NUMBERS = frozenset({"tensor(float)", "tensor(double)", "tensor(float16)"})
_MAPS = "seq(map("  # a ZipMap: one mapping from class to probability for each row


class Outputs:
    """Which outputs of a graph are its label and its scores, and how they are read. Raises `MeasurementError` where that cannot be told."""

    def __init__(self, name: str, slots: Sequence[Slot], model: Model) -> None:
        self._name, self._method, self._threshold = name, model.method, model.threshold
        labels = [slot for slot in slots if slot.type in _LABELS and slot.width in (1, None)]
        numbers = [slot for slot in slots if slot.type in _NUMBERS or slot.type.startswith(_MAPS)]
        if len(labels) > 1 or len(numbers) > 1 or not (labels or numbers):
            told = ", ".join(f"{slot.name} ({slot.type})" for slot in slots)
            raise MeasurementError(
                f"{name} gives {told}: which is the label, and which the scores?",
                cause="model",
                fix="convert it with one output of labels, one of scores (a tensor or a ZipMap), or both",
            )
        self._label = labels[0] if labels else None
        self._scores = numbers[0] if numbers else None
        if model.method in ("predict_proba", "decision_function") and self._scores is None:
            raise MeasurementError(f"{name} gives labels alone, and no scores", cause="configuration", fix="use `method: predict`")

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs that are read."""
        return tuple(slot.name for slot in (self._label, self._scores) if slot is not None)

    def columns(self, found: Sequence[Any]) -> dict[str, Any]:
        """Arrays of one value for each row, by role."""
        label = found[0] if self._label is not None else None
        if label is not None:
            label = label.reshape(-1) if label.ndim == 2 and label.shape[1] == 1 else label
        scores = found[-1] if self._scores is not None else None
        if scores is None or (self._method == "predict" and label is not None):
            return {"prediction": label}
        classes, by_class = self._unzipped(scores) if isinstance(scores, list) else (None, scores)
        if by_class.ndim == 1 or by_class.shape[1] == 1:
            return self._single(by_class.reshape(-1), label)
        if by_class.ndim != 2:
            what = f"{self._name} gives scores of {by_class.ndim} dimensions"
            raise MeasurementError(what, cause="model", fix="a row has one score for each class")
        columns = self._two(by_class, label, classes) if by_class.shape[1] == 2 else self._several(by_class, label, classes)
        return {"prediction": columns["prediction"]} if self._method == "predict" else columns

    def _single(self, values: Any, label: Any) -> dict[str, Any]:
        if label is None and self._method in (None, "predict") and self._threshold is None:
            return {"prediction": values}
        if self._threshold is not None:
            return {"score": values, "prediction": at_threshold(values, self._threshold, self._pair(label))}
        return {"score": values} if label is None else {"score": values, "prediction": label}

    def _two(self, by_class: Any, label: Any, classes: Sequence[Any] | None) -> dict[str, Any]:
        score = by_class[:, 1]
        named = {} if classes is None else {f"score_{one}": by_class[:, place] for place, one in enumerate(classes)}
        if self._threshold is not None:
            return {**named, "score": score, "prediction": at_threshold(score, self._threshold, classes or self._pair(label))}
        return {**named, "score": score, "prediction": by_class.argmax(axis=1) if label is None else label}

    def _several(self, by_class: Any, label: Any, classes: Sequence[Any] | None) -> dict[str, Any]:
        if self._threshold is not None:
            raise MeasurementError(f"threshold: {self._name} has {by_class.shape[1]} classes, not two", cause="configuration", fix="leave it out")
        places = by_class.argmax(axis=1)
        if classes is None and label is not None and not bool((label == places).all()):
            raise MeasurementError(
                f"{self._name} gives scores of {by_class.shape[1]} classes without saying which is which, and its labels are not 0, 1, 2, ...",
                cause="model",
                fix="convert it with a ZipMap (skl2onnx's default), which names them",
            )
        named = {f"score_{one}": by_class[:, place] for place, one in enumerate(classes or range(by_class.shape[1]))}
        return {**named, "prediction": places if label is None else label}

    def _pair(self, label: Any) -> tuple[Any, Any]:
        """The two classes, where no ZipMap names them."""
        if label is not None and not (label.dtype.kind in "biu" and set(label.tolist()) <= {0, 1}):
            raise MeasurementError(
                f"threshold: {self._name} does not say which labels its two scores stand for",
                cause="configuration",
                fix="convert it with a ZipMap (skl2onnx's default), or leave `threshold` out",
            )
        return (0, 1)

    def _unzipped(self, rows: list[Any]) -> tuple[Sequence[Any], Any]:
        """(classes in ascending order, scores of rows x classes) of one mapping for each row."""
        import numpy as np

        classes = sorted(rows[0]) if rows else []
        if not classes or any(len(row) != len(classes) for row in rows):
            raise MeasurementError(f"{self._name} gives rows of different classes", cause="model", fix="a row has one score for each class")
        return classes, np.array([[row[one] for one in classes] for row in rows], dtype=np.float32)
