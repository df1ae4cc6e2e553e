"""Schemas that the case table of `pandera` names, as a project would have them."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pandera imports whatever other frame libraries are installed
    import pandera.pandas as pa
    import pandera.polars as pap
    import polars as pl


class Flights(pa.DataFrameModel):
    id: int = pa.Field(unique=True)
    carrier: str = pa.Field(isin=["AA", "B6", "UA"])
    delay: float = pa.Field(ge=-60, le=1500, nullable=True)


class PolarsFlights(pap.DataFrameModel):
    id: int = pap.Field(unique=True)
    carrier: str = pap.Field(isin=["AA", "B6", "UA"])
    delay: float = pap.Field(ge=-60, le=1500, nullable=True)
    seats: pl.Int64 = pap.Field(nullable=True)
    day: pl.Date


class PlainPolars(pap.DataFrameModel):
    carrier: str = pap.Field(isin=["AA", "B6"])


late = pa.Check(lambda frame: frame["delay"] < frame["id"] * 100, name="late for its number")
TABLE = pa.DataFrameSchema(
    {"id": pa.Column(int), "carrier": pa.Column(str), "delay": pa.Column(float, nullable=True)},
    checks=[late, pa.Check(lambda frame: len(frame) > 3, name="enough rows")],
    strict=True,
    ordered=True,
    unique=["carrier", "delay"],
)
RAISES = pa.DataFrameSchema(
    {"carrier": pa.Column(str, [pa.Check(lambda values: values.no_such_thing, name="broken"), pa.Check.isin(["AA", "B6", "UA"])])}
)
WARNS = pa.DataFrameSchema({"carrier": pa.Column(str, pa.Check.isin(["AA"], raise_warning=True))}, drop_invalid_rows=True)
DROPS = pa.DataFrameSchema({"carrier": pa.Column(str, pa.Check.isin(["AA"]), drop_invalid_rows=True)}, drop_invalid_rows=True)
PATTERN = pa.DataFrameSchema(
    {"d.*": pa.Column(float, pa.Check.lt(100), nullable=True, regex=True), "^zz": pa.Column(float, regex=True, required=False)}
)
COERCED = pa.DataFrameSchema({"text": pa.Column(int, pa.Check.gt(0), coerce=True)})
INDEXED = pa.DataFrameSchema({"delay": pa.Column(float, nullable=True)}, index=pa.Index(int, pa.Check.gt(1), name="id", unique=True))
LEVELS = pa.DataFrameSchema(
    {"delay": pa.Column(float, nullable=True)}, index=pa.MultiIndex([pa.Index(int, name="id"), pa.Index(str, name="carrier")], unique=["carrier"])
)
OPTIONAL = pa.DataFrameSchema({"gone": pa.Column(float, pa.Check.gt(0), required=False), "carrier": pa.Column(str)})
GROUPED = pa.DataFrameSchema(
    {
        "carrier": pa.Column(str),
        "delay": pa.Column(
            float,
            [
                pa.Check(lambda by: by["AA"].mean() > by["B6"].mean(), groupby="carrier", name="slower"),
                pa.Hypothesis.two_sample_ttest(sample1="AA", sample2="B6", groupby="carrier", relationship="less_than"),
                pa.Check(lambda value: value < 1000, element_wise=True),
                pa.Check(lambda value: value > -10, element_wise=True),
            ],
            nullable=True,
        ),
    }
)
NULLABLE = pa.DataFrameSchema(
    {"seats": pa.Column("Int64", nullable=True), "day": pa.Column("datetime64[ns]"), "sure": pa.Column("boolean", nullable=True)}
)
EMPTY = pa.DataFrameSchema({})


def made():
    return Flights


def breaks():
    raise RuntimeError("no schema today")


POLARS_PATTERN = pap.DataFrameSchema({"^d.*$": pap.Column(float, pap.Check.lt(100), regex=True)})
ALL_COERCED = pa.DataFrameSchema({"text": pa.Column(int), "id": pa.Column(float), "carrier": pa.Column(int)}, coerce=True)
POLARS_COERCED = pap.DataFrameSchema({"text": pap.Column(int), "id": pap.Column(float), "carrier": pap.Column(int)}, coerce=True)
ALL_INTEGERS = pa.DataFrameSchema(dtype=int)
PARSED = pa.DataFrameSchema(
    {"carrier": pa.Column(str, pa.Check.isin(["aa", "b6", "ua"]))},
    parsers=pa.Parser(lambda frame: frame.assign(carrier=frame["carrier"].str.lower())),
)
NUMBERED = pa.DataFrameSchema({"carrier": pa.Column(str)}, index=pa.Index(int, pa.Check.lt(2)))
SAID = pa.DataFrameSchema({"carrier": pa.Column(str, pa.Check(lambda values: values != "UA", name="known", error="an unknown carrier: ask the hub"))})
