import subprocess
import sys

import numpy as np
import pytest

from mlgate.stats.shingles import Hasher, Shingles, jaccard


def test_words_are_cut_into_every_run_of_neighbours():
    assert Shingles().pieces("A rose is a rose, is a ROSE") == {("a", "rose", "is"), ("rose", "is", "a"), ("is", "a", "rose")}


def test_the_resemblance_of_broders_example_is_reproduced():
    # Broder 1997: (a, rose, is, a, rose, is, a, rose) has the 4-shingles {(a, rose, is, a), (rose, is, a, rose), (is, a, rose, is)}
    assert len(Shingles(size=4).pieces("a rose is a rose is a rose")) == 3
    one, other = Shingles(size=1).pieces("a b c"), Shingles(size=1).pieces("b c d")
    assert jaccard(one, other) == 0.5


def test_characters_are_cut_over_single_spaces():
    assert Shingles("characters", 3).pieces("Ab\n c") == {"ab ", "b c"}


@pytest.mark.parametrize(("text", "pieces"), [("two words", {("two", "words")}), ("", set()), ("... !", set()), ("ﬁn", {("fin",)})])
def test_a_short_text_is_one_piece_and_one_without_words_none(text, pieces):
    assert Shingles().pieces(text) == pieces
    assert Shingles().fits(text) == bool(pieces)


@pytest.mark.parametrize("text", ["", "  ", "a", "abc def"])
def test_a_text_fits_where_it_has_a_character(text):
    assert Shingles("characters", 3).fits(text) == bool(Shingles("characters", 3).pieces(text))


def test_sets_without_pieces_are_not_alike():
    assert jaccard(frozenset(), frozenset()) == 0.0


@pytest.mark.parametrize("shingles", [Shingles(), Shingles(size=1), Shingles("characters", 5)])
def test_equal_pieces_have_equal_numbers_and_others_have_others(shingles):
    texts = ["one two three four", "two three four five", "short", "one two three four one two three four", "ünï 𝄞 code points"]
    numbers, starts = Hasher(shingles, 7).flat(texts)
    found = [set(part.tolist()) for part in np.split(numbers, starts[1:])]
    pieces = [shingles.pieces(text) for text in texts]
    assert [len(one) for one in found] == [len(one) for one in pieces]
    for mine, own in zip(found, pieces, strict=True):
        for others, theirs in zip(found, pieces, strict=True):
            assert len(mine & others) == len(own & theirs)


def test_numbers_are_the_same_in_every_process():
    code = "from mlgate.stats.shingles import *; print(Hasher(Shingles(), 7).flat(['one two three four', 'five'])[0].tolist())"
    printed = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert printed == {f"{Hasher(Shingles(), 7).flat(['one two three four', 'five'])[0].tolist()}\n"}
