"""The items of a parity check: columns, the pairing of rows, and the lag of what `as_of` finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlgate.checks._columns_of import both, repeated_rows
from mlgate.checks._moments import duration_words
from mlgate.checks._shares import share_of
from mlgate.checks._wording import share_words, slice_words
from mlgate.checks.skew._as_of import lag_words
from mlgate.checks.skew._diagnosis import Diagnosis
from mlgate.checks.skew._hypotheses import Subject
from mlgate.checks.skew._partners import joined_claims, partner_findings, partner_requests
from mlgate.checks.skew._tolerance import Tolerance, is_comparable
from mlgate.core.claim import Claim
from mlgate.core.expression import Expression, quoted
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import BESIDE, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing
from mlgate.core.view import Comparison

if TYPE_CHECKING:
    from mlgate.checks.skew.parity import Parity

_DIAGNOSED = 12  # columns of one item: what breaks more is seldom a matter of single columns
_OTHERS = 24  # columns that one may have been mixed up with


@dataclass(frozen=True)
class ParityItem:
    """One column, or the pairing (""), or the pairing and all columns (None)."""

    check: Parity
    column: str | None
    joined: bool

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self.check.paired(scope)
        if self.joined and (lags := self.check.lags(scope)) is not None:
            yield lags
        for name, tolerance in self._columns(scope).items():
            yield self.check.mismatches(scope, name, tolerance)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        made = joined_claims(self.check, scope, measured) if self.joined else []
        for name, tolerance in self._columns(scope).items():
            made.append(self._column_claim(name, tolerance, measured[self.check.mismatches(scope, name, tolerance)]))
        return made

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        check = self.check
        for name, tolerance in self._broken(scope, measured):
            return self._worst(scope, name, tolerance)
        if not self.joined:
            return None
        *_, double, double_against = measured[check.paired(scope)]
        times = check.times(scope)
        if double:
            return repeated_rows(scope, check.of, check.where, scope.spec(check.of).key)
        if double_against:
            key = scope.spec(check.against).key
            return repeated_rows(scope, check.against, None, tuple(dict.fromkeys((*key, *((times.against,) if times else ())))))
        shown = tuple(dict.fromkeys((*scope.spec(check.of).key, *((times.of,) if times else ()))))
        return Rows(shown, check.view(scope, pairs="only_dataset"), limit=scope.samples)

    def follow_up(self, scope: Scope, measured: Measured) -> Iterator[Request]:
        if self.joined:
            yield from partner_requests(self.check, scope, measured)
        for diagnosis in self._diagnoses(scope, measured):
            yield from diagnosis.requests(measured)

    def findings(self, scope: Scope, measured: Measured) -> Sequence[str]:
        found = list(partner_findings(self.check, scope, measured)) if self.joined else []
        broken = self._diagnoses(scope, measured)
        for diagnosis in broken:
            told = f"{diagnosis.subject.column}: " if self.column is None else ""
            found += [f"diagnosis: {told}{one}" for one in diagnosis.findings(measured)]
        more = len(self._broken(scope, measured)) - len(broken)
        return [*found, f"diagnosis: {more:,} more columns with mismatches were not looked into"] if more > 0 else found

    # -- columns

    def _columns(self, scope: Scope) -> Mapping[str, Tolerance]:
        if self.column == "":
            return {}
        chosen = self.check.comparisons(scope)
        return chosen if self.column is None else {self.column: chosen[self.column]}

    def _broken(self, scope: Scope, measured: Measured) -> list[tuple[str, Tolerance]]:
        """The columns with more (or fewer) mismatches than are tolerated, those with most of them first."""
        low, high = self.check.mismatch_share.limits
        found: list[tuple[int, str, Tolerance]] = []
        for name, tolerance in self._columns(scope).items():
            compared, mismatched, _ = measured[self.check.mismatches(scope, name, tolerance)]
            if compared and not (low or 0) <= mismatched / compared <= (1 if high is None else high):
                found.append((mismatched, name, tolerance))
        return [(name, tolerance) for _, name, tolerance in sorted(found, key=lambda one: -one[0])]

    def _worst(self, scope: Scope, column: str, tolerance: Tolerance) -> Rows:
        """The rows of both sides whose values differ, the greatest difference first."""
        check = self.check
        how, times = check.comparison(column, tolerance), check.times(scope)
        timed = (times.of, f"{BESIDE}{times.against}") if times else ()
        shown = tuple(dict.fromkeys((*scope.spec(check.of).key, *timed, column, f"{BESIDE}{column}")))
        return Rows(shown, check.view(scope, pairs=how), limit=scope.samples, largest=how)

    def _column_claim(self, name: str, tolerance: Tolerance, answer: tuple[int, int, float | None]) -> Claim:
        check = self.check
        compared, mismatched, worst = answer
        low, high = check.mismatch_share.limits
        share = "" if high == 0 else f", the share of mismatches {check.mismatch_share}"
        says = f"{name} of {check.of} equals that of {check.against} {tolerance}{share}{slice_words(check.where)}"
        part = name if self.column is None else ""
        if compared == 0:
            return Claim(says, Nothing("no row found a partner"), low=low, high=high, part=part)
        seen = f"{share_words(mismatched, compared, sampled=check.sampled)} mismatch"
        if worst and mismatched:  # 0 where only nulls differ
            unit = " s" if tolerance.word == "within" else " ulp" if tolerance.word == "ulp" else ""
            seen += f", the worst by {cell(name, f'{worst:.6g}')}{unit}"
        statistic = share_of(mismatched, compared, sampled=check.sampled)
        fix = f"compare the code that computes {name} on both sides, starting from the rows below"
        return Claim(says, statistic, low=low, high=high, unit="share", seen=seen, part=part, fix=fix)

    # -- diagnosis

    def _diagnoses(self, scope: Scope, measured: Measured) -> list[Diagnosis]:
        made = []
        for name, tolerance in self._broken(scope, measured)[:_DIAGNOSED]:
            compared, mismatched, _ = measured[self.check.mismatches(scope, name, tolerance)]
            if mismatched:
                made.append(Diagnosis(self._subject(scope, self.check.comparison(name, tolerance), (compared, mismatched))))
        return made

    def _subject(self, scope: Scope, how: Comparison, counts: tuple[int, int]) -> Subject:
        check = self.check
        own, other = scope.schema(check.of), scope.schema(check.against)
        sides = own.known[how.column], other.known[how.column]
        times, kind = check.times(scope), sides[1].type
        alike = [
            one for one in check.shared(scope) if one != how.column and is_comparable(kind, own.types[one]) and is_comparable(kind, other.types[one])
        ]
        key = tuple(dict.fromkeys((*scope.spec(check.of).key, *((times.of,) if times else ()))))
        return Subject(
            of=check.of,
            against=check.against,
            how=how,
            view=check.view(scope),
            key=key,
            order=() if times else tuple(f"{BESIDE}{name}" for name in scope.spec(check.against).key),
            others=tuple(alike[:_OTHERS]),
            types=(sides[0].type, sides[1].type),
            natives=(sides[0].native, sides[1].native),
            compared=counts[0],
            mismatched=counts[1],
        )


@dataclass(frozen=True)
class LagItem:
    """How old the rows are that `as_of` finds."""

    check: Parity

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield self.check.paired(scope)
        if (lags := self.check.lags(scope)) is not None:
            yield lags

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        check, lags = self.check, self.check.lags(scope)
        assert lags is not None
        assert check.as_of is not None
        assert check.as_of.lag is not None
        low, high = check.as_of.lag.limits
        says = f"rows of {check.against} are {lag_words(check.as_of.lag)} older than those of {check.of} that find them{slice_words(check.where)}"
        found, outside, least, median, most = measured[lags]
        if not found:
            return (Claim(says, Nothing("no row found a partner"), low=low, high=high, unit="s"),)
        seen = f"{share_words(outside, found)} are not; the median is {duration_words(median)}, the least {duration_words(least)}, "
        worst = least if low is not None and least < low else most
        fix = f"find why {check.against} is written so late, or so seldom"
        return (Claim(says, Exact(worst, found, outside), low=low, high=high, unit="s", seen=f"{seen}the greatest {duration_words(most)}", fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        check, times = self.check, self.check.times(scope)
        assert times is not None
        assert check.as_of is not None
        low, high = (None, None) if check.as_of.lag is None else check.as_of.lag.limits
        columns = (times.of, f"{BESIDE}{times.against}")
        newer, older = (f"CAST({quoted(name)} AS TIMESTAMP)" for name in columns)
        size = f"DATE_DIFF('microsecond', {older}, {newer})"
        sides = [f"{size} < {round(low * 1e6)}"] if low is not None else []
        sides += [f"{size} > {round(high * 1e6)}"] if high is not None else []
        view = check.view(scope, pairs="both")
        kept = replace(view, where=both(view.where, Expression(" OR ".join(sides), columns)))
        shown = tuple(dict.fromkeys((*scope.spec(check.of).key, *columns)))
        largest = size if high is not None else f"DATE_DIFF('microsecond', {newer}, {older})"
        return Rows(shown, kept, limit=scope.samples, largest=Expression(largest, columns))
