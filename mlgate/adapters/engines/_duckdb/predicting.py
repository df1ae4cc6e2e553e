"""Predictions beside the rows they are about: stored ones by key, those of this run by row position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.engines._duckdb.joined import key_pairs
from mlgate.adapters.engines._duckdb.relations import Predictions
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.tables import POSITION, Table, make_view
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.marked import cell
from mlgate.core.table_schema import Column, TableSchema

KEY = "mlgate:key:"  # prefix of key columns, so that none can meet `prediction`
ROLES = ("prediction", "score")


@dataclass(frozen=True)
class Reading:
    """How stored predictions are read: column names to roles, and the score from which on `prediction` is 1."""

    renames: Mapping[str, str]
    threshold: float | None = None


def is_role(name: str) -> bool:
    return name in ROLES or name.startswith("score_")


def stored(session: Session, model: str, relation: str, source: str, table: Table, reading: Reading) -> Predictions:
    """Predictions read from files or tables, joined by the dataset's key.

    Raises `MeasurementError` (cause model) for a missing key or role, keys of another type, and double keys.
    """
    described = TableSchema(f"predictions of {model}", tuple(Column(name, "other") for name, _ in session.describe(f"select * from {source}")))
    need_key(model, table, described.names)
    roles = roles_of(model, described.names, reading.renames)
    keys = [f"{quoted(name)} as {quoted(KEY + name)}" for name in table.key]
    picked = keys + [f"{quoted(name)} as {quoted(role)}" for role, name in roles.items() if role != "prediction" or reading.threshold is None]
    picked += [threshold_column(model, roles, reading.threshold)] if reading.threshold is not None else []
    made = make_view(session, relation, f"(select {', '.join(picked)} from {source})", described.dataset)
    same_types(table, made)
    pairs = tuple((name, KEY + name) for name in table.key)
    _no_double_keys(session, model, relation, [other for _, other in pairs])
    return Predictions(model, relation, TableSchema(model, tuple(column for column in made.columns if is_role(column.name))), pairs)


def threshold_column(model: str, roles: Mapping[str, str], threshold: float) -> str:
    """`prediction` made of `score`. Raises `MeasurementError` where there is no score."""
    if "score" not in roles:
        raise MeasurementError(
            f"threshold: the predictions of {model} have no score to compare with {threshold:g}",
            cause="configuration",
            fix="say which column it is with `score: <column>`, or leave `threshold` out",
        )
    score = f"cast({quoted(roles['score'])} as double)"
    return f"case when not isnan({score}) then cast({score} >= {threshold!r} as integer) end as prediction"


def scored(session: Session, model: str, relation: str, columns: Mapping[str, Any], rows: int) -> Predictions:
    """Arrays with one value for each row of the dataset, in file order. Raises `MeasurementError` (cause model) for another number of values."""
    import numpy as np

    arrays = role_arrays(model, columns, rows)
    safe = {f"c{index}": readable(values) for index, values in enumerate(arrays.values())}
    session.connection.register("mlgate_scores", {**safe, "position": np.arange(rows, dtype=np.int64)})
    try:
        kept = quoted(f"mlgate:scores:{model}")
        picked = ", ".join(f"c{index} as {quoted(role)}" for index, role in enumerate(arrays))
        session.run(f"create or replace table {kept} as select {picked}, position as {quoted(POSITION)} from mlgate_scores")
    finally:
        session.connection.unregister("mlgate_scores")
    made = make_view(session, relation, kept, model)
    return Predictions(model, relation, TableSchema(model, tuple(column for column in made.columns if is_role(column.name))))


def role_arrays(model: str, columns: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """The arrays that have a role, checked to have one value for each row. Raises `MeasurementError` (cause model)."""
    import numpy as np

    arrays = {role: np.asarray(values) for role, values in columns.items() if is_role(role)}
    if not arrays:
        raise MeasurementError(f"{model} gave no prediction and no score", cause="model", fix="return `prediction`, `score` or `score_<class>`")
    for role, values in arrays.items():
        if values.shape != (rows,):
            raise MeasurementError(
                f"{model} gave {values.size:,} values of {role} for {rows:,} rows",
                cause="model",
                fix="return one value for each row, in the order of rows",
            )
    return arrays


def readable(values: Any) -> Any:
    return values.astype(object) if values.dtype.kind in "US" else values


def need_key(model: str, table: Table, available: Sequence[str]) -> None:
    if not table.key:
        raise MeasurementError(
            f"dataset {table.name!r} declares no key that the predictions of {model} could be joined by",
            cause="configuration",
            fix=f"add `key: [..]` to datasets.{table.name}",
        )
    gone = [name for name in table.key if name not in available]
    if gone:
        raise MeasurementError(
            f"the predictions of {model} have no key column {', '.join(map(repr, gone))}",
            cause="model",
            fix=f"store the key of {table.name} with them; columns are {', '.join(available[:40])}",
        )


def roles_of(model: str, available: Sequence[str], renames: Mapping[str, str]) -> dict[str, str]:
    """Column name by role."""
    for given, role in renames.items():
        if given not in available:
            raise MeasurementError(
                f"the predictions of {model} have no column {given!r} (`{role}: {given}`)",
                cause="model",
                fix=f"columns are {', '.join(available[:40])}",
            )
    found = {name: name for name in available if is_role(name)} | {role: given for given, role in renames.items()}
    if not found:
        raise MeasurementError(
            f"the predictions of {model} have no column `prediction` or `score`",
            cause="model",
            fix=f"say which one it is with `prediction: <column>` or `score: <column>`; columns are {', '.join(available[:40])}",
        )
    return found


def same_types(table: Table, made: TableSchema) -> None:
    keyed = TableSchema(made.dataset, tuple(Column(column.name.removeprefix(KEY), column.type, column.native) for column in made.columns))
    try:
        key_pairs(table, Table(made.dataset, "", keyed, table.key))
    except MeasurementError as error:
        raise MeasurementError(error.what, cause="model", fix="store the key as the dataset has it") from error


def _no_double_keys(session: Session, model: str, relation: str, names: Sequence[str]) -> None:
    keys = ", ".join(quoted(name) for name in names)
    present = " and ".join(f"{quoted(name)} is not null" for name in names)
    groups = f"select {keys}, count(*) as n from {relation} where {present} group by all having n > 1"
    found = session.rows(f"select *, count(*) over () from ({groups}) order by {keys} limit 1")
    if found:
        *key, n, doubles = found[0]
        plain = [name.removeprefix(KEY) for name in names]
        example = ", ".join(f"{name} = {cell(name, repr(value))}" for name, value in zip(plain, key, strict=True))
        raise MeasurementError(
            f"the predictions of {model} have {doubles:,} double keys, such as {example} ({n} rows)",
            cause="model",
            fix="store one prediction for each row",
        )
