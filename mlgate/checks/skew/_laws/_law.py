"""What a law is: a claim about a callable that one batch of rows can break."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mlgate.checks.skew._laws._difference import Difference
from mlgate.checks.skew._laws._table import Table


class Raised(Exception):  # noqa: N818  what the callable did, not what went wrong here
    """The callable raised on rows: `batch` is what it was given, `how` says in which form."""

    def __init__(self, error: str, batch: Any, how: str = "") -> None:
        super().__init__(error)
        self.error, self.batch, self.how = error, batch, how


class Silent(Exception):  # noqa: N818
    """These rows say nothing about the law."""


@dataclass(frozen=True)
class Broken:
    """How a law is broken. `why` holds no value of the data; `got` and `expected` are the values that differ.

    `batch` is what the callable was given, where that is not the batch of the trial.
    """

    why: str
    column: str = ""
    got: str = ""
    expected: str = ""
    batch: Any = None

    @classmethod
    def by(cls, found: Difference | None, how: str, *, place: int | None = None) -> Broken | None:
        """Broken by a difference: `how` says what the second output is one of. `place` is the row of the batch where both are of one row."""
        if found is None:
            return None
        at = found.place if place is None or found.place is None else place
        row = "" if at is None else f" in row {at + 1}"
        return cls(f"{found.why}{row} {how}", found.column, found.other, found.one)


class Trial(Protocol):
    """One batch of rows, and the callable to be tried on it. Outputs are kept: asking twice runs it once. All raise `Raised` where it does."""

    @property
    def rows(self) -> int:
        """How many rows there are, at least one."""
        ...

    @property
    def turn(self) -> int:
        """Which batch of the search it is: for choices of a law (an order, a column) that come round. It stays while a batch is made smaller."""
        ...

    @property
    def chosen(self) -> Sequence[int]:
        """Places of the rows to look at: one, with a null every other time where there is such a row; all while a batch is made smaller."""
        ...

    @property
    def due(self) -> bool:
        """Whether it is the turn of a law that needs a call of its own and finds its bug in one batch of two."""
        ...

    @property
    def with_null(self) -> NDArray[np.bool_]:
        """Which rows hold a null or a NaN."""
        ...

    @property
    def with_infinity(self) -> NDArray[np.bool_]:
        """Which rows hold an infinity."""
        ...

    @property
    def labels(self) -> tuple[Any, ...] | None:
        """The row labels of pandas that went in, None where there are none."""
        ...

    def output(self) -> Table:
        """What the callable gives for the batch."""
        ...

    def again(self) -> Table:
        """What it gives for the batch once more, after all that it was asked before."""
        ...

    def of(self, places: Sequence[int]) -> Table:
        """What it gives for the rows at these places, in this order."""
        ...

    def changed(self, batch: Any) -> Table:
        """What it gives for another batch, made by one of the methods below."""
        ...

    def with_rows_like(self, place: int, others: Sequence[int]) -> Any:
        """The batch with the rows at `others` holding the values of the row at `place`; a time column keeps its values."""
        ...

    def with_unseen(self, place: int) -> Any:
        """The batch with a text in that row that was never there before, None where no column holds text."""
        ...

    def with_null_at(self, place: int) -> Any:
        """The batch with a null in that row, None where no column can hold one."""
        ...

    def raised_step(self, column: str) -> tuple[Any, NDArray[np.float64]] | None:
        """Copies of one row that differ in one numeric column, which rises, and its values there; None where there are not two."""
        ...

    def empty(self) -> Table:
        """What it gives for no rows."""
        ...

    def later(self, place: int) -> tuple[list[int], list[int]] | None:
        """Places of the rows up to the time of a row, and of those after it, both in order of time; None where there is no time."""
        ...

    def input_change(self) -> str:
        """What the callable changed of its input, in words without values; empty where nothing."""
        ...

    def after(self, then: str) -> Table:
        """What another callable (`module:name`, "" for the same one, `inverse_transform` of the estimator) gives for the output."""
        ...

    def inputs(self) -> Table:
        """The batch itself."""
        ...

    def refitted(self) -> Table:
        """What the estimator gives once it was fitted on the same rows in another order. Raises `Silent` for a function."""
        ...

    def pickle_error(self) -> str:
        """Why the callable cannot be pickled and loaded again, empty where it can."""
        ...

    @property
    def refuses_no_rows(self) -> bool:
        """Whether an error about no rows is scikit-learn's own: its estimators need one row by contract."""
        ...


class Law(BaseModel):
    """A law. A subclass in a file of its own, named as in the gate file; its docstring begins with the claim and says what it means in production.

    What follows the name in the gate file (`{inverse: "features:undo"}`) goes into the field `argument`, where the law has one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    by_default: ClassVar[bool] = True
    other_process: ClassVar[bool] = False  # True where it is tried in a second process too
    fix: ClassVar[str] = ""

    @classmethod
    def name(cls) -> str:
        """As in the gate file."""
        return cls.__module__.rsplit(".", 1)[-1]

    @classmethod
    def takes_argument(cls) -> bool:
        """Whether something follows its name."""
        return "argument" in cls.model_fields

    @classmethod
    def claim(cls) -> str:
        """The claim, without a full stop."""
        return inspect.cleandoc(cls.__doc__ or "").splitlines()[0].rstrip(".")

    @classmethod
    def in_production(cls) -> str:
        """What it means there, in one paragraph."""
        _, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("In production: ")
        text = " ".join(rest.split("\n\n")[0].split())
        return text[:1].upper() + text[1:]

    def says(self) -> str:
        """The claim with its argument."""
        return self.claim()[0].lower() + self.claim()[1:]

    def written(self) -> str | Mapping[str, Any]:
        """As it stands in the gate file."""
        if not self.takes_argument():
            return self.name()
        return {self.name(): self.model_dump(mode="json", exclude_none=True)["argument"]}

    @abstractmethod
    def broken(self, trial: Trial) -> Broken | None:
        """How the batch breaks it, None where it does not. Raises `Silent` where the batch says nothing, `Raised` where the callable does."""
