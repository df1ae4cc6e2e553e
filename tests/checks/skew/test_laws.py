"""Tables, differences and laws, apart from any process."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse

from mlgate.adapters.probes._property.batches import change_of, handed, labelled, nullable_columns, text_columns, with_cell
from mlgate.adapters.probes._property.outputs import Strange, table_of
from mlgate.checks.skew._laws._difference import REL, ULPS, difference
from mlgate.checks.skew._laws._known import defaults, known, read
from mlgate.checks.skew._laws._table import schema_difference

DEFAULTS = {
    "row_independent",
    "order_independent",
    "deterministic",
    "no_mutation",
    "finite",
    "keeps_rows",
    "schema_stable",
    "pickles",
    "no_leak",
}


def table(returned, scale=0.0):
    return table_of(returned, np.full(1, float(scale)))


@pytest.mark.parametrize("name", known())
def test_a_law_says_its_claim_and_what_it_means_in_production(name):
    law = known()[name]
    assert law.claim()
    assert law.in_production().endswith(".")
    assert law.fix
    assert law.name() == name


def test_the_defaults_are_those_that_every_sound_callable_keeps():
    assert {law.name() for law in defaults(fitted=False)} == DEFAULTS
    assert {law.name() for law in defaults(fitted=True)} == {*DEFAULTS, "fit_independent"}


@pytest.mark.parametrize(
    "written",
    ["finite", {"inverse": "a.b:c"}, {"bounded": {"x": {"at_most": 3}}}, {"monotone_in": {"column": "x", "output": "y", "direction": "falling"}}],
)
def test_a_law_is_written_as_it_was_read(written):
    law = read(written)
    assert read(law.written()) == law
    if isinstance(written, str):
        assert law.written() == written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, np.nan], [1.0, np.nan]),
        ([1.0], [1.0 + 1e-10]),
        ([np.inf], [np.inf]),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.float32([1.0]), np.float32([1.000001])),
        (["a", None], ["a", np.nan]),
        (pd.Series([1, None], dtype="Int64"), pd.Series([1.0, np.nan])),
        (pl.Series([1, None]), np.array([1.0, np.nan])),
        (pd.Series(["a", "b"], dtype="category"), pd.Series(["a", "b"])),
        (pd.Series(pd.to_datetime(["2024-01-01", None])), pd.Series(pd.to_datetime(["2024-01-01", None]))),
        (scipy.sparse.csr_matrix([[0.0, 1.0]]), np.array([[0.0, 1.0]])),
    ],
)
def test_these_outputs_are_the_same(one, other):
    assert difference(table(one), table(other)) is None


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ([1.0], [1.0 + 1e-8], "0 differs"),
        ([1.0], [np.nan], "0 differs"),
        ([np.inf], [-np.inf], "0 differs"),
        ([1e308], [np.inf], "0 differs"),
        (np.array([2**53]), np.array([2**53 + 1]), "0 differs"),
        (["a"], [None], "0 differs"),
        ([1.0], [1.0, 2.0], "1 rows become 2"),
        (pd.DataFrame({"a": [1], "b": [1]}), pd.DataFrame({"a": [1]}), "b is not among the columns"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1], "b": [1]}), "there are further columns"),
        (pd.Series(pd.to_datetime(["2024-01-01"])), pd.Series(pd.to_datetime(["2024-01-02"])), "0 differs"),
    ],
)
def test_these_outputs_differ(one, other, why):
    found = difference(table(one), table(other))
    assert found is not None
    assert found.why == why


def test_what_is_subtracted_from_a_large_number_is_known_less_closely():
    large = 1e9
    rounding = ULPS * np.finfo(float).eps * large
    assert difference(table([0.0], large), table([rounding * 0.9], large)) is None
    assert difference(table([0.0], large), table([rounding * 1.1], large)) is not None
    assert difference(table([0.0]), table([1e-300])) is not None
    assert REL < 1e-6


def test_the_first_difference_has_its_row_and_both_values():
    found = difference(table(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})), table(pd.DataFrame({"a": [1, 2], "b": ["x", "z"]})))
    assert found is not None
    assert (found.place, found.column, found.one, found.other) == (1, "b", "'y'", "'z'")


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1], "b": [1]}), "a new column b"),
        (pd.DataFrame({"a": [1], "b": [1]}), pd.DataFrame({"b": [1], "a": [1]}), "the columns stand in another order"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1.5]}), ""),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": ["1"]}), "column a holds numbers in one and text in the other"),
        (pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": [None]}), ""),
        (pd.DataFrame({"a": [True, None]}), pd.DataFrame({"a": [True]}), ""),
        (np.zeros((2, 3)), np.zeros(2), "a array becomes a series"),
        (
            pd.DataFrame({"a": pd.Categorical(["x"])}),
            pd.DataFrame({"a": pd.Categorical(["y"])}),
            "column a has other categories, so the codes behind them mean something else",
        ),
    ],
)
def test_schemas_differ_by_columns_and_sorts_of_values(one, other, why):
    assert schema_difference(table(one), table(other)) == why


@pytest.mark.parametrize(
    ("returned", "words"),
    [(None, "returned nothing"), (3, "returned a int"), (np.zeros((1, 1, 1)), "3 dimensions"), ({"a": [1], "b": [1, 2]}, "different lengths")],
)
def test_what_has_no_columns_is_no_output(returned, words):
    with pytest.raises(Strange, match=words):
        table(returned)


def frame():
    return labelled(
        pd.DataFrame(
            {
                "x": [1.0, 2.0],
                "n": [1, 2],
                "ok": [True, False],
                "text": ["a", "b"],
                "day": ["2024-01-01", "2024-01-02"],
                "t": pd.to_datetime(["2024-01-01", "2024-01-02"]),
                "level": pd.Categorical(["u", "v"]),
            }
        )
    )


def test_rows_are_labelled_as_a_filter_and_a_sort_leave_them():
    assert list(frame().index) == [6, 5]


def test_text_that_is_times_has_no_categories():
    assert text_columns(frame()) == ["text", "level"]


def test_nulls_go_where_the_type_has_one():
    assert nullable_columns(frame()) == ["x", "text", "day", "t", "level"]
    for name in nullable_columns(frame()):
        changed = with_cell(frame(), 1, name, None)
        assert changed[name].isna().tolist() == [False, True]
        assert changed[name].dtype == frame()[name].dtype


def test_a_new_category_is_one():
    assert with_cell(frame(), 0, "level", "w")["level"].tolist() == ["w", "v"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_each_change_of_an_input_is_seen(library):
    def change(how):
        given = handed(frame(), library)
        changed = how(given)
        return change_of(given if changed is None else changed, handed(frame(), library))

    assert change(lambda given: None) == ""
    if library == "pandas":
        assert change(lambda given: given.__setitem__("x", 0.0)) == "column x holds something else"
        assert change(lambda given: given.__setitem__("new", 0.0)) == "column new is new"
        assert change(lambda given: given.__delitem__("x")) == "column x is gone"
        assert change(lambda given: setattr(given, "index", [1, 2])) == "its index is another one"
        assert change(lambda given: given.__setitem__("n", given["n"].astype("int8"))) == "column n holds something else"
    else:
        assert change(lambda given: given.insert_column(0, pl.Series("new", [1, 2]))) == "column new is new"


def test_an_array_is_of_floats_where_all_is_numbers():
    given = handed(frame()[["x", "n", "ok"]], "numpy")
    assert given.dtype == np.float64
    given[0, 0] = 9
    assert change_of(given, handed(frame()[["x", "n", "ok"]], "numpy")) == "it holds something else"


def test_times_of_day_and_durations_have_kinds():
    made = table(pd.DataFrame({"a": [datetime.time(1)], "b": [datetime.timedelta(1)], "c": [[1]]}))
    assert made.kinds == ("time", "duration", "other")
