"""Which uses a run makes of its evaluation sets, and by what they are told."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

N = 400
TRUTH = {"id": list(range(N)), "y": [n % 2 for n in range(N)]}
LABELLED = {"t": {"path": "t.csv", "key": "id", "label": "y"}}
MODELS = {"new": {"predictions": "new.csv", "dataset": "t"}, "old": {"predictions": "old.csv", "dataset": "t", "if_missing": "first_run"}}
COMPARE = {"id": "acc", "kind": "compare", "of": "new", "against": "old", "metric": "accuracy", "no_worse_by": 0.1}
PROVE = {"mode": "prove", "uses": 5}


def answers(wrong):
    return {"id": TRUTH["id"], "prediction": [(n + (n < wrong)) % 2 for n in range(N)]}


@pytest.fixture
def uses(judged):
    def run(frames=None, **gate):
        frames = {"t": TRUTH, "new": answers(9), "old": answers(10)} if frames is None else frames
        gate = {"policy": PROVE, "datasets": LABELLED, "models": MODELS, "checks": [COMPARE], **gate}
        return judged(frames, **gate).result.provenance.uses

    return run


def test_a_proving_run_uses_the_set_of_its_primary_check_once(uses):
    (use,) = uses(checks=[{**COMPARE, "slices": ["y"]}, {"id": "floor", "kind": "metric", "of": "new", "metric": "accuracy", "at_least": 0.5}])
    assert (use.dataset, use.items, use.fault) == ("t", ("acc",), "")
    assert use.content.startswith("content:")
    assert [one[:7] for one in use.models] == ["sha256:"] * 2


def test_guard_mode_and_what_decides_nothing_use_nothing(uses):
    assert uses(policy={"mode": "guard"}) == ()
    assert uses(checks=[{"id": "floor", "kind": "metric", "of": "new", "metric": "accuracy", "at_least": 0.5}]) == ()
    assert uses(items=frozenset({"none"})) == ()


def test_the_first_model_ever_and_a_broken_candidate_use_nothing(uses):
    assert uses({"t": TRUTH, "new": answers(9)}) == ()
    (use,) = uses()
    assert uses({"t": TRUTH, "new": {"id": TRUTH["id"], "other": TRUTH["y"]}, "old": answers(1)}) == ()
    assert use.items == ("acc",)


def test_a_set_is_told_by_its_rows_and_not_by_their_order(uses):
    (before,) = uses()
    (turned,) = uses({"t": {"y": TRUTH["y"][::-1], "id": TRUTH["id"][::-1]}, "new": answers(9), "old": answers(10)})
    (changed,) = uses({"t": {**TRUTH, "y": [1 - TRUTH["y"][0], *TRUTH["y"][1:]]}, "new": answers(9), "old": answers(10)})
    assert turned == before
    assert changed.content != before.content


def test_a_model_is_told_by_its_file(uses):
    (before,) = uses()
    (other,) = uses({"t": TRUTH, "new": answers(8), "old": answers(10)})
    assert other.models[0] != before.models[0]
    assert other.models[1] == before.models[1]


def always(frame):
    return [1] * len(frame)


def echo(frame):
    return frame["y"].tolist()


def test_a_function_is_told_by_what_it_answers(uses):
    def models(function):
        return {**MODELS, "new": {"callable": f"{__name__}:{function}", "dataset": "t"}}

    (first,), (again,), (other,) = uses(models=models("echo")), uses(models=models("echo")), uses(models=models("always"))
    assert first.models[0].startswith("answers:")
    assert again == first
    assert other.models[0] != first.models[0]


def test_an_artifact_is_told_by_its_bytes_wherever_and_whenever_it_was_written(uses, tmp_path):
    def artifact(name, values):
        from skops import io

        path = tmp_path / name
        path.write_bytes(io.dumps(LogisticRegression().fit(np.array(values)[:, None], [0, 1, 0, 1])))
        return {**MODELS, "new": {"artifact": name, "features": ["id"], "dataset": "t"}}

    first = artifact("a.skops", [0, 1, 0, 1])
    content = (tmp_path / "a.skops").read_bytes()
    (one,) = uses(models=first)
    (tmp_path / "b.skops").write_bytes(content)
    (copied,) = uses(models={**first, "new": {**first["new"], "artifact": "b.skops"}})
    (other,) = uses(models=artifact("a.skops", [0, 3, 1, 2]))
    assert one.models[0].startswith("sha256:")
    assert copied.models == one.models
    assert other.models[0] != one.models[0]
