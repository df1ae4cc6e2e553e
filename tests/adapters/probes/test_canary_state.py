import json
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from mlgate.adapters.probes.canary_state import CanaryState
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe, Rows
from mlgate.core.view import View

LAYOUT = json.dumps([["errors", "candidate", 1, 2], ["errors", "baseline", 3, 2]])


def look(path, times, new, values, settings="s"):
    frame = pd.DataFrame({"at": pd.to_datetime(times), "new": new, "v": values, "old": [1 - one for one in new]})
    return CanaryState().answer(Probe("canary_state", (Rows(("at",), View("log")),), (str(path), settings, LAYOUT)), [frame])["errors"]


def test_only_rows_later_than_the_newest_counted_one_are_added(tmp_path):
    path = tmp_path / "state.json"
    look(path, ["2026-01-01", "2026-01-02"], [1, 0], [1.0, 0.0])
    found = look(path, ["2026-01-01", "2026-01-02", "2026-01-03"], [1, 0, 1], [1.0, 0.0, 0.5])
    assert (found["candidate"].values, found["candidate"].total, found["candidate"].odd) == (2, 1.5, 1)
    assert (found["baseline"].values, found["baseline"].total, found["baseline"].odd) == (1, 0.0, 0)


def test_an_empty_window_keeps_what_is_known(tmp_path):
    path = tmp_path / "state.json"
    before = look(path, ["2026-01-01"], [1], [1.0])
    assert look(path, [], [], []) == before
    assert look(tmp_path / "other.json", [], [], [])["candidate"].rows == 0


def test_nulls_are_rows_without_values(tmp_path):
    found = look(tmp_path / "state.json", ["2026-01-01", "2026-01-02"], [1, 1], [1.0, None])
    assert (found["candidate"].rows, found["candidate"].values) == (2, 1)


def test_times_with_a_zone_are_points_in_time(tmp_path):
    path = tmp_path / "state.json"
    look(path, ["2026-01-01 12:00:00+02:00"], [1], [1.0])
    assert look(path, ["2026-01-01 10:00:00"], [1], [1.0])["candidate"].rows == 1


def test_looks_at_once_add_every_row_once(tmp_path):
    path = tmp_path / "state.json"
    times = pd.date_range("2026-01-01", periods=500, freq="s")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: look(path, times, [1] * 500, [1.0] * 500), range(16)))
    assert look(path, [], [], [])["candidate"].rows == 500


def test_a_place_that_cannot_be_written_to_is_an_error_of_the_infrastructure(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MeasurementError, match=r"state\.json cannot be kept") as caught:
        look(tmp_path / "file" / "state.json", ["2026-01-01"], [1], [1.0])
    assert caught.value.cause == "infrastructure"


def test_nothing_is_written_beside_the_state_and_its_lock(tmp_path):
    look(tmp_path / "state.json", ["2026-01-01"], [1], [1.0])
    assert {one.name for one in tmp_path.iterdir()} <= {"state.json", "state.json.lock"}
