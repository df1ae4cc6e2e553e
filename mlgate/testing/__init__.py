"""For authors of kinds, metrics and distances: suites that every one of them must pass, and a small project to try them in.

Each suite raises `AssertionError` with a sentence that says what does not hold.
"""

from mlgate.testing.distance_suite import check_distance
from mlgate.testing.example import Example, Ran
from mlgate.testing.kind_suite import check_kind
from mlgate.testing.metric_suite import check_metric

__all__ = ["Example", "Ran", "check_distance", "check_kind", "check_metric"]
