"""Evaluation rows whose text is nearly that of a training row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from mlgate.checks._columns_of import both, column_type, offending_rows
from mlgate.checks._shares import NONE
from mlgate.checks.data._apart import Apart, Seen, without
from mlgate.checks.data._picked import rows_with
from mlgate.core.bound import ShareBound, plain
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing

_SIZES = {"words": 3, "characters": 5}
_SHOWN_TEXT = 60
_MANY_TIMES = 20  # by Markov's inequality more than 20 times as many as expected are missed with chance 0.05 at most


class NearDuplicateTexts(BaseModel):
    """Which texts are compared, and when two of them are nearly the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Annotated[Names, Field(min_length=1, description="The columns of text, compared together.")]
    similarity: Annotated[float, Field(ge=0.5, le=1, description="Jaccard similarity of the shingles from which two texts are near duplicates.")] = (
        0.8
    )
    shingles: Annotated[Literal["words", "characters"], Field(description="What a shingle is made of.")] = "words"
    size: Annotated[int | None, Field(ge=1, le=50, description="Words or characters in a shingle; default: 3 words, 5 characters.")] = None
    overlap_share: Annotated[ShareBound, Field(description="Bound on the share of evaluation rows with a near duplicate in training.")] = NONE

    @property
    def length(self) -> int:
        return self.size or _SIZES[self.shingles]


@dataclass(frozen=True)
class NearDuplicatesItem:
    """No evaluation row has a text that is nearly one of the training rows', up to a tolerated share."""

    takes_alpha: ClassVar[bool] = False
    at: Apart
    texts: NearDuplicateTexts

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield from self.at.counts(scope)
        yield self._probe(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.texts.overlap_share.limits
        here, there = self.at.words
        text = f"{', '.join(self.texts.columns)} of {there}, {plain(self.texts.similarity)} or more alike"
        some = f"the share of rows of {here} with a near duplicate in {text}, is {self.texts.overlap_share}"
        says = f"no row of {here} has a near duplicate in {text}" if high == 0 else some
        if (nothing := self.at.nothing(scope, measured)) is not None:
            return (Claim(says, nothing, low=low, high=high, unit="share"),)
        found, beside = measured[self._probe(scope)]
        for side, texts in ((here, found.rows), (there, found.others)):
            if texts == 0:
                return (Claim(says, Nothing(f"no row of {side} has a text"), low=low, high=high, unit="share"),)
        missed = int(_MANY_TIMES * found.missed * found.rows)
        details = [self._alike(scope, pair.similarity, *rows) for pair, rows in zip(found.pairs[: scope.samples], beside, strict=False)]
        details.append(self._certainty(found.missed, missed))
        details += without(measured[next(self.at.counts(scope))] - found.rows, f"{here} without a text")
        fix = "take one row of each pair out, on the side where it hurts least: a text that was learned by heart is no test"
        seen = Seen(found.found, found.rows, f"have a near duplicate in {there}", details, fix)
        return (seen.claim(says, self.texts.overlap_share, at_most_more=missed),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        _, beside = measured[self._probe(scope)]
        if not beside:
            return None
        key = scope.spec(self.at.of).key
        names = key or self.texts.columns
        wanted = [mine[: len(key)] if key else mine for mine, _ in beside[: scope.samples]]
        picked = rows_with({name: column_type(scope, self.at.of, name) for name in names}, wanted)
        return offending_rows(scope, self.at.of, scope.view(self.at.of, where=both(self.at.where, picked)), self.texts.columns)

    def _probe(self, scope: Scope) -> Probe:
        for side in (self.at.of, self.at.against):
            for column in self.texts.columns:
                kind = column_type(scope, side, column)
                if kind not in ("string", "null"):
                    what = f"{side}: column {column!r} of type {kind} is no text"
                    fix = "name columns of text; rows of numbers are compared by `content`"
                    raise MeasurementError(what, cause="configuration", fix=fix)
        sides = ((self.at.of, self.at.here(scope)), (self.at.against, self.at.there(scope)))
        inputs = tuple(Rows((*scope.spec(side).key, *self.texts.columns), view) for side, view in sides)
        args = (len(self.texts.columns), self.texts.similarity, self.texts.shingles, self.texts.length, scope.seed)
        return Probe("near_duplicates", inputs, args)

    def _alike(self, scope: Scope, similarity: float, mine: Sequence[Any], theirs: Sequence[Any]) -> str:
        here, there = (f"{self._row(scope, side, values)} of {side}" for side, values in ((self.at.of, mine), (self.at.against, theirs)))
        return f"{similarity:.3g} alike: {here} and {there}"

    def _row(self, scope: Scope, side: str, values: Sequence[Any]) -> str:
        """A row by its key and the beginning of its text."""
        key, texts = scope.spec(side).key, values[-len(self.texts.columns) :]
        named = ", ".join(cell(name, value) for name, value in zip(key, values, strict=False))
        text = " ".join("\n".join(value for value in texts if isinstance(value, str)).split())
        quoted = cell(self.texts.columns, repr(text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]}..."))
        return f"{named} ({quoted})" if named else quoted

    def _certainty(self, chance: float, missed: int) -> str:
        unit = f"{self.texts.length} {self.texts.shingles.removesuffix('s') if self.texts.length == 1 else self.texts.shingles}"
        found = f"every pair shown is that similar; one that is {plain(self.texts.similarity)} alike is found with probability {1 - chance:.7g}"
        more = f"; {missed:,} more rows are counted, as so many may have been missed (error 0.05)" if missed else ""
        return f"shingles of {unit}: {found}, a more similar one with more{more}"
