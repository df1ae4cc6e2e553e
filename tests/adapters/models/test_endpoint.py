"""The endpoint adapter against servers on 127.0.0.1: three protocols, and every way of misbehaving."""

from __future__ import annotations

import base64
import datetime
import threading
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from endpoints import Reply, Reset, free_port, raw, serving

from mlgate.adapters.models import _endpoint_client
from mlgate.adapters.models.endpoint import EndpointModel
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.marked import written
from mlgate.core.ports import Scorer, Timed
from mlgate.core.registry import load

ROWS = pd.DataFrame({"a": [0.1, 0.5, 0.9], "b": [1, 2, 3], "c": ["x", "y", None]})


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(_endpoint_client, "_PAUSES_S", (0.0, 0.0))
    monkeypatch.delenv("MLGATE_ENDPOINT_TOKEN", raising=False)


def opened(url: str, **options: Any) -> Any:
    scorer = EndpointModel().open(Model(endpoint=url, dataset="d", **options))
    assert isinstance(scorer, Scorer)
    return scorer


def scored(url: str, frame: pd.DataFrame = ROWS, **options: Any) -> Any:
    scorer = opened(url, **options)
    return scorer.score(frame[list(scorer.features(list(frame)))])


def error_of(url: str, **options: Any) -> MeasurementError:
    with pytest.raises(MeasurementError) as caught:
        scored(url, **options)
    return caught.value


def echo(method: str, path: str, content: Any) -> Any:
    """The column a as the score, in the words of each protocol."""
    if "dataframe_split" in content:
        place = content["dataframe_split"]["columns"].index("a")
        return {"predictions": [row[place] for row in content["dataframe_split"]["data"]]}
    if "inputs" in content:
        (column,) = (one for one in content["inputs"] if one["name"] == "a")
        return {"outputs": [{"name": "out", "shape": [len(column["data"])], "datatype": "FP64", "data": column["data"]}]}
    return {"predictions": [row["a"] for row in content["instances"]]}


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load("models", "endpoint") is EndpointModel


def test_only_an_endpoint_is_accepted():
    assert EndpointModel().accepts(Model(endpoint="http://localhost/x", dataset="d"))
    assert not EndpointModel().accepts(Model(artifact="m.onnx", dataset="d"))


# -- protocols


def test_a_path_of_invocations_speaks_mlflow():
    with serving(echo) as server:
        found = scored(f"{server.url}/invocations", method="predict_proba")
    np.testing.assert_array_equal(found["score"], ROWS.a)
    assert server.posted == [{"dataframe_split": {"columns": ["a", "b", "c"], "data": [[0.1, 1, "x"], [0.5, 2, "y"], [0.9, 3, None]]}}]


def test_any_other_path_speaks_plain_json():
    with serving(echo) as server:
        found = scored(f"{server.url}/score", features=("a", "b"))
    np.testing.assert_array_equal(found["prediction"], ROWS.a)
    assert server.posted == [{"instances": [{"a": 0.1, "b": 1}, {"a": 0.5, "b": 2}, {"a": 0.9, "b": 3}]}]


def test_a_path_of_infer_speaks_the_open_inference_protocol():
    def answer(method, path, content):
        if method == "GET":
            return Reply({"error": "no metadata"}, 404)
        return {
            "model_name": "m",
            "outputs": [
                {"name": "label", "shape": [3], "datatype": "INT64", "data": [0, 1, 1]},
                {"name": "probabilities", "shape": [3, 2], "datatype": "FP32", "data": [0.9, 0.1, 0.5, 0.5, 0.1, 0.9]},
            ],
        }

    with serving(answer) as server:
        found = scored(f"{server.url}/v2/models/m/infer", features=("a", "b"))
    assert found["prediction"].tolist() == [0, 1, 1]
    assert found["score"].dtype == np.float32
    np.testing.assert_array_equal(found["score"], np.array([0.1, 0.5, 0.9], dtype=np.float32))
    assert [path for _, path, _, _ in server.requests] == ["/v2/models/m", "/v2/models/m/infer"]
    assert server.posted == [
        {
            "inputs": [
                {"name": "a", "shape": [3], "datatype": "FP64", "data": [0.1, 0.5, 0.9]},
                {"name": "b", "shape": [3], "datatype": "INT64", "data": [1, 2, 3]},
            ]
        }
    ]


def test_the_servers_own_list_of_inputs_decides_about_columns_and_types():
    def answer(method, path, content):
        if method == "GET":
            return {"name": "m", "inputs": [{"name": "b", "datatype": "FP32", "shape": [-1, 1]}, {"name": "a", "datatype": "FP32", "shape": [-1, 1]}]}
        return {"outputs": [{"name": "score", "shape": [3, 1], "datatype": "FP32", "data": [0.25, 0.5, 0.75]}]}

    with serving(answer) as server:
        found = scored(f"{server.url}/v2/models/m/infer")
    assert found["score"].tolist() == [0.25, 0.5, 0.75]
    assert [(one["name"], one["datatype"], one["shape"]) for one in server.posted[0]["inputs"]] == [("b", "FP32", [3, 1]), ("a", "FP32", [3, 1])]
    assert server.posted[0]["inputs"][0]["data"] == [1.0, 2.0, 3.0]


def test_one_input_of_rows_and_columns_is_filled_in_the_order_of_features():
    def answer(method, path, content):
        if method == "GET":
            return {"inputs": [{"name": "X", "datatype": "FP32", "shape": [-1, 2]}]}
        return {"outputs": [{"name": "y", "shape": [3, 1], "datatype": "FP32", "data": [[1.0], [2.0], [3.0]]}]}

    with serving(answer) as server:
        assert scored(f"{server.url}/v2/models/m/infer", features=("b", "a"))["prediction"].tolist() == [1.0, 2.0, 3.0]
        error = error_of(f"{server.url}/v2/models/m/infer")
    assert server.posted[0]["inputs"] == [{"name": "X", "shape": [3, 2], "datatype": "FP32", "data": [1.0, 0.1, 2.0, 0.5, 3.0, 0.9]}]
    assert (error.cause, "'X'" in error.what) == ("configuration", True)


def test_a_null_has_no_place_in_the_open_inference_protocol():
    with serving(lambda *_: Reply({}, 404)) as server:
        error = error_of(f"{server.url}/v2/models/m/infer", features=("c",))
    assert "column 'c' holds nulls" in error.what


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("mlflow", {"dataframe_split": {"columns": ["b"], "data": [[1], [2], [3]]}}),
        ("instances", {"instances": [{"b": 1}, {"b": 2}, {"b": 3}]}),
        ("records", [{"b": 1}, {"b": 2}, {"b": 3}]),
    ],
)
def test_a_stated_protocol_overrules_the_path_and_is_not_sent(word, sent):
    with serving(lambda *_: [1, 0, 1]) as server:
        found = scored(f"{server.url}/invocations?x=1#{word}", features=("b",))
    assert found["prediction"].tolist() == [1, 0, 1]
    assert server.posted == [sent]
    assert server.requests[0][1] == "/invocations?x=1"


def test_an_unknown_protocol_is_refused():
    assert "#grpc" in error_of("http://127.0.0.1:1/x#grpc").what


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"predictions": [{"prediction": "stay", "score": 0.1}, {"prediction": "go", "score": 0.8}, {"prediction": "go", "score": 0.9}]},
            {"prediction": ["stay", "go", "go"], "score": [0.1, 0.8, 0.9]},
        ),
        ({"prediction": [0, 1, 1], "score": [0.1, 0.8, 0.9]}, {"prediction": [0, 1, 1], "score": [0.1, 0.8, 0.9]}),
        ({"predictions": [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]}, {"score": [0.25, 0.5, 0.75]}),
        ({"predictions": [{"any": 1.5}, {"any": 2.5}, {"any": 3.5}]}, {"prediction": [1.5, 2.5, 3.5]}),
        ([True, False, True], {"prediction": [True, False, True]}),
    ],
)
def test_answers_come_in_several_forms(answer, expected):
    with serving(lambda *_: answer) as server:
        found = scored(server.url)
    assert {role: values.tolist() for role, values in found.items()} == expected


def test_a_threshold_decides_inclusively():
    with serving(echo) as server:
        assert scored(server.url, method="predict_proba", threshold=0.5)["prediction"].tolist() == [0, 1, 1]


def test_times_decimals_and_nulls_are_sent_as_json_has_them():
    frame = pd.DataFrame(
        {
            "t": pd.to_datetime(["2013-07-01 10:30", None]),
            "d": [datetime.date(2013, 7, 1), None],
            "m": [Decimal("1.5"), None],
            "f": [0.1, np.nan],
            "n": np.array([1, 2], dtype="int32"),
        }
    )
    with serving(lambda *_: [0, 1]) as server:
        scored(f"{server.url}/invocations", frame)
    assert server.posted[0]["dataframe_split"]["data"] == [["2013-07-01T10:30:00", "2013-07-01", 1.5, 0.1, 1], [None, None, None, None, 2]]


def test_infinity_is_not_sent():
    with serving(lambda *_: [0]) as server, pytest.raises(MeasurementError, match="'x' holds infinity"):
        scored(server.url, pd.DataFrame({"x": [np.inf]}))
    assert not server.requests


# -- how much is sent, and how often


def test_no_request_holds_more_rows_than_the_gate_file_says():
    with serving(echo) as server:
        scorer = opened(f"{server.url}/invocations", batch_rows=2)
        found = scorer.score(ROWS[["a"]])
        took = scorer.took()
    assert [len(sent["dataframe_split"]["data"]) for sent in server.posted] == [2, 1]
    assert found["prediction"].tolist() == ROWS.a.tolist()
    assert isinstance(scorer, Timed)
    assert (took.rows, len(took.calls_s), took.retries) == (3, 2, 0)
    assert took.throughput == pytest.approx(3 / sum(took.calls_s))


def test_a_connection_that_is_reset_before_an_answer_is_tried_again():
    tries = []

    def answer(method, path, content):
        tries.append(content)
        if len(tries) < 3:
            raise Reset
        return echo(method, path, content)

    with serving(answer) as server:
        scorer = opened(server.url)
        assert scorer.score(ROWS)["prediction"].tolist() == ROWS.a.tolist()
        assert (len(tries), scorer.took().retries, len(scorer.took().calls_s)) == (3, 2, 1)


def test_a_server_that_is_down_is_tried_three_times():
    scorer = opened(f"http://127.0.0.1:{free_port()}/score")
    with pytest.raises(MeasurementError) as caught:
        scorer.score(ROWS)
    assert (caught.value.cause, caught.value.fix) == ("infrastructure", "start the server, or correct host and port of `endpoint`")
    assert "ConnectionRefusedError in 3 attempts" in caught.value.what
    assert scorer.took().retries == 2


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (500, "infrastructure"),
        (503, "infrastructure"),
        (429, "infrastructure"),
        (400, "model"),
        (401, "configuration"),
        (404, "configuration"),
        (307, "configuration"),
    ],
)
def test_an_answer_that_is_no_success_is_an_error_and_never_asked_for_again(status, cause):
    with serving(lambda *_: Reply(b"it went wrong: " + b"x" * 500, status, {"Location": "http://127.0.0.1:1/"})) as server:
        error = error_of(server.url)
    assert (error.cause, len(server.requests)) == (cause, 1)
    assert f"answered with status {status}: it went wrong: {'x' * 185}" in written(error.what)
    assert "x" * 186 not in error.what
    assert error.fix


def test_a_server_that_hangs_is_given_up_after_the_timeout_and_not_asked_again():
    release = threading.Event()

    def hang(method, path, content):
        release.wait(60)
        return []

    with serving(hang) as server:
        error = error_of(server.url, timeout="0.2s")
        release.set()
    assert (error.cause, len(server.requests)) == ("infrastructure", 1)
    assert "no whole answer within 0.2 s" in error.what
    assert "timeout" in error.fix


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n[1, 2"]
)
def test_an_answer_that_begins_and_never_ends_is_given_up_too(begun):
    until = threading.Event()
    with raw(begun, until=until) as url:
        error = error_of(url, timeout="0.2s")
    assert "no whole answer within 0.2 s" in error.what


def test_an_answer_that_breaks_off_is_not_asked_for_again():
    with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,") as url:
        error = error_of(url)
    assert (error.cause, "broke off its answer" in error.what) == ("infrastructure", True)


def test_what_is_no_http_is_an_error():
    with raw(b"SSH-2.0-OpenSSH_9.9\r\n") as url:
        error = error_of(url)
    assert (error.cause, "gave no HTTP answer" in error.what) == ("infrastructure", True)


@pytest.mark.parametrize(
    "garbage",
    [b"<html>hello</html>", b"", b"\xff\xfe\x00", b'{"predictions": [1, 2', b"[" * 100_000, b'{"predictions": "many"}', b"17", b"{}", b"null"],
)
def test_garbage_is_the_models_fault(garbage):
    with serving(lambda *_: Reply(garbage)) as server:
        assert error_of(server.url).cause == "model"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1, 2], "returned 2 values of prediction for 3 rows"),
        ([1, 2, 3, 4], "returned 4 values of prediction for 3 rows"),
        ([1, None, 3], "without a value (NaN or null) for 1 of 3 rows"),
        ([1, "a", 3], "not one kind of value"),
        ([[1, 2], [1], [2]], "not one kind of value"),
        ([{"score": 1}, {"prediction": 1}, {"score": 2}], "records of different keys"),
        ([{"score": 1, "why": "x"}] * 3, "columns why"),
        ([{"x": {}}] * 3, "not one kind of value"),
        ([10**30, 1, 2], "not one kind of value"),
    ],
)
def test_answers_that_are_not_one_value_for_each_row_are_refused(answer, words):
    with serving(lambda *_: answer) as server:
        error = error_of(server.url)
    assert error.cause == "model"
    assert words in error.what


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [{"name": "y", "shape": [2], "datatype": "FP32", "data": [1.0, 2.0, 3.0]}],
        [
            {"name": "y", "shape": [3], "datatype": "FP32", "data": ["a", "b", "c"]},
            {"name": "z", "shape": [3], "datatype": "BYTES", "data": ["a", "b", "c"]},
        ],
        [{"name": "y", "shape": None, "datatype": "FP32", "data": [1.0, 2.0, 3.0]}],
        [{"name": "y", "shape": [3], "datatype": "WHAT", "data": [1.0, 2.0, 3.0]}],
        ["y"],
    ],
)
def test_outputs_that_are_no_tensors_are_refused(outputs):
    with serving(lambda method, *_: Reply({}, 404) if method == "GET" else {"outputs": outputs}) as server:
        assert error_of(f"{server.url}/v2/models/m/infer", features=("a",)).cause == "model"


def test_another_sort_of_answer_in_a_later_request_is_refused():
    answers = iter([[1, 2], ["a"]])
    with serving(lambda *_: next(answers)) as server:
        error = error_of(server.url, batch_rows=2)
    assert "other columns or types than the one before" in error.what


# -- where connections go, and what is shown of secrets


def test_no_proxy_of_the_environment_is_asked(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with serving(echo) as server:
        assert scored(server.url)["prediction"].tolist() == ROWS.a.tolist()


def test_no_redirect_is_followed():
    with serving(echo) as other, serving(lambda *_: Reply(b"", 308, {"Location": f"{other.url}/score"})) as server:
        error = error_of(server.url)
    assert not other.requests
    assert "no redirect is followed" in error.fix


def test_the_token_of_the_environment_is_sent_and_shown_nowhere(monkeypatch):
    monkeypatch.setenv("MLGATE_ENDPOINT_TOKEN", "s3cret-token")
    with serving(lambda *_: Reply(b"who is s3cret-token?", 403)) as server:
        error = error_of(server.url)
    assert server.requests[0][2]["Authorization"] == "Bearer s3cret-token"
    assert "s3cret" not in f"{error.what} {error.fix} {error}"
    assert "who is ***?" in error.what


def test_user_and_password_of_the_url_are_sent_and_shown_nowhere():
    with serving(lambda *_: Reply(b"no, not hunter2!", 401)) as server:
        url = server.url.replace("//", "//ada:hunter2@") + "/score?key=abc"
        error = error_of(url)
        fingerprint = EndpointModel().fingerprint(Model(endpoint=url, dataset="d"))
    assert base64.b64decode(server.requests[0][2]["Authorization"].removeprefix("Basic ")) == b"ada:hunter2"
    for text in (error.what, error.fix, fingerprint):
        assert not any(secret in text for secret in ("hunter2", "ada", "abc"))
    assert fingerprint == f"{server.url}/score (instances)"


def test_a_token_that_no_header_can_hold_is_refused(monkeypatch):
    monkeypatch.setenv("MLGATE_ENDPOINT_TOKEN", "two\nlines")
    error = error_of("http://127.0.0.1:1/")
    assert (error.cause, "lines" in error.what) == ("configuration", False)


@pytest.mark.parametrize("url", ["127.0.0.1:5000", "ftp://127.0.0.1/x", "http:///x", "http://127.0.0.1:port/x", "localhost/invocations"])
def test_a_url_that_is_none_is_refused(url):
    assert error_of(url).cause == "configuration"
