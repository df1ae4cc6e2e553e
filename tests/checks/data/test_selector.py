"""Keys of a contract: which columns each stands for, and whose word counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlgate.checks.data._selector import Rivals, Selector, spelled
from mlgate.core.table_schema import Column

COLUMNS = [Column("dep_delay", "float"), Column("arr_delay", "float"), Column("n", "integer"), Column("all", "string")]


def names(rivals, selector, word="null_share"):
    return [column.name for column in rivals.chosen(selector, word, COLUMNS).columns]


def test_a_key_is_a_name_a_pattern_or_all():
    assert [Selector(key).sort for key in ("dep_delay", "dep_*", "n?", "f[0-9]", "all", "ALL")] == [
        "column",
        "pattern",
        "pattern",
        "pattern",
        "all",
        "column",
    ]
    assert Selector("float", "float").sort == "type"
    assert Selector("number", "number").sort == "number"


@given(st.text(min_size=1, max_size=20))
def test_every_name_can_be_spelled_as_a_key_of_its_own(name):
    selector = Selector(spelled(name))
    assert selector.sort == "column"
    assert selector.literal == name


@given(st.text("ab[]*?!", min_size=1, max_size=8), st.text("ab[]*?!", max_size=8))
def test_a_key_that_names_one_column_matches_that_one_alone(key, other):
    selector = Selector(key)
    if selector.literal is not None:
        assert selector.matches(Column(selector.literal, "float"))
        assert selector.matches(Column(other, "float")) == (other == selector.literal)


def test_the_more_special_key_counts_property_by_property():
    everything, pattern, one = Selector("all"), Selector("*_delay"), Selector("dep_delay")
    floats, numbers = Selector("float", "float"), Selector("number", "number")
    both = frozenset({"null_share", "values"})
    rivals = Rivals(((everything, both), (pattern, frozenset({"null_share"})), (one, frozenset({"values"})), (floats, both), (numbers, both)))
    assert names(rivals, everything) == ["all"]
    assert names(rivals, numbers) == ["n"]
    assert names(rivals, floats) == []
    assert names(rivals, floats, "values") == ["arr_delay"]
    assert names(rivals, pattern) == ["dep_delay", "arr_delay"]
    assert rivals.chosen(everything, "null_share", COLUMNS).overridden == ("dep_delay", "arr_delay", "n")


def test_what_is_left_out_is_judged_under_its_own_name_only():
    rivals = Rivals(((Selector("all"), frozenset({"null_share"})),), but=(Selector("*_delay"), Selector("[a]ll")))
    assert names(rivals, Selector("all")) == ["n"]
    assert rivals.chosen(Selector("all"), "null_share", COLUMNS).left_out == ("dep_delay", "arr_delay", "all")
