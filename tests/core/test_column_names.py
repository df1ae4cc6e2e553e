"""Which column was meant, and what tells two names apart that look the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.column_names import SHOWN, difference, listed_names, meant, nearest, no_column, skeleton, visible

CYRILLIC = "d\u0435p_delay"
WIDE = "\uff44\uff45\uff50_delay"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (CYRILLIC, "character 2 is U+0435 CYRILLIC SMALL LETTER IE in the one and U+0065 LATIN SMALL LETTER E in the other"),
        (WIDE, "character 1 is U+FF44 FULLWIDTH LATIN SMALL LETTER D in the one and U+0064"),
        ("dep\u200b_delay", "character 4 is U+200B ZERO WIDTH SPACE"),
        (" dep_delay", "only spaces at the ends"),
        ("dep_delay\u00a0", "only spaces at the ends"),
        ("Dep_Delay", "only the case of letters"),
        ("dep\u2010delay", ""),
        ("arr_delay", ""),
    ],
)
def test_a_look_alike_is_told_by_its_code_point(name, said):
    found = difference(name, "dep_delay")
    assert said in found
    assert bool(said) == bool(found)


def test_two_ways_to_compose_letters_are_told():
    composed = "n\u00e9"
    assert "NFD" in difference(unicodedata.normalize("NFD", composed), composed)
    assert "NFC" in difference(unicodedata.normalize("NFD", composed), composed)


def test_a_message_shows_a_look_alike_visibly():
    error = no_column("dataset 't'", CYRILLIC, ["id", "dep_delay"])
    assert error.what == f"dataset 't' has no column '{CYRILLIC}' ('d\\u0435p_delay')"
    assert error.fix.startswith("did you mean 'dep_delay'? They look alike, but character 2 is U+0435 CYRILLIC SMALL LETTER IE")
    assert error.fix.endswith("columns are id, dep_delay")


def test_a_name_is_shown_so_that_it_can_be_read():
    assert listed_names(["a", " b", "c\n", ""]) == "a, ' b', 'c\\n', ''"
    assert visible("\u00e9") == "'\u00e9' ('\\xe9')"
    names = [f"c{index}" for index in range(SHOWN + 3)]
    assert listed_names(names).endswith(f"c{SHOWN - 1} and 3 more")


def test_the_nearest_name_is_the_one_that_looks_the_same():
    assert nearest("Carrier", ["carriers", "carrier"]) == "carrier"
    assert nearest("carier", ["id", "carrier"]) == "carrier"
    assert nearest("covfefe", ["id", "carrier"]) is None
    assert nearest("carier", [*(f"z{index}" for index in range(5000)), "carrier"]) == "carrier"


def test_a_field_that_is_not_there_is_told_from_a_column():
    assert meant("address.street", ["id", "address"]).startswith("'address' has no field 'street'")


@given(st.text(max_size=12))
def test_looking_the_same_does_not_depend_on_case_or_composition(name):
    for form in ("NFC", "NFD"):
        assert skeleton(unicodedata.normalize(form, name)) == skeleton(unicodedata.normalize("NFC", name))
    assert difference(name, name) == ""


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_two_names_can_be_compared_and_shown(one, other):
    found = difference(one, other)
    assert bool(found) == (one != other and skeleton(one) == skeleton(other))
    assert found == "" or found.isprintable() or not (one + other).isprintable()
