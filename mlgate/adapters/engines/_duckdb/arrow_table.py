"""A whole dataset as an Arrow table, which can be drawn from and damaged without losing the types of its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.tables import Table
from mlgate.core.corrupter import NULL, Damage
from mlgate.core.errors import MeasurementError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def whole_table(session: Session, table: Table, most_rows: int) -> ArrowTable:
    """All rows of a dataset. Raises `MeasurementError` for more than `most_rows`, and where pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise MeasurementError("rows are drawn from Arrow tables", cause="configuration", fix="pip install 'mlgate[arrow]'") from None
    rows = int(session.rows(f"select count(*) from {table.source}")[0][0])
    if rows > most_rows:
        fix = "point the gate file at a sample of them, or raise --most-rows where the memory is there"
        raise MeasurementError(f"{table.name} has {rows:,} rows, more than the {most_rows:,} that are drawn from in memory", fix=fix)
    return ArrowTable(session.connection.sql(f"select * from {table.source}").to_arrow_table())


@dataclass(frozen=True)
class ArrowTable:
    """Rows in memory: `frame` is a pyarrow Table."""

    frame: Any

    @cached_property
    def rows(self) -> int:
        """Their number."""
        return int(self.frame.num_rows)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column (rows,), NaN where null."""
        import numpy as np
        import pyarrow as pa

        return np.asarray(self.frame[column].cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)

    def codes(self, column: str) -> NDArray[np.intp]:
        """A column (rows,) as 0, 1, 2, ..., equal where its values are; null is a value."""
        import numpy as np

        encoded = self.frame[column].combine_chunks().dictionary_encode(null_encoding="encode")
        return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.intp)

    def take(self, rows: NDArray[np.intp]) -> ArrowTable:
        """These rows, in this order, repeats allowed."""
        return ArrowTable(self.frame.take(rows))

    def damaged(self, damage: Damage) -> ArrowTable:
        """The rows after `damage`. Integers stay integers (rounded) where they fit, and become float64 where they do not."""
        made = self.frame
        for name, rows in damage.cells.items():
            made = _with(made, name, made[name].take(_indices(rows)))
        for name, values in damage.numbers.items():
            made = _with(made, name, _as_before(values, made[name].type))
        for name, (changed, text) in damage.texts.items():
            made = _with(made, name, _written(made[name], changed, text))
        for name, seconds in damage.later_s.items():
            made = _with(made, name, _moved(made[name], seconds))
        made = made.drop_columns(sorted(damage.without)) if damage.without else made
        return ArrowTable(made if damage.rows is None else made.take(damage.rows))


def _with(table: Any, name: str, values: Any) -> Any:
    return table.set_column(table.column_names.index(name), name, values)


def _indices(rows: NDArray[np.intp]) -> Any:
    import pyarrow as pa

    return pa.array(rows, mask=rows == NULL)


def _as_before(values: NDArray[np.float64], kind: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    whole = pa.types.is_integer(kind)
    made = pa.array(np.rint(values) if whole else values, from_pandas=True)
    try:
        return made.cast(kind, safe=not pa.types.is_floating(kind))
    except pa.ArrowInvalid:
        return made


def _written(column: Any, rows: NDArray[np.bool_], text: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(rows), text, column.cast(pa.string()))


def _moved(column: Any, seconds: float) -> Any:
    import datetime

    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_date(column.type):  # whole days
        moment = pc.add(column.cast(pa.timestamp("s")), pa.scalar(datetime.timedelta(days=round(seconds / 86_400)), pa.duration("s")))
        return moment.cast(column.type)
    return pc.add(column, pa.scalar(datetime.timedelta(seconds=seconds), pa.duration(column.type.unit)))
