"""Law `pickles`."""

from __future__ import annotations

from typing import ClassVar

from mlgate.checks.skew._laws._law import Broken, Law, Trial


class Pickles(Law):
    """It can be pickled, and loaded in another process it gives the same.

    In production: the object is written by the training job and loaded by a server; workers get it by pickle too. A lambda, a local class or an open
    connection inside stops the deployment, and state that is not pickled comes back as something else.
    """

    other_process: ClassVar[bool] = True
    fix: ClassVar[str] = "use named functions and classes at the top of a module, and keep all fitted state in attributes"

    def broken(self, trial: Trial) -> Broken | None:
        error = trial.pickle_error()  # tried once; outputs are compared in the other process
        return Broken("it cannot be pickled and loaded again", got=error) if error else None
