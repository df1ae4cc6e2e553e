"""Which uses a run makes of its evaluation sets, and by what they are told."""

import pytest

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
