"""What each operator means, in slow plain Python over lists of values: the reference the engine is held against."""

import itertools
import math
import re
import statistics

import numpy as np

from mlgate.core.request import Op


def present(values):
    return [value for value in values if value is not None and not is_nan(value)]


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def null(value):
    return None if is_nan(value) else value


def outside(values, low, high):
    return sum((low is not None and value < low) or (high is not None and value > high) for value in present(values))


def total(values):
    kept = present(values)
    if not kept:
        return None
    if any(isinstance(value, float) for value in kept):
        infinite = {value for value in kept if math.isinf(value)}
        return math.fsum(kept) if not infinite else (infinite.pop() if len(infinite) == 1 else None)
    return sum(kept)


def mean(values):
    found = total(values)
    return None if found is None else found / len(present(values))


def deviation(values):
    kept = present(values)
    return None if len(kept) < 2 or any(math.isinf(value) for value in kept) else statistics.stdev(kept)


def quantile(values, share):
    """numpy's default, in its own words; infinities apart, where it gives NaN."""
    kept = sorted(present(values))
    return float(np.quantile(kept, share)) if kept else None


def duplicates(rows):
    counts = {}
    for row in rows:
        key = tuple(null(value) for value in row)
        if any(value is not None for value in key):
            counts[key] = counts.get(key, 0) + 1
    return sum(counts.values()) - len(counts), sum(count > 1 for count in counts.values()), sum(counts.values())


def order_breaks(values, direction, strict):
    kept = present(values)
    pairs = list(itertools.pairwise(kept))
    if direction == "increasing":
        return sum(b <= a if strict else b < a for a, b in pairs)
    return sum(b >= a if strict else b > a for a, b in pairs)


ANSWERS = {
    Op.ROWS: len,
    Op.NULLS: lambda values: len(values) - len(present(values)),
    Op.NAN: lambda values: sum(map(is_nan, values)),
    Op.INFINITE: lambda values: sum(isinstance(value, float) and math.isinf(value) for value in values),
    Op.OUTSIDE: outside,
    Op.IN: lambda values, *members: sum(value in members for value in present(values)),
    Op.NOT_IN: lambda values, *members: sum(value not in members for value in present(values)),
    Op.MATCHING: lambda values, pattern: sum(bool(re.search(pattern, value)) for value in present(values)),
    Op.NOT_MATCHING: lambda values, pattern: sum(not re.search(pattern, value) for value in present(values)),
    Op.LENGTH_OUTSIDE: lambda values, low, high: outside([len(value) for value in present(values)], low, high),
    Op.MIN: lambda values: min(present(values), default=None),
    Op.MAX: lambda values: max(present(values), default=None),
    Op.SUM: total,
    Op.MEAN: mean,
    Op.STD: deviation,
    Op.QUANTILE: quantile,
    Op.DISTINCT: lambda values: len(set(present(values))),
    Op.PRESENT: lambda values, *wanted: tuple(
        value for value in wanted if value in present(values) or (value is None and len(present(values)) < len(values))
    ),
    Op.ORDER_BREAKS: order_breaks,
}
