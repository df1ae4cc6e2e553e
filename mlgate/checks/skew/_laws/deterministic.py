"""Law `deterministic`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Silent, Trial


class Deterministic(Law):
    """The same rows get the same output, again and in another process.

    In production: a restarted server, a second worker and last week's training run are other processes, with another seed for `hash`, often in
    another time zone. Global random state, state kept between calls, `hash` of text and local time give one row several features.
    """

    other_process: ClassVar[bool] = True
    fix: ClassVar[str] = (
        "take random numbers from a generator with a fixed seed, name time zones, use hashlib instead of hash(), keep no state between calls"
    )

    def broken(self, trial: Trial) -> Broken | None:
        if not trial.due:
            raise Silent
        return Broken.by(difference(trial.output(), trial.again()), "when the same rows are transformed again")
