"""Names and values as Spark's SQL writes them."""

from __future__ import annotations

import datetime

from mlgate.adapters.engines._duckdb.literals import Spelling
from mlgate.core.errors import MeasurementError

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\u0000", "$": "\\u0024"}  # `${` would be a variable


def name_of(name: str) -> str:
    """A name as an SQL identifier."""
    return "`" + name.replace("`", "``") + "`"


def text_of(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + "".join(_ESCAPES.get(char, char) for char in text) + "'"


class SparkSpelling(Spelling):
    """How Spark writes typed literals."""

    def double(self, value: float) -> str:
        return f"double('{_number(value)}')"

    def single(self, value: float) -> str:
        return f"float('{_number(value)}')"

    def text(self, value: str) -> str:
        return text_of(value)

    def timestamp(self, value: datetime.datetime) -> str:
        return f"TIMESTAMP_NTZ'{value}'"

    def date(self, value: datetime.date) -> str:
        return f"DATE'{value}'"

    def cast(self, text: str, kind: str) -> str:
        if kind == "duration":
            raise MeasurementError("the spark engine compares no durations with values", cause="configuration", fix="use `engine: duckdb`")
        return f"cast({text_of(text)} as time(6))"


SPARK = SparkSpelling()


def _number(value: float) -> str:
    return repr(value).replace("inf", "Infinity")
