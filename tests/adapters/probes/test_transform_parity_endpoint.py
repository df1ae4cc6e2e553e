"""A service as one side: what is sent, and what its answers become."""

import sys
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError
from test_transform_parity import ROWS, found, project, text  # noqa: F401  the fixture is used by its name

from mlgate.checks.skew.transform_parity import TransformParity
from mlgate.core.marked import written
from mlgate.testing import Example

sys.path.append(str(Path(__file__).parents[1] / "models"))
from endpoints import Reply, serving

CODES = {"a": 1, "b": 2}


def features(row):
    return {"double": None if row["x"] is None else 2 * row["x"], "code": CODES.get(row["c"], 0)}


def answer(method, path, content):
    return {"predictions": [features(row) for row in content["instances"]]}


def picky(method, path, content):
    if any(row["x"] is None for row in content["instances"]):
        return Reply({"error": "x is null"}, status=500)
    return [features(row) for row in content["instances"]]


def url_of(served):
    return f"{served.url}/features?key=secret"


def searched(url, law="search", **words):
    return found(url, law, **{"send_generated": True, "examples": 60, "without": ["empty"], **words})


def test_a_service_that_computes_the_same_passes_and_gets_real_rows_alone(tmp_path):
    with serving(answer) as served:
        gate = {
            "datasets": {"rows": {"path": "rows.csv", "key": ["id"]}},
            "checks": [{"id": "t", "kind": "transform_parity", "of": url_of(served), "against": "transforms:train", "like": "rows"}],
        }
        ran = Example(tmp_path, gate, files={"rows.csv": ROWS}).run()
    assert ran.outcomes == {"t.rows": "PASS"}
    assert served.posted == [{"instances": ROWS.to_dict("records")}]
    assert "secret" not in ran.verdicts["t.rows"].says


@pytest.mark.parametrize(
    "shape",
    [
        lambda rows: rows,
        lambda rows: {"features": rows},
        lambda rows: {"outputs": pd.DataFrame(rows).to_dict("list")},
        lambda rows: pd.DataFrame(rows).to_dict("list"),
        lambda rows: [list(row.values()) for row in rows],
    ],
    ids=["records", "features", "columns", "bare columns", "lists"],
)
def test_records_columns_and_lists_are_understood(shape):
    with serving(lambda method, path, content: shape([features(row) for row in content["instances"]])) as served:
        assert not searched(url_of(served), "rows").get("mismatched")


def test_a_service_that_differs_is_told_by_its_rows():
    with serving(lambda *asked: {"predictions": [{**one, "code": 1} for one in answer(*asked)["predictions"]]}) as served:
        one = searched(url_of(served), "rows")
    assert one["mismatched"] == 2
    assert f"row 2: code is 1 of {served.url}/features, 2 of transforms:train" in text(one)


def test_made_up_rows_are_sent_when_asked_and_an_error_of_the_service_is_a_counterexample():
    with serving(picky) as served:
        one = searched(url_of(served))
    assert f"{served.url}/features raises StatusError, where transforms:train gives rows" in text(one)
    assert "1 | null | 'a'" in text(one)
    assert "status 500" in text(one)


def test_a_service_that_is_not_there_is_an_error_and_no_counterexample():
    with serving(answer) as served:
        url = url_of(served)
    for law in ("rows", "search"):
        assert "cannot be reached" in written(searched(url, law)["error"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"columns": {"x": {"type": "float"}}}, "gets the rows of `like` alone"),
        ({"like": "rows", "takes_row": ["of"]}, "takes JSON"),
        ({"like": "rows", "library": "polars"}, "takes JSON"),
        ({"like": "rows", "against": "http://b/x"}, "both sides are services"),
        ({"like": "rows", "of": "https://me:word@host/x"}, "leave user and password out"),
        ({"like": "rows", "of": "a:b", "send_generated": True}, "both sides are functions"),
    ],
)
def test_what_a_service_cannot_be_is_refused(words, said):
    with pytest.raises(ValidationError, match=said):
        TransformParity.model_validate({"id": "t", "of": "http://a/x", "against": "m:f", **words})
