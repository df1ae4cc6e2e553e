"""Training runs of two recipes as a table holds them: which row belongs to which side and run, and whether both sides have the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mlgate.checks._wording import listed
from mlgate.checks.baseline._labels import Column, column
from mlgate.core.bound import CellLiteral, plain
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Sides:
    """Where candidate and baseline stand: in a column each, or as two values of the column `arm` with their numbers in the column `value`."""

    candidate: CellLiteral
    baseline: CellLiteral
    arm: str | None
    value: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (str(self.candidate), str(self.baseline)) if self.arm is None else (self.arm, self.value)

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called in texts."""
        return _word(self.candidate), _word(self.baseline)

    def column_of(self, name: str) -> str:
        """The column with the numbers of the side that is called `name`."""
        return self.value if self.arm is not None else name

    def rows(self, cells: Cells) -> Iterator[tuple[str, NDArray[np.intp], Any]]:
        """Name, places and numbers of each side. Raises `MeasurementError` where a side has no row."""
        for side, name in zip((self.candidate, self.baseline), self.names, strict=True):
            if self.arm is None:
                yield name, np.arange(len(cells[name])), cells[name]
                continue
            arms = np.asarray(cells[self.arm]).tolist()
            places = np.flatnonzero(np.fromiter((one == side for one in arms), dtype=bool, count=len(arms)))
            if not places.size:
                known = [cell(self.arm, one) for one in dict.fromkeys(arms) if one is not None]
                raise MeasurementError(
                    f"no row has {self.arm} = {name}", cause="configuration", fix=f"{self.arm} holds {listed(known) or 'nothing but nulls'}"
                )
            yield name, places, np.asarray(cells[self.value])[places]


@dataclass(frozen=True, eq=False)
class Ids:
    """Rows told apart by some columns: `code` (n,) of each row, and `first` (k,), a row with each code."""

    code: NDArray[np.intp]
    first: NDArray[np.intp]
    names: tuple[str, ...]
    cells: Cells

    @classmethod
    def of(cls, cells: Cells, names: Sequence[str]) -> Self:
        """Raises `MeasurementError` for rows where one of the columns is null."""
        code = np.zeros(len(cells[names[0]]), dtype=np.intp)
        first = np.zeros(min(1, len(code)), dtype=np.intp)
        for name in names:
            own = _codes(cells[name], name)
            joint = code * (int(own.max(initial=0)) + 1) + own
            _, first, code = np.unique(joint, return_index=True, return_inverse=True)
            code = code.reshape(-1)
        return cls(code, first, tuple(names), cells)

    def __len__(self) -> int:
        return len(self.first)

    def word(self, code: int) -> str:
        """`seed 3`, `repeat 1, fold 2`, with the values marked."""
        return ", ".join(f"{name} {cell(name, _word(np.asarray(self.cells[name])[self.first[code]]))}" for name in self.names)

    def words(self, codes: Sequence[int] | NDArray[np.intp], samples: int) -> str:
        """How many, and the first of them."""
        said = listed([self.word(int(code)) for code in codes[:samples]], len(codes), shown=samples) if samples else ""
        return f"{len(codes):,}{f' ({said})' if said else ''}"

    def parts(self) -> tuple[NDArray[np.intp], ...]:
        """(k,) per column: the code of its value, for each id."""
        return tuple(_codes(np.asarray(self.cells[name])[self.first], name) for name in self.names)


@dataclass(frozen=True, eq=False)
class PairedRuns:
    """One score per run and side, (J,) each; `words` say which run it is. `differences` (J, n) where every run has a number for every row."""

    candidate: NDArray[np.float64]
    baseline: NDArray[np.float64]
    words: tuple[str, ...]
    differences: NDArray[np.float64] | None = None

    @property
    def lead(self) -> NDArray[np.float64]:
        """(J,) candidate - baseline."""
        return self.candidate - self.baseline


def paired_scores(cells: Cells, sides: Sides, names: Sequence[str], *, samples: int, per_repeat: float | None) -> PairedRuns:
    """One score per run and side. `per_repeat` is the number of folds that each repeat must have, where runs are folds.

    Raises `MeasurementError` where a score is no number, a run occurs twice, or the sides do not have the same runs.
    """
    ids = Ids.of(cells, names)
    tables: dict[str, NDArray[np.float64]] = {}
    for name, places, values in sides.rows(cells):
        scores = _scores(values, sides.column_of(name))
        codes = ids.code[places]
        twice = np.flatnonzero(np.bincount(codes, minlength=len(ids)) > 1)
        if twice.size:
            raise MeasurementError(
                f"runs of {name} have more than one score: {ids.words(twice, samples)}",
                cause="configuration",
                fix=f"one row is one run{' of one arm' if sides.arm else ''}: name the columns that identify it with `run:`, or pick by `where`",
            )
        tables[name] = np.full(len(ids), np.nan)
        tables[name][codes] = scores
    candidate, baseline = tables.values()
    _refuse_missing(dict(zip(tables, (np.isnan(candidate), np.isnan(baseline)), strict=True)), ids, samples)
    used = np.flatnonzero(~np.isnan(candidate))
    if per_repeat is not None:
        _refuse_uneven(ids, used, per_repeat)
    return PairedRuns(candidate[used], baseline[used], tuple(ids.word(int(code)) for code in used))


def _refuse_missing(absent: Mapping[str, NDArray[np.bool_]], ids: Ids, samples: int) -> None:
    present_in_any = ~np.logical_and.reduce(list(absent.values()))
    lacking = {name: np.flatnonzero(missing & present_in_any) for name, missing in absent.items()}
    said = [f"{name} lacks {ids.words(codes, samples)}" for name, codes in lacking.items() if codes.size]
    if said:
        raise MeasurementError(
            f"runs are not paired: {'; '.join(said)}",
            fix="give both sides the same seeds and splits, or keep the common runs with `where`; a pair cancels what both have in common",
        )


def _refuse_uneven(ids: Ids, used: NDArray[np.intp], per_repeat: float) -> None:
    """Folds: every repeat has the same ones, and as many as the share of rows that a fold is tested on says."""
    *repeats, folds = (part[used] for part in ids.parts())
    repeat = repeats[0] if repeats else np.zeros(len(used), dtype=np.intp)
    known = len(np.unique(folds))
    counts = np.bincount(repeat)
    uneven = np.flatnonzero((counts > 0) & (counts != known))
    if uneven.size:
        few, many = int(counts[counts > 0].min()), int(counts.max())
        raise MeasurementError(
            f"unequal folds: {len(uneven):,} of {np.count_nonzero(counts):,} repeats lack some of the {known} folds ({few} to {many} each)",
            fix="every repeat needs all of its folds: without them rows count unequally often",
        )
    if not 0.9 <= known / per_repeat <= 1.1:
        raise MeasurementError(
            f"{known} folds are tested on {1 / known:.3g} of the rows each, but test_share is {1 / per_repeat:.3g}",
            cause="configuration",
            fix=f"write test_share: {1 / known:.3g}, or name the columns [repeat, fold] with `run:`",
        )


def _scores(values: Any, name: str) -> NDArray[np.float64]:
    count = np.ones(len(values), dtype=np.int64)
    found: Column = column(values, count, f"score {name!r}", "data", name)
    if found.is_text:
        raise MeasurementError(
            f"score {name!r} is text", cause="configuration", fix="name the column of scores: `score:` with `arm:`, else one per side"
        )
    found.reject(~np.isfinite(found.values), "is null or infinite", "find the runs that did not finish, or leave them out with `where`")
    return np.asarray(found.values, dtype=np.float64)


def _codes(values: Any, name: str) -> NDArray[np.intp]:
    """Values as 0, 1, 2, ... Raises `MeasurementError` for nulls."""
    array = np.asarray(values)
    if array.dtype == object:
        known: dict[Any, int] = {}
        codes = np.fromiter((known.setdefault(one, len(known)) for one in array.tolist()), dtype=np.intp, count=len(array))
        nulls = int(np.count_nonzero(codes == known[None])) if None in known else 0
    else:
        missing = np.isnat(array) if array.dtype.kind in "mM" else np.isnan(array) if array.dtype.kind == "f" else np.zeros(len(array), dtype=bool)
        nulls = int(np.count_nonzero(missing))
        _, codes = np.unique(array, return_inverse=True)
        codes = codes.reshape(-1).astype(np.intp)
    if nulls:
        raise MeasurementError(
            f"{name} is null in {nulls:,} of {len(array):,} rows", fix=f"give every row its {name}, or leave these rows out with `where`"
        )
    return codes


def _word(value: Any) -> str:
    value = value.item() if isinstance(value, np.generic) and not isinstance(value, np.datetime64) else value
    return plain(value) if isinstance(value, (bool, int, float)) else str(value)
