"""Differences of schemas: every column is accounted for once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlgate.checks.data._schema_difference import differences

NAMES = st.dictionaries(st.text("abcd_", min_size=1, max_size=5), st.sampled_from(["string", "integer", "float"]), max_size=6)


@given(types=NAMES)
def test_the_same_columns_in_the_same_order_have_no_problem(types: dict[str, str]) -> None:
    assert differences(types, types, ordered=True, extra=True).problems == ()


@given(expected=NAMES, got=NAMES)
def test_each_missing_column_is_one_problem_and_no_new_one_is_taken_twice(expected: dict[str, str], got: dict[str, str]) -> None:
    found = differences(expected, got, ordered=False, extra=True)
    missing = [name for name in expected if name not in got]
    retyped = [name for name in expected if name in got and expected[name] != got[name]]
    assert len(found.problems) == len(missing) + len(retyped) + len(found.extra)
    renamed = [problem for problem in found.problems if "renamed?" in problem]
    assert len(found.extra) == len([name for name in got if name not in expected]) - len(renamed)


def test_similar_names_are_paired_before_equal_places() -> None:
    expected = {"dep_delay": "float", "arr_delay": "float"}
    got = {"arr_delays": "float", "dep_delays": "float"}
    found = differences(expected, got, ordered=False, extra=False)
    assert [problem.split(",")[0] for problem in found.problems] == [
        "dep_delay is missing and dep_delays is new",
        "arr_delay is missing and arr_delays is new",
    ]


def test_a_column_of_another_type_is_no_rename() -> None:
    found = differences({"a": "float", "b": "string"}, {"a": "float", "c": "integer"}, ordered=False, extra=True)
    assert found.problems == ("b is missing", "c is extra (integer)")


def test_number_is_any_of_three_types() -> None:
    got = {"a": "integer", "b": "float", "c": "decimal", "d": "string"}
    found = differences(dict.fromkeys(got, "number"), got, ordered=False, extra=False)
    assert found.problems == ("d is retyped: string, expected number",)
