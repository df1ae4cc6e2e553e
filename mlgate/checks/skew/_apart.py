"""How far the answers of two models are apart on one row, as SQL over a view that has both."""

from __future__ import annotations

from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.expression import Expression, quoted
from mlgate.core.table_schema import Column

SINGLE = 2.0**-16  # rounding errors of 32-bit arithmetic add up to 2**-24 per term: of a sum of 256 numbers (Higham 2002, section 4.2)
BESIDE = "baseline_"  # prefix of the second model's columns


def answered(column: str) -> Expression:
    """Rows that at least one of the two has answered."""
    return _of(column, f"{quoted(column)} IS NOT NULL OR {quoted(BESIDE + column)} IS NOT NULL")


def has(column: str) -> Expression:
    """Rows with a value."""
    return Expression(f"{quoted(column)} IS NOT NULL", (column,))


def unequal(column: str) -> Expression:
    """Rows whose two numbers differ, by however little; null where one has none."""
    one, other = _numbers(column)
    return _of(column, f"{one} <> {other}")


def within(column: str, tolerance: Tolerance, kinds: tuple[Column, Column]) -> Expression:
    """Rows whose two numbers are within the tolerance; null where one has none."""
    one, other = _numbers(column)
    if tolerance.word == "exact":
        return _of(column, f"{one} = {other}")
    return _of(column, f"{one} = {other} OR {size(column, tolerance, kinds).sql} <= {_literal(tolerance.amount)}")


def size(column: str, tolerance: Tolerance, kinds: tuple[Column, Column]) -> Expression:
    """The distance of two numbers in the tolerance's own unit, as kind `parity` counts it."""
    single = tolerance.word == "ulp" and any(kind.native == "FLOAT" for kind in kinds)
    one, other = _numbers(column, kind="FLOAT" if single else "DOUBLE")
    apart, largest = f"ABS({one} - {other})", f"GREATEST(ABS({one}), ABS({other}))"
    if tolerance.word == "rel":
        apart = f"{apart} / {largest}"
    elif tolerance.word == "ulp":
        infinite = f"CAST('inf' AS {'FLOAT' if single else 'DOUBLE'})"
        apart = f"{apart} / (NEXTAFTER({largest}, {infinite}) - {largest})"
    return _of(column, f"CASE WHEN {one} = {other} THEN 0 ELSE {apart} END")


def rounded(column: str) -> Expression:
    """Rows whose two numbers differ by no more than arithmetic with 32-bit floats makes them."""
    one, other = _numbers(column)
    return _of(column, f"ABS({one} - {other}) <= {_literal(SINGLE)} * GREATEST(ABS({one}), ABS({other}))")


def is_single(column: str) -> Expression:
    """Rows whose number is a 32-bit float."""
    one = f"CAST({quoted(column)} AS DOUBLE)"
    return Expression(f"CAST(CAST({one} AS FLOAT) AS DOUBLE) = {one}", (column,))


def relabelled(kinds: tuple[Column, Column]) -> Expression:
    """Rows with two predictions that are not the same; a boolean is 0 or 1 beside a number."""
    one, other = quoted("prediction"), quoted(f"{BESIDE}prediction")
    if len({kind.type for kind in kinds}) > 1:
        one, other = f"CAST({one} AS DOUBLE)", f"CAST({other} AS DOUBLE)"
    return _of("prediction", f"{one} <> {other}")


def _numbers(column: str, *, kind: str = "DOUBLE") -> tuple[str, str]:
    return f"CAST({quoted(column)} AS {kind})", f"CAST({quoted(BESIDE + column)} AS {kind})"


def _of(column: str, sql: str) -> Expression:
    return Expression(sql, (column, BESIDE + column))


def _literal(number: float) -> str:
    """With an exponent it is a float to every engine; without one a decimal, which rounds in its own way."""
    return f"{number:.17e}"
