"""The form for what does not fit into memory against DuckDB's own `quantile_cont`, to the last bit."""

import datetime
import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from mlgate.adapters.engines._duckdb import quantiles
from mlgate.core.request import Aggregate, Op
from mlgate.core.view import View
from mlgate.expressions.guard import parse

SHARES = (0.0, 0.001, 0.05, 0.25, 1 / 3, 0.5, 0.9, 0.999, 1.0)
N = 5_000
RNG = np.random.default_rng(7)
DAY = datetime.datetime(2026, 1, 1)
COLUMNS = {
    "normal": RNG.normal(size=N),
    "tied": RNG.integers(0, 4, N).astype(float),
    "mostly_zero": np.where(RNG.random(N) < 0.7, 0.0, RNG.exponential(size=N)),
    "with_gaps": [None if n % 3 == 0 else float(n) for n in range(N)],
    "with_nan": [math.nan if n % 5 == 0 else float(n % 97) for n in range(N)],
    "infinite": [(math.inf, -math.inf, 1.0, 2.0)[n % 4] for n in range(N)],
    "integer": RNG.integers(-(10**15), 10**15, N),
    "one": [None] * (N - 1) + [3.5],
    "nothing": pa.nulls(N, pa.float64()),
    "time": [DAY + datetime.timedelta(seconds=int(s)) for s in RNG.integers(0, 10**6, N)],
    "day": [(DAY + datetime.timedelta(days=int(s))).date() for s in RNG.integers(0, 999, N)],
}


def asked(view):
    return [Aggregate(Op.QUANTILE, name, (share,), view) for name in COLUMNS for share in SHARES]


@pytest.fixture
def table(asking):
    asking.open("t", pa.table(COLUMNS))
    return asking


def same(found, wanted):
    assert {str(request): answer for request, answer in found.items()} == {str(request): answer for request, answer in wanted.items()}


@pytest.mark.parametrize("where", [None, "with_gaps > 100 or tied = 2", "integer is null"])
@pytest.mark.parametrize("sample_rows", [100_000, 800])
def test_quantiles_are_the_same_whether_they_fit_into_memory_or_not(table, monkeypatch, where, sample_rows):
    view = View("t", where=parse(where) if where else None)
    held = table.answers(asked(view))
    monkeypatch.setattr(quantiles, "room", lambda _: N - 1)  # less than one column
    monkeypatch.setattr(quantiles, "_SAMPLE_ROWS", sample_rows)
    same(table.answers(asked(view)), held)


@pytest.mark.parametrize(("edges", "room"), [((1e6, 2e6), N - 1), ((-math.inf, math.inf), N - 1), (None, 0)])
def test_edges_that_miss_or_hold_too_much_cost_time_and_no_digit(table, monkeypatch, edges, room):
    view = View("t")
    held = table.answers(asked(view))
    monkeypatch.setattr(quantiles, "room", lambda _: room)
    if edges is not None:
        monkeypatch.setattr(quantiles, "_with_edges", lambda sought, _: replace(sought, low=edges[0], high=edges[1]))
    same(table.answers(asked(view)), held)


def test_what_fits_stands_in_the_fused_statement_and_what_does_not_in_one_of_its_own(table, monkeypatch):
    view = View("t")
    requests = [Aggregate(Op.QUANTILE, "normal", (0.5,), view), Aggregate(Op.MEAN, "normal", (), view)]
    assert table.statement(*requests).count("\nfrom") == 1
    monkeypatch.setattr(quantiles, "room", lambda _: N - 1)
    assert table.statement(*requests).count(";") == 1
    assert "quantile_cont" not in table.statement(*requests)
    assert table[requests[0]] == pytest.approx(np.median(COLUMNS["normal"]), rel=1e-15)
