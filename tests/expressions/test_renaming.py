"""The same expression over columns of other names."""

from mlgate.expressions.guard import parse
from mlgate.expressions.renaming import renamed


def test_every_use_of_a_column_is_renamed_and_nothing_else():
    before = parse("case when prediction < actual then 3 * (actual - prediction) else prediction - actual end + length('prediction')")
    after = renamed(before, {"prediction": "baseline_prediction", "actual": "minutes late"})
    assert after == parse(
        'case when baseline_prediction < "minutes late" then 3 * ("minutes late" - baseline_prediction) '
        "else baseline_prediction - \"minutes late\" end + length('prediction')"
    )
    assert after.columns == ("baseline_prediction", "minutes late")


def test_two_columns_can_be_swapped():
    assert renamed(parse("a - b"), {"a": "b", "b": "a"}) == parse("b - a")


def test_the_expression_itself_is_left_as_it_was():
    one = parse("a + 1")
    renamed(one, {"a": "b"})
    assert one == parse("a + 1")
