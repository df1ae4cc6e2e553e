import numpy as np
import pytest

from mlgate.stats.minhash import MISSED, Banding, Hashes


@pytest.mark.parametrize("similarity", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_bands_miss_a_pair_at_the_similarity_asked_for_hardly_ever(similarity):
    banding = Banding.for_similarity(similarity)
    assert banding.missed(similarity) <= MISSED
    assert banding.hashes <= 200


def test_the_chance_is_the_one_in_the_book():
    # Leskovec, Rajaraman and Ullman 2014, figure 3.8: 20 bands of 5 rows, the chance of a candidate at s = 0.2, 0.5 and 0.8
    found = [1 - Banding(20, 5).missed(similarity) for similarity in (0.2, 0.5, 0.8)]
    assert found == pytest.approx([0.006, 0.470, 0.9996], abs=5e-4)


@pytest.mark.parametrize(("rows", "bands"), [(1, 1), (2, 4), (5, 3)])
@pytest.mark.parametrize(("size", "shared"), [(4, 3), (30, 20), (100, 80)])
def test_sets_agree_as_often_as_they_should(rows, bands, size, shared):
    random, banding, agree, trials = np.random.default_rng(0), Banding(bands, rows), 0, 20
    width = size + size - shared
    for seed in range(trials):
        hashes = Hashes.drawn(banding, seed)
        sets = random.integers(0, 2**32, (200, width), dtype=np.uint32)
        starts = np.arange(200) * size
        one, other = (hashes.keys(np.ascontiguousarray(part).ravel(), starts) for part in (sets[:, :size], sets[:, size - shared :]))
        agree += int((one == other).any(axis=0).sum())
    expected = 1 - banding.missed(shared / width)
    assert agree / (200 * trials) == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / (200 * trials)))


def test_one_seed_gives_one_key_and_another_gives_another():
    pieces, starts = np.array([3, 1, 2], np.uint32), np.array([0, 1])
    one, again, other = (Hashes.drawn(Banding(2, 2), seed).keys(pieces, starts) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).all()
