"""Law `idempotent`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Law, Raised, Trial


class Idempotent(Law):
    """Applied to its own output it changes nothing.

    In production: a cleaning step runs in the pipeline and again in the service, or a job is retried halfway. What trims, clips or normalises text
    should not do so twice to another effect.
    """

    by_default: ClassVar[bool] = False
    fix: ClassVar[str] = "let the step recognise what is clean already, or let it run in one place only"

    def broken(self, trial: Trial) -> Broken | None:
        output = trial.output()
        try:
            twice = trial.after("")
        except Raised as raised:
            return Broken("it raises on its own output", got=raised.error)
        return Broken.by(difference(output, twice), "when it is applied to its own output")
