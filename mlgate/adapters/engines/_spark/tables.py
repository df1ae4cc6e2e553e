"""What the engine knows of an open dataset, and the view it is read through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.adapters.engines._duckdb.joined import beside, meeting
from mlgate.adapters.engines._duckdb.relations import Other, Predictions
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.tables import POSITION
from mlgate.adapters.engines._duckdb.tables import Table as PlainTable
from mlgate.adapters.engines._spark.joined import join_source
from mlgate.adapters.engines._spark.lens import SparkRelation
from mlgate.adapters.engines._spark.names import name_of
from mlgate.core.table_schema import TableSchema

_RAW = "mlgate:raw:"  # prefix of the untouched float columns in a dataset's view


@dataclass(frozen=True)
class Table(PlainTable):
    """A readable dataset. `ordered`: its view has the column `mlgate:position`, the place of a row in the files, counted from 0."""

    ordered: bool = False


def canonical(schema: TableSchema, sources: Mapping[str, str]) -> list[str]:
    """The select list of a dataset's view: NaN is null, and a float column keeps its untouched form beside it."""
    parts = []
    for column in schema.known.values():
        source, name = sources[column.name], name_of(column.name)
        if column.type == "float":
            parts += [f"nullif({source}, {'float' if column.native == 'FLOAT' else 'double'}('NaN')) as {name}", f"{source} as {raw(column.name)}"]
        else:
            parts.append(f"{source} as {name}")
    return parts


def raw(name: str) -> str:
    """The column of a dataset's view that still tells NaN from null."""
    return name_of(_RAW + name)


def cells(schema: TableSchema, alias: str) -> dict[str, Cell]:
    """The columns of a dataset's view under an alias."""
    return {
        column.name: Cell(
            column.name,
            f"{alias}{name_of(column.name)}",
            column.type,
            column.native,
            f"{alias}{raw(column.name)}" if column.type == "float" else None,
        )
        for column in schema.known.values()
    }


def relation_of(table: Table, models: Sequence[Predictions], other: Other | None) -> SparkRelation:
    """What a batch selects from: a dataset, with the predictions of its models, or joined with a second dataset."""
    joins = "".join(_model_join(one, f"m{index}") for index, one in enumerate(models))
    answers = {one.model: cells(one.schema, f"m{index}.") for index, one in enumerate(models)}
    position = f"t.{name_of(POSITION)}" if table.ordered else None
    if other is None:
        own = cells(table.schema, "t.")
        return SparkRelation(f"{table.relation} t{joins}", own, answers, order=position, rows=table.schema.rows, identity=_hash(own))
    before, source = join_source(table.relation, other.table.relation, meeting(table, other.table, other.as_of), joins)
    right = cells(other.table.schema, "j.")
    both = {**cells(table.schema, "t."), **{beside(name): replace(cell, name=beside(name)) for name, cell in right.items()}}
    return SparkRelation(source, both, answers, order=position, before=before, other=right, identity=_hash(both))


def _hash(columns: Mapping[str, Cell]) -> str:
    """A number from the values of a row: what tells rows apart where they have no place."""
    plain = [cell.sql for cell in columns.values() if cell.type not in ("list", "struct", "map", "duration", "other", "null")]
    return f"xxhash64({', '.join(plain or ['0'])})"


def _model_join(predictions: Predictions, alias: str) -> str:
    pairs = predictions.keys or ((POSITION, POSITION),)
    meets = " and ".join(f"t.{name_of(one)} = {alias}.{name_of(other)}" for one, other in pairs)
    return f" left join {predictions.relation} {alias} on {meets}"
