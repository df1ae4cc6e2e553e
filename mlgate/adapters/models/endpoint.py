"""A model behind an HTTP endpoint, asked row by row as its users ask it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import at_threshold, checked, readable
from mlgate.adapters.models._endpoint_client import Client
from mlgate.adapters.models._endpoint_protocols import Endpoint, Lists, model_path, word_of
from mlgate.adapters.models._endpoint_tensors import Tensors
from mlgate.core.errors import MeasurementError
from mlgate.core.ports import Scorer
from mlgate.core.scored import Scored

if TYPE_CHECKING:
    from mlgate.core.gate import Model

_TIMEOUT_S = 30.0
_BATCH_ROWS = 1_000


class EndpointModel:
    """Sends the rows of the dataset to `endpoint`, at most `batch_rows` at a time, and takes what it answers for predictions and scores.

    The URL says the protocol: MLflow's (its path ends in /invocations), the Open Inference Protocol 2 (/v2/models/<name>/infer), else plain JSON,
    `{"instances": [{..}]}`; `#mlflow`, `#v2`, `#instances` or `#records` (a bare list) at its end overrule the path.
    `features` are the columns that are sent: without it those that the server lists, else all columns of the dataset.

    A request is sent again, twice at most, only where no connection came about or it was lost before any answer; never after an answer, whatever it
    says, and never after a time-out. `MLGATE_ENDPOINT_TOKEN` is sent as a bearer token, user and password of the URL as basic authentication.
    """

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True where the gate file says `endpoint`."""
        return model.endpoint is not None

    def open(self, model: Model) -> Scorer:
        """A client; nothing is sent yet. Raises `MeasurementError` (cause configuration) for a URL that is none."""
        url, word = word_of(model.endpoint or "")
        return _Scorer(Client(url, timeout_s=model.timeout or _TIMEOUT_S), word, model)

    def fingerprint(self, model: Model) -> str:
        """The URL without user, password and query: what a server computes cannot be told from outside."""
        url, word = word_of(model.endpoint or "")
        return f"{Client(url, timeout_s=_TIMEOUT_S).place} ({word})"


class _Scorer:
    def __init__(self, client: Client, word: str, model: Model) -> None:
        self._client, self._word, self._model = client, word, model
        self._name = client.place
        self._protocol: Endpoint | None = None
        self._calls_s: list[float] = []
        self._rows = 0
        self._kinds: dict[str, bool] = {}  # role to whether its values are text, as the first answer had it

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The gate file's `features`, else the columns that the server lists, else every column."""
        if self._model.features:
            return readable(self._name, self._model.features, available, declared=True)
        listed = self._spoken().columns()
        return tuple(available) if listed is None else readable(self._name, listed, available, declared=False)

    def score(self, frame: Any) -> Mapping[str, Any]:
        """What the endpoint answers. Raises `MeasurementError`: down, slow, a status that is no success, no JSON, another number of values."""
        import numpy as np

        size = self._model.batch_rows or _BATCH_ROWS
        try:
            parts = [self._answered(frame.iloc[start : start + size]) for start in range(0, len(frame), size)]
        finally:
            self._client.close()
        return {role: np.concatenate([part[role] for part in parts]) for role in parts[0]} if parts else {}

    def took(self) -> Scored:
        """The calls that answered."""
        return Scored(self._rows, tuple(self._calls_s), self._client.retries)

    def _spoken(self) -> Endpoint:
        if self._protocol is None:
            if self._word == "v2":
                path = model_path(self._client.path)
                metadata = None if path is None else self._client.get(path)
                self._protocol = Tensors(self._name, self._model.method, metadata, self._model.features)
            else:
                self._protocol = Lists(self._name, self._word, self._model.method)
        return self._protocol

    def _answered(self, rows: Any) -> dict[str, Any]:
        protocol = self._spoken()
        request = protocol.request(rows)
        started = time.perf_counter()
        content = self._client.post(request)
        self._calls_s.append(time.perf_counter() - started)
        self._rows += len(rows)
        columns: dict[str, Any] = checked(self._name, protocol.answer(content), len(rows))
        if self._model.threshold is not None and "score" in columns:
            columns["prediction"] = at_threshold(columns["score"], self._model.threshold)
        kinds = {role: values.dtype.kind in "OUS" for role, values in columns.items()}
        if self._kinds and kinds != self._kinds:
            raise MeasurementError(
                f"{self._name} answered one request with other columns or types than the one before",
                cause="model",
                fix="every row has the same answers: numbers, or text",
            )
        self._kinds = kinds
        return columns
