"""Sends the statements of one scan; splits one that fails until the culprit is alone, so that the rest is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.core.errors import Cause, MeasurementError, PluginError
from mlgate.core.marked import quoting, telling
from mlgate.core.plan import Scan
from mlgate.core.ports import Engine
from mlgate.core.request import Request, columns_of
from mlgate.run.watch import TookTooLongError, Watch

Sent = tuple[Mapping[Request, Any], int]  # answers, and how many statements that took


@dataclass(frozen=True)
class _Allowed:
    """The time a statement may take, in seconds; once one took too long, its parts have to be done by `until` (of `time.monotonic`)."""

    seconds: float
    until: float | None = None

    @property
    def left(self) -> float:
        return self.seconds if self.until is None else min(self.seconds, self.until - time.monotonic())

    def halved(self, timeout_s: float) -> _Allowed:
        """For each half of a statement that took too long: half of the time, and one time-out for all parts together."""
        return _Allowed(self.seconds / 2, time.monotonic() + timeout_s if self.until is None else self.until)


class Isolation:
    """The statements of one scan. `look` hears how far the running one is."""

    def __init__(self, engine: Engine, scan: Scan, watch: Watch, look: Callable[[float | None], None]) -> None:
        self._engine, self._scan, self._watch, self._look = engine, scan, watch, look

    def answers(self, batch: Sequence[Request]) -> Iterator[Sent]:
        """The answers to a batch; what failed is answered by its `MeasurementError`."""
        return self._answers(batch, _Allowed(self._watch.timeout_s))

    def _answers(self, batch: Sequence[Request], allowed: _Allowed) -> Iterator[Sent]:
        if allowed.left <= 0:
            yield dict.fromkeys(batch, TookTooLongError(self._watch.timeout_s, stopped=True)), 0
            return
        try:
            answers = self._watch.over(self._engine, lambda: self._ask(batch), seconds=allowed.left, look=self._look)
        except TookTooLongError as error:
            failed: Exception = error
            allowed = allowed.halved(self._watch.timeout_s)
        except Exception as error:  # noqa: BLE001  a database raises what it likes; each culprit becomes ERROR, the rest goes on
            failed = error
        else:
            yield answers, 1
            return
        if len(batch) == 1 or self._watch.is_stuck(self._engine):
            yield dict.fromkeys(batch, self._error(failed, batch)), 1
            return
        middle = len(batch) // 2
        yield {}, 1
        yield from self._answers(batch[:middle], allowed)
        yield from self._answers(batch[middle:], allowed)

    def _ask(self, batch: Sequence[Request]) -> Mapping[Request, Any]:
        with telling(self._engine):
            return self._engine.answer(self._scan, batch)

    def _error(self, failed: Exception, batch: Sequence[Request]) -> MeasurementError:
        if isinstance(failed, MeasurementError) and not isinstance(failed, TookTooLongError) and failed.__cause__ is None:
            return failed  # known to be wrong before it was sent
        error = as_measurement_error(failed, columns=_quotable(batch[0]))
        error.statement = error.statement or statement(self._engine, self._scan, batch)
        return error


def statement(engine: Engine, scan: Scan, batch: Sequence[Request]) -> str:
    """The SQL of a batch, for a plan or a message."""
    try:
        return engine.statement(scan, batch)
    except Exception as error:  # noqa: BLE001  the statement is for the message only
        return f"-- no statement: {error}"


def as_measurement_error(error: Exception, *, prefix: str = "", cause: Cause = "data", columns: Sequence[str] = ()) -> MeasurementError:
    """Whatever was raised, as the error of the items that asked. `cause` is whose fault it is unless the machine gave up."""
    if isinstance(error, MeasurementError):
        return error
    if isinstance(error, (OSError, MemoryError, ImportError, PluginError)):
        cause = "infrastructure"
    return MeasurementError(f"{prefix}{type(error).__name__}: {quoting(error, columns)}", cause=cause)


def _quotable(request: Request) -> Sequence[str]:
    """The columns that an engine's message about a request may quote; none named where rows are joined, which reads others too."""
    view = request.view
    return () if view.model or view.baseline or view.joined else columns_of(request)
