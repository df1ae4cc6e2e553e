"""The tests of this plugin: the suites that every kind and metric passes, and what is its own."""

import datetime

import numpy as np
import pytest
from mlgate_example_kind.promise_cost import PromiseCost
from mlgate_example_kind.weekday_share import WeekdayShare

from mlgate.testing import Example, check_kind, check_metric
from mlgate.testing.samples import sample

GATE = """\
mlgate: 1
datasets:
  deliveries: {path: deliveries.csv}
checks:
  - {id: weekdays, kind: weekday_share, of: deliveries, column: day, share: {at_least: 0.1}}
"""
DAYS = [datetime.date(2024, 3, 4) + datetime.timedelta(days=day) for day in range(28)]


def test_the_kind_does_what_every_kind_must():
    check_kind(WeekdayShare)


def test_the_metric_does_what_every_metric_must():
    check_metric(PromiseCost)


def test_a_late_minute_costs_nine_times_an_early_one():
    assert PromiseCost().value(sample([10], [9])) == pytest.approx(0.9)
    assert PromiseCost().value(sample(np.array([10.0]), np.array([11.0]))) == pytest.approx(0.1)


@pytest.mark.parametrize(("kept", "outcome", "status"), [(range(7), "PASS", 0), (range(6), "FAIL", 1)], ids=["whole weeks", "no Sundays"])
def test_a_weekday_that_is_missing_fails_the_gate(tmp_path, kept, outcome, status):
    days = [day for day in DAYS if day.weekday() in kept]
    ran = Example(tmp_path, GATE, files={"deliveries.csv": {"day": days}}).pytest()
    assert ran.outcomes == {"weekdays": outcome}, ran.output
    assert ran.status == status
