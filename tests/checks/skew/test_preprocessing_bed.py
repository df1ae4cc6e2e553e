"""The bed of mutated and of sound preprocessing, with fewer batches and seeds than the script runs."""

from __future__ import annotations

import pytest
from preprocessing_bed import outcomes
from preprocessing_mutants import MUTANTS
from preprocessing_sound import SOUND

# the law that speaks of the bug; others may break too
EXPECTED = {
    "batch_statistics": "row_independent",
    "batch_mean_fill": "row_independent",
    "sorts": "order_independent",
    "mutates": "no_mutation",
    "truncates_times": "no_mutation",
    "first_departure": "row_independent",
    "order_of_appearance": "order_independent",
    "global_random": "deterministic",
    "drops_nulls": "keeps_rows",
    "resets_index": "keeps_rows",
    "cumulates": "order_independent",
    "batch_dummies": "schema_stable",
    "log_of_zero": "finite",
    "overflows": "row_independent",
    "loses_category": "schema_stable",
    "batch_categories": "schema_stable",
    "cached_by_length": "row_independent",
    "lambda_inside": "pickles",
    "RunningScaler": "deterministic",
    "batch_rank": "row_independent",
    "batch_quantiles": "row_independent",
    "unseen_raises": "schema_stable",
    "unseen_null": "finite",
    "empty_raises": "schema_stable",
    "null_raises": "schema_stable",
    "local_clock": "deterministic",
    "hash_of_text": "deterministic",
    "fills_from_neighbour": "order_independent",
    "looks_ahead": "no_leak",
    "AppearanceEncoder": "fit_independent",
}


@pytest.fixture(scope="module")
def of_mutants() -> dict[str, dict[str, str]]:
    return outcomes("preprocessing_mutants", MUTANTS, seed=20260101, examples=40)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_default_laws_catch_the_bug(name: str, of_mutants: dict[str, dict[str, str]]) -> None:
    broken = {law for law, why in of_mutants[name].items() if not why.startswith("(")}
    assert EXPECTED[name] in broken, of_mutants[name]


def test_sound_preprocessing_raises_no_alarm() -> None:
    assert outcomes("preprocessing_sound", SOUND, seed=1, examples=40) == {name: {} for name in SOUND}
