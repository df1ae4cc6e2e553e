"""A Spark session with the settings that answers depend on, and its results as Arrow."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from mlgate.adapters.engines._duckdb.frames import whole
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._duckdb.session import Row
from mlgate.adapters.engines._duckdb.session import Session as Driver
from mlgate.adapters.engines._spark.errors import said
from mlgate.adapters.engines._spark.names import name_of
from mlgate.adapters.engines._spark.starting import Started, find
from mlgate.core.errors import MeasurementError

# What SQL means in this engine, whatever the session is set to; put back after each use of the session.
SETTINGS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # an overflow of a sum is an error, never another number
    "spark.sql.variable.substitute": "false",  # `${..}` in a text is text
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "true",  # pandas writes nanoseconds, which Spark reads as integers or not at all
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
}
ONE_STAGE: Mapping[str, str] = {"spark.sql.adaptive.enabled": "false"}  # adaptive execution makes two jobs of one aggregate over all rows


class Session:
    """The session that a run's datasets live in, made or found when first needed, and DuckDB on the driver to read answers with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: Started | None = None
        self._driver: Driver | None = None
        self._prefix = f"mlgate_{uuid4().hex[:8]}"
        self._views: list[str] = []

    @property
    def spark(self) -> Any:
        """The SparkSession. Raises `MeasurementError` (cause infrastructure) where there is none and none may be made."""
        if self._started is None:
            self._started = find(self._folder)
        return self._started.spark

    @property
    def driver(self) -> Driver:
        """DuckDB on the driver: decodes answers, reads text files and frames."""
        if self._driver is None:
            self._driver = Driver(self._folder)
            self._driver.zoned = True
        return self._driver

    def adopt(self, spark: Any) -> None:
        """Takes the session of a DataFrame. Raises `MeasurementError` where another one is in use: their rows cannot be brought together."""
        if self._started is None:
            self._started = Started(spark, own=False)
        elif self._started.spark is not spark:
            raise MeasurementError(
                "the DataFrame belongs to another SparkSession than the datasets opened before it",
                cause="configuration",
                fix="make all DataFrames in one session: SparkSession.active()",
            )

    @contextmanager
    def settings(self, more: Mapping[str, str] | None = None) -> Iterator[None]:
        """Within it the session means by SQL what this engine means; afterwards it is as the user set it."""
        conf, before = self.spark.conf, {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # PySpark on the pandas of the day
            try:
                for key, value in {**SETTINGS, **(more or {})}.items():
                    if _value(conf, key) not in (None, value):
                        before[key] = conf.get(key, None)  # None where the user left it at its default
                        conf.set(key, value)
                yield
            finally:
                for key, old in before.items():
                    conf.unset(key) if old is None else conf.set(key, old)

    def view(self, name: str, frame: Any) -> str:
        """Makes a frame selectable by SQL under a fresh name; returns the name, quoted."""
        fresh = f"{self._prefix}_{len(self._views)}_{name}"
        frame.createOrReplaceTempView(name_of(fresh))
        self._views.append(fresh)
        return name_of(fresh)

    def arrow(self, sql: str, *, one_stage: bool = False, parameters: Mapping[str, Any] | None = None) -> Any:
        """The result of a query as an Arrow table. Raises `MeasurementError` with Spark's first sentence and the query."""
        try:
            with self.settings(ONE_STAGE if one_stage else None):
                return (self.spark.sql(sql, args=dict(parameters)) if parameters else self.spark.sql(sql)).toArrow()
        except MeasurementError:
            raise
        except Exception as error:  # Spark, Py4J and gRPC each have their own tree
            raise MeasurementError(said(error), statement=sql) from error

    def rows(self, sql: str, *, one_stage: bool = False, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows of a query, as plain Python values."""
        return self.decoded(self.arrow(sql, one_stage=one_stage, parameters=parameters))

    def decoded(self, table: Any) -> list[Row]:
        """The rows of an Arrow table as plain Python values."""
        with self.registered(table) as name:
            return self.driver.rows(f"select * from {name}")

    def arrays(self, table: Any, *, order: Sequence[str] = ()) -> list[Any]:
        """The columns of an Arrow table as numpy arrays, masked where null, sorted by the columns `order`, which are left out."""
        kept = ", ".join(column for column in table.column_names if column not in order)
        with self.registered(table) as name:
            return self.driver.arrays(f"select {kept} from {name}" + (f" order by {', '.join(order)}" if order else ""))

    def frame(self, table: Any, cells: Sequence[Cell], *, order: Sequence[str] = ()) -> Any:
        """An Arrow table with the columns c0, c1, ... as a pandas frame with the names of `cells`."""
        with self.registered(table) as name:
            natives = dict(self.driver.describe(f"select * from {name}"))
            named = [Cell(cell.name, cell.sql, cell.type, natives[f"c{index}"]) for index, cell in enumerate(cells)]
            kept = ", ".join(f"c{index}" for index in range(len(cells)))
            return whole(self.driver, f"select {kept} from {name}" + (f" order by {', '.join(order)}" if order else ""), named)

    def driver_arrow(self, sql: str) -> Any:
        """The result of a query of DuckDB on the driver as an Arrow table."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # which of its methods is the better one changes with DuckDB's versions
            return self.driver.connection.execute(sql).to_arrow_table()

    @contextmanager
    def registered(self, table: Any) -> Iterator[str]:
        """An Arrow table as a table of DuckDB on the driver."""
        self.driver.connection.register("answer", table)
        try:
            yield "answer"
        finally:
            self.driver.connection.unregister("answer")

    def close(self) -> None:
        """Drops what was made; ends the Spark session only where this engine started it."""
        if self._started is not None:
            for name in self._views:
                _quietly_drop(self._started.spark, name)
            self._started.close()
        if self._driver is not None:
            self._driver.close()


def _value(conf: Any, key: str) -> str | None:
    """A setting, its default included; None where this version of Spark does not know it."""
    try:
        return str(conf.get(key))
    except Exception:  # noqa: BLE001  PySpark, Py4J and gRPC each have their own tree
        return None


def _quietly_drop(spark: Any, name: str) -> None:
    with suppress(Exception):  # the session may be gone already, and its views with it
        spark.catalog.dropTempView(name)
