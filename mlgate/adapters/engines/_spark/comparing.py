"""Two values of one column in Spark's SQL. The meaning is that of `_duckdb/comparing.py`."""

from __future__ import annotations

from mlgate.adapters.engines._duckdb.comparing import Comparing
from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark.names import SPARK
from mlgate.core.errors import MeasurementError
from mlgate.core.view import Comparison

_INFINITY = "double('Infinity')"
_BLANKS = r"[ \\t\\n\\r\\x{00a0}]+"  # a backslash in a literal is written twice
_HALF = 2**32


class SparkComparing(Comparing):
    """What Spark writes otherwise."""

    spelling = SPARK
    whole = "decimal(38, 0)"

    def text(self, how: Comparison, cell: Cell) -> str:
        sql = cell.sql
        if cell.type == "null":
            return sql
        if "unicode" in how.normalise:
            what = f"normalise: [unicode] of column {how.column!r}: Spark has no function for Unicode's normal forms"
            raise MeasurementError(what, cause="configuration", fix="leave `unicode` out, or use `engine: duckdb`")
        if "case" in how.normalise:
            sql = f"lower({sql})"
        return f"trim(regexp_replace({sql}, '{_BLANKS}', ' '))" if "spaces" in how.normalise else sql

    def unequal(self, one: str, other: str) -> str:
        return f"not ({one} <=> {other})"

    def whole_of(self, real: str) -> str:
        """By way of bigint, in halves where it is too small: a double's cast to a decimal has the digits that it is written with."""
        real = f"cast({real} as double)"
        high = f"floor({real} / {_HALF}D)"
        halves = f"cast({high} as {self.whole}) * {_HALF}L + cast({real} - {high} * {_HALF}D as bigint)"
        wide = f"if(abs({real}) < {float(2**94)!r}D, cast({halves} as {self.whole}), null)"
        return f"if(abs({real}) < {float(2**63)!r}D, cast(cast({real} as bigint) as {self.whole}), {wide})"

    def infinite(self, value: str) -> str:
        return f"cast({value} as double) = {_INFINITY}"

    def micros(self, cell: Cell) -> str:
        return f"time_to_micros({cell.sql})" if cell.type == "time" else f"unix_micros(cast({cell.sql} as timestamp))"

    def spacing(self, value: str, *, single: bool) -> str:
        """Two to the exponent, less the bits of the mantissa. A logarithm may be off by one next to a power of two; that is mended."""
        bits, smallest = (23, "1.401298464324817E-45D") if single else (52, "4.9E-324D")
        value = f"cast({value} as double)"
        guess = f"power(2D, floor(log2({value})))"
        exact = f"if({guess} > {value}, {guess} / 2D, if({guess} * 2D <= {value}, {guess} * 2D, {guess}))"
        return f"greatest({exact} * power(2D, -{bits}), {smallest})"
