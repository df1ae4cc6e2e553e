"""Calls the callable: gives it rows of its own, looks at what it did with them, and ends the process where it never comes back."""

from __future__ import annotations

import os
import pickle
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlgate.adapters.probes._property.batches import Library, change_of, handed, magnitudes
from mlgate.adapters.probes._property.outputs import Strange, table_of
from mlgate.checks.skew._laws._law import Raised
from mlgate.checks.skew._laws._table import Table

_LOOK_S = 0.2
Tell = Callable[[Any], None]


class Watchdog:
    """Ends the process where one call takes longer than `seconds`; `tell` is given the batch that it was called with, before."""

    def __init__(self, seconds: float, tell: Tell) -> None:
        self._seconds, self._tell = seconds, tell
        self._running: tuple[float, Any] | None = None
        threading.Thread(target=self._watch, name="mlgate-watchdog", daemon=True).start()

    def over(self, function: Callable[[Any], Any], given: Any, batch: Any) -> Any:
        """The result of a call that is watched."""
        self._running = (time.monotonic(), batch)
        try:
            return function(given)
        finally:
            self._running = None

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            running = self._running
            if running is not None and time.monotonic() - running[0] > self._seconds:
                self._tell(running[1])
                os._exit(0)


class Caller:
    """A callable and the library of its batches. `trace`, where given, is told each batch before the call: for one that kills its process."""

    def __init__(self, call: Callable[[Any], Any], library: Library, watchdog: Watchdog, trace: Tell | None = None) -> None:
        self._call, self._library, self._watchdog, self._trace = call, library, watchdog, trace

    def __call__(self, batch: Any) -> Table:
        """The output for a batch. Raises `Raised` for whatever the callable raises, and where it returns no output."""
        return self._table(self.returned(batch)[0], batch)

    def watched(self, batch: Any) -> tuple[Table, str]:
        """The output, and what was changed of the input (empty: nothing)."""
        returned, given = self.returned(batch)
        return self._table(returned, batch), change_of(given, handed(batch, self._library))

    def _table(self, returned: Any, batch: Any) -> Table:
        try:
            return table_of(returned, magnitudes(batch))
        except Strange as strange:
            raise Raised(str(strange), batch) from None

    def returned(self, batch: Any) -> tuple[Any, Any]:
        """What the callable returned as it is, and what it was given, as it is afterwards."""
        given = handed(batch, self._library)
        return self.on(self._call, given, batch), given

    def on(self, function: Callable[[Any], Any], given: Any, batch: Any) -> Any:
        """Calls any function of the user's. Raises `Raised`."""
        if self._trace is not None:
            self._trace(batch)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._watchdog.over(function, given, batch)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            raise Raised(error_words(error), batch) from error


def error_words(error: BaseException) -> str:
    """An error as one line, with the last place of the user's code in it."""
    text = f"{type(error).__name__}: {error}".strip().rstrip(":")
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename and "mlgate" not in frame.filename]
    place = f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own and not own[-1].filename.startswith("<") else ""
    return f"{' '.join(text.split())[:300]}{place}"


def no_rows_of_scikit_learn(raised: Raised) -> bool:
    """Whether scikit-learn itself refused a table without rows."""
    error = raised.__cause__
    last = traceback.extract_tb(error.__traceback__)[-1] if error is not None and error.__traceback__ is not None else None
    return isinstance(error, ValueError) and last is not None and "sklearn" in Path(last.filename).parts and "0 sample(s)" in str(error)


class Pickled:
    """The callable written by pickle, once."""

    def __init__(self, thing: Any, path: Path) -> None:
        self._thing, self._path = thing, path
        self._error: str | None = None

    @property
    def error(self) -> str:
        """Why it cannot be pickled and loaded again in this process; empty where it can, and then it stands in the file."""
        if self._error is None:
            self._error = self._tried()
        return self._error

    def _tried(self) -> str:
        try:
            written = pickle.dumps(self._thing)
            pickle.loads(written)  # noqa: S301  what was just written
        except BaseException as error:  # noqa: BLE001  `__reduce__` is the user's code
            return error_words(error)
        self._path.write_bytes(written)
        return ""
