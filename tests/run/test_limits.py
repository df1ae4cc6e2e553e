"""Time, memory and disk run out: the items concerned are ERROR with a fix, all others are judged."""

import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.core.request import Op
from mlgate.core.verdict import Outcome

ROWS = {"id": list(range(200)), "x": [n / 7 for n in range(200)]}
DATA = {"t": {"path": "t.csv", "key": "id"}}
ENDLESS = "select count(*) from range(1000000000000) t(i) where hash(i) = 1"
CONTRACT = {"id": {"unique": True}, "x": {"null_share": {"at_most": 0}, "min": {"at_least": 0}, "max": {"at_most": 1}, "mean": {"at_most": 99}}}
CHECKS = [{"id": "c", "kind": "columns", "of": "t", "columns": CONTRACT}, {"id": "n", "kind": "rows", "of": "t", "rows": {"equals": 200}}]


def outcomes(found):
    return {item: (verdict.outcome.value, verdict.cause, verdict.action) for item, verdict in found.items()}


def little_disk(monkeypatch):
    """Every engine has 64 MB of memory and 1 MB to spill into."""
    own = DuckDBEngine.__init__

    def made(self, folder):
        own(self, folder)
        self._session.run("set max_temp_directory_size = '1MB'")

    monkeypatch.setenv("MLGATE_MEMORY_MB", "64")
    monkeypatch.setattr(DuckDBEngine, "__init__", made)


@pytest.fixture
def slow_maximum(monkeypatch):
    """Every statement with a maximum in it runs for hours."""
    own = DuckDBEngine.answer

    def answer(self, scan, batch):
        if any(getattr(request, "op", None) is Op.MAX for request in batch):
            self._session.run(ENDLESS)
        return own(self, scan, batch)

    monkeypatch.setattr(DuckDBEngine, "answer", answer)


def test_a_statement_that_takes_too_long_is_interrupted_and_only_its_culprit_is_an_error(judged, slow_maximum):
    found = judged({"t": ROWS}, datasets=DATA, checks=CHECKS, policy={"timeout": "3s"})
    assert outcomes(found) == {
        "c.id.unique": ("PASS", None, "promote"),
        "c.x.null_share": ("PASS", None, "promote"),
        "c.x.min": ("PASS", None, "promote"),
        "c.x.max": ("ERROR", "infrastructure", "retry"),
        "c.x.mean": ("PASS", None, "promote"),
        "n": ("PASS", None, "promote"),
    }
    assert "time-out of 3 s" in found["c.x.max"].reason
    assert "timeout" in found["c.x.max"].fix
    assert "max(" in found["c.x.max"].details[0]


def test_a_time_out_is_a_duration_and_stands_in_the_policy(judged):
    assert judged({"t": ROWS}, datasets=DATA, checks=CHECKS[1:], policy={"timeout": "15m"})["n"].outcome is Outcome.PASS


def test_what_does_not_fit_into_memory_or_on_the_disk_is_an_error_of_its_items_alone_and_names_the_setting(judged, monkeypatch):
    """`unique` over long texts must spill and may not; a column of numbers needs next to nothing."""
    little_disk(monkeypatch)
    wide = "(select i, repeat(md5(i::varchar), 8) as s from range(600000) t(i))"
    monkeypatch.setattr(DuckDBEngine, "_load", lambda self, opened: wide)
    checks = [
        {"id": "keys", "kind": "unique", "of": "t", "columns": ["s"]},
        {"id": "c", "kind": "columns", "of": "t", "columns": {"i": {"min": {"equals": 0}, "null_share": {"at_most": 0}}}},
    ]
    found = judged({"t": ROWS}, datasets=DATA, checks=checks)
    assert outcomes(found) == {
        "keys": ("ERROR", "infrastructure", "retry"),
        "c.i.min": ("PASS", None, "promote"),
        "c.i.null_share": ("PASS", None, "promote"),
    }
    assert "the disk is full while spilling" in found["keys"].reason
    assert "MLGATE_MEMORY_MB above the 64 MB" in found["keys"].fix
    assert "TMPDIR" in found["keys"].fix


def test_a_file_that_does_not_fit_while_it_is_loaded_is_a_fault_of_the_machine_too(judged, monkeypatch):
    little_disk(monkeypatch)
    rows = 120_000
    found = judged({"t": {"id": range(rows), "s": [f"{n:09}" * 100 for n in range(rows)]}}, datasets=DATA, checks=CHECKS[1:])
    assert outcomes(found) == {"n": ("ERROR", "infrastructure", "retry")}
    assert "MLGATE_MEMORY_MB" in found["n"].fix
