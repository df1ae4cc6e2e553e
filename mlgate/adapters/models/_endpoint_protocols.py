"""How rows are written for a scoring endpoint, and how its answers are read: three protocols."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mlgate.adapters.models._endpoint_values import array_of, plain_values
from mlgate.adapters.models._roles import by_role, named
from mlgate.core.errors import MeasurementError

_INFER = re.compile(r"(?P<model>.*/v2/models/[^/]+(?:/versions/[^/]+)?)/infer")
WORDS = ("mlflow", "v2", "instances", "records")


class Endpoint(Protocol):
    """One protocol. `name` is what messages call the endpoint."""

    def columns(self) -> tuple[str, ...] | None:
        """The columns that the server says it reads, None where it does not say."""
        ...

    def request(self, frame: Any) -> Any:
        """The rows as JSON."""
        ...

    def answer(self, content: Any) -> dict[str, Any]:
        """The columns of an answer by role."""
        ...


def word_of(url: str) -> tuple[str, str]:
    """(URL without a stated protocol, protocol): `#mlflow`, `#v2`, `#instances` or `#records` at its end, else by its path.

    Raises `MeasurementError` for another word.
    """
    plain, mark, word = url.partition("#")
    if mark:
        if word not in WORDS:
            raise MeasurementError(f"endpoint: unknown protocol #{word}", cause="configuration", fix=f"one of #{', #'.join(WORDS)}")
        return plain, word
    path = plain.partition("?")[0].rstrip("/")
    return plain, "mlflow" if path.endswith("/invocations") else "v2" if _INFER.search(path) else "instances"


class Lists:
    """MLflow's `dataframe_split`, `{"instances": [{..}]}`, or a bare list of records; answers are `{"predictions": [..]}` or a bare list.

    Each answer is a value, a list of two probabilities, or a mapping with `prediction`, `score`, `score_<class>`.
    """

    def __init__(self, name: str, word: str, method: str | None) -> None:
        self._name, self._word, self._method = name, word, method

    def columns(self) -> tuple[str, ...] | None:
        return None

    def request(self, frame: Any) -> Any:
        values = {str(column): plain_values(str(column), frame[column]) for column in frame.columns}
        rows = list(zip(*values.values(), strict=True)) or [()] * len(frame)
        if self._word == "mlflow":
            return {"dataframe_split": {"columns": list(values), "data": [list(row) for row in rows]}}
        records = [dict(zip(values, row, strict=True)) for row in rows]
        return records if self._word == "records" else {"instances": records}

    def answer(self, content: Any) -> dict[str, Any]:
        found = content.get("predictions", content) if isinstance(content, Mapping) else content
        if isinstance(found, Mapping):  # a mapping of columns
            return named(self._name, {str(role): self._array(str(role), values) for role, values in found.items()})
        if not isinstance(found, list):
            raise self._strange(f"{type(found).__name__} where predictions should be")
        if found and all(isinstance(one, Mapping) for one in found):
            return self._records(found)
        return by_role(self._name, self._array("predictions", found), self._method)

    def _records(self, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        names = list(found[0])
        if any(list(one) != names and set(one) != set(names) for one in found):
            raise self._strange("records of different keys")
        columns = {str(name): self._array(str(name), [one[name] for one in found]) for name in names}
        if len(columns) == 1 and next(iter(columns)) not in ("prediction", "score"):  # a frame of one column, whatever its name
            return by_role(self._name, next(iter(columns.values())), self._method)
        return named(self._name, columns)

    def _array(self, what: str, values: Any) -> Any:
        array = array_of(values) if isinstance(values, list) else None
        if array is None:
            raise self._strange(f"{what} that are not one kind of value for each row")
        return array

    def _strange(self, what: str) -> MeasurementError:
        return MeasurementError(
            f"{self._name} answered with {what}",
            cause="model",
            fix='an answer is {"predictions": [..]} with one number, text or {"prediction": .., "score": ..} for each row',
        )


def model_path(path: str) -> str | None:
    """The path of a model's metadata, of the path that infers; None where it is no such path."""
    match = _INFER.fullmatch(path.rstrip("/"))
    return match["model"] if match else None
