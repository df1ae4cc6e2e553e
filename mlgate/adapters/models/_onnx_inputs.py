"""Columns of a frame as the inputs of an ONNX graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import readable
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TYPES: Mapping[str, str] = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    **{f"tensor({name})": name for name in ("int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool")},
    "tensor(string)": "object",
}


@dataclass(frozen=True)
class Slot:
    """An input or output of a graph: `type` in ONNX Runtime's words, `shape` with None or a name where a size is open."""

    name: str
    type: str
    shape: tuple[int | str | None, ...]

    @property
    def width(self) -> int | None:
        """Values per row, None where that is open; 1 of a list."""
        last = self.shape[-1] if len(self.shape) > 1 else 1
        return last if isinstance(last, int) else None


class Inputs:
    """The inputs of a graph, and the columns they are filled from. Raises `MeasurementError` where rows of a table cannot fill them."""

    def __init__(self, name: str, slots: Sequence[Slot], features: Sequence[str]) -> None:
        self._name, self._slots, self._features = name, slots, tuple(features)
        for slot in slots:
            if slot.type not in _TYPES or not 1 <= len(slot.shape) <= 2:
                shape = " x ".join(str(size) for size in slot.shape) or "no dimension"
                raise MeasurementError(
                    f"input {slot.name!r} of {name} is {slot.type} of shape {shape}, which a table does not fill",
                    cause="model",
                    fix="a graph for tables has inputs of rows x columns, or one input for each column",
                )
        self._whole = len(slots) == 1 and len(slots[0].shape) == 2 and slots[0].width != 1
        if self._whole:
            self._need_names(slots[0])
        else:
            self._pairs = self._paired()

    def columns(self, available: Sequence[str]) -> tuple[str, ...]:
        """The columns read, in the order of the graph. Raises `MeasurementError` naming those that are not available."""
        wanted = self._features if self._whole else tuple(self._pairs.values())
        return readable(self._name, wanted, available, declared=bool(self._features))

    def fed(self, frame: Any) -> dict[str, NDArray[np.generic]]:
        """Input name to array. Raises `MeasurementError` for a value that the input's type does not hold."""
        import numpy as np

        if self._whole:
            slot = self._slots[0]
            made = [self._array(slot, name, frame[name]) for name in self._features]
            return {slot.name: np.column_stack(made) if made else np.empty((len(frame), 0))}
        return {slot.name: self._shaped(slot, self._array(slot, self._pairs[slot.name], frame[self._pairs[slot.name]])) for slot in self._slots}

    def _need_names(self, slot: Slot) -> None:
        if not self._features:
            width = "columns" if slot.width is None else f"{slot.width} columns"
            raise MeasurementError(
                f"{self._name} reads {width} through one input and does not say which",
                cause="configuration",
                fix="add `features: [..]` to the model, in the order it was trained with",
            )
        if slot.width is not None and slot.width != len(self._features):
            raise MeasurementError(
                f"features names {len(self._features)} columns, and {self._name} reads {slot.width}",
                cause="configuration",
                fix="name the columns that it was trained with, in their order",
            )

    def _paired(self) -> Mapping[str, str]:
        """Input to column: by name, or, where `features` are other names, by place."""
        names = [slot.name for slot in self._slots]
        wide = [slot.name for slot in self._slots if slot.width not in (1, None)]
        if wide:
            raise MeasurementError(
                f"{self._name} has several inputs, and {', '.join(wide)} of several columns each",
                cause="model",
                fix="convert it with one input for all columns, or with one for each",
            )
        if not self._features or set(self._features) == set(names):
            return {name: name for name in names}
        if len(self._features) != len(names):
            raise MeasurementError(
                f"features names {len(self._features)} columns, and {self._name} has {len(names)} inputs: {', '.join(names[:20])}",
                cause="configuration",
                fix="leave `features` out where inputs are called like columns, else name one column for each input",
            )
        return dict(zip(names, self._features, strict=True))

    @staticmethod
    def _shaped(slot: Slot, array: NDArray[np.generic]) -> NDArray[np.generic]:
        return array.reshape(-1, 1) if len(slot.shape) == 2 else array

    def _array(self, slot: Slot, column: str, series: Any) -> NDArray[np.generic]:
        import numpy as np

        wanted = _TYPES[slot.type]
        if wanted == "object":
            return self._text(slot, column, series)
        values = series.to_numpy()
        if values.dtype.kind == "O":
            values = self._numbers(slot, column, series)
        if values.dtype.kind not in "biuf":
            raise self._misfit(slot, column, f"of type {values.dtype}")
        if wanted.startswith("float"):
            with np.errstate(over="ignore"):  # beyond float32 is infinity, as where the graph is served
                return np.asarray(values.astype(wanted))
        null = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
        if null.any():
            raise self._misfit(slot, column, f"null in {int(null.sum()):,} rows")
        with np.errstate(invalid="ignore"):
            whole = values.astype(wanted)
        other = whole != values
        if other.any():
            raise self._misfit(slot, column, f"{cell(column, values[other.argmax()])} in a row")
        return np.asarray(whole)

    def _numbers(self, slot: Slot, column: str, series: Any) -> NDArray[np.generic]:
        """Booleans with nulls and decimals; text is refused, also where it spells a number."""
        import numpy as np

        kinds = {type(value).__name__ for value in series if value is not None}
        if "str" in kinds:
            raise self._misfit(slot, column, "text")
        try:
            return np.array([np.nan if value is None else float(value) for value in series], dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise self._misfit(slot, column, f"of type {', '.join(sorted(kinds))}") from error

    def _text(self, slot: Slot, column: str, series: Any) -> NDArray[np.generic]:
        import numpy as np

        values = series.to_numpy(dtype=object)
        null = np.array([value is None or value != value for value in values], dtype=bool)  # noqa: PLR0124  NaN is a null
        if null.any():
            raise self._misfit(slot, column, f"null in {int(null.sum()):,} rows")
        if not all(isinstance(value, str) for value in values):
            raise self._misfit(slot, column, f"of type {series.dtype}")
        return np.asarray(values)

    def _misfit(self, slot: Slot, column: str, what: str) -> MeasurementError:
        where = "" if self._whole else f" {slot.name!r}"
        return MeasurementError(
            f"column {column!r} is {what}, and the input{where} of {self._name} is {slot.type}",
            fix="write the column with the type the model was trained with; no input of whole numbers or text holds a null",
        )
