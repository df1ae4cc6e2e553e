"""A statistic as one of more rows."""

from mlgate.core.statistic import Statistic
from mlgate.stats.proportion import Proportion
from mlgate.stats.subset import OfSubset


def test_it_says_what_the_inner_one_says_of_more_rows():
    inner = Proportion(successes=30, n_obs=40)
    found = OfSubset(inner=inner, n_obs=400, flags=("few",))
    assert isinstance(found, Statistic)
    assert (found.value, found.standard_error, found.interval(0.9)) == (inner.value, inner.standard_error, inner.interval(0.9))
    assert found.pvalue(0.7, "greater") == inner.pvalue(0.7, "greater")
    assert (found.n_obs, found.flags) == (400, ("few",))
