"""A file that changes while a run reads it spoils what was asked of it, and nothing else."""

import pytest

from mlgate.core.verdict import Outcome

ROWS = {"id": [1, 2, 3], "x": [1.0, 2.0, 3.0]}
DATA = {"t": {"path": "t.csv", "key": "id"}, "u": {"path": "u.csv", "key": "id"}}
CHECKS = [
    {"id": "own", "kind": "rule", "of": "t", "require": "x > 0"},
    {"id": "layout", "kind": "schema", "of": "t", "columns": ["id", "x"]},
    {"id": "joined", "kind": "parity", "of": "u", "against": "t", "columns": {"x": "exact"}},
    {"id": "other", "kind": "rule", "of": "u", "require": "x > 0"},
]


def grow(path):
    with path.open("a") as file:
        file.write("4,4.0\n")


def shrink(path):
    path.write_text("id,x\n1,1.0\n")


def replace(path):
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("change", [grow, shrink, replace, lambda path: path.unlink()], ids=["grows", "shrinks", "replaced", "vanishes"])
def test_every_item_that_read_a_changed_file_is_an_error_to_be_retried(judged, tmp_path, change):
    done = []

    def meanwhile(text):
        if text.startswith("scanning") and not done:
            done.append(change(tmp_path / "t.csv"))

    found = judged({"t": ROWS, "u": ROWS}, datasets=DATA, checks=CHECKS, progress=meanwhile)
    assert done
    for item in ("own", "layout", "joined.x"):
        assert found[item].outcome is Outcome.ERROR
        assert "t: file changed while it was read: t.csv" in found[item].reason
        assert (found[item].cause, found[item].action) == ("infrastructure", "retry")
    assert found["other"].outcome is Outcome.PASS


def test_predictions_that_change_spoil_the_items_of_their_model(judged, tmp_path):
    def meanwhile(text):
        if text.startswith("scanning"):
            grow(tmp_path / "p.csv")

    models = {"m": {"predictions": "p.csv", "dataset": "t"}}
    checks = [{"id": "model", "kind": "rule", "of": "m", "require": "prediction > 0"}, CHECKS[0]]
    frames = {"t": ROWS, "p": {"id": [1, 2, 3], "prediction": [1.0, 2.0, 3.0]}}
    found = judged(frames, datasets={"t": DATA["t"]}, models=models, checks=checks, progress=meanwhile)
    assert (found["model"].outcome, found["own"].outcome) == (Outcome.ERROR, Outcome.PASS)
    assert "p.csv" in found["model"].reason


def test_a_change_after_the_scan_takes_the_offending_rows_and_not_the_verdict(judged, tmp_path):
    def meanwhile(text):
        if text.startswith("judging"):
            grow(tmp_path / "t.csv")

    found = judged({"t": ROWS}, datasets={"t": DATA["t"]}, checks=[{"id": "bad", "kind": "rule", "of": "t", "require": "x < 3"}], progress=meanwhile)
    assert found["bad"].outcome is Outcome.FAIL
    assert found["bad"].offenders is None
