"""How long an endpoint took, in numbers and in words."""

from __future__ import annotations

import pytest

from mlgate.core.scored import Scored


def test_throughput_is_rows_over_the_time_of_all_calls():
    scored = Scored(300, (0.5, 0.25, 2.25), retries=1)
    assert scored.throughput == pytest.approx(100)
    assert str(scored) == "300 rows in 3 requests, 1 sent again; median 500 ms, slowest 2.25 s"


def test_nothing_sent_has_no_throughput():
    assert Scored(0, ()).throughput is None
    assert str(Scored(0, ())) == "no row was sent"
