"""Planted leaks are found to the row, and nothing is found where nothing was planted."""

import datetime

import numpy as np
import pandas as pd
import pytest

import mlgate
from mlgate.checks import Leakage
from mlgate.core.gate import Gate, Policy
from mlgate.core.profile import dump
from mlgate.run.explain import explain
from mlgate.run.gate_run import run_gate
from mlgate.run.profile import profile
from mlgate.run.shares import declare

ROWS, TRAINED = 3000, 9000
START = datetime.datetime(2024, 6, 1)


def drawn(seed):
    """Two halves of one population that share nothing."""
    random = np.random.default_rng(seed)
    n = ROWS + TRAINED
    words = np.array([f"w{word}" for word in range(3000)])
    frame = pd.DataFrame(
        {
            "id": random.permutation(n),
            "x": random.normal(size=n),
            "c": random.choice(["u", "v", None], n),
            "review": [" ".join(words[row]) for row in random.integers(0, 3000, (n, 15))],
            "at": START + pd.to_timedelta(np.where(np.arange(n) < ROWS, random.integers(0, 90, n), -1 - random.integers(0, 90, n)), "D"),
            "y": random.integers(0, 2, n),
        }
    )
    return frame[:ROWS].reset_index(drop=True), frame[ROWS:].reset_index(drop=True)


def gate_of(holdout, train, check):
    roles = {"key": ("id",), "time": "at", "label": "y"}
    datasets = {"holdout": mlgate.Dataset(frame=holdout, **roles), "train": mlgate.Dataset(frame=train, **roles)}
    return Gate("g.gate.yaml", ".", "", Policy(), datasets, {}, (check,))


def judged(holdout, train, **asked):
    verdicts = run_gate(gate_of(holdout, train, Leakage(id="l", of="holdout", against="train", **asked))).verdicts
    return {verdict.item.removeprefix("l."): verdict for verdict in verdicts}


ASKED = {"keys": True, "content": {"features": ["x", "c"]}, "near_duplicates": {"columns": "review"}, "time_order": True, "giveaway": True}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_found_where_nothing_leaks(seed):
    found = judged(*drawn(seed), **ASKED)
    assert {name: str(verdict.outcome) for name, verdict in found.items()} == dict.fromkeys(ASKED, "PASS")


@pytest.mark.parametrize("seed", range(3))
def test_planted_leaks_are_found_to_the_row(seed):
    holdout, train = drawn(seed)
    places = np.random.default_rng(seed).permutation(TRAINED)
    train.loc[places[:17], "id"] = holdout["id"][:17].to_numpy()
    train.loc[places[:23], ["x", "c"]] = holdout.loc[100:122, ["x", "c"]].to_numpy()
    train.loc[places[:31], "review"] = [f"{text} and more" for text in holdout["review"][200:231]]
    train.loc[places[:41], "at"] = holdout["at"].min()
    holdout["told"], train["told"] = holdout["y"] * 2.0, 1.0
    found = judged(holdout, train, **ASKED)
    planted = {"keys": 17, "content": 23, "near_duplicates": 31, "time_order": 41}
    assert {name: found[name].estimate.violations for name in planted} == planted
    assert {str(verdict.outcome) for verdict in found.values()} == {"FAIL"}
    assert [part for part, outcome, _ in found["giveaway"].parts if str(outcome) == "FAIL"] == ["told"]
    assert all(found[name].offenders.rows for name in planted)


def test_many_features_of_noise_hardly_ever_raise_an_alarm():
    random = np.random.default_rng(11)
    for _ in range(10):
        frame = pd.DataFrame({"y": random.integers(0, 2, 400), **{f"f{index}": random.normal(size=400) for index in range(20)}})
        gate = Gate(
            "g", ".", "", Policy(), {"d": mlgate.Dataset(frame=frame, label="y")}, {}, (Leakage(id="l", of="d", giveaway={"auc": {"at_most": 0.6}}),)
        )
        assert str(run_gate(gate).verdicts[0].outcome) != "FAIL"


def test_a_category_of_many_levels_and_a_label_of_many_values_are_judged():
    random = np.random.default_rng(2)
    price = random.normal(size=3000)
    frame = pd.DataFrame({"price": price, "twice": 2 * price, "name": [f"n{row}" for row in range(3000)]})
    gate = Gate("g", ".", "", Policy(), {"d": mlgate.Dataset(frame=frame, label="price")}, {}, (Leakage(id="l", of="d", giveaway=True),))
    (verdict,) = run_gate(gate).verdicts
    assert [(part, str(outcome)) for part, outcome, _ in verdict.parts] == [("twice", "FAIL"), ("name", "PASS")]
    assert "the label is a quantity: judged by whether it is above its median" in verdict.details


def test_fewer_rows_are_read_where_that_is_asked_and_the_report_says_so():
    random = np.random.default_rng(2)
    y = random.integers(0, 2, 20_000)
    frame = pd.DataFrame({"y": y, "x": random.normal(size=20_000)})
    gate = Gate("g", ".", "", Policy(), {"d": mlgate.Dataset(frame=frame, label="y")}, {}, (Leakage(id="l", of="d", giveaway={"rows": 1000}),))
    (verdict,) = run_gate(gate).verdicts
    assert 900 < verdict.estimate.n_obs < 1100
    assert f"measured on {verdict.estimate.n_obs:,} of 20,000 rows, spread evenly" in verdict.details


def test_the_plan_shows_every_statement_before_the_start_is_known():
    explained = explain(gate_of(*drawn(0), Leakage(id="l", of="holdout", against="train", **ASKED)))
    texts = "\n".join(text for _, text in explained.statements)
    assert "no statement" not in texts
    assert "0 s before the first at of holdout" in texts
    assert not explained.faults
    assert [item.id for item in explained.sampled] == ["l.giveaway"]


def test_exact_items_beside_a_sampled_one_take_no_share():
    check = Leakage(id="l", of="holdout", against="train", **ASKED)
    shares = {item.part: item.share for item in declare(Gate("g", ".", "", Policy(), {}, {}, (check,)))}
    assert shares == {"keys": None, "content": None, "near_duplicates": None, "time_order": None, "giveaway": 0.05}


def test_zoned_times_and_dates_are_compared_as_points_in_time():
    holdout, train = drawn(0)
    train["at"] = train["at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    holdout["at"] = holdout["at"].dt.date
    assert str(judged(holdout, train, time_order=True)["time_order"].outcome) == "PASS"
    late = judged(holdout, train, time_order={"gap": "3d"})["time_order"]
    assert late.estimate.violations == int((train["at"] > pd.Timestamp("2024-05-29", tz="UTC")).sum()) > 0


def test_a_profile_holds_no_rows_to_compare_with(tmp_path):
    holdout, train = drawn(0)
    path = tmp_path / "train.profile.json"
    datasets = {"holdout": mlgate.Dataset(frame=holdout), "train": mlgate.Dataset(frame=train)}
    path.write_text(dump(profile(Gate("g", ".", "", Policy(), datasets, {}, ()), "train")), encoding="utf-8")
    checks = (Leakage(id="l", of="holdout", against="train", keys={"columns": "id"}, near_duplicates={"columns": "review"}),)
    verdicts = run_gate(Gate("g", ".", "", Policy(), {**datasets, "train": mlgate.Dataset(path=str(path))}, {}, checks)).verdicts
    assert [str(verdict.outcome) for verdict in verdicts] == ["ERROR", "ERROR"]
    assert "holdout is read by the engine duckdb and train by profile" in verdicts[0].reason
    assert "profile" in verdicts[1].reason


def test_masked_columns_are_in_no_text_and_the_rows_are_numbered():
    holdout, train = drawn(0)
    train.loc[:4, "id"] = holdout["id"][:5].to_numpy()
    train.loc[:4, ["x", "c"]] = holdout.loc[:4, ["x", "c"]].to_numpy()
    train.loc[:4, "review"] = [f"{text} and more" for text in holdout["review"][:5]]
    train.loc[:4, "at"] = holdout["at"].min()
    roles = {"key": ("id",), "time": "at", "label": "y", "mask": ("id", "review", "at", "x")}
    datasets = {name: mlgate.Dataset(frame=frame, **roles) for name, frame in (("holdout", holdout), ("train", train))}
    asked = {name: spec for name, spec in ASKED.items() if name != "giveaway"}
    checks = (Leakage(id="l", of="holdout", against="train", **asked),)
    verdicts = run_gate(Gate("g", ".", "", Policy(), datasets, {}, checks)).verdicts
    assert {str(verdict.outcome) for verdict in verdicts} == {"FAIL"}
    secrets = [word for text in holdout["review"][:5] for word in text.split()]
    for verdict in verdicts:
        assert not [secret for secret in secrets if f"{secret} " in f"{verdict} "]
        assert not [secret for secret in ("2024-0", *map(str, holdout["x"][:5])) if secret in str(verdict)]
        assert verdict.offenders.columns[0] == "row"
        assert all(
            cell.startswith("masked:") for cell, name in zip(verdict.offenders.rows[0], verdict.offenders.columns, strict=True) if "id" in name
        )
    assert [row[0] for row in verdicts[0].offenders.rows] == ["1", "2", "3", "4", "5"]


def test_as_many_pairs_are_shown_as_samples_are_asked():
    holdout, train = drawn(0)
    train.loc[:8, "review"] = [f"{text} and more" for text in holdout["review"][:9]]
    for samples in (0, 7):
        verdict = judged(holdout, train, near_duplicates={"columns": "review"}, samples=samples)["near_duplicates"]
        assert sum("alike: " in line for line in verdict.details) == samples
        assert (len(verdict.offenders.rows) if verdict.offenders else 0) == samples
