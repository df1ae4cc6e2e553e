"""Evaluation rows that occur among the training rows: by their key, or by what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlgate.checks._shares import NONE
from mlgate.checks.data._apart import Apart, Seen, without
from mlgate.checks.data._looked_up import looked_up_types, may_be_equal
from mlgate.core.bound import ShareBound
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.measured import Measured
from mlgate.core.request import BESIDE, Aggregate, Matched, Op, Overlap, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing

_SHOWN_COLUMNS = 6
_DROP = "take these rows out of the training rows and retrain, or out of the evaluation rows: a score on them says nothing about new rows"


class Keys(BaseModel):
    """The keys of the evaluation rows and of the training rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Annotated[Names, Field(description="The key of the evaluation rows; default: the `key` of `of`, or else of `against`.")] = ()
    against_columns: Annotated[Names, Field(description="The key of the training rows; default: the `key` of `against`, or `columns`.")] = ()
    overlap_share: Annotated[ShareBound, Field(description="Bound on the share of evaluation rows whose key a training row has.")] = NONE

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.against_columns and len(self.columns) != len(self.against_columns):
            raise ValueError(f"against_columns names {len(self.against_columns)} columns for {len(self.columns)} of columns")
        return self


class Content(BaseModel):
    """The columns in which an evaluation row may not equal a training row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: Annotated[Names, Field(description="The columns; default: all that both have, but key, label, time and group.")] = ()
    overlap_share: Annotated[ShareBound, Field(description="Bound on the share of evaluation rows that equal a training row in all of them.")] = NONE


@dataclass(frozen=True)
class KeysItem:
    """No key of an evaluation row is the key of a training row, up to a tolerated share."""

    takes_alpha: ClassVar[bool] = False
    at: Apart
    keys: Keys

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield from self.at.counts(scope)
        yield self._overlap(scope)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.keys.overlap_share.limits
        here, there = self.at.words
        key = ", ".join(self._columns(scope)[0])
        some = f"the share of rows of {here} whose {key} occurs in {there} is {self.keys.overlap_share}"
        says = f"no {key} of {here} occurs in {there}" if high == 0 else some
        if (nothing := self.at.nothing(scope, measured)) is not None:
            return (Claim(says, nothing, low=low, high=high, unit="share"),)
        matched: Matched = measured[self._overlap(scope)]
        rows = [measured[count] for count in self.at.counts(scope)]
        details = [*without(rows[0] - matched.rows, f"{here} without a key"), *without(rows[1] - matched.others, f"{there} without a key")]
        for side, keyed in ((here, matched.rows), (there, matched.others)):
            if keyed == 0:
                return (Claim(says, Nothing(f"no row of {side} has a key"), low=low, high=high, unit="share", details=tuple(details)),)
        seen = Seen(matched.found, matched.rows, f"are in {there} too", details, _DROP)
        return (seen.claim(says, self.keys.overlap_share),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return _met(scope, self.at, self._overlap(scope))

    def _overlap(self, scope: Scope) -> Overlap:
        columns, others = self._columns(scope)
        looked_up_types(scope, (self.at.of, columns), (self.at.against, others))
        return Overlap(columns, self.at.here(scope), others, self.at.there(scope))

    def _columns(self, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
        declared, other = scope.spec(self.at.of).key, scope.spec(self.at.against).key
        columns = self.keys.columns or declared or other
        others = self.keys.against_columns or (self.keys.columns and columns) or other or columns
        if not columns:
            datasets = " and ".join(dict.fromkeys(f"datasets.{scope.dataset_of(name)}" for name in (self.at.of, self.at.against)))
            what = f"no key to compare {self.at.of} and {self.at.against} by"
            raise MeasurementError(what, cause="configuration", fix=f"add `key: [..]` to {datasets}, or `columns: [..]` to `keys`")
        if len(columns) != len(others):
            what = f"the keys of {self.at.of} ({', '.join(columns)}) and {self.at.against} ({', '.join(others)}) have different lengths"
            raise MeasurementError(what, cause="configuration", fix="name the same columns in both")
        return columns, others


@dataclass(frozen=True)
class ContentItem:
    """No evaluation row equals a training row in all features, up to a tolerated share."""

    takes_alpha: ClassVar[bool] = False
    at: Apart
    content: Content

    def requests(self, scope: Scope) -> Iterable[Request]:
        yield from self.at.counts(scope)
        yield self._overlap(scope)
        yield self._repeats(scope)
        if (labelled := self._with_label(scope)) is not None:
            yield labelled

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        low, high = self.content.overlap_share.limits
        here, there = self.at.words
        features = self._features(scope)
        together = ", ".join(self.content.features) or f"all {len(features)} shared features"
        some = f"the share of rows of {here} that equal a row of {there} in {together} is {self.content.overlap_share}"
        says = f"no row of {here} equals a row of {there} in {together}" if high == 0 else some
        if (nothing := self.at.nothing(scope, measured)) is not None:
            return (Claim(says, nothing, low=low, high=high, unit="share"),)
        matched: Matched = measured[self._overlap(scope)]
        details = self._details(scope, measured, matched)
        for side, filled in ((here, matched.rows), (there, matched.others)):
            if filled == 0:
                nothing = Nothing(f"all rows of {side} are null in {together}")
                return (Claim(says, nothing, low=low, high=high, unit="share", details=tuple(details)),)
        seen = Seen(matched.found, matched.rows, f"equal a row of {there}", details, _DROP)
        return (seen.claim(says, self.content.overlap_share),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return _met(scope, self.at, self._overlap(scope))

    def _details(self, scope: Scope, measured: Measured, matched: Matched) -> list[str]:
        here, _ = self.at.words
        lines = [] if self.content.features else [f"compared in {', '.join(self._features(scope))}"]
        if (labelled := self._with_label(scope)) is not None and matched.found:
            alike: Matched = measured[labelled]
            lines.append(f"{alike.found:,} of these rows have the same label there, {matched.found - alike.found:,} only another one or none")
        repeats, groups, _ = measured[self._repeats(scope)]
        if repeats:
            lines.append(f"within {here}, {repeats:,} rows repeat another one of {groups:,} in these features")
        left_out = [] if self.content.features else [name for name in self.at.shared(scope) if name not in self._features(scope)]
        lines += [f"left out, because they cannot be compared: {', '.join(left_out)}"] if left_out else []
        return lines + without(measured[next(self.at.counts(scope))] - matched.rows, f"{here} that are null in all features")

    def _features(self, scope: Scope) -> tuple[str, ...]:
        """The columns that are compared. Raises `MeasurementError` where one has values of two types that can never be equal."""
        if self.content.features:
            looked_up_types(scope, (self.at.of, self.content.features), (self.at.against, self.content.features))
            return self.content.features
        types = [scope.schema(scope.dataset_of(name)).types for name in (self.at.of, self.at.against)]
        shared = self.at.shared(scope)
        for name in shared:
            if not may_be_equal(*(side[name] for side in types)):
                what = f"column {name!r} is {types[0][name]} in {self.at.of} and {types[1][name]} in {self.at.against}: no value can exist in both"
                raise MeasurementError(what, fix="write the column with one type, or name the features to compare")
        return tuple(name for name in shared if types[0][name] not in ("map", "other"))

    def _overlap(self, scope: Scope) -> Overlap:
        features = self._features(scope)
        return Overlap(features, self.at.here(scope), features, self.at.there(scope), nulls=True)

    def _repeats(self, scope: Scope) -> Aggregate:
        return Aggregate(Op.DUPLICATES, None, self._features(scope), self.at.here(scope))

    def _with_label(self, scope: Scope) -> Overlap | None:
        """The overlap in features and label, where both sides declare one of a type that can be equal."""
        mine, theirs = (scope.spec(name).label for name in (self.at.of, self.at.against))
        features = self._features(scope)
        if mine is None or theirs is None or mine in features:
            return None
        types = [scope.schema(scope.dataset_of(name)).types.get(label) for name, label in ((self.at.of, mine), (self.at.against, theirs))]
        if None in types or not may_be_equal(*types):
            return None
        return Overlap((*features, mine), self.at.here(scope), (*features, theirs), self.at.there(scope), nulls=True)


def _met(scope: Scope, at: Apart, overlap: Overlap) -> Rows:
    """The first rows that occur there, each beside the first row there that it meets: both keys, then the columns compared."""
    own = dict.fromkeys((*scope.spec(at.of).key, *overlap.columns[:_SHOWN_COLUMNS]))
    theirs = dict.fromkeys(f"{BESIDE}{name}" for name in scope.spec(at.against).key or overlap.others[:1])
    return Rows((*own, *theirs), overlap.view, limit=scope.samples, meets=overlap)
