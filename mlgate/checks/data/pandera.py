"""Kind `pandera`: the checks of a schema that a project already has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.data._schema_findings import SchemaFinding, SchemaPart
from mlgate.core.check import Check, Item, RowsName
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.measured import Measured
from mlgate.core.registry import load
from mlgate.core.request import Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.table_schema import TableSchema

_PROBE = "pandera"


class Pandera(Check):
    """The rows satisfy a pandera schema that the project already has, check by check.

    Each check of the schema is an item of its own: `id.column.present`, `.dtype`, `.not_nullable`, `.unique` and one for each of the column's
    checks by its name (`id.carrier.isin`); `id.strict`, `id.ordered`, `id.unique` and the checks of the table by theirs. Two checks of one
    name are told apart by `-2`. The schema is imported when the file is loaded; where that fails, the check is one ERROR.

    Units: values that break a check, exactly; `n` is the number of rows. A check that gives one answer for a whole column holds or does not. Checks
    with `raise_warning` are counted and never fail; `drop_invalid_rows` and pandera's switches in the environment are set aside, `coerce`,
    defaults and parsers work as in pandera. Levels of a named index are read from the columns of their names.

    Example:
        - {id: contract, kind: pandera, of: current, schema: "flight_schemas:Flights"}

    The rows come as a pandas frame (as a polars one for a schema of `pandera.polars`), in the types they are stored with: integers keep their width,
    times come in the schema's unit, text in its text type. In pandas integers with nulls are floats unless the schema asks for a nullable type, and
    decimals are floats. All rows and the columns that the schema reads must fit into memory; `where` takes a part.

    Not for: large data that the kinds `columns`, `rule` and `unique` can judge without loading it; samples (each check is exact).
    """

    model_config = ConfigDict(populate_by_name=True)

    family = "data"
    row_level = True
    marks_values = True
    of: Annotated[RowsName, Field(description="The rows.")]
    schema_: Annotated[
        str,
        Field(
            alias="schema",
            pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
            description="`package.module:Schema`: a DataFrameSchema, a DataFrameModel, or a function that returns one.",
        ),
    ]

    def parts(self) -> Sequence[tuple[str, Item]]:
        try:
            found: Sequence[SchemaPart] = load("probes", _PROBE)().parts(self.schema_)
        except MeasurementError as error:
            return (("", _Unreadable(error)),)
        return tuple((part.name, _SchemaItem(self, part)) for part in found)

    def probe(self, scope: Scope) -> Probe:
        """The one validation that all items share."""
        schema = scope.schema(scope.dataset_of(self.of))
        added = scope.model_columns.get(self.of)
        stored = {column.name: column.native for column in (*schema.columns, *(added.columns if isinstance(added, TableSchema) else ()))}
        read: tuple[str, ...] = load("probes", _PROBE)().columns(self.schema_, tuple(stored))
        rows = Rows(read or schema.names[:1], scope.view(self.of, where=self.where))
        return Probe(_PROBE, (rows,), (self.schema_, *(word for name in rows.columns for word in (str(name), stored[str(name)]))))


@dataclass(frozen=True)
class _Unreadable:
    """The only item of a check whose schema cannot be read."""

    error: MeasurementError

    def requests(self, scope: Scope) -> Iterable[Request]:
        raise self.error

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        raise self.error

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None


@dataclass(frozen=True)
class _SchemaItem:
    """One check of the schema."""

    check: Pandera
    part: SchemaPart

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.probe(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        part, of, found = self.part, self.check.of, self._finding(scope, measured)
        says = f"{part.says} in {of}{slice_words(self.check.where)}"
        high = None if part.warns else 0
        if found.absent and not part.optional:
            raise MeasurementError(f"{of} has no column {part.column!r}", fix="the item `present` of this column says the same; mend that first")
        if found.absent:
            return (Claim(says, Exact(0, found.n_obs, 0), high=high, seen=f"no column {part.column}, which need not be there"),)
        if found.error:
            fix = "run the schema on these rows by hand; where a type is wrong, the item `dtype` says so"
            raise MeasurementError(f"{part.name} raised {quoting(found.error, found.columns)}", fix=fix)
        if part.of_values and not found.n_obs:
            return (Claim(says, Nothing("no rows"), high=high),)
        said = (part.message, "the schema asks for a warning only (raise_warning)" * part.warns)
        details = tuple(line for line in said if line) if found.count else ()
        violations = None if found.whole else found.count
        seen = found.whole or self._counted(found)
        fix = f"mend what writes {of}, or, where the rows are right, {self.check.schema_}"
        return (Claim(says, Exact(found.count, found.n_obs, violations), high=high, seen=seen, details=details, fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        found = self._finding(scope, measured)
        if not found.places or not scope.samples:
            return None
        shown = tuple(dict.fromkeys((*scope.spec(self.check.of).key, *found.columns)))
        return Rows(shown, scope.view(self.check.of, where=self.check.where), limit=scope.samples, places=found.places[: scope.samples])

    def _counted(self, found: SchemaFinding) -> str:
        if not self.part.of_values and not found.count:
            return "nothing against it"
        if self.part.column and len(found.columns) > 1:  # a pattern of names
            return f"{found.count:,} values in {found.n_obs:,} rows of {len(found.columns)} columns"
        return share_words(found.count, found.n_obs) if found.count <= found.n_obs else f"{found.count:,} values in {found.n_obs:,} rows"

    def _finding(self, scope: Scope, measured: Measured) -> SchemaFinding:
        answer: Mapping[str, Any] = measured[self.check.probe(scope)]
        finding: SchemaFinding = answer[self.part.name]
        return finding
