"""Law `no_mutation`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._law import Broken, Law, Trial


class NoMutation(Law):
    """The rows that went in are left as they were.

    In production: whoever calls it goes on with the same frame: logs the request, scores a second model, retries. An input that was changed is
    transformed twice, or logged as something that nobody sent.
    """

    fix: ClassVar[str] = "work on a copy (frame.copy(), frame.assign(..)) and never assign into the argument"

    def broken(self, trial: Trial) -> Broken | None:
        trial.output()
        change = trial.input_change()
        return Broken(f"its input is changed: {change}") if change else None
