"""The two sides: user code that is given rows of its own, and what came of it."""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.probes._transform_endpoint import Unsent, asking
from mlgate.adapters.probes._transform_outputs import Output, Unusable, as_output
from mlgate.checks.skew._transform_findings import is_url, told
from mlgate.core.errors import MeasurementError
from mlgate.core.registry import import_callable

_LOOK_S = 0.2


@dataclass(frozen=True)
class Given:
    """What a side gave for some rows: an output, or in words what it did instead (`broke`), with what it said (`error`)."""

    output: Output | None = None
    broke: str = ""
    error: str = ""
    raised: bool = False


class Watchdog:
    """Ends this process where one call lasts too long, after `stuck` was told which side was called and with what."""

    def __init__(self, seconds: float, stuck: Callable[[str, Any], None]) -> None:
        self._seconds, self._stuck = seconds, stuck
        self._running: tuple[float, str, Any] | None = None
        threading.Thread(target=self._look, name="mlgate-watchdog", daemon=True).start()

    @contextmanager
    def over(self, side: str, rows: Any) -> Iterator[None]:
        """Watches one call."""
        self._running = (time.monotonic(), side, rows)
        try:
            yield
        finally:
            self._running = None

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            running = self._running
            if running is not None and time.monotonic() - running[0] > self._seconds:
                self._stuck(running[1], running[2])
                os._exit(0)


@dataclass(frozen=True)
class Side:
    """One transformation. `frame_of` makes its frame of rows, `names` are the input columns."""

    name: str
    function: Callable[..., Any]
    takes_row: bool
    frame_of: Callable[[Any], Any]
    names: tuple[str, ...]
    watchdog: Watchdog
    listed: Callable[[Iterable[str]], str]
    frame_library: str = "pandas"

    def on_all(self, rows: Any) -> Given:
        """What it gives for all rows at once; a side that takes single rows gets them one after the other."""
        with self.watchdog.over(self.name, rows):
            return self._on_each(self._records(rows)) if self.takes_row else self._on_frame(self.frame_of(rows))

    def on_single(self, rows: Sequence[Any]) -> Given:
        """What it gives for one row at a time, put together."""
        if self.takes_row:
            return self.on_all(rows)
        with self.watchdog.over(self.name, rows):
            return self._together([self._on_frame(self.frame_of([row])) for row in rows])

    def _records(self, rows: Any) -> list[dict[str, Any]]:
        if isinstance(rows, list):
            return [dict(zip(self.names, row, strict=True)) for row in rows]
        cells = [_cells(rows[name]) for name in self.names]
        return [dict(zip(self.names, row, strict=True)) for row in zip(*cells, strict=True)]

    def _on_each(self, records: Sequence[dict[str, Any]]) -> Given:
        given = []
        for record in records:
            own = dict(record)
            one = self._called(own, one_row=True)
            if not one.broke and (own.keys() != record.keys() or any(own[name] is not record[name] for name in record)):
                one = Given(broke="changed the row that it was given")
            given.append(one)
        return self._together(given)

    def _on_frame(self, frame: Any) -> Given:
        own = frame.clone() if self.frame_library == "polars" else frame.copy(deep=True)
        given = self._called(own, one_row=False)
        return given if given.broke or _unchanged(own, frame) else Given(broke="changed the frame that it was given")

    def _called(self, argument: Any, *, one_row: bool) -> Given:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                returned = self.function(argument)
            return Given(as_output(returned, one_row=one_row))
        except Unusable as error:
            return Given(broke=str(error))
        except (Unsent, MeasurementError):  # of a service: says nothing about what it computes
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  the user's code may raise anything
            return Given(broke=f"raises {type(error).__name__}", error=str(error), raised=True)

    def _together(self, given: Sequence[Given]) -> Given:
        """The outputs of single rows as one; the first that broke stands for all."""
        for number, one in enumerate(given):
            if one.broke:
                return Given(broke=f"{one.broke}, given row {number + 1} alone", error=one.error, raised=one.raised)
        outputs = [one.output for one in given if one.output is not None]
        if not outputs:
            return Given(Output((), (), (), 0))
        first = outputs[0]
        for number, other in enumerate(outputs):
            if other.names != first.names:
                gone = [name for name in (*first.names, *other.names) if (name in first.names) != (name in other.names)]
                told = self.listed(gone) or "in another order"
                return Given(broke=f"gives other columns for row {number + 1} alone than for row 1 ({told})")
        columns = [_stacked(outputs, place) for place in range(len(first.names))]
        values, sorts = tuple(one for one, _ in columns), tuple(sort for _, sort in columns)
        return Given(Output(first.names, values, sorts, sum(one.rows for one in outputs), first.named))


def _unchanged(own: Any, frame: Any) -> bool:
    if "polars" in type(own).__module__:
        return list(own.columns) == list(frame.columns) and bool(own.equals(frame))
    if list(own.columns) != list(frame.columns) or not own.index.equals(frame.index):
        return False
    return bool((own.dtypes == frame.dtypes).all()) and bool(own.equals(frame))


def _cells(series: Any) -> list[Any]:
    missing = series.isna().tolist()
    return [None if null else cell for cell, null in zip(series.tolist(), missing, strict=True)]


def _mixed(parts: Sequence[Any]) -> bool:
    kinds = {part.dtype.kind for part in parts}
    return len(kinds) > 1 and not kinds <= set("iufb")


def _objects(part: Any) -> Any:
    import numpy as np

    missing = np.isnan(part) if part.dtype.kind == "f" else np.isnat(part) if part.dtype.kind in "mM" else np.zeros(len(part), dtype=bool)
    found = part.astype(object)
    found[missing] = None
    return found


def function_of(target: str) -> Callable[..., Any]:
    """The function that a name or a URL stands for. Raises `MeasurementError`."""
    return asking(target) if is_url(target) else import_callable(target)


def targets(asked: Mapping[str, Any]) -> tuple[str, str]:
    """The names of both sides, told apart where they are one function; a URL without its query, which may hold a secret."""
    of, against = (told(asked[word]) for word in ("of", "against"))
    return (f"{of} (of)", f"{against} (against)") if of == against else (of, against)


def _stacked(outputs: Sequence[Output], place: int) -> tuple[Any, str]:
    """One column of several outputs below each other."""
    import numpy as np

    parts = [one.values[place] for one in outputs]
    held = {one.sorts[place] for one in outputs} - {"nulls"}
    sort = held.pop() if len(held) == 1 else "nulls" if not held else "values of several types"
    return np.concatenate([_objects(part) for part in parts] if _mixed(parts) else parts), sort
