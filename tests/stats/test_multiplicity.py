import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.stats.multiplicity import holm


def test_the_thrombolysis_example_is_reproduced():
    """Benjamini and Hochberg (1995) sec. 3.2; R p.adjust(method = "holm")."""
    pvalues = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    expected = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]
    assert holm(pvalues) == pytest.approx(expected, abs=1e-12)
    assert holm(pvalues[::-1]) == pytest.approx(expected[::-1], abs=1e-12)


def test_no_pvalues_are_none_and_one_is_itself():
    assert holm([]) == ()
    assert holm([0.03]) == (0.03,)


@pytest.mark.parametrize("pvalues", [[1.1], [-0.1], [float("nan")]])
def test_what_is_no_pvalue_is_refused(pvalues):
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        holm(pvalues)


@settings(database=None, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.5))
def test_adjusted_pvalues_reject_what_the_step_down_procedure_rejects(pvalues, alpha):
    left, rejected = set(range(len(pvalues))), set()
    while left:
        first = min(left, key=lambda index: pvalues[index])
        limit = alpha / len(left)
        if abs(pvalues[first] - limit) < 1e-9:
            return  # too close to tell rounding from a decision
        if pvalues[first] > limit:
            break
        rejected.add(first)
        left.remove(first)
    assert {index for index, p in enumerate(holm(pvalues)) if p <= alpha} == rejected
