"""Values of two sides against a plain oracle in Python, whose numbers are exact (`Fraction`)."""

import math
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from asking import Asking
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate, Op, Rows
from mlgate.core.view import Comparison, View

VIEW = View("t", joined="u")


def ask(asking, pairs, kinds, how):
    """(mismatches, keys of the rows that differ) of pairs of values."""
    for name, side in (("t", 0), ("u", 1)):
        asking.open(name, pa.table({"k": range(len(pairs)), "x": pa.array([pair[side] for pair in pairs], kinds[side])}), key=("k",))
    asked = Aggregate(Op.MISMATCHES, "x", how.args, VIEW)
    shown = Rows(("k",), View("t", joined="u", pairs=how), limit=1000, largest=how)
    answers = asking.answers([asked, shown])
    assert answers[asked][1] == len(answers[shown]["k"])
    return answers[asked], sorted(answers[shown]["k"].tolist())


def is_none(value):
    return value is None or (isinstance(value, float) and math.isnan(value))


def differs(left, right, how):
    """The contract of `Comparison`, for numbers."""
    nans = [isinstance(value, float) and math.isnan(value) for value in (left, right)]
    if is_none(left) or is_none(right):
        if not (is_none(left) and is_none(right)):
            return True
        if how.nan == "distinct" and nans[0] != nans[1]:
            return True
        return how.nulls == "mismatch" and not (how.nan == "distinct" and all(nans))
    if left == right:
        return False
    if math.isinf(left) or math.isinf(right):
        return how.word == "exact" or math.inf > how.amount
    if how.word == "exact":
        return Fraction(left) != Fraction(right)
    gap = abs(Fraction(left) - Fraction(right))
    if how.word == "rel":
        gap /= max(abs(Fraction(left)), abs(Fraction(right)))
    return gap > Fraction(how.amount)


WIDE = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-5, 5), st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 2**62 + 1]))
REAL = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.integers(-5, 5).map(float), st.sampled_from([0.0, -0.0, 2.0**53, 2.0**62, 1.5, 1e19])
)
KINDS = {
    "float and float": (REAL, pa.float64(), REAL, pa.float64()),
    "integer and float": (WIDE, pa.int64(), REAL, pa.float64()),
    "float and integer": (REAL, pa.float64(), WIDE, pa.int64()),
    "integer and integer": (WIDE, pa.int64(), WIDE, pa.int64()),
    "integer and narrow integer": (WIDE, pa.int64(), st.integers(-128, 127), pa.int8()),
    "signed and unsigned": (WIDE, pa.int64(), st.integers(0, 2**64 - 1), pa.uint64()),
    "decimal and decimal": (
        st.decimals(-999, 999, places=2, allow_nan=False),
        pa.decimal128(12, 2),
        st.decimals(-999, 999, places=4, allow_nan=False),
        pa.decimal128(18, 4),
    ),
    "decimal and integer": (st.decimals(-999, 999, places=2, allow_nan=False), pa.decimal128(12, 2), st.integers(-999, 999), pa.int64()),
}


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_exact_comparison_rounds_no_number(tmp_path_factory, name, data):
    left, left_kind, right, right_kind = KINDS[name]
    pairs = data.draw(st.lists(st.tuples(st.none() | left, st.none() | right), min_size=1, max_size=12))
    pairs += [(pair[0], pair[0]) for pair in pairs if left_kind == right_kind]
    nulls, nan = data.draw(st.sampled_from(["equal", "mismatch"])), data.draw(st.sampled_from(["as_null", "distinct"]))
    how = Comparison("x", "exact", 0.0, nulls, nan)
    asking = Asking(tmp_path_factory.mktemp("e"))
    answer, keys = ask(asking, pairs, (left_kind, right_kind), how)
    assert answer[0] == len(pairs)
    assert keys == [place for place, pair in enumerate(pairs) if differs(*pair, how)]
    asking.engine.close()


@pytest.mark.parametrize("name", ["integer and integer", "decimal and decimal", "decimal and integer"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_differences_of_integers_and_decimals_are_exact(tmp_path_factory, name, data):
    left, left_kind, right, right_kind = KINDS[name]
    pairs = data.draw(st.lists(st.tuples(left, right), min_size=1, max_size=12))
    amount = data.draw(st.sampled_from([0.0, 1.0, 1.5, 3.0, 2.0**53]))
    how = Comparison("x", "abs", amount)
    asking = Asking(tmp_path_factory.mktemp("e"))
    _, keys = ask(asking, pairs, (left_kind, right_kind), how)
    assert keys == [place for place, pair in enumerate(pairs) if differs(*pair, how)]
    asking.engine.close()


@pytest.mark.parametrize(
    ("left", "right", "kinds", "differ"),
    [
        (2**53 + 1, 2.0**53, (pa.int64(), pa.float64()), True),
        (2**53, 2.0**53, (pa.int64(), pa.float64()), False),
        (2**63 - 1, 2.0**63, (pa.int64(), pa.float64()), True),
        (1, 1.5, (pa.int64(), pa.float64()), True),
        (1, math.inf, (pa.int64(), pa.float64()), True),
        (0.0, -0.0, (pa.float64(), pa.float64()), False),
        (0, -0.0, (pa.int64(), pa.float64()), False),
        (Decimal("1.10"), Decimal("1.1000"), (pa.decimal128(10, 2), pa.decimal128(10, 4)), False),
        (0.1, 0.1, (pa.float32(), pa.float64()), True),
    ],
)
def test_numbers_at_the_edges(asking, left, right, kinds, differ):
    assert ask(asking, [(left, right)], kinds, Comparison("x"))[0][1] == differ


def test_a_difference_of_decimals_meets_a_tolerance_that_floats_would_miss(asking):
    pair = (Decimal("1.01"), Decimal("1.00"))  # 1.01 - 1.0 is 0.010000000000000009
    assert ask(asking, [pair], (pa.decimal128(10, 2), pa.decimal128(10, 2)), Comparison("x", "abs", 0.01))[0] == (1, 0, 0.01)
    assert ask(asking, [(2**53 + 2, 2.0**53)], (pa.int64(), pa.float64()), Comparison("x", "abs", 1.0))[0] == (1, 1, 2.0)


NOTHING = [(None, None), (math.nan, None), (None, math.nan), (math.nan, math.nan), (math.nan, 1.0), (1.0, None)]


@pytest.mark.parametrize(
    ("nulls", "nan", "keys"),
    [
        ("equal", "as_null", [4, 5]),
        ("equal", "distinct", [1, 2, 4, 5]),
        ("mismatch", "as_null", [0, 1, 2, 3, 4, 5]),
        ("mismatch", "distinct", [0, 1, 2, 4, 5]),
    ],
)
def test_null_and_nan(asking, nulls, nan, keys):
    assert ask(asking, NOTHING, (pa.float64(), pa.float64()), Comparison("x", "exact", 0.0, nulls, nan))[1] == keys
    assert ask(asking, NOTHING, (pa.float64(), pa.float64()), Comparison("x", "abs", 0.5, nulls, nan))[1] == keys


def test_nan_beside_a_type_without_it(asking):
    pairs = [(math.nan, None), (math.nan, 1), (1.0, 1)]
    assert ask(asking, pairs, (pa.float64(), pa.int64()), Comparison("x", nan="distinct"))[1] == [0, 1]
    assert ask(asking, pairs, (pa.float64(), pa.int64()), Comparison("x"))[1] == [1]


def normal(text, form):
    if "unicode" in form:
        text = unicodedata.normalize("NFC", text)
    if "case" in form:
        text = text.lower()
    if "spaces" in form:
        for blank in "\t\n\r\u00a0":
            text = text.replace(blank, " ")
        while "  " in text:
            text = text.replace("  ", " ")
        text = text.strip(" ")
    return text


@settings(max_examples=40, deadline=None)
@given(
    pairs=st.lists(st.tuples(*[st.text("aAbÉé e\u0301\t\n\u00a0  zZ", max_size=6)] * 2), min_size=1, max_size=20),
    form=st.lists(st.sampled_from(["case", "spaces", "unicode"]), max_size=3, unique=True),
)
def test_texts_are_normalised_only_as_asked(tmp_path_factory, pairs, form):
    asking = Asking(tmp_path_factory.mktemp("e"))
    _, keys = ask(asking, pairs, (pa.string(), pa.string()), Comparison("x", normalise=tuple(form)))
    assert keys == [place for place, (left, right) in enumerate(pairs) if normal(left, form) != normal(right, form)]
    asking.engine.close()


def test_numbers_are_not_normalised(asking):
    with pytest.raises(MeasurementError, match="is no text"):
        ask(asking, [(1, 1)], (pa.int64(), pa.int64()), Comparison("x", normalise=("case",)))


def test_the_rows_of_each_side_alone_can_be_asked_for(asking):
    asking.open("t", pa.table({"k": [1, 2, 3], "x": [1, 2, 3]}), key=("k",))
    asking.open("u", pa.table({"k": [2, 3, 4], "x": [2, 9, 4]}), key=("k",))
    rows = {side: Rows(("k", "joined.k"), View("t", joined="u", pairs=side), limit=9) for side in ("both", "only_dataset", "only_joined")}
    found = asking.answers(list(rows.values()))
    assert found[rows["both"]]["k"].tolist() == [2, 3]
    assert found[rows["only_dataset"]]["k"].tolist() == [1]
    assert found[rows["only_joined"]]["joined.k"].tolist() == [4]


def test_examples_are_some_of_the_rows_the_same_each_time(asking):
    n = 20_000
    asking.open("t", pa.table({"k": range(n), "x": [1.0] * n}), key=("k",))
    asking.open("u", pa.table({"k": range(n), "x": [1.0 if k % 2 else 2.0 for k in range(n)]}), key=("k",))
    view = View("t", joined="u", pairs=Comparison("x"))
    asked = Aggregate(Op.EXAMPLES, None, (20, 1, "k", "x", "joined.x"), view)
    found = asking[asked]
    assert 350 < len(found) < 650
    assert {row[1:] for row in found} == {(1.0, 2.0)}
    assert all(row[0] % 2 == 0 for row in found)
    assert sorted(asking[asked]) == sorted(found)
    assert len(asking[Aggregate(Op.EXAMPLES, None, (1, 1, "k"), view)]) == n // 2


def test_a_shift_is_counted_both_ways(asking):
    values = [3.0, 1.0, 4.0, 1.5, 9.0]
    asking.open("t", pa.table({"k": range(5), "x": [0.0, *values[:-1]]}), key=("k",))
    asking.open("u", pa.table({"k": range(5), "x": values}), key=("k",))
    view = View("t", joined="u", pairs=Comparison("x"))
    assert asking[Aggregate(Op.SHIFTED, "x", ("joined.k",), view)] == (4, 0)
