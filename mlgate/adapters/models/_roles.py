"""What a model of no known shape returned, as columns with a role: `prediction`, `score`, `score_<class>`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.core.errors import MeasurementError

Method = str | None


def by_role(name: str, returned: Any, method: Method) -> dict[str, Any]:
    """A mapping or frame by its names; of an array one value a row is the prediction, or the score where `method` asks for one.

    Of two columns of probabilities the second is the score. Raises `MeasurementError` (cause model) for names that are no role.
    """
    import numpy as np
    import pandas as pd

    if isinstance(returned, (Mapping, pd.DataFrame)):
        return named(name, {str(one): returned[one] for one in returned})
    array = np.asarray(returned)
    if method in (None, "predict") and not (method is None and array.ndim == 2 and array.shape[1] == 2):
        return {"prediction": array}
    return {"score": array[:, 1] if array.ndim == 2 and array.shape[1] == 2 else array}


def named(name: str, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns, if their names are roles."""
    strange = [one for one in columns if one not in {"prediction", "score"} and not one.startswith("score_")]
    if strange or not columns:
        raise MeasurementError(
            f"{name} returned columns {', '.join(strange) or '(none)'}", cause="model", fix="name them prediction, score or score_<class>"
        )
    return columns
