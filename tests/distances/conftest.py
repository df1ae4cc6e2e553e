from collections import Counter

import pytest

from mlgate.core.distance import Distribution


@pytest.fixture
def counted():
    """Values as the Distribution that an engine would count."""

    def count(values, *, numeric=True, nulls=0):
        return Distribution(Counter(values), nulls, numeric)

    return count
