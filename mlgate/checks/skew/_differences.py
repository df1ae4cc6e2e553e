"""The rows of a joined pair that differ, as SQL conditions, so that the worst of them can be shown.

They say what `Op.MISMATCHES` and `Op.PAIRED` count; an engine's answer decides, these only show.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.checks._columns_of import both
from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.expression import Expression, quoted


def joined(column: str) -> str:
    """The name of the joined dataset's column in a joined view."""
    return f"joined.{column}"


def with_partner(own: Sequence[str], other: Sequence[str]) -> Expression:
    """Rows that stand on both sides."""
    return both(_some(own), _some([joined(name) for name in other]))


def without_partner(own: Sequence[str], other: Sequence[str]) -> Expression:
    """Rows of the dataset that found no partner (those without any key are not told from rows of the other side, and left out)."""
    found = _some([joined(name) for name in other])
    return both(_some(own), Expression(f"NOT ({found.sql})", found.columns))


def differs(column: str, tolerance: Tolerance, *, numeric: bool, nulls_differ: bool) -> Expression:
    """Rows on both sides whose values are further apart than the tolerance."""
    one, other = quoted(column), quoted(joined(column))
    sql = f"{one} IS DISTINCT FROM {other}"
    size = gap(column, tolerance, numeric=numeric)
    if tolerance.word != "exact" and size is not None:
        sql = f"({sql}) AND ({one} IS NULL OR {other} IS NULL OR NOT COALESCE({size.sql} <= {tolerance.amount!r}, FALSE))"
    if nulls_differ:
        sql = f"({sql}) OR ({one} IS NULL AND {other} IS NULL)"
    return Expression(sql, (column, joined(column)))


def gap(column: str, tolerance: Tolerance, *, numeric: bool) -> Expression | None:
    """How far two values are apart in the tolerance's unit, None where they have no distance."""
    one, other = quoted(column), quoted(joined(column))
    if tolerance.word == "within":
        return Expression(f"ABS(DATE_DIFF('microsecond', CAST({one} AS TIMESTAMP), CAST({other} AS TIMESTAMP))) / 1e6", (column, joined(column)))
    if not numeric:
        return None
    a, b = f"CAST({one} AS DOUBLE)", f"CAST({other} AS DOUBLE)"
    size, largest = f"ABS({a} - {b})", f"GREATEST(ABS({a}), ABS({b}))"
    if tolerance.word == "rel":
        size = f"{size} / {largest}"
    if tolerance.word == "ulp":
        size = f"{size} / (NEXTAFTER({largest}, CAST('inf' AS DOUBLE)) - {largest})"
    return Expression(size, (column, joined(column)))


def _some(columns: Sequence[str]) -> Expression:
    return Expression(" OR ".join(f"{quoted(name)} IS NOT NULL" for name in columns), tuple(columns))
