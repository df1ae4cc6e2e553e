"""Why the values of a column differ: hypotheses proposed from a sample, counted over all mismatches, stated with what they explain.

Nothing is guessed: a finding is said only where it explains at least 95 % of the mismatches (and at least ten) by the engine's count over all of
them, and where it could have failed to (a constant column explains nothing, and is called constant).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.checks.skew._encoding import LEVELS, may_be_coded, one_to_one
from mlgate.checks.skew._hypotheses import FEWEST, PROPOSED, SUPPORT, Hypothesis, Pair, Subject, constant, equals, shown
from mlgate.checks.skew._number_hypotheses import number_candidates
from mlgate.checks.skew._text_hypotheses import text_hypotheses
from mlgate.checks.skew._time_hypotheses import time_candidates
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted
from mlgate.core.measured import Measured
from mlgate.core.request import BESIDE, Aggregate, Counts, Op, Request
from mlgate.core.table_schema import NUMERIC
from mlgate.core.view import View

SAMPLE = 400  # mismatches that hypotheses are proposed from, at least, where there are so many
_LISTED = 5  # of an encoding's levels
_CODED = frozenset({"string", "integer", "boolean"})
_MOMENTS = frozenset({"date", "timestamp"})


@dataclass(frozen=True)
class Diagnosis:
    """What is asked about one column, in up to three rounds, and what follows from the answers."""

    subject: Subject

    def requests(self, measured: Measured) -> Iterator[Request]:
        """All that can be asked so far: the sample first, then what it suggests, then, where nothing explains enough, order and encoding."""
        first = self._first
        yield from first
        if not _answered(measured, first) or self._broken(measured):
            return
        made = [one for one in (*self._constants(measured), *self._fills(measured)) if one is not None]
        explaining = self._explaining(measured)
        second = [one.request for one in (*made, *explaining)]
        yield from second
        if _answered(measured, second) and not self._constant_words(measured) and self._best(measured, explaining) is None:
            yield from self._last(measured)

    def findings(self, measured: Measured) -> list[str]:
        """Sentences; none where nothing was found, or what was asked could not be answered."""
        if not _answered(measured, self._first) or self._broken(measured):
            return []
        if still := self._constant_words(measured):
            return [still]
        found = list(self._null_words(measured))
        if (best := self._best(measured, self._explaining(measured))) is not None:
            hypothesis, explained, whole = best
            return [*found, f"{self._of_mismatches(explained, whole)} {hypothesis.says}"]
        return [*found, *self._shift_words(measured), *self._encoding_words(measured)]

    # -- the sample

    @property
    def _differing(self) -> View:
        return replace(self.subject.view, pairs=self.subject.how)

    @property
    def _both(self) -> View:
        return replace(self.subject.view, pairs="both")

    @property
    def _names(self) -> tuple[str, str]:
        return self.subject.column, f"{BESIDE}{self.subject.column}"

    @property
    def _examples(self) -> Aggregate:
        subject = self.subject
        one_in = max(1, subject.mismatched // SAMPLE)
        names = (*subject.key, *self._names, *(f"{BESIDE}{name}" for name in subject.others))
        return Aggregate(Op.EXAMPLES, None, (one_in, len(subject.key), *names), self._differing)

    @property
    def _nulls(self) -> tuple[Aggregate, Aggregate, Aggregate, Aggregate]:
        """Of the served and the training column: among the mismatches, then among all rows."""
        one, other, three, four = (Aggregate(Op.NULLS, name, (), view) for view in (self._differing, self._both) for name in self._names)
        return one, other, three, four

    @property
    def _first(self) -> tuple[Request, ...]:
        return (self._examples, *self._nulls, self._with_values)

    @property
    def _with_values(self) -> Aggregate:
        """Counts the mismatches with a value on both sides."""
        subject = self.subject
        return subject.holds(f"{subject.served} IS NOT NULL AND {subject.trained} IS NOT NULL", view=self._differing)

    def _broken(self, measured: Measured) -> bool:
        return any(isinstance(measured.answers[one], MeasurementError) for one in self._first)

    def _rows(self, measured: Measured) -> list[tuple[Any, ...]]:
        """(served value, training value, training values of other columns) of the sample."""
        return [one[len(self.subject.key) :] for one in measured[self._examples]]

    def _pairs(self, measured: Measured) -> list[Pair]:
        return [(row[0], row[1]) for row in self._rows(measured) if row[0] is not None and row[1] is not None]

    # -- hypotheses

    def _explaining(self, measured: Measured) -> list[Hypothesis]:
        """What the sample suggests for mismatches with values on both sides, in the order in which it is preferred."""
        pairs = self._pairs(measured)
        if len(pairs) < min(FEWEST, self.subject.mismatched):
            return []
        subject, view = self.subject, self._differing
        if all(constant([pair[side] for pair in pairs], share=SUPPORT) is None for side in (0, 1)):
            kinds = set(subject.types)
            made: list[Hypothesis] = []
            if kinds <= NUMERIC:
                made = [Hypothesis(one.says, subject.holds(one.sql, when=subject.valued, view=view)) for one in number_candidates(subject, pairs)]
            elif kinds <= _MOMENTS:
                made = [Hypothesis(one.says, subject.holds(one.sql, when=subject.valued, view=view)) for one in time_candidates(subject, pairs)]
            elif kinds == {"string"}:
                made = list(text_hypotheses(subject, pairs))
            return [*made, *self._swaps(measured)]
        return self._pair_of_values(pairs)

    def _swaps(self, measured: Measured) -> Iterator[Hypothesis]:
        """Other training columns that the served one equals."""
        subject = self.subject
        rows = [row for row in self._rows(measured) if row[0] is not None and row[1] is not None]
        if len({row[0] for row in rows}) < 3:
            return
        for place, name in enumerate(subject.others, 2):
            if sum(row[0] == row[place] for row in rows) >= PROPOSED * len(rows):
                sql, back = f"{subject.served} = {quoted(BESIDE + name)}", f"{quoted(name)} = {subject.trained}"
                view, theirs = self._differing, f"{subject.against}.{name}"
                both = subject.holds(f"{sql} AND {back}", name, BESIDE + name, when=subject.valued, view=view)
                yield Hypothesis(f"equal {theirs}, and {subject.of}.{name} equals {subject.theirs}: the two columns are swapped", both)
                yield Hypothesis(f"equal {theirs}", subject.holds(sql, BESIDE + name, when=subject.valued, view=view))

    def _pair_of_values(self, pairs: Sequence[Pair]) -> list[Hypothesis]:
        subject = self.subject
        kind, other = subject.types
        left, right = (constant([pair[side] for pair in pairs], share=SUPPORT) for side in (0, 1))
        here = None if left is None else equals(subject.served, left, kind)
        there = None if right is None else equals(subject.trained, right, other)
        parts = [part for part in (here, there) if part is not None]
        if not parts:
            return []
        where = f"where {subject.theirs} is {subject.told(shown(right, other))}" if there else f"whatever {subject.theirs} is"
        says = f"are {subject.told(shown(left, kind))} {where}" if here else f"stand {where}"
        return [Hypothesis(says, subject.holds(" AND ".join(parts), when=subject.valued, view=self._differing))]

    # -- constants and fill values

    def _constants(self, measured: Measured) -> list[Hypothesis | None]:
        return [self._constant(measured, side) for side in (0, 1)]

    def _constant(self, measured: Measured, side: int) -> Hypothesis | None:
        """A column that has one value on all rows that were compared, served (0) or in training (1)."""
        values = [row[side] for row in self._rows(measured)]
        value = constant(values, share=1.0)
        column = (self.subject.served, self.subject.trained)[side]
        condition = None if value is None else equals(column, value, self.subject.types[side])
        if condition is None:
            return None
        name, kind = (self.subject.ours, self.subject.theirs)[side], self.subject.types[side]
        says = f"{name} is constant: {self.subject.told(shown(value, kind))} in all {self.subject.compared:,} rows"
        return Hypothesis(says, self.subject.holds(condition, view=self._both))

    def _fills(self, measured: Measured) -> list[Hypothesis | None]:
        return [self._fill(measured, side) for side in (0, 1)]

    def _fill(self, measured: Measured, side: int) -> Hypothesis | None:
        """What one side has where the other has null."""
        values = [row[side] for row in self._rows(measured) if row[1 - side] is None and row[side] is not None]
        value = constant(values)
        column, empty = (self.subject.served, self.subject.trained)[side], (self.subject.trained, self.subject.served)[side]
        condition = None if value is None else equals(column, value, self.subject.types[side])
        if condition is None:
            return None
        return Hypothesis(shown(value, self.subject.types[side]), self._filled(condition, empty, column))

    def _filled(self, condition: str, empty: str, column: str) -> Aggregate:
        when = self.subject.expression(f"{empty} IS NULL AND {column} IS NOT NULL")
        return self.subject.holds(condition, when=when, view=self._differing)

    def _constant_words(self, measured: Measured) -> str:
        subject = self.subject
        for side, count in enumerate(measured[one] for one in self._nulls[2:]):
            name = (subject.ours, subject.theirs)[side]
            if count == subject.compared:
                return f"{name} is null in all {subject.compared:,} rows"
        for hypothesis in self._constants(measured):
            if hypothesis is not None and (explained := _explained(measured, hypothesis)) is not None and explained[0] == subject.compared:
                return hypothesis.says if subject.compared >= FEWEST else ""
        return ""

    def _null_words(self, measured: Measured) -> Iterator[str]:
        subject = self.subject
        served, trained = (int(measured[one]) for one in self._nulls[:2])
        both = served + trained - (subject.mismatched - self._valued(measured))
        if both:
            yield f"both are null in {self._of(both)}"
        for side, count in ((0, trained - both), (1, served - both)):  # the side that has values there, and how many rows
            if not count or subject.mismatched < FEWEST:
                continue
            ours, theirs = (subject.ours, subject.theirs) if side == 0 else (subject.theirs, subject.ours)
            text = f"{theirs} is null in {self._of(count)}"
            fill = self._fill(measured, side)
            answer = None if fill is None else _explained(measured, fill)
            if fill is not None and answer is not None and answer[0] >= max(FEWEST, SUPPORT * answer[1]):
                there = f"all {answer[1]:,}" if answer[0] == answer[1] else f"{answer[0]:,}"
                text += f"; {ours} is {subject.told(fill.says)} in {there} of them (a fill value on one side)"
            yield text

    # -- what explains most

    def _best(self, measured: Measured, asked: Sequence[Hypothesis]) -> tuple[Hypothesis, int, int] | None:
        """The hypothesis that explains most of the mismatches with values on both sides, what it explains, and of how many; the first of equals."""
        valued = self._valued(measured)
        counted = [(one, *found) for one in asked if (found := _explained(measured, one)) is not None]
        enough = [(one, explained, valued) for one, explained, _ in counted if explained >= max(FEWEST, SUPPORT * valued)]
        return max(enough, key=lambda one: one[1], default=None)

    def _valued(self, measured: Measured) -> int:
        """Mismatches with a value on both sides."""
        matched, without, _ = measured[self._with_values]
        return int(matched) - int(without)

    def _of(self, count: int) -> str:
        return f"all {count:,} mismatches" if count == self.subject.mismatched else f"{count:,} of {self.subject.mismatched:,} mismatches"

    def _of_mismatches(self, explained: int, valued: int) -> str:
        beside = "" if valued == self.subject.mismatched else " with a value on both sides"
        return f"all {explained:,} mismatches{beside}" if explained == valued else f"{explained:,} of {valued:,} mismatches{beside}"

    # -- order and encoding: asked only where nothing explains enough

    def _last(self, measured: Measured) -> Iterator[Request]:
        pairs = self._pairs(measured)
        if self._valued(measured) >= FEWEST:
            if self._shift is not None and len({left for left, _ in pairs}) > 2:
                yield self._shift
            if set(self.subject.types) <= _CODED and may_be_coded(pairs):
                yield self._levels

    @property
    def _shift(self) -> Aggregate | None:
        subject = self.subject
        return Aggregate(Op.SHIFTED, subject.column, subject.order, self._differing) if subject.order else None

    def _shift_words(self, measured: Measured) -> Iterator[str]:
        answer = measured.answers.get(self._shift) if self._shift is not None else None
        if not isinstance(answer, tuple):
            return
        subject, valued = self.subject, self._valued(measured)
        explained, way = max(zip(answer, ("before", "after"), strict=True))
        if explained >= max(FEWEST, SUPPORT * valued):
            order = ", ".join(name.removeprefix(BESIDE) for name in subject.order)
            yield f"{self._of_mismatches(explained, valued)} equal {subject.theirs} of the row {way} (shifted by one row in the order of {order})"

    @property
    def _levels(self) -> Counts:
        return Counts(self._names, self._both, most=LEVELS)

    def _encoding_words(self, measured: Measured) -> Iterator[str]:
        """One code for each level: counted over all rows that were compared, so that levels that stayed as they were count too."""
        counts = measured.answers.get(self._levels)
        if not isinstance(counts, Mapping):
            return
        code = one_to_one({(there, here): count for (here, there), count in counts.items() if here is not None and there is not None})
        if code is None:
            return
        subject, valued = self.subject, self._valued(measured)
        explained = sum(counts[here, there] for there, here in code.items() if here != there)
        if explained < max(FEWEST, SUPPORT * valued):
            return
        kinds = subject.types
        moved = [(there, here) for there, here in code.items() if here != there]
        told = [f"{subject.told(shown(there, kinds[1]))} -> {subject.told(shown(here, kinds[0]))}" for there, here in moved[:_LISTED]]
        more = f" and {len(moved) - _LISTED:,} more" if len(moved) > _LISTED else ""
        yield (
            f"{self._of_mismatches(explained, valued)} are another encoding of the categories: {', '.join(told)}{more}"
            f" (one to one over {len(code):,} levels)"
        )


def _answered(measured: Measured, requests: Sequence[Request]) -> bool:
    return all(one in measured.answers for one in requests)


def _explained(measured: Measured, hypothesis: Hypothesis) -> tuple[int, int] | None:
    """(rows that a hypothesis explains, rows that it was asked of), None where it was not asked or could not be counted."""
    answer = measured.answers.get(hypothesis.request)
    return (hypothesis.explains(answer), int(answer[0])) if isinstance(answer, tuple) else None
