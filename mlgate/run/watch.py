"""Looks at an engine while it works: says how far it is, ends what takes too long, and lets an interrupt of the user through at once.

The engine works in a thread of its own and this one waits. A database that is called in the main thread may answer Ctrl-C with an ordinary
exception, which a run that isolates failures would take for one more culprit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from mlgate.core.errors import MeasurementError
from mlgate.core.ports import Watched

LOOK_S = 0.25  # between two looks at a statement that runs
PATIENCE_S = 20.0  # how long an engine that was interrupted may take to stop
T = TypeVar("T")


class TookTooLongError(MeasurementError):
    """A statement that was interrupted because its time was up."""

    def __init__(self, timeout_s: float, *, stopped: bool) -> None:
        what = f"not answered within the time-out of {duration_words(timeout_s)}" + ("" if stopped else ", and the engine does not stop")
        fix = "raise `policy: {timeout: ..}` (one statement may take so long), give the engine more memory with MLGATE_MEMORY_MB, or check fewer rows"
        super().__init__(what, cause="infrastructure", fix=fix)


class Watch:
    """Waits for engines. `timeout_s` is what one piece of work may take."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._stuck: set[int] = set()

    def over(self, engine: object, work: Callable[[], T], *, seconds: float | None = None, look: Callable[[float | None], None] | None = None) -> T:
        """What `work` gives, or raises what it raises; `TookTooLongError` after `seconds` (default: the time-out).

        `look` is told every moment which share of the running statement is done, None where the engine does not know. An engine that cannot be
        interrupted works in this thread, unwatched.
        """
        if not isinstance(engine, Watched):
            return work()
        if self.is_stuck(engine):
            raise TookTooLongError(self.timeout_s, stopped=False)
        running = _Running(work)
        ends = time.monotonic() + (self.timeout_s if seconds is None else seconds)
        try:
            running.start()
            while not running.finished.wait(min(LOOK_S, left := ends - time.monotonic())) and left > 0:
                if look is not None:
                    look(engine.done())
        except BaseException:  # the user's interrupt, or a time-out of pytest's: the engine must be free before anybody goes on
            self._end(engine, running)
            raise
        if running.finished.is_set():
            return running.outcome()
        raise TookTooLongError(self.timeout_s, stopped=self._end(engine, running))

    def is_stuck(self, engine: object) -> bool:
        """Whether an engine still works on something that it did not stop when told to."""
        return id(engine) in self._stuck

    def _end(self, engine: Watched, running: _Running[T]) -> bool:
        if running.claim():  # interrupted before the thread began: it will not
            return True
        ends = time.monotonic() + PATIENCE_S
        while not running.finished.is_set() and time.monotonic() < ends and not self.is_stuck(engine):
            engine.interrupt()  # again and again: between two statements it is not heard
            running.finished.wait(0.05)
        if not running.finished.is_set():
            self._stuck.add(id(engine))
        return running.finished.is_set()


class _Running(Generic[T]):
    """Work in a thread of its own; a daemon, so that an engine that hangs cannot keep the process alive."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.finished = threading.Event()
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._claimed = threading.Lock()

    def start(self) -> None:
        """Begins. An interrupt may come out of this with the thread running or not: `claim` tells."""
        threading.Thread(target=self._run, name="mlgate-engine", daemon=True).start()

    def claim(self) -> bool:
        """True for the first who asks: either the thread, which then works, or who ends it, and then it never works."""
        return self._claimed.acquire(blocking=False)

    def _run(self) -> None:
        if not self.claim():
            return
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001  raised again where somebody waits for it
            self._error = error
        finally:
            self.finished.set()

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]


def duration_words(seconds: float) -> str:
    """`12 s`, `5 min`, `1.5 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 1 or seconds == 0 else f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"


class Pace:
    """How far a scan of several statements is, in words."""

    def __init__(self, what: str, statements: int, say: Callable[[str], None]) -> None:
        self._what, self._statements, self._say = what, max(1, statements), say
        self._answered, self._share, self._started = 0, 0.0, time.monotonic()
        say(what)

    def answered(self) -> None:
        """One more statement of the scan is answered."""
        self._answered += 1

    def look(self, share: float | None) -> None:
        """Says the share done and the time left, where both are known; the time alone else."""
        self._share = max(self._share, (self._answered + (share or 0.0)) / self._statements)
        passed = time.monotonic() - self._started
        if self._share < 0.005:
            self._say(f"{self._what}: {duration_words(round(passed))}")
            return
        left = passed * (1 - self._share) / self._share
        known = passed >= 1 and self._share >= 0.05  # before that an estimate is noise
        self._say(f"{self._what}: {100 * self._share:.0f} %" + (f", about {duration_words(max(1.0, left))} left" if known else ""))
