"""Rows that are picked for a report by their values: every value finds itself in the engine, however it is spelled."""

import datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from mlgate.checks.data.labels import Labels
from mlgate.checks.data.references import References

ODD = [
    pytest.param(["it's", "plain"], id="a quote"),
    pytest.param(["x'); drop table t --", "plain"], id="a statement"),
    pytest.param(["Straße \u200b", "Strasse"], id="unicode"),
    pytest.param(["", "plain"], id="empty text"),
    pytest.param([1e300, 0.1], id="a large float"),
    pytest.param([float("inf"), 0.5], id="infinity"),
    pytest.param([0.1 + 0.2, 0.3], id="a float with a tail"),
    pytest.param([-(2**62), 7], id="a large integer"),
    pytest.param([True, False], id="a boolean"),
    pytest.param([Decimal("1.10"), Decimal("2.00")], id="a decimal"),
    pytest.param([datetime.date(2013, 1, 1), datetime.date(2013, 1, 2)], id="a date"),
    pytest.param([datetime.datetime(2013, 1, 1, 5, 0, 0, 123), datetime.datetime(2013, 1, 2)], id="a timestamp"),
    pytest.param([datetime.time(5, 30), datetime.time(6)], id="a time"),
]


@pytest.mark.parametrize("values", ODD)
def test_a_value_without_a_match_is_shown_with_its_row(mlgate_run, values):
    column = 'the "odd" column.name'
    here = pa.table({"row": [11, 12], column: pa.array(values)})
    there = pa.table({column: pa.array(values[1:])})
    check = References(id="r", of="here", column=(column,), against="there")
    verdict = mlgate_run(check, datasets={"here": here, "there": there})
    assert verdict.outcome == "FAIL"
    assert verdict.estimate.violations == 1
    assert len(verdict.offenders.rows) == 1


@pytest.mark.parametrize("values", ODD)
def test_the_rows_of_a_conflict_are_shown(mlgate_run, values):
    table = pa.table({"a b": pa.array([values[0], values[0], values[1]]), "y": ["p", "q", "p"]})
    verdict = mlgate_run(Labels(id="l", of="t", label="y", features=("a b",)), datasets={"t": table})
    assert verdict.outcome == "FAIL"
    assert [row[-1] for row in verdict.offenders.rows] == ["p", "q"]


def test_nan_is_a_null_in_a_feature(mlgate_run):
    frame = pd.DataFrame({"x": [float("nan"), None, 1.0], "y": [0, 1, 0]})
    verdict = mlgate_run(Labels(id="l", of="t", label="y", features=("x",)), datasets={"t": frame})
    assert len(verdict.offenders.rows) == 2
