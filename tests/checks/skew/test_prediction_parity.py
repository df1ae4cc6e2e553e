"""Kind `prediction_parity` on a live endpoint, beyond its case table."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mlgate.adapters.models import _endpoint_client
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

sys.path.insert(0, str(Path(__file__).parents[2] / "adapters" / "models"))
from endpoints import Reply, free_port, serving

N = 25


def verdicts_of(folder: Path, url: str, **check):
    pq.write_table(pa.table({"id": list(range(N)), "x": [n / N for n in range(N)]}), folder / "rows.parquet")
    pq.write_table(pa.table({"id": list(range(N)), "score": [n / N for n in range(N)]}), folder / "offline.parquet")
    gate = {
        "mlgate": 1,
        "datasets": {"rows": {"path": "rows.parquet", "key": ["id"]}},
        "models": {
            "served": {"endpoint": url, "dataset": "rows", "features": ["x"], "method": "predict_proba", "threshold": 0.5, "batch_rows": 10},
            "offline": {"predictions": "offline.parquet", "dataset": "rows", "threshold": 0.5},
        },
        "checks": [{"id": "c", "kind": "prediction_parity", "of": "served", "against": "offline", **check}],
    }
    (folder / "c.gate.yaml").write_text(yaml.safe_dump(gate, sort_keys=False))
    return {verdict.item: verdict for verdict in run_gate(load(folder / "c.gate.yaml")).verdicts}


def scores(method, path, content):
    return {"predictions": [row["x"] for row in content["instances"]]}


def test_an_endpoint_that_says_the_same_passes_and_is_timed(tmp_path):
    with serving(scores) as server:
        found = verdicts_of(tmp_path, server.url, score="exact", flip_share={"at_most": 0}, throughput={"at_least": 0.001})
    assert {item: str(verdict.outcome) for item, verdict in found.items()} == {"c.score": "PASS", "c.labels": "PASS", "c.throughput": "PASS"}
    assert [len(sent["instances"]) for sent in server.posted] == [10, 10, 5]
    assert found["c.throughput"].estimate.n_obs == N
    assert "25 rows in 3 requests; median" in found["c.throughput"].reason


def test_an_endpoint_slower_than_asked_fails(tmp_path):
    with serving(scores) as server:
        verdict = verdicts_of(tmp_path, server.url, throughput={"at_least": 1e9})["c.throughput"]
    assert (str(verdict.outcome), verdict.estimate.unit) == ("FAIL", "rows/s")
    assert 0 < float(verdict.estimate.value) < 1e9


@pytest.mark.parametrize(
    ("answer", "cause", "action", "words"),
    [
        (lambda *_: Reply(b"out of memory", 500), "infrastructure", "retry", "status 500: out of memory"),
        (lambda *_: Reply(b"<html>", 200), "model", "fix", "no JSON: <html>"),
        (lambda *_: [1, 2, 3], "model", "fix", "3 values of score for 10 rows"),
    ],
)
def test_an_endpoint_that_misbehaves_is_an_error_of_every_item_that_needs_it(tmp_path, answer, cause, action, words):
    with serving(answer) as server:
        found = verdicts_of(tmp_path, server.url, score="exact", flip_share={"at_most": 0}, throughput={"at_least": 1})
    for verdict in found.values():
        assert (str(verdict.outcome), verdict.cause, verdict.action) == ("ERROR", cause, action)
        assert words in verdict.reason
        assert verdict.fix


def test_an_endpoint_that_is_down_holds_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(_endpoint_client, "_PAUSES_S", (0.0, 0.0))
    verdict = verdicts_of(tmp_path, f"http://127.0.0.1:{free_port()}/", score="exact")["c.score"]
    assert (str(verdict.outcome), verdict.cause, verdict.action) == ("ERROR", "infrastructure", "retry")
    assert "cannot be reached" in verdict.reason
