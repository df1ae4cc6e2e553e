"""What the Spark engine writes, without a Spark: patterns, literals, first sentences of errors, and where a session comes from."""

import re

import pytest

from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark import starting
from mlgate.adapters.engines._spark.errors import said
from mlgate.adapters.engines._spark.names import SPARK, name_of, text_of
from mlgate.adapters.engines._spark.patterns import to_java
from mlgate.adapters.engines._spark.rendering import piece_of
from mlgate.adapters.engines.spark import SparkEngine
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import FrameSource
from mlgate.expressions.guard import parse

CELLS = {name: Cell(name, f"`{name}`", kind) for name, kind in {"n": "integer", "x": "float", "s": "string", "d": "date"}.items()}


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("^a+$", r"^a+\z"),
        ("a.b", r"a[^\n]b"),
        ("[a&&b]", r"[a\x26\x26b]"),
        ("[[:digit:]x]", r"[\p{Digit}x]"),
        (r"(?P<year>\d{4})", r"(?:\d{4})"),
        ("(?i)b", "(?iu)b"),
        ("a{,3}", r"a\{,3\}"),
        (r"\Qa.b\E", r"a\x2eb"),
        (r"\p{Lu}", r"\p{Lu}"),
    ],
)
def test_a_pattern_means_in_java_what_it_means_in_re2(pattern, java):
    assert to_java(pattern) == java


@pytest.mark.parametrize("pattern", [r"\p{Greek}", "(?s)a", "(?m)^a", r"\101"])
def test_what_the_two_read_differently_is_refused(pattern):
    with pytest.raises(MeasurementError, match="do not read as DuckDB's do"):
        to_java(pattern)


def test_what_re2_does_not_compile_is_no_pattern():
    with pytest.raises(MeasurementError, match=re.escape("missing ): (")):
        to_java("(")


def test_names_and_texts_cannot_leave_their_quotes():
    assert name_of("a`b") == "`a``b`"
    assert text_of("it's ${x} \\ \n") == "'it\\'s \\u0024{x} \\\\ \\n'"
    assert SPARK.double(float("-inf")) == "double('-Infinity')"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL ==\nselect", "Division by zero."),
        ("An error occurred while calling o12.x.\n: org.apache.spark.SparkException: Job aborted.\n\tat org.apache", "SparkException: Job aborted."),
        ("", "ValueError"),
    ],
)
def test_an_error_is_said_in_its_first_sentence(text, sentence):
    assert said(ValueError(text)) == sentence


def test_what_cannot_fail_is_written_once_and_what_can_has_its_failure_beside_it():
    assert piece_of(parse("x > 1"), CELLS).fails is None
    assert piece_of(parse("try_cast(s as integer) > 1"), CELLS).fails is None
    assert "is null" in str(piece_of(parse("cast(s as integer) > 1"), CELLS).fails)
    assert "is null" in str(piece_of(parse("n + n > 1"), CELLS).fails)


@pytest.mark.parametrize(
    "text", ["x // 2 > 1", "cast(x as varchar) = '1'", "date_diff('week', d, d) > 0", "s like s", "round(x, n) > 1", "log(3, x) > 1"]
)
def test_what_spark_would_do_differently_is_refused_with_a_fix(text):
    with pytest.raises(MeasurementError, match="does not evaluate") as found:
        piece_of(parse(text), CELLS)
    assert found.value.fix


def test_without_a_session_the_error_says_how_to_get_one(monkeypatch, tmp_path):
    pytest.importorskip("pyspark")
    for name in (starting.MASTER, starting.FUNCTION, "SPARK_REMOTE", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    from pyspark.sql import SparkSession

    if SparkSession.getActiveSession() is not None:
        pytest.skip("another test of this process has one")
    with pytest.raises(MeasurementError, match="no Spark session is active") as found:
        SparkEngine(tmp_path).open("t", Dataset(frame="m:f", engine="spark"), FrameSource({"a": [1]}))
    assert (found.value.cause, starting.MASTER in found.value.fix) == ("infrastructure", True)


def test_a_function_that_makes_no_session_is_said(monkeypatch, tmp_path):
    pytest.importorskip("pyspark")
    monkeypatch.setenv(starting.FUNCTION, "datetime:datetime.now")
    with pytest.raises(MeasurementError):
        starting.find(tmp_path)


def test_a_locked_engine_opens_nothing_more(tmp_path):
    engine = SparkEngine(tmp_path)
    engine.lock()
    with pytest.raises(MeasurementError, match="locked"):
        engine.open("t", Dataset(frame="m:f", engine="spark"), FrameSource(None))
    engine.close()
