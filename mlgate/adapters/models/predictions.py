"""Predictions that were stored in a file, to be joined to the rows of the model's dataset by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import Opened
from mlgate.core.registry import load

if TYPE_CHECKING:
    from mlgate.core.gate import Model


class StoredPredictions:
    """A Parquet, CSV or JSON lines file (or a glob of them) with the key columns and `prediction`, `score` or `score_<class>`."""

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True where the gate file says `predictions`."""
        return model.predictions is not None

    def open(self, model: Model) -> Opened:
        """The files. Raises `MeasurementError` (cause model) where they are missing or empty."""
        try:
            opened: Opened = _files().open(Dataset(path=model.predictions))
        except MeasurementError as error:
            raise MeasurementError(
                f"predictions: {error.what}", cause="model", fix=error.fix, statement=error.statement, missing=error.missing
            ) from error
        return opened

    def fingerprint(self, model: Model) -> str:
        """Names, sizes and modification times of the files."""
        text: str = _files().fingerprint(self.open(model))
        return text

    def digest(self, model: Model) -> str:
        """`sha256:...` over the bytes of the files."""
        text: str = _files().digest(self.open(model))
        return text


def _files() -> Any:
    return load("sources", "files")()
