"""What a statement selects from: a dataset, with the predictions of its models, or joined with a second dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.adapters.engines._duckdb.joined import beside, join_source, meeting
from mlgate.adapters.engines._duckdb.lens import Relation
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.tables import POSITION, Table, narrowed, raw
from mlgate.core.expression import quoted
from mlgate.core.table_schema import TableSchema
from mlgate.core.view import AsOf


@dataclass(frozen=True)
class Predictions:
    """Predictions of one model: `keys` pairs the dataset's key columns with the relation's; empty where rows are joined by position."""

    model: str
    relation: str
    schema: TableSchema
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Other:
    """The second dataset of a joined pair."""

    table: Table
    as_of: AsOf | None = None


def relation_of(table: Table, models: Sequence[Predictions], other: Other | None, reads: Iterable[str], *, ordered: bool) -> Relation:
    """The relation for a batch that reads these columns. `ordered` asks for a way to write file order; a join with predictions always has one,
    because it loses it.
    """
    columns = cells(table.schema, "t.")
    answers = {one.model: cells(one.schema, f"m{index}.") for index, one in enumerate(models)}
    joins = "".join(_model_join(one, f"m{index}") for index, one in enumerate(models))
    position = f"t.{quoted(POSITION)}"
    if other is None:
        source = narrowed(table, (*reads, *(key for one in models for key, _ in one.keys)))
        if not (models or ordered):
            return Relation(source, cells(table.schema, ""))
        numbered = f"(select *, row_number() over () - 1 as {quoted(POSITION)} from {source}) t"
        return Relation(f"{numbered}{joins}", columns, answers, order=position)
    placed = ordered or any(not one.keys for one in models)
    before, source = join_source(table.relation, other.table.relation, meeting(table, other.table, other.as_of), joins, numbered=placed)
    right = cells(other.table.schema, "j.")
    both = {**columns, **{beside(name): replace(cell, name=beside(name)) for name, cell in right.items()}}
    return Relation(source, both, answers, order=position if placed else None, before=before, other=right)


def cells(schema: TableSchema, alias: str) -> Mapping[str, Cell]:
    """The columns and fields of a dataset's view under an alias."""
    return {
        column.name: Cell(
            column.name,
            f"{alias}{quoted(column.name)}",
            column.type,
            column.native,
            f"{alias}{raw(column.name)}" if column.type == "float" else None,
        )
        for column in schema.known.values()
    }


def _model_join(predictions: Predictions, alias: str) -> str:
    if not predictions.keys:
        return f" left join {predictions.relation} {alias} on t.{quoted(POSITION)} = {alias}.{quoted(POSITION)}"
    meets = " and ".join(f"t.{quoted(one)} = {alias}.{quoted(other)}" for one, other in predictions.keys)
    return f" left join {predictions.relation} {alias} on {meets}"
