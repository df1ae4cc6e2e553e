"""Predictions beside the rows they are about: stored ones by key, those of this run by row position, or by key where rows have no position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlgate.adapters.engines._duckdb.frames import batches
from mlgate.adapters.engines._duckdb.predicting import KEY, Reading, is_role, need_key, readable, role_arrays, roles_of, same_types, threshold_column
from mlgate.adapters.engines._duckdb.relations import Predictions
from mlgate.adapters.engines._duckdb.tables import POSITION, make_view, type_word
from mlgate.adapters.engines._duckdb.tables import Table as DriverTable
from mlgate.adapters.engines._spark.names import SPARK, name_of
from mlgate.adapters.engines._spark.session import Session
from mlgate.adapters.engines._spark.sources import Loaded
from mlgate.adapters.engines._spark.tables import Table, canonical
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.table_schema import Column, TableSchema


def make_table(session: Session, name: str, loaded: Loaded, key: Sequence[str], *, pick: Mapping[str, str] | None = None) -> Table:
    """A view over what was loaded, in which NaN is null; `pick` maps new names to the columns to keep."""
    columns, sources = loaded.columns, dict(loaded.sources)
    if pick is not None:
        known = {column.name: column for column in columns}
        columns = tuple(Column(new, known[old].type, known[old].native) for new, old in pick.items())
        sources = {new: sources[old] for new, old in pick.items()}
    schema = TableSchema(name, columns, rows=loaded.rows, fields=loaded.fields if pick is None else ())
    select = canonical(schema, sources) + ([f"{loaded.position} as {name_of(POSITION)}"] if loaded.position else [])
    with session.settings():
        relation = session.view(name, loaded.frame.selectExpr(*select))
    return Table(name, relation, schema, tuple(key), ordered=loaded.position is not None)


def stored(session: Session, model: str, loaded: Loaded, table: Table, reading: Reading) -> Predictions:
    """Stored predictions, joined by the dataset's key. Raises `MeasurementError` (cause model) for a missing key or role and double keys."""
    names = [column.name for column in loaded.columns]
    need_key(model, table, names)
    roles = roles_of(model, names, reading.renames)
    pick = {KEY + name: name for name in table.key}
    pick |= {role: name for role, name in roles.items() if role != "prediction" or reading.threshold is None}
    made = make_table(session, f"predictions of {model}", loaded, (), pick=pick)
    same_types(table, made.schema)
    _no_double_keys(session, model, made)
    kept = TableSchema(model, tuple(column for column in made.schema.columns if is_role(column.name)))
    relation = made.relation
    if reading.threshold is not None:
        threshold_column(model, roles, reading.threshold)  # says that there is no score
        decided = f"cast(cast(score as double) >= {SPARK.double(reading.threshold)} as int) as prediction"
        with session.settings():
            relation = session.view(f"decisions of {model}", session.spark.sql(f"select *, {decided} from {made.relation}"))
        kept = TableSchema(model, (*kept.columns, Column("prediction", "integer", "INTEGER")))
    return Predictions(model, relation, kept, tuple((name, KEY + name) for name in table.key))


def _no_double_keys(session: Session, model: str, made: Table) -> None:
    names = [column.name for column in made.schema.columns if column.name.startswith(KEY)]
    keys = ", ".join(map(name_of, names))
    present = " and ".join(f"{name_of(name)} is not null" for name in names)
    groups = f"select {keys}, count(*) as n from {made.relation} where {present} group by {keys} having count(*) > 1"
    found = session.rows(f"select *, (select count(*) from ({groups})) as doubles from ({groups}) order by {keys} limit 1")
    if found:
        *key, n, doubles = found[0]
        example = ", ".join(f"{name.removeprefix(KEY)} = {value!r}" for name, value in zip(names, key, strict=True))
        raise MeasurementError(
            f"the predictions of {model} have {doubles:,} double keys, such as {example} ({n} rows)",
            cause="model",
            fix="store one prediction for each row",
        )


def need_order(table: Table) -> None:
    """Scores computed here go back to their rows by position, or by key; one of the two must be there."""
    if not table.ordered and not table.key:
        raise MeasurementError(
            f"dataset {table.name!r} has neither a row order nor a key, so that scores could not be brought back to their rows",
            cause="configuration",
            fix=f"add `key: [..]` to datasets.{table.name}",
        )


def collected(session: Session, table: Table, columns: Sequence[str]) -> Any:
    """The columns to score on, in one order, as an Arrow table; with the key of each row where rows have no position."""
    place = POSITION if table.ordered else None
    keys = [] if place else list(table.key)
    select = [f"{name_of(name)} as c{index}" for index, name in enumerate(columns)]
    select += [f"{name_of(name)} as k{index}" for index, name in enumerate(keys)]
    order = f" order by {name_of(place)}" if place else ""
    return session.arrow(f"select {', '.join(select)} from {table.relation}{order}")


def frames(session: Session, table: Any, columns: Sequence[str], *, batch_rows: int) -> Iterator[Any]:
    """Pandas frames of an Arrow table of features, as the duckdb engine makes them."""
    with session.registered(table) as source:
        picked = ", ".join(f"c{index} as {quoted(name)}" for index, name in enumerate(columns))
        schema = make_view(session.driver, "features_of_model", f"(select {picked} from {source})", "features")
        yield from batches(session.driver, DriverTable("features", "features_of_model", schema, ()), columns, batch_rows=batch_rows)


def unique_keys(session: Session, table: Table, collected_rows: Any) -> Any:
    """The keys of collected rows. Raises `MeasurementError` where they do not tell rows apart."""
    keys = collected_rows.select([name for name in collected_rows.column_names if name.startswith("k")])
    names = ", ".join(keys.column_names)
    some = " or ".join(f"{name} is null" for name in keys.column_names)
    with session.registered(keys) as source:
        (found,) = session.driver.rows(
            f"select count(*) - (select count(*) from (select distinct {names} from {source})), countif({some}) from {source}"
        )
    if any(found):
        doubles, nulls = (int(value or 0) for value in found)
        raise MeasurementError(
            f"the key of {table.name} ({', '.join(table.key)}) does not tell rows apart: {doubles:,} repeated, {nulls:,} null",
            fix="name columns that do, or read files, whose rows have a position",
        )
    return keys


def scored(session: Session, model: str, table: Table, predictions: Mapping[str, Any], keys: Any) -> Predictions:
    """Arrays with one value for each row, in the order in which rows were handed out."""
    import numpy as np

    rows = int(session.rows(f"select count(*) as n from {table.relation}")[0][0]) if keys is None else keys.num_rows
    arrays = role_arrays(model, predictions, rows)
    safe = {f"c{index}": readable(values) for index, values in enumerate(arrays.values())}
    session.driver.connection.register("scores", {**safe, "p": np.arange(rows, dtype=np.int64)})
    try:
        table_of_scores = session.driver_arrow("select * from scores order by p")
        natives = dict(session.driver.describe("select * from scores"))
    finally:
        session.driver.connection.unregister("scores")
    if keys is not None:
        for name in keys.column_names:
            table_of_scores = table_of_scores.append_column(name, keys[name])
    columns = tuple(Column(role, type_word(natives[f"c{index}"]), natives[f"c{index}"]) for index, role in enumerate(arrays))
    with session.settings():
        frame = session.spark.createDataFrame(table_of_scores)
    sources = {role: f"c{index}" for index, role in enumerate(arrays)}
    pairs: tuple[tuple[str, str], ...] = ()
    if keys is not None:
        pairs = tuple((name, KEY + name) for name in table.key)
        key_columns = tuple(Column(KEY + name, "other") for name in table.key)
        sources |= {KEY + name: f"k{index}" for index, name in enumerate(table.key)}
        made = make_table(session, f"scores of {model}", Loaded(frame, columns + key_columns, sources), ())
    else:
        made = make_table(session, f"scores of {model}", Loaded(frame, columns, sources, "p"), ())
    return Predictions(model, made.relation, TableSchema(model, columns), pairs)
