"""Frames that satisfy a pandera schema."""

import pandas as pd
import pytest
from drawing import drawn, smallest, values

from mlgate.core.errors import MeasurementError
from mlgate.strategies import frames
from mlgate.strategies._pandera_import import imported_without_a_trace

with imported_without_a_trace():
    import pandera.pandas as pa
    import pandera.polars as pap


class Flights(pa.DataFrameModel):
    id: int = pa.Field(unique=True, ge=1)
    carrier: str = pa.Field(isin=["AA", "B6"])
    delay: float = pa.Field(ge=-60, lt=1500, nullable=True)
    tail: str = pa.Field(str_matches="N[0-9]{2}", str_length={"max_value": 3})
    at: pd.DatetimeTZDtype = pa.Field(dtype_kwargs={"unit": "us", "tz": "UTC"})
    level: pd.CategoricalDtype = pa.Field(dtype_kwargs={"categories": ["low", "high"], "ordered": True})


PLAIN = pa.DataFrameSchema(
    {
        "even": pa.Column("Int64", pa.Check(lambda value: value % 2 == 0, element_wise=True), nullable=True),
        "low": pa.Column(float, pa.Check.in_range(0, 1, include_min=False)),
        "high": pa.Column(float, pa.Check.in_range(0, 2)),
        "word": pa.Column(str, [pa.Check.str_startswith("a"), pa.Check.str_endswith("z"), pa.Check.notin(["az"])]),
    },
    checks=pa.Check(lambda frame: frame["low"] <= frame["high"]),
    unique=["low", "high"],
)


with imported_without_a_trace():
    FLIGHTS = Flights.to_schema()
    PLAIN.validate(pd.DataFrame({"even": pd.array([2], "Int64"), "low": [0.5], "high": [1.0], "word": ["a-z"]}))  # imports the rest of pandera


@pytest.mark.parametrize("schema", [Flights, FLIGHTS, PLAIN, "test_frames_of_schemas:Flights"], ids=["model", "schema", "checks", "name"])
def test_every_frame_satisfies_the_schema(schema):
    whole = PLAIN if schema is PLAIN else FLIGHTS
    many = drawn(frames(schema=schema), 40)
    assert max(map(len, many)) >= 3
    for frame in many:
        whole.validate(frame)


def test_the_ends_of_checks_are_tried():
    many = drawn(frames(schema=Flights), 100)
    assert "-60.0" in values(many, "delay")
    assert "1500.0" not in values(many, "delay")
    assert values(many, "carrier") == {"AA", "B6"}
    assert values(many, "level") == {"low", "high"}
    assert any(frame["delay"].isna().any() for frame in many)


def test_what_the_schema_forbids_comes_only_when_asked():
    many = drawn(frames(schema=Flights, unseen=True, nulls=True), 100)
    assert values(many, "carrier") - {"AA", "B6"}
    assert any(frame["carrier"].isna().any() for frame in many)


def test_a_polars_schema_gives_polars_frames():
    import polars as pl

    schema = pap.DataFrameSchema(
        {"n": pap.Column(pl.Int32, pap.Check.ge(5)), "s": pap.Column(str, pap.Check.isin(["a", "b"]), nullable=True), "d": pap.Column(pl.Date)}
    )
    many = drawn(frames(schema=schema), 40)
    for frame in many:
        assert isinstance(frame, pl.DataFrame)
        schema.validate(frame)
    assert any(frame["s"].null_count() for frame in many)


def test_a_named_index_is_an_index():
    schema = pa.DataFrameSchema({"x": pa.Column(float)}, index=pa.Index(int, pa.Check.ge(0), name="row", unique=True))
    for frame in drawn(frames(schema=schema), 50):
        assert frame.index.names == ["row"]
        schema.validate(frame)


def test_failures_shrink():
    found = smallest(frames(schema=Flights), lambda frame: bool((frame["delay"] > 0).any()))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (3, "'int' object is not callable"),
        ("no_such_module:Schema", "cannot import"),
        ("pathlib:Path", "is a "),
        (pa.DataFrameSchema({"d_.*": pa.Column(float, regex=True)}), "a pattern of names"),
        (pa.DataFrameSchema({"x": pa.Column(complex)}), "cannot be made up"),
        (pa.DataFrameSchema({"x": pa.Column()}), "has no type"),
        (pa.DataFrameSchema({}), "at least one column"),
    ],
    ids=str,
)
def test_what_is_no_schema_or_cannot_be_made_is_an_error(schema, words):
    with pytest.raises(MeasurementError, match=words):
        frames(schema=schema)
