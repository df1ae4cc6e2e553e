"""A service that computes features, as a function from a frame to what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlgate.adapters.models._endpoint_client import Client
from mlgate.adapters.models._endpoint_protocols import Lists, word_of
from mlgate.core.errors import MeasurementError

_TIMEOUT_S = 30.0
_BATCH_ROWS = 1_000
_KEYS = ("predictions", "features", "outputs")  # under which services answer; else the answer is the rows


class Unsent(Exception):  # noqa: N818
    """JSON cannot say these rows (infinity); nothing was sent."""

    def __init__(self, error: MeasurementError) -> None:
        super().__init__(error.what)
        self.error = error


class StatusError(Exception):
    """The service answered with an error."""


def asking(url: str) -> Callable[[Any], Any]:
    """Sends the rows of a frame, at most 1,000 at a time, and puts the answers together.

    Raises `StatusError` for an answer that is one, `Unsent`, and `MeasurementError` where no answer came. Raises `MeasurementError` at once for a URL
    that is none, or of a protocol that has no features (`#v2`).
    """
    plain, word = word_of(url)
    if word == "v2":
        what = "the protocol v2 answers with tensors, and has no names for features"
        raise MeasurementError(what, cause="configuration", fix="use #instances, #records or #mlflow")
    client = Client(plain, timeout_s=_TIMEOUT_S)
    lists = Lists(client.place, word, None)

    def ask(frame: Any) -> Any:
        starts = range(0, max(len(frame), 1), _BATCH_ROWS)
        try:
            return _together([_rows(_posted(client, lists, frame.iloc[start : start + _BATCH_ROWS])) for start in starts])
        finally:
            client.close()

    return ask


def _posted(client: Client, lists: Lists, frame: Any) -> Any:
    try:
        content = lists.request(frame)
    except MeasurementError as error:
        raise Unsent(error) from error
    try:
        return client.post(content)
    except MeasurementError as error:
        if " answered with status " in error.what:
            raise StatusError(error.what) from error
        raise


def _rows(content: Any) -> Any:
    key = next((key for key in _KEYS if isinstance(content, Mapping) and key in content), None)
    return content if key is None else content[key]


def _together(answers: list[Any]) -> Any:
    if len(answers) == 1:
        return answers[0]
    if all(isinstance(one, list) for one in answers):
        return [row for one in answers for row in one]
    if all(isinstance(one, Mapping) and one.keys() == answers[0].keys() for one in answers):
        return {name: [value for one in answers for value in one[name]] for name in answers[0]}
    return None
