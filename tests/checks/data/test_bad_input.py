"""Input that a gate meets in the field: time zones, ends of the calendar, decimals, NaN and infinities, columns of mixed types."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

UTC, NEW_YORK = "UTC", "America/New_York"


@pytest.fixture
def judged(tmp_path):
    """Judges one check on a table or the text of a CSV file; gives (outcome, all that was said) by item."""

    def judge(data: pa.Table | str, **check: Any) -> dict[str, tuple[str, str]]:
        name = "t.csv" if isinstance(data, str) else "t.parquet"
        if isinstance(data, str):
            (tmp_path / name).write_text(data, encoding="utf-8")
        else:
            pq.write_table(data, tmp_path / name)
        gate = {"mlgate": 1, "datasets": {"t": {"path": name}}, "checks": [{"id": "c", "of": "t", **check}]}
        (tmp_path / "c.gate.yaml").write_text(yaml.safe_dump(gate, sort_keys=False, allow_unicode=True), encoding="utf-8")
        verdicts = run_gate(load(tmp_path / "c.gate.yaml")).verdicts
        return {
            one.item: (str(one.outcome), "\n".join([one.reason, *one.details, one.fix, *map(str, one.offenders.rows if one.offenders else ())]))
            for one in verdicts
        }

    return judge


def column(judged, rows, **contract):
    """The only item of a contract of the column x."""
    ((outcome, said),) = judged(rows, kind="columns", columns={"x": contract}).values()
    return outcome, said


def instants(zone, *texts):
    return pa.table({"x": pa.array([datetime.datetime.fromisoformat(text) for text in texts], pa.timestamp("us", tz=zone))})


AUTUMN = instants(
    NEW_YORK, "2013-11-03T05:30:00+00:00", "2013-11-03T06:30:00+00:00", "2013-11-03T07:30:00+00:00"
)  # 1:30 twice on the wall, then 2:30


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"between": ["2013-11-03T05:30:00", "2013-11-03T07:30:00"]}, "PASS"),
        ({"at_least": "2013-11-03T00:30:00-05:00"}, "PASS"),
        ({"at_least": "2013-11-03T01:30:00-05:00"}, "FAIL"),
        ({"at_most": "2013-11-03T02:30:00-05:00"}, "PASS"),
        ({"at_most": "2013-11-03T08:29:59+01:00"}, "FAIL"),
        ({"in": ["2013-11-03T01:30:00-04:00", "2013-11-03T01:30:00-05:00", "2013-11-03T07:30:00Z"]}, "PASS"),
        ({"not_in": ["2013-11-03T01:30:00-05:00"]}, "FAIL"),
    ],
    ids=str,
)
def test_moments_are_compared_as_moments_whatever_zone_they_are_told_in(judged, values, outcome):
    assert column(judged, AUTUMN, values=values)[0] == outcome


def test_the_rows_shown_are_those_outside_of_the_bound_with_its_offset(judged):
    outcome, said = column(judged, AUTUMN, values={"at_least": "2013-11-03T01:30:00-05:00"})
    assert outcome == "FAIL"
    assert "2013-11-03 05:30:00" in said
    assert "2013-11-03 06:30:00" not in said
    outcome, said = column(judged, AUTUMN, max={"at_most": "2013-11-03T02:00:00-05:00"})
    assert outcome == "FAIL"
    assert "07:30:00" in said
    assert "06:30:00" not in said


def test_an_hour_that_the_clock_repeats_is_two_periods(judged):
    said = judged(AUTUMN, kind="rows", per="hour", column="x", rows={"equals": 1})
    assert said["c"][0] == "PASS"
    assert "all 3 hours inside" in said["c"][1]


def test_a_day_of_rows_is_a_day_in_utc(judged):
    rows = instants(NEW_YORK, "2013-07-01T23:30:00-04:00", "2013-07-02T00:30:00-04:00")
    said = judged(rows, kind="rows", per="day", column="x", rows={"equals": 2})
    assert said["c"][0] == "PASS"
    assert "2013-07-02" in said["c"][1]


@pytest.mark.parametrize("sort", ["instants", "text", "csv"])
def test_freshness_knows_the_offset_of_a_time(judged, sort):
    text = "2013-07-01T23:00:00-04:00"  # 3 o'clock in the morning of the next day in UTC
    rows = instants(NEW_YORK, text) if sort == "instants" else pa.table({"x": [text]}) if sort == "text" else f"x\n{text}\n"
    check = {"kind": "freshness", "column": "x", "newest_within": "30m"}
    assert judged(rows, **check, now="2013-07-02T03:20:00")["c"][0] == "PASS"
    assert judged(rows, **check, now="2013-07-01T23:50:00-04:00")["c"][0] == "FAIL"
    outcome, said = judged(rows, **check, now="2013-07-01T23:20:00")["c"]
    assert outcome == "FAIL"
    assert "in the future" in said


def test_text_without_an_offset_is_utc(judged):
    check = {"kind": "freshness", "column": "x", "newest_within": "30m", "now": "2013-07-01T12:10:00Z"}
    assert judged(pa.table({"x": ["2013-07-01 12:00:00", "2013-07-01"]}), **check)["c"][0] == "PASS"


def test_periods_of_text_keep_their_offsets(judged):
    rows = pa.table({"x": ["2013-07-01T23:30:00-04:00", "2013-07-02T00:30:00-04:00"]})
    assert judged(rows, kind="rows", per="day", column="x", rows={"equals": 2})["c"][0] == "PASS"


def test_a_text_that_is_no_time_is_an_error_that_shows_it(judged):
    outcome, said = judged(pa.table({"x": ["2013-07-01", "soon"]}), kind="freshness", column="x", newest_within="1d")["c"]
    assert outcome == "ERROR"
    assert "soon" in said


ENDS = pa.table({"x": pa.array([datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59)], pa.timestamp("us"))})
DAYS = pa.table({"x": pa.array([datetime.date(1, 1, 1), datetime.date(9999, 12, 31)], pa.date32())})


@pytest.mark.parametrize("rows", [ENDS, DAYS], ids=["timestamp", "date"])
def test_the_ends_of_the_calendar_are_judged_and_shown(judged, rows):
    said = judged(
        rows,
        kind="columns",
        columns={
            "x": {
                "min": {"equals": "0001-01-01"},
                "max": {"at_least": "9999-12-31"},
                "values": {"between": ["1900-01-01", "2100-01-01"]},
                "median": {"between": ["4999-01-01", "5001-01-01"]},
            }
        },
    )
    assert {item.rsplit(".", 1)[1]: outcome for item, (outcome, _) in said.items()} == {
        "min": "PASS",
        "max": "PASS",
        "values": "FAIL",
        "median": "PASS",
    }
    assert "0001-01-01" in said["c.x.values"][1]
    assert "9999-12-31" in said["c.x.values"][1]


@pytest.mark.parametrize(("per", "periods"), [("month", "119,988"), ("day", "3,652,059")])
def test_periods_reach_from_the_first_year_to_the_last(judged, per, periods):
    outcome, said = judged(ENDS, kind="rows", per=per, column="x", rows={"at_most": 1})["c"]
    assert outcome == "PASS"
    assert f"all {periods} {per}s inside" in said
    assert "from 0001-01" in said


def test_a_year_that_python_cannot_hold_is_an_error_and_no_wrong_age(judged):
    far = pa.table({"x": pa.array([2**62], pa.timestamp("us"))})
    outcome, said = judged(far, kind="freshness", column="x", newest_within="1d")["c"]
    assert outcome in ("ERROR", "FAIL")
    assert "Traceback" not in said


def decimals(precision, scale, *texts):
    return pa.table({"x": pa.array([Decimal(text) for text in texts], pa.decimal128(precision, scale))})


HUGE = "1234567890123456789012345678.1000000001"


@pytest.mark.parametrize(
    ("rows", "contract", "outcome"),
    [
        (decimals(38, 10, "0.1"), {"values": {"between": [0.1, 0.1]}}, "PASS"),
        (decimals(38, 10, "0.1"), {"min": {"equals": 0.1}}, "PASS"),
        (decimals(38, 10, "0.1000000001"), {"values": {"at_most": 0.1}}, "FAIL"),
        (decimals(38, 10, "0.1000000001"), {"max": {"at_most": 0.1}}, "FAIL"),
        (decimals(38, 10, "0.0999999999"), {"min": {"at_least": 0.1}}, "FAIL"),
        (decimals(38, 10, "1234567890123456789.1000000001"), {"max": {"at_most": 1234567890123456789}}, "FAIL"),
        (decimals(38, 10, "1234567890123456789.0000000001"), {"values": {"at_most": 1234567890123456789}}, "FAIL"),
        (decimals(38, 10, "1234567890123456789.0000000000"), {"max": {"at_most": 1234567890123456789}}, "PASS"),
        (decimals(38, 10, HUGE), {"values": {"at_least": 0.12345678901234}}, "PASS"),
        (decimals(38, 10, HUGE), {"values": {"at_most": 1.0e300}}, "PASS"),
        (decimals(38, 10, HUGE), {"values": {"at_least": 1.0e300}}, "FAIL"),
        (decimals(38, 10, "9999999999999999999999999999.9999999999"), {"values": {"at_least": 1.0e28}}, "FAIL"),
        (decimals(38, 10, "0.1234567890"), {"values": {"at_least": 0.12345678901}}, "FAIL"),
        (decimals(38, 10, "0.1234567890"), {"values": {"at_most": 0.12345678901}}, "PASS"),
        (decimals(38, 10, "0.1234567890"), {"values": {"in": [0.12345678901]}}, "FAIL"),
        (decimals(38, 10, "0.1234567890"), {"values": {"in": [0.123456789]}}, "PASS"),
        (decimals(38, 38, "0.00000000000000000000000000000000000001"), {"values": {"at_most": 1.0e-38}}, "PASS"),
        (decimals(10, 2, "0.10", "0.20"), {"sum": {"equals": 0.3}}, "PASS"),
        (decimals(10, 2, *["0.10"] * 10), {"sum": {"equals": 1}}, "PASS"),
        (decimals(10, 2, "-0.01"), {"values": {"at_least": 0}}, "FAIL"),
        (decimals(4, 0, "7"), {"values": {"between": [6.5, 7.5]}}, "PASS"),
        (decimals(4, 0, "7"), {"values": {"at_most": 6.9}}, "FAIL"),
    ],
)
def test_decimals_meet_their_bounds_to_the_last_digit(judged, rows, contract, outcome):
    assert column(judged, rows, **contract)[0] == outcome


NAN = float("nan")
INF = float("inf")


@pytest.mark.parametrize(
    ("values", "contract", "outcome", "words"),
    [
        ([1.0, NAN, None], {"null_share": {"at_most": 0.5}}, "FAIL", "2 of 3 rows), 1 of them NaN"),
        ([1.0, NAN], {"values": {"at_most": 1}}, "PASS", "0 of 1 values"),
        ([1.0, NAN], {"max": {"equals": 1}}, "PASS", ""),
        ([1.0, NAN], {"mean": {"equals": 1}}, "PASS", "over 1 values"),
        ([NAN, NAN], {"mean": {"at_most": 1}}, "FAIL", "all 2 values are null"),
        ([NAN, NAN, 1.0], {"unique": True}, "PASS", "0 of 1 values"),
        ([1.0, INF], {"values": {"at_most": 1e300}}, "FAIL", "1 of 2 values"),
        ([1.0, INF], {"max": {"at_most": 1e300}}, "FAIL", "inf"),
        ([1.0, -INF], {"min": {"at_least": -1e300}}, "FAIL", "-inf"),
        ([1.0, INF], {"mean": {"at_most": 1e300}}, "FAIL", "inf"),
        ([INF, -INF], {"mean": {"between": [-1e300, 1e300]}}, "FAIL", "undefined"),
        ([1.0, 2.0, INF], {"std": {"at_most": 1e300}}, "FAIL", "undefined"),
        ([1.0, INF, None], {"null_share": {"at_most": 0.34}}, "PASS", ""),
    ],
)
def test_nan_is_null_and_an_infinity_is_a_value_that_no_bound_holds(judged, values, contract, outcome, words):
    found, said = column(judged, pa.table({"x": pa.array(values, pa.float64())}), **contract)
    assert found == outcome
    assert words in said


MIXED = "id,x\n1,10\n2,11.5\n3,n/a\n"


def test_one_text_in_a_column_of_numbers_makes_a_column_of_text(judged):
    assert column(judged, MIXED, type="number")[0] == "FAIL"
    outcome, said = column(judged, MIXED, mean={"at_most": 20})
    assert outcome == "ERROR"
    assert "needs numbers, the column is of type string" in said
    outcome, said = column(judged, MIXED, values={"matches": r"^[0-9.]+$"})
    assert outcome == "FAIL"
    assert "n/a" in said


def test_a_default_of_numbers_does_not_lose_a_column_that_became_text_in_silence(judged):
    outcome, said = judged(MIXED, kind="columns", types={"float": {"values": {"at_most": 20}}})["c.types.float.values"]
    assert outcome == "ERROR"
    assert "no column of type float" in said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x\n1\n2.5\n", "float"),
        ("x\n1\n2\n", "integer"),
        ("x\n2013-07-01\n2013-07-02T10:00:00\n", "string"),
        ("x\n2013-07-01\nlater\n", "string"),
        ("x\ntrue\n0\n", "string"),
        ("x\n007\n12\n", "string"),
    ],
)
def test_a_column_of_two_sorts_has_the_type_that_holds_both(judged, text, kind):
    outcome, said = column(judged, text, type=kind)
    assert outcome == "PASS", said
