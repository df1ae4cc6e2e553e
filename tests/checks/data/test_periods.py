"""Periods: numbering, gaps and names."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from mlgate.checks.data._periods import PeriodCounts, period_of
from mlgate.core.marked import written

STARTS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1), "week": datetime.timedelta(days=7)}


@given(per=st.sampled_from(sorted(STARTS)), steps=st.integers(1, 500), start=st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)))
def test_two_periods_n_steps_apart_span_n_plus_one_periods(per: str, steps: int, start: datetime.date) -> None:
    monday = start - datetime.timedelta(days=start.weekday())
    first = datetime.datetime(monday.year, monday.month, monday.day)
    periods = PeriodCounts.read(per, "t", {(first,): 5, (first + steps * STARTS[per],): 5})
    assert len(periods) == steps + 1
    assert periods.outside(1, None)[1] == steps - 1
    assert written(periods.first_name).startswith(monday.isoformat())


def test_months_of_different_lengths_follow_each_other() -> None:
    answer = {(datetime.date(2012, 12, 1),): 3, (datetime.date(2013, 3, 1),): 4}
    periods = PeriodCounts.read("month", "t", answer)
    assert (len(periods), written(periods.first_name), written(periods.last_name)) == (4, "2012-12", "2013-03")
    broken, total = periods.outside(1, None)
    assert (list(map(written, broken)), total) == (["2013-01: 0", "2013-02: 0"], 2)


def test_one_date_far_away_makes_millions_of_missing_hours_and_no_wait() -> None:
    answer = {(datetime.datetime(1, 1, 2),): 1, (datetime.datetime(9999, 12, 30),): 1}
    listed, total = PeriodCounts.read("hour", "t", answer).outside(1, None)
    assert total > 80_000_000
    assert len(listed) == 5


def test_zero_rows_inside_the_bound_are_no_gap() -> None:
    answer = {(datetime.date(2013, 1, 1),): 9, (datetime.date(2013, 1, 4),): 1, (None,): 2}
    periods = PeriodCounts.read("day", "t", answer)
    broken, total = periods.outside(None, 5)
    assert (list(map(written, broken)), total) == (["2013-01-01: 9"], 1)
    assert periods.untimed == 2


def test_times_with_a_zone_are_counted_in_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=-5))
    periods = PeriodCounts.read("day", "t", {(datetime.datetime(2013, 1, 1, 19, tzinfo=zone),): 1})
    assert written(periods.first_name) == "2013-01-02"


def test_the_period_of_an_odd_name_is_quoted() -> None:
    assert period_of("day", 'a"b').sql == 'DATE_TRUNC(\'day\', "a""b")'
