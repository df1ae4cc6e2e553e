import pytest

from mlgate.checks.skew._units import unit_words


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1.609344, "miles -> km"),
        (1 / 1.609344, "km -> miles"),
        (1.6093, "miles -> km"),
        (0.3048, "feet -> m"),
        (3.28084, "m -> feet"),
        (0.45359237, "pounds -> kg"),
        (100.0, "shares -> percent, or m -> cm"),
        (0.01, "percent -> shares or cm -> m"),
        (1 / 60, "seconds -> minutes or minutes -> hours"),
        (-1.0, "the sign is turned"),
        (1.37, ""),
        (-1.609344, ""),
    ],
)
def test_a_factor_has_the_name_of_its_units(factor, words):
    assert unit_words(factor) == words
