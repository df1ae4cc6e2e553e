"""Uses of an evaluation set through real pytest runs: serial, parallel, narrowed, again."""

from __future__ import annotations

import json

import pytest
import yaml

N = 2000
LEDGER = "holdout.csv.uses.jsonl"
CONTENT = "content:5e622486af08a8fcdfd08295150f0065c585dc7935c947805c8dc1720e186219"  # what `mlgate digest` prints for the holdout
GATE = {
    "mlgate": 1,
    "policy": {"mode": "prove", "uses": 1},
    "datasets": {"holdout": {"path": "holdout.csv", "key": ["id"], "label": "y"}},
    "models": {
        "candidate": {"predictions": "candidate.csv", "dataset": "holdout"},
        "production": {"predictions": "production.csv", "dataset": "holdout", "if_missing": "first_run"},
    },
    "checks": [
        {"id": "accuracy", "kind": "compare", "of": "candidate", "against": "production", "metric": "accuracy", "no_worse_by": 0.05},
        {"id": "volume", "kind": "rows", "of": "holdout", "rows": {"at_least": 100}},
    ],
}


def table(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def predictions(wrong):
    return table("id,prediction", ((n, (n + (n % 100 < wrong)) % 2) for n in range(N)))


@pytest.fixture
def proving(project):
    truth = table("id,y", ((n, n % 2) for n in range(N)))
    files = {"g.gate.yaml": yaml.safe_dump(GATE, sort_keys=False), "holdout.csv": truth, "production.csv": predictions(10)}
    return project.write({**files, "candidate.csv": predictions(9)})


def run(project, *words):
    return project.run("--mlgate", *words, fake=False)


def outcomes(ran):
    (result,) = ran.evidence["results"].values()
    return {one["item"]: (one["outcome"], one["details"]) for one in result["verdicts"]}


def uses(project):
    path = project.folder / LEDGER
    return [json.loads(line)["outcomes"] for line in path.read_text().splitlines()] if path.exists() else []


def test_serial_parallel_narrowed_and_repeated_runs_are_one_use_with_one_verdict(proving):
    first = run(proving)
    assert first.status == 0, first.out
    assert "knows of no other use of holdout" in first.out
    found = outcomes(first)
    assert found["accuracy"] == ("PASS", ["use 1 of 1 planned for holdout"])
    assert outcomes(run(proving, "-n2")) == found
    assert outcomes(run(proving, "--lf", "-k", "accuracy")) == {"accuracy": found["accuracy"]}
    assert uses(proving) == [{"accuracy": "PASS"}]


def test_spent_uses_hold_the_candidate_in_every_way_of_running(proving):
    proving.write({LEDGER: json.dumps({"key": "k", "set": CONTENT, "time": "t", "outcomes": {"accuracy": "FAIL"}}) + "\n"})
    for words in (("-n2",), ("-k", "accuracy")):
        ran = run(proving, *words)
        assert ran.status == 1, ran.out
        assert outcomes(ran)["accuracy"][0] == "INCONCLUSIVE"
        assert "all 1 planned uses of holdout are spent" in ran.out
    assert uses(proving) == [{"accuracy": "FAIL"}, {"accuracy": "INCONCLUSIVE"}]


def test_the_first_model_ever_is_promoted_and_spends_no_use(proving):
    (proving.folder / "production.csv").unlink()
    ran = run(proving)
    assert ran.status == 0, ran.out
    assert outcomes(ran)["accuracy"][0] == "NOT_APPLICABLE"
    assert "mlgate: PROMOTE" in ran.out
    assert uses(proving) == []
