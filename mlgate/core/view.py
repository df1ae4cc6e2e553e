"""Which rows a request is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

from mlgate.core.expression import Expression

Normalisation = Literal["case", "spaces", "unicode"]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Rows of a dataset meet the newest row of the joined one whose `against` is not later than their own `of`; both are columns of time."""

    of: str
    against: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two values of one column are compared.

    `word` is `exact`, `abs`, `rel`, `ulp` or `within`, `amount` how much of it (seconds for `within`). Numbers are compared as numbers, without
    rounding an integer beside a float; -0.0 equals 0.0. `nulls` says what two nulls are. NaN is a null, unless `nan` is `distinct`: it then
    equals NaN alone. `normalise` is done to both texts first: `unicode` (NFC), `case` (lower case), `spaces` (runs of blanks, tabs, line
    breaks and no-break spaces are one blank, none at the ends).
    """

    column: str
    word: str = "exact"
    amount: float = 0.0
    nulls: Literal["equal", "mismatch"] = "equal"
    nan: Literal["as_null", "distinct"] = "as_null"
    normalise: tuple[Normalisation, ...] = ()

    @property
    def args(self) -> tuple[str | float, ...]:
        """As the arguments of `Op.MISMATCHES`."""
        return (self.word, self.amount, self.nulls, self.nan, *self.normalise)

    @classmethod
    def of(cls, column: str, args: tuple[Any, ...]) -> Self:
        """From the arguments of `Op.MISMATCHES`; those after the first three may be left out."""
        word, amount, nulls, *more = args
        return cls(column, str(word), float(amount or 0), nulls, more[0] if more else "as_null", tuple(more[1:]))


Pairs = Literal["both", "only_dataset", "only_joined"] | Comparison


@dataclass(frozen=True, slots=True)
class View:
    """The rows of a dataset, with the columns that models or a second dataset add to them.

    `model` adds the columns `prediction`, `score` and `score_<class>`; `baseline`, a second model on the same rows, adds
    `baseline_prediction`, `baseline_score` and `baseline_score_<class>`. `joined` is another dataset, joined row by row over the
    `key` of both (full outer join; with `as_of` a left join in time); its columns are called `joined.<name>`. `where` keeps a slice; `pairs`
    keeps, in a joined view, the rows that stand on both sides or on one alone, or those on both whose values of a column differ.
    """

    dataset: str
    model: str | None = None
    baseline: str | None = None
    joined: str | None = None
    where: Expression | None = None
    as_of: AsOf | None = None
    pairs: Pairs | None = None

    def __str__(self) -> str:
        text = self.dataset
        if self.model:
            text += f" with {self.model}" + (f" and {self.baseline}" if self.baseline else "")
        if self.joined:
            text += f" joined with {self.joined}" + (f" as of {self.as_of.of}" if self.as_of else "")
        if self.pairs:
            text += f" ({f'{self.pairs.column} differs' if isinstance(self.pairs, Comparison) else self.pairs.replace('_', ' ')})"
        return f"{text} where {self.where}" if self.where else text


NO_DATA = View("")  # the view of code that reads no dataset; no engine is asked about it
