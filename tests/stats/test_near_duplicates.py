import numpy as np
import pytest

from mlgate.core.errors import MeasurementError
from mlgate.stats import near_duplicates as module
from mlgate.stats.near_duplicates import Pair, near_duplicates
from mlgate.stats.shingles import Shingles, jaccard


def search(here, there, similarity=0.8, shingles=None, seed=1):
    return near_duplicates(here, there, shingles=shingles or Shingles(), similarity=similarity, seed=seed)


def texts(random, rows, words=12, vocabulary=60):
    return [" ".join(f"w{word}" for word in row) for row in random.integers(0, vocabulary, (rows, words))]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("similarity", [0.5, 0.8, 1.0])
def test_it_finds_what_a_comparison_of_all_pairs_finds(seed, similarity):
    random = np.random.default_rng(seed)
    here, there = texts(random, 150), texts(random, 250)
    for row in range(0, 150, 3):  # copies with up to three words changed
        words = here[row].split()
        for place in random.integers(0, 12, int(random.integers(0, 4))):
            words[place] = "changed"
        there[int(random.integers(0, 250))] = " ".join(words).upper()
    sets = [[Shingles().pieces(text) for text in side] for side in (here, there)]
    expected = [max(jaccard(one, other) for other in sets[1]) >= similarity for one in sets[0]]
    found = search(here, there, similarity, seed=seed)
    assert (found.rows, found.found, found.others) == (150, sum(expected), 250)
    for pair in found.pairs:
        assert pair.similarity == jaccard(sets[0][pair.here], sets[1][pair.there]) >= similarity


def test_each_row_with_the_text_counts_and_the_first_of_either_side_is_shown():
    found = search(["same old text", None, "same old text", "other words here"], ["x y z", "Same old TEXT", "same old text"])
    assert (found.rows, found.found, found.others) == (3, 2, 3)
    assert found.pairs == (Pair(1.0, 0, 2),)  # the very same text goes first


def test_exactly_the_similarity_asked_for_is_found():
    one, other = "a b c d e f g h i", "a b c d e f g h x"  # 8 of 10 words
    assert search([one], [other], shingles=Shingles(size=1)).found == 1
    assert search([one], [other], 0.81, Shingles(size=1)).found == 0


def test_texts_without_words_are_no_texts():
    found = search(["...", None, ""], ["...", "a b c"])
    assert (found.rows, found.found, found.others) == (0, 0, 1)


@pytest.mark.parametrize(("here", "there"), [([], ["a b c"]), (["a b c"], []), ([], [])])
def test_a_side_may_be_empty(here, there):
    assert search(here, there).found == 0


def test_batches_and_small_portions_of_candidates_change_nothing(monkeypatch):
    random = np.random.default_rng(3)
    here, there = texts(random, 60, 8, 7), texts(random, 90, 8, 7)
    whole = search(here, there, 0.5, Shingles(size=2))
    assert 0 < whole.found < 60
    monkeypatch.setattr(module, "BATCH", 7)
    monkeypatch.setattr(module, "_CANDIDATES_AT_ONCE", 10)
    parts = search(here, there, 0.5, Shingles(size=2))
    assert (parts.rows, parts.found, parts.others) == (whole.rows, whole.found, whole.others)


def test_one_seed_gives_one_answer():
    random = np.random.default_rng(5)
    here, there = texts(random, 50, 8, 4), texts(random, 50, 8, 4)
    assert search(here, there, 0.5, seed=9) == search(here, there, 0.5, seed=9)


def test_texts_of_one_template_are_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(module, "MOST_COMPARED", 20)
    frame = "dear customer we thank you for your order number {} which will be sent soon"
    with pytest.raises(MeasurementError, match="more than 20 pairs") as refused:
        search([frame.format(row) for row in range(10)], [frame.format(row) for row in range(100, 110)])
    assert "longer shingles" in refused.value.fix
