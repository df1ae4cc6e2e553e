"""Kind `drift`: how far two datasets are apart, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks._shares import refuse_undecidable, rows_without_violation
from mlgate.checks.data._blocks import MOST_COUNTS, Blocks
from mlgate.checks.data._both_sides import BothSides
from mlgate.checks.data._column_drift import ColumnDrift, cells_of, distance_for, is_numbered, rows_until_the_floor
from mlgate.checks.data._joint_drift import JointDriftItem, joint_distance
from mlgate.checks.data._picked import rows_with
from mlgate.core.bound import ShareBound
from mlgate.core.check import Check, Item, Refers, RowsName
from mlgate.core.claim import Claim
from mlgate.core.distance import JointDistance
from mlgate.core.gate import Names
from mlgate.core.marked import telling
from mlgate.core.measured import Measured
from mlgate.core.registry import load
from mlgate.core.request import Counts, Grid, Histogram, Request, Rows
from mlgate.core.scope import Scope

_DEFAULT_SHARE = ShareBound(at_most=0.01)
_COUNTED_ROWS = (
    2**18
)  # up to here each value of a number is counted; beyond, or with more values in all columns than the next, cells between quantiles
_COUNTED_VALUES = 2**22
_MOST_LEVELS = 2**20  # of a category


class Drift(Check):
    """Each column is distributed as in another dataset, up to a tolerance: a distance, new category levels and the null share.

    FAIL where the lower bound of the distance is above the tolerance, PASS where its upper bound is below; a p-value is no bound here. The
    noise floor (what two samples of these sizes from one population show) is printed, and a tolerance below it never gives a PASS. New
    levels and nulls are claims of their own, because a distance hides them: without `unseen_share` the share of rows with a level that
    `against` never had may be at most 0.01 beyond what a reference of that size misses by chance (Good 1953, doi 10.1093/biomet/40.3-4.237).

    Units: the distance's own (`ks` and `total_variation` shares of rows in [0, 1], `wasserstein` standard deviations, the others none);
    `unseen_share` is of the rows with a value, `null_change` the difference of the two null shares, either way; all default to a tolerance
    that noise of few rows cannot break. Numbers, dates and timestamps are numeric (default `ks`), text and booleans categorical
    (default `total_variation`).

    Numbers are counted value by value up to 262,144 rows. Beyond, both sides are counted between quantiles of a sample of `against`: what
    `psi` and the other binned distances need is exact all the same, and `ks` and `wasserstein` widen their bounds by what a cell can hide.

    Rows of one day, user or batch are alike: with `blocks` (or where both datasets declare a `group`) they count as the fewer independent rows that
    they are worth, by the blocks' design effect (Rao and Scott 1981), in all bounds, noise floors, null and level shares; shares stay as they are.
    Rows without a block are an ERROR; fewer than 5 blocks on a side never PASS. The values of a column are dealt into at most 1,000 sets.

    Example:
        - {id: drift, kind: drift, of: current, against: train, columns: [dep_delay, carrier]}
        - {id: drift-together, kind: drift, of: current, against: train, columns: all, distance: domain_classifier}
        - {id: drift-psi, kind: drift, of: current, against: train, columns: all, distance: psi, at_most: 0.2, severity: warn}

    `columns: all` is one item over the columns that both sides have, without key, time and nested columns, and without those the named
    distance is not defined for; a list gives one item a column. `distance: domain_classifier` is one item over all columns together (without
    `group` too, whose rows it keeps together), on a fixed sample of the rows: it finds what no column shows by itself.

    Not for: features computed differently for serving (use `parity`).
    """

    family = "data"
    sampled_kind = True
    drift_kind = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The current rows.")]
    against: Annotated[RowsName, Field(description="The reference rows.")]
    columns: Annotated[Literal["all"] | Names, Field(union_mode="left_to_right", description="A list of columns, or `all`.")] = "all"
    distance: Annotated[str | None, Refers("distance"), Field(description="Default: `ks` (numeric), `total_variation` (categorical).")] = None
    at_most: Annotated[float | None, Field(gt=0, description="Tolerance; default: the distance's own.")] = None
    blocks: Annotated[
        str | None,
        Field(description="Rows that belong together: `hour`, `day`, `week` (of the dataset's `time`) or a column; default: the datasets' `group`."),
    ] = None
    unseen_share: Annotated[ShareBound | None, Field(description="Bound on the share of rows with a level that `against` never has.")] = None
    null_change: Annotated[ShareBound, Field(description="Bound on the change of the null share, either way.")] = _DEFAULT_SHARE

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        for key, bound in (("unseen_share", self.unseen_share), ("null_change", self.null_change)):
            if bound is not None:
                if bound.limits[0] is not None:
                    raise ValueError(f"{key} takes at_most")
                refuse_undecidable(key, bound)
        if self.joint is not None and (idle := {"unseen_share", "null_change"} & self.model_fields_set):
            raise ValueError(f"{min(idle)}: {self.distance} takes new levels and nulls for differences like any other")
        if self.columns != "all" and not self.columns:
            raise ValueError("columns: an empty list asks for nothing; write `all` or name some")
        return self

    @property
    def kept_together(self) -> Blocks:
        """Which rows are no independent ones."""
        return Blocks(self.of, self.against, self.blocks)

    @property
    def joint(self) -> JointDistance | None:
        """The distance, where it is one between all columns together."""
        return joint_distance(self.distance)

    def parts(self) -> Sequence[tuple[str, Item]]:
        if (joint := self.joint) is not None:
            return (("", JointDriftItem(self.id, joint, self.kept_together, self.columns, at_most=self.at_most, where=self.where)),)
        if self.columns == "all":
            return (("", _DriftItem(self, None)),)
        return tuple((column, _DriftItem(self, column)) for column in self.columns)

    def required_rows(self, *, alpha: float, power: float) -> str:
        if self.joint is not None:
            return f"of at most about {self.joint.sample_rows:,} rows of either side"
        rows = max(rows_until_the_floor(self.distance or "ks", self.at_most), rows_without_violation(self.null_change, alpha))
        return f"about {rows:,} rows with a value on either side before a numeric column can pass"


@dataclass(frozen=True)
class _DriftItem:
    """One column, or all that both sides have (None)."""

    check: Drift
    column: str | None

    def requests(self, scope: Scope) -> Iterable[Request]:
        for column in self._columns(scope):
            yield from self._sides(scope, column)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        columns = self._columns(scope)
        with telling(*([load("distances", self.check.distance)] if self.check.distance else ())):
            made = [claim for column in columns for claim in self._of(column, scope, measured).claims()]
        left_out = [name for name in self._named(scope) if name not in columns] if self.column is None else []
        if not left_out:
            return made
        line = (
            f"left out, because {self.check.distance or 'no distance'} is {'not ' * bool(self.check.distance)}defined for them: {', '.join(left_out)}"
        )
        return [replace(claim, details=(*claim.details, line)) for claim in made]

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        """The rows with new levels, where there are too many of them; a distance is the fault of no single row."""
        check = self.check
        for column in self._columns(scope):
            if levels := self._of(column, scope, measured).offending_levels():
                picked = rows_with({column: column_type(scope, check.of, column)}, [(level,) for level in levels[: scope.samples]])
                return offending_rows(scope, check.of, scope.view(check.of, where=both(check.where, picked)), (column,))
        return None

    def _of(self, column: str, scope: Scope, measured: Measured) -> ColumnDrift:
        check = self.check
        kind = column_type(scope, check.of, column)
        current, reference = (measured[request] for request in self._sides(scope, column))
        if check.kept_together.expression(scope, check.of) is None:
            drift = ColumnDrift.read(column, kind, (check.of, check.against), current, reference)
        else:
            noun = check.kept_together.noun(scope)
            drift = ColumnDrift.read_blocks(column, kind, (check.of, check.against), (current, reference), noun)
        name = check.distance or distance_for(numeric=drift.numeric)
        drift = replace(drift, samples=scope.samples)
        return drift.judged_by(name, check.at_most, check.unseen_share, check.null_change, alone=self.column is not None)

    def _named(self, scope: Scope) -> list[str]:
        sides, blocks = (self.check.of, self.check.against), self.check.kept_together
        return self._both.named(scope, without=[blocks.column(scope, name) for name in sides])

    @property
    def _both(self) -> BothSides:
        return BothSides(self.check.of, self.check.against, self.check.distance)

    def _columns(self, scope: Scope) -> tuple[str, ...]:
        if self.column is None:
            return self._both.comparable(scope, self._named(scope))
        if fault := self._both.fault(scope, self.column):
            raise fault
        return (self.column,)

    def _sides(self, scope: Scope, column: str) -> tuple[Request, Request]:
        """What is asked of both sides: rows per value, or, of numbers too many for that, rows between quantiles of the reference."""
        names = (self.check.of, self.check.against)
        views = [scope.view(name, where=self.check.where) for name in names]
        by = [self.check.kept_together.expression(scope, name) for name in names]
        if is_numbered(column_type(scope, self.check.of, column)) and not self._few(scope):
            cells, ends = cells_of(self.check.distance or distance_for(numeric=True))
            grid = Grid(column, cells, views[1])
            return Histogram(column, grid, views[0], by[0], ends), Histogram(column, grid, views[1], by[1], ends)
        if by[0] is None or by[1] is None:
            return Counts((column,), views[0], _MOST_LEVELS), Counts((column,), views[1], _MOST_LEVELS)
        return Counts((by[0], column), views[0], MOST_COUNTS), Counts((by[1], column), views[1], MOST_COUNTS)

    def _few(self, scope: Scope) -> bool:
        schemas = [scope.schema(scope.dataset_of(name)) for name in (self.check.of, self.check.against)]
        rows = max(_COUNTED_ROWS + 1 if schema.rows is None else schema.rows for schema in schemas)
        columns = len(schemas[0].columns) if self.check.columns == "all" else len(self.check.columns)
        return rows <= _COUNTED_ROWS and rows * columns <= _COUNTED_VALUES
