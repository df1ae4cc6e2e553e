"""What may have happened to numbers: units, offsets, rounding, integer division, another first weekday.

Every candidate is a condition in SQL and the same one in Python, which says whether a sample speaks for it. Results of arithmetic are equal here
within 1e-9 of the larger magnitude, differences within 1e-6 of the offset; 1e-6 and 1e-4 where one side is stored in 32 bits.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from mlgate.checks.skew._hypotheses import PROPOSED, Pair, Subject
from mlgate.checks.skew._units import unit_words

_DIVISORS = (2, 3, 4, 5, 7, 8, 10, 12, 16, 24, 25, 30, 50, 60, 100, 365, 1000, 3600, 86_400, 1_000_000)
_CYCLES = (7, 12, 24)
_DIGITS = (0, 1, 2, 3, 4, 5, 6, -1, -2, -3)
Fits = Callable[[float, float], bool]


@dataclass(frozen=True)
class Candidate:
    """`says` goes on from "all 12 mismatches"; `sql` and `fits` are one condition. `least` distinct training values must speak for it."""

    says: str
    sql: str
    fits: Fits
    least: int = 3


def number_candidates(subject: Subject, pairs: Sequence[Pair]) -> list[Candidate]:
    """What almost all pairs of a sample fit, in the order in which it is preferred."""
    numbers = [(float(left), float(right)) for left, right in pairs]
    numbers = [(left, right) for left, right in numbers if math.isfinite(left) and math.isfinite(right)]
    if not numbers:
        return []
    different, need = len({right for _, right in numbers}), PROPOSED * len(pairs)
    made = _candidates(_Terms(subject), numbers)
    return [one for one in made if different >= one.least and speaks(one, numbers[:30]) and sum(one.fits(*pair) for pair in numbers) >= need]


@dataclass(frozen=True)
class _Terms:
    """What conditions are made of."""

    subject: Subject

    @property
    def a(self) -> str:
        return f"CAST({self.subject.served} AS DOUBLE)"

    @property
    def b(self) -> str:
        return f"CAST({self.subject.trained} AS DOUBLE)"

    @property
    def name(self) -> str:
        return self.subject.theirs

    @property
    def near(self) -> float:
        return 1e-6 if "FLOAT" in self.subject.natives else 1e-9

    def told(self, value: float) -> str:
        """A number that was found in the values."""
        return self.subject.told(_words(value))


def _candidates(terms: _Terms, pairs: Sequence[tuple[float, float]]) -> Iterator[Candidate]:
    if "float" in terms.subject.types and terms.subject.natives[1] != "FLOAT":
        yield _narrowed(terms)
    for digits in _DIGITS:
        yield from (_rounded(terms, digits), _cut(terms, digits))
    for divisor in _DIVISORS:
        yield from (_divided(terms, divisor), _divided_to_zero(terms, divisor), _remainder(terms, divisor))
    offset = _most_common([left - right for left, right in pairs], terms.near)
    if offset:
        yield _moved(terms, offset)
    factor = _most_common([left / right for left, right in pairs if right], terms.near)
    if factor and abs(factor - 1) > 100 * terms.near:
        yield _scaled(terms, factor)
    yield from (_absolute(terms), _clock(terms))
    for cycle in _CYCLES:
        yield from _turned(terms, pairs, cycle)
    if (line := _line(pairs, terms.near)) is not None:
        yield _affine(terms, *line)


def _narrowed(terms: _Terms) -> Candidate:
    sql = f"{terms.a} = CAST(TRY_CAST({terms.b} AS FLOAT) AS DOUBLE)"
    return Candidate(f"equal {terms.name} as float32", sql, lambda left, right: left == _single(right))


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _places(digits: int) -> str:
    return f"{digits} {'digit' if digits == 1 else 'digits'}" if digits >= 0 else f"{10**-digits:,}s"


def _whole(terms: _Terms, step: float) -> tuple[str, Callable[[float], bool]]:
    """A served value that is a multiple of the step."""
    sql = f"ABS({terms.a} / {_sql(step)} - ROUND({terms.a} / {_sql(step)}, 0)) <= 1e-6"
    return sql, lambda left: abs(left / step - round(left / step)) <= 1e-6


def _rounded(terms: _Terms, digits: int) -> Candidate:
    step = 10.0**-digits
    limit, (whole, is_whole) = step / 2 * (1 + 1e-9), _whole(terms, step)
    sql = f"{whole} AND ABS({terms.a} - {terms.b}) <= {_sql(limit)}"
    return Candidate(f"equal {terms.name} rounded to {_places(digits)}", sql, lambda left, right: is_whole(left) and abs(left - right) <= limit)


def _cut(terms: _Terms, digits: int) -> Candidate:
    step = 10.0**-digits
    slack, (whole, is_whole) = step * 1e-9, _whole(terms, step)
    sql = f"{whole} AND {terms.b} - {terms.a} >= {_sql(-slack)} AND {terms.b} - {terms.a} < {_sql(step - slack)}"
    fits: Fits = lambda left, right: is_whole(left) and -slack <= right - left < step - slack  # noqa: E731
    return Candidate(f"equal {terms.name} cut to {_places(digits)}", sql, fits)


def _divided(terms: _Terms, by: int) -> Candidate:
    sql = f"{terms.a} = FLOOR({terms.b} / {by})"
    return Candidate(f"equal {terms.name} // {by}", sql, lambda left, right: left == math.floor(right / by), least=4)


def _divided_to_zero(terms: _Terms, by: int) -> Candidate:
    sql = f"{terms.a} = SIGN({terms.b}) * FLOOR(ABS({terms.b}) / {by})"
    says = f"equal {terms.name} // {by} towards 0"
    return Candidate(says, sql, lambda left, right: left == math.copysign(1, right) * math.floor(abs(right) / by), least=4)


def _remainder(terms: _Terms, by: int) -> Candidate:
    sql = f"{terms.a} = {terms.b} - {by} * FLOOR({terms.b} / {by})"
    return Candidate(f"equal {terms.name} % {by}", sql, lambda left, right: left == right - by * math.floor(right / by), least=4)


def _moved(terms: _Terms, offset: float) -> Candidate:
    limit = 100 * terms.near * abs(offset) if terms.near > 1e-8 else 1e-6 * abs(offset)
    sign, size = ("+", offset) if offset > 0 else ("-", -offset)
    sql = f"ABS({terms.a} - {terms.b} - {_sql(offset)}) <= {_sql(limit)}"
    return Candidate(f"equal {terms.name} {sign} {terms.told(size)}", sql, lambda left, right: abs(left - right - offset) <= limit)


def _scaled(terms: _Terms, factor: float) -> Candidate:
    near, inverse = terms.near, 1 / factor
    divides = abs(factor) < 1 and math.isclose(inverse, round(inverse), rel_tol=1e-9)
    unit = unit_words(factor)
    operation = f"/ {terms.told(float(round(inverse)))}" if divides else f"* {terms.told(factor)}"
    says = f"equal {terms.name} {operation}{f' ({unit})' if unit else ''}"
    sql = f"{terms.a} <> 0 AND ABS({terms.a} - {terms.b} * {_sql(factor)}) <= {_sql(near)} * ABS({terms.a})"
    return Candidate(says, sql, lambda left, right: left != 0 and abs(left - right * factor) <= near * abs(left))


def _absolute(terms: _Terms) -> Candidate:
    return Candidate(f"equal the magnitude of {terms.name}", f"{terms.a} = ABS({terms.b})", lambda left, right: left == abs(right))


def _clock(terms: _Terms) -> Candidate:
    sql = f"{terms.a} = {terms.b} - 40 * FLOOR({terms.b} / 100)"
    says = f"equal {terms.name} with hhmm turned into minutes"
    return Candidate(says, sql, lambda left, right: left == right - 40 * math.floor(right / 100))


def _turned(terms: _Terms, pairs: Sequence[tuple[float, float]], cycle: int) -> Iterator[Candidate]:
    """Days of the week, months or hours that are counted from another one."""
    starts = [min(1, int(min(side))) for side in zip(*pairs, strict=True)]  # nothing happens at some hours, so that neither start may be seen
    ends = [max(side) for side in zip(*pairs, strict=True)]
    whole = all(value == math.floor(value) for pair in pairs for value in pair)
    if not whole or any(start < 0 or end > start + cycle - 1 for start, end in zip(starts, ends, strict=True)):
        return
    for first, second in ((0, 0), (1, 1), (0, 1), (1, 0)):  # what both sides count from, which a sample without the lowest value does not show
        if first > starts[0] or second > starts[1]:
            continue
        step, count = Counter(int(left - first - (right - second)) % cycle for left, right in pairs).most_common(1)[0]
        if step and count >= PROPOSED * len(pairs):
            yield _cyclic(terms, cycle, (first, second), step)


def _cyclic(terms: _Terms, cycle: int, starts: tuple[int, int], step: int) -> Candidate:
    first, second = starts
    add = step - second
    inner = f"{terms.b} + {add}" if add >= 0 else f"{terms.b} - {-add}"
    sql = f"{terms.a} - {first} = {inner} - {cycle} * FLOOR(({inner}) / {cycle})"
    plus = f" + {first}" if first else ""
    says = f"equal ({terms.name} {'+' if add >= 0 else '-'} {abs(add)}) % {cycle}{plus} ({_cycle_words(cycle)} counted from another start)"
    return Candidate(says, sql, lambda left, right: left - first == (right + add) % cycle)


def _cycle_words(cycle: int) -> str:
    return {7: "days of the week", 12: "months", 24: "hours"}[cycle]


def _affine(terms: _Terms, slope: float, offset: float) -> Candidate:
    near = terms.near
    degrees = {(1.8, 32.0): " (Celsius -> Fahrenheit)", (round(1 / 1.8, 9), round(-32 / 1.8, 9)): " (Fahrenheit -> Celsius)"}
    unit = degrees.get((round(slope, 9), round(offset, 9)), "")
    sign, size = ("+", offset) if offset > 0 else ("-", -offset)
    sql = f"ABS({terms.a} - ({terms.b} * {_sql(slope)} + {_sql(offset)})) <= {_sql(near)} * (ABS({terms.b} * {_sql(slope)}) + {_sql(size)})"
    says = f"equal {terms.name} * {terms.told(slope)} {sign} {terms.told(size)}{unit}"
    return Candidate(says, sql, lambda left, right: abs(left - right * slope - offset) <= near * (abs(right * slope) + size), least=5)


def _line(pairs: Sequence[tuple[float, float]], near: float) -> tuple[float, float] | None:
    """Slope and offset of the line that most pairs of points agree on; None where there is none besides an offset or a factor."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    half = len(ordered) // 2
    ends = [(one, other) for one, other in zip(ordered[:half], ordered[half:], strict=False) if one[1] != other[1]]
    slope = _most_common([(other[0] - one[0]) / (other[1] - one[1]) for one, other in ends], near)
    if slope is None or math.isclose(slope, 1, rel_tol=1e-6) or slope == 0:
        return None
    offset = _most_common([left - right * slope for left, right in pairs], near)
    return (slope, offset) if offset else None


def _most_common(values: Sequence[float], near: float) -> float | None:
    """The value of most, which may differ in their last digits, with as few digits as say it; None where half of them differ."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    digits = 7 if near < 1e-8 else 5
    ((name, count),) = Counter(f"{value:.{digits}g}" for value in finite).most_common(1)
    if count < len(finite) / 2:
        return None
    return _short(median(value for value in finite if f"{value:.{digits}g}" == name), near / 10)


def _short(value: float, near: float) -> float:
    """The number with the fewest digits that lies so near it: 1.609344 for 1.6093440000000001."""
    for digits in range(1, 16):
        short = float(f"{value:.{digits}g}")
        if abs(short - value) <= near * abs(value):
            return short
    return value


def _sql(value: float) -> str:
    return f"({value!r})"


def _words(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"


def speaks(candidate: Candidate, few: Sequence[tuple[float, float]]) -> bool:
    """Whether the first pairs leave it possible: most candidates need no look at the others."""
    return 2 * sum(candidate.fits(*pair) for pair in few) >= len(few)
