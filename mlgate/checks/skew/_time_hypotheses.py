"""What may have happened to dates and times: another time zone, a constant delay, cutting to a day or an hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mlgate.checks.skew._hypotheses import PROPOSED, Pair, Subject
from mlgate.checks.skew._number_hypotheses import Candidate

_SECOND = 1_000_000
_QUARTER, _HOUR, _DAY = 900 * _SECOND, 3600 * _SECOND, 86_400 * _SECOND
_FARTHEST = 14 * _HOUR  # time zones lie so far from UTC at most
_CUTS = (("day", _DAY), ("hour", _HOUR), ("minute", 60 * _SECOND), ("second", _SECOND))


def time_candidates(subject: Subject, pairs: Sequence[Pair]) -> list[Candidate]:
    """What almost all pairs of a sample (microseconds since 1970) fit, in the order in which it is preferred."""
    need, different = PROPOSED * len(pairs), len({right for _, right in pairs})
    return [one for one in _candidates(subject, pairs) if different >= one.least and sum(one.fits(*pair) for pair in pairs) >= need]


def _candidates(subject: Subject, pairs: Sequence[Pair]) -> Iterator[Candidate]:
    for unit, size in _CUTS:
        yield _cut(subject, unit, size)
    steps = Counter(int(left) - int(right) for left, right in pairs).most_common(2)
    yield _moved(subject, steps[0][0])
    if len(steps) == 2 and abs(steps[0][0] - steps[1][0]) == _HOUR and all(_is_zone(step) for step, _ in steps):
        yield _summer(subject, min(steps[0][0], steps[1][0]))


def _difference(subject: Subject) -> str:
    return f"DATE_DIFF('microsecond', {subject.trained}, {subject.served})"


def _is_zone(step: int) -> bool:
    return step % _QUARTER == 0 and abs(step) <= _FARTHEST


def _cut(subject: Subject, unit: str, size: int) -> Candidate:
    sql = f"DATE_DIFF('microsecond', DATE_TRUNC('{unit}', {subject.trained}), {subject.served}) = 0"
    return Candidate(f"equal {subject.theirs} cut to the {unit}", sql, lambda left, right: left == right - right % size)


def _moved(subject: Subject, step: int) -> Candidate:
    zone = f" (time zone offset of {abs(step) / _HOUR:g} h)" if _is_zone(step) else ""
    says = f"equal {subject.theirs} {'+' if step > 0 else '-'} {subject.told(f'{abs(step) / _SECOND:,.12g}')} s{zone}"
    return Candidate(says, f"{_difference(subject)} = {step}", lambda left, right: left - right == step)


def _summer(subject: Subject, winter: int) -> Candidate:
    steps = " or ".join(subject.told(f"{one / _SECOND:+,.0f}") for one in (winter, winter + _HOUR))
    says = f"equal {subject.theirs} {steps} s (a time zone with daylight saving time)"
    sql = f"{_difference(subject)} IN ({winter}, {winter + _HOUR})"
    return Candidate(says, sql, lambda left, right: left - right in (winter, winter + _HOUR))
