"""Kind `transform_parity`: two pieces of code that should compute the same features."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mlgate.checks._columns_of import column_type
from mlgate.checks._shares import NONE
from mlgate.checks._wording import listed, share_words, slice_words
from mlgate.checks.data._contract import ColumnContract
from mlgate.checks.skew._tolerance import Tolerance, ToleranceWord
from mlgate.checks.skew._transform_findings import Finding, RowsFinding, SearchFinding, is_url, told
from mlgate.core.bound import Duration, ShareBound
from mlgate.core.check import Check, DatasetName, Item
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Names
from mlgate.core.measured import Measured
from mlgate.core.request import Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing

_PROBE = "transform_parity"
_TARGET = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
_SIDE = rf"{_TARGET}|^https?://\S+$"
Library = Literal["pandas", "polars"]
Law = Literal["rows", "search", "row_by_row"]


class Libraries(BaseModel):
    """What each side takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Annotated[Library, Field(description="What `of` takes.")] = "pandas"
    against: Annotated[Library, Field(description="What `against` takes.")] = "pandas"


def _libraries(value: Any) -> Any:
    return {"of": value, "against": value} if isinstance(value, str) else value


class TransformParity(Check):
    """Two transformations, mostly serving's and training's, give equal rows: for a dataset's rows, and for rows that hypothesis searches.

    Items: `id.rows` calls both on the rows of `like` and compares all that they return; `id.search` calls both on made-up frames of up to 10 rows:
    rows of `like` with a few cells changed, or rows that `columns` or `schema` describe. It tries boundary values, nulls, unseen categories, text
    that breaks code, hours that clocks skip or show twice, extreme floats, one row and none. `id.row_by_row` gives `of` one row at a time, as
    a service does, and `against` all of them at once. Each is called with a frame of its own and returns a frame, an array, or a list, its rows in
    the order they came in. A frame on which both raise says nothing, one on which only one does is a FAIL, and so is a changed input.

    A counterexample is made as small as it gets, shown as a table and as an `@example(..)` for a test of your own, saved in `.hypothesis`, and
    tried first the next time. A search that finds nothing is no proof: the item says how many frames were compared.

    Units: `mismatch_share` is a share in [0, 1] of the rows compared; `seconds` are seconds of each search. Tolerances as in `parity`; text is
    compared exactly, two nulls are equal.

    Example:
        - {id: features, kind: transform_parity, of: "flight_features:serve", against: "flight_features:train", like: current,
           tolerance: {rel: 1.0e-9}, examples: 50}

    Both run in a process of their own, which may be killed and opens no connections, unless a side is a service: that gets the rows of `like` as
    JSON (`{"instances": [{..}]}`; `#records` for a bare list, `#mlflow`), and made-up ones only with `send_generated: true`. It answers with a list
    of records, rows or numbers, or with a mapping from column to values, bare or under `predictions`, `features` or `outputs`.

    Not for: features that are already logged (use `parity`), laws of one transformation (use `property`).
    """

    model_config = ConfigDict(populate_by_name=True)

    family = "skew"
    marks_values = True
    of: Annotated[
        str,
        Field(pattern=_SIDE, description="Mostly of serving: `package.module:function`, a frame in, a frame or array out; or the URL of a service."),
    ]
    against: Annotated[str, Field(pattern=_SIDE, description="The function (or service) that it should equal, mostly that of training.")]
    like: Annotated[DatasetName | None, Field(description="The dataset whose rows are compared, and changed a little for the search.")] = None
    columns: Annotated[
        dict[str, ColumnContract] | None,
        Field(min_length=1, description="Instead of `like`: columns to search, each with its contract as in the kind `columns`."),
    ] = None
    schema_: Annotated[
        str | None, Field(alias="schema", pattern=_TARGET, description="Instead of `like`: a pandera schema to search by, `package.module:Schema`.")
    ] = None
    features: Annotated[Names, Field(min_length=1, description="The columns of `like` that are handed over; default: all.")] = ()
    tolerance: Annotated[ToleranceWord, Field(description="How far numbers (`within`: times) may be apart; all else is compared exactly.")] = (
        Tolerance()
    )
    outputs: Annotated[
        dict[str, ToleranceWord] | tuple[str, ...] | None,
        Field(min_length=1, description="Output columns to compare, or a mapping from each to its tolerance; default: all."),
    ] = None
    ordered: Annotated[bool, Field(description="Output columns must stand in one order on both sides: a model that reads an array needs it.")] = True
    mismatch_share: Annotated[ShareBound, Field(description="Bound on the share of the rows of `like` that differ.")] = NONE
    takes_row: Annotated[
        tuple[Literal["of", "against"], ...], Field(description="Sides that take one row as a mapping and return one, as services often do.")
    ] = ()
    frame_library: Annotated[
        Libraries,
        BeforeValidator(_libraries),
        WithJsonSchema({"anyOf": [{"enum": ["pandas", "polars"]}, Libraries.model_json_schema()]}),
        Field(alias="library", description="What both take, or `{of: .., against: ..}`: pandas (the default) or polars."),
    ] = Libraries()
    rows: Annotated[int | None, Field(ge=1, description="Compare about so many rows of `like`, evenly spread; default: all.")] = None
    examples: Annotated[int, Field(ge=1, le=100_000, description="Frames that each search tries.")] = 200
    seconds: Annotated[
        float, Field(gt=0, le=3600, description="How long each search may take, in seconds; what it finds takes half of it more to shrink.")
    ] = 20.0
    timeout: Annotated[Duration, Field(description="How long both may take for the rows of `like`.")] = 600.0
    without: Annotated[
        tuple[Literal["nulls", "unseen", "extreme", "empty"], ...],
        Field(description="What the search leaves out: nulls, unseen categories and text, extreme numbers, frames without rows."),
    ] = ()

    send_generated: Annotated[bool, Field(description="Send made-up rows to a service too: it then answers requests that nobody made.")] = False

    @model_validator(mode="after")
    def _serves(self) -> Self:
        urls = [word for word, side in (("of", self.of), ("against", self.against)) if is_url(side)]
        if not urls:
            if self.send_generated:
                raise ValueError("send_generated is about a service, and both sides are functions")
            return self
        if len(urls) == 2:
            raise ValueError("both sides are services: one must be a function")
        if "@" in getattr(self, urls[0]).partition("://")[2].partition("/")[0]:
            raise ValueError(f"{urls[0]}: leave user and password out of the URL; MLGATE_ENDPOINT_TOKEN is sent as a bearer token")
        if self.like is None and not self.send_generated:
            raise ValueError(f"{urls[0]} is a service, which gets the rows of `like` alone: name it, or say send_generated: true")
        if urls[0] in self.takes_row or getattr(self.frame_library, urls[0]) != "pandas":
            raise ValueError(f"{urls[0]} is a service, which takes JSON: takes_row and library are about functions")
        return self

    @model_validator(mode="after")
    def _has_rows(self) -> Self:
        given = [word for word, value in (("like", self.like), ("columns", self.columns), ("schema", self.schema_)) if value is not None]
        if len(given) != 1:
            raise ValueError(f"rows come from exactly one of like, columns, schema; got {' and '.join(given) or 'none'}")
        if self.like is None and (idle := [word for word in ("features", "rows", "where") if getattr(self, word)]):
            raise ValueError(f"{idle[0]} picks from the rows of `like`, and there is none")
        if self.of == self.against and self.frame_library.of == self.frame_library.against and not self.takes_row:
            raise ValueError("of and against are one function: the kind `property` has laws of a single one (row_independent, deterministic)")
        return self

    def parts(self) -> Sequence[tuple[str, Item]]:
        laws: list[tuple[str, Item]] = [("rows", _RowsItem(self))] if self.like is not None else []
        if any(map(is_url, (self.of, self.against))) and not self.send_generated:
            return laws
        laws.append(("search", _SearchItem(self, "search")))
        if "of" not in self.takes_row:
            laws.append(("row_by_row", _SearchItem(self, "row_by_row")))
        return laws

    def probe(self, scope: Scope) -> Probe:
        """The code that all items share. Raises `MeasurementError` for a column that is gone."""
        if self.like is None:
            return Probe(_PROBE, (), (self._words(scope),))
        names = self._read(scope)
        for name in names:
            column_type(scope, self.like, name)
        view = scope.view(self.like, where=self.where)
        return Probe(_PROBE, (Rows(names, view, sample=self.rows), Rows(names, view, sample=_SEEDS)), (self._words(scope),))

    def found(self, scope: Scope, measured: Measured, law: Law) -> Any:
        """What the code says of one law. Raises the `MeasurementError` that stopped it."""
        answer: Mapping[str, Finding | MeasurementError] = measured[self.probe(scope)]
        one = answer[law]
        if isinstance(one, MeasurementError):
            raise one
        return one

    def _read(self, scope: Scope) -> tuple[str, ...]:
        assert self.like is not None
        return self.features or scope.schema(self.like).names

    def _words(self, scope: Scope) -> str:
        """All that the code must know, as JSON."""
        key: Sequence[str] = ()
        stored: dict[str, str] = {}
        if self.like is not None:
            names = self._read(scope)
            key = [name for name in scope.spec(self.like).key if name in names]
            stored = {column.name: column.native for column in scope.schema(self.like).columns if column.name in names}
        own = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={*Check.model_fields, "like", "rows", "mismatch_share"})
        more = {"laws": [law for law, _ in self.parts()], "check": self.id, "seed": scope.seed, "key": list(key), "stored": stored}
        return json.dumps({**own, **more})  # in this order: code may read columns by their place

    @property
    def precision(self) -> str:
        """The tolerance as the end of a sentence."""
        return str(self.tolerance) if self.tolerance.word != "exact" or not isinstance(self.outputs, dict) else "within their tolerances"


_SEEDS = 2_000  # rows of `like` that a search looks at


@dataclass(frozen=True)
class _RowsItem:
    """The rows of the dataset."""

    check: TransformParity

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.probe(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        check, found = self.check, self._found(scope, measured)
        low, high = check.mismatch_share.limits
        share = "" if high == 0 else f", the share of mismatches {check.mismatch_share}"
        says = f"{told(check.of)} and {told(check.against)} give equal rows for {check.like} {check.precision}{share}{slice_words(check.where)}"
        if not found.n_obs:
            return (Claim(says, Nothing("no rows"), low=low, high=high, unit="share"),)
        fix = "give both sides one implementation, or mend the one that is wrong, starting from the rows below"
        if found.whole:
            return (Claim(says, Exact(1.0, found.n_obs), low=low, high=high, unit="share", seen=found.whole, details=found.examples, fix=fix),)
        seen = f"{share_words(found.mismatched, found.n_obs)} differ"
        if found.columns:
            seen += f", in {listed([f'{name} ({count:,})' for name, count in found.columns])}"
        statistic = Exact(found.mismatched / found.n_obs, found.n_obs, found.mismatched)
        return (Claim(says, statistic, low=low, high=high, unit="share", seen=seen, details=found.examples[: scope.samples], fix=fix),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        check, found = self.check, self._found(scope, measured)
        if not found.places or not scope.samples or check.like is None or check.rows is not None:  # places in a sample are none in the file
            return None
        shown = tuple(dict.fromkeys((*scope.spec(check.like).key, *(check.features or scope.schema(check.like).names))))[:_SHOWN]
        return Rows(shown, scope.view(check.like, where=check.where), limit=scope.samples, places=found.places[: scope.samples])

    def _found(self, scope: Scope, measured: Measured) -> RowsFinding:
        found: RowsFinding = self.check.found(scope, measured, "rows")
        return found


_SHOWN = 10


@dataclass(frozen=True)
class _SearchItem:
    """Frames that hypothesis makes up."""

    check: TransformParity
    law: Literal["search", "row_by_row"]

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.probe(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        check = self.check
        found: SearchFinding = check.found(scope, measured, self.law)
        says = self._says()
        tried = f"{found.compared:,} frames compared" + (f", {found.raised:,} more on which both raise" if found.raised else "")
        ended = f"; {found.ended}" if found.ended else ""
        if found.why:
            fix = "mend the side that is wrong; add the example below to a test of your own, so that it stays mended"
            seen = f"{found.why} (the smallest frame found; {tried}{ended})"
            return (Claim(says, Exact(1, max(found.compared, 1), 1), high=0, unit="counterexamples", seen=seen, details=found.details, fix=fix),)
        if not found.compared:
            return (Claim(says, Nothing(f"no frame could be compared: {tried}{ended}"), high=0, unit="counterexamples"),)
        seen = f"no counterexample among {tried}{ended}; a search is no proof"
        return (Claim(says, Exact(0, found.compared, 0), high=0, unit="counterexamples", seen=seen),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def _says(self) -> str:
        check = self.check
        source = f"rows like those of {check.like}{slice_words(check.where)}" if check.like else f"rows of {check.schema_ or 'the columns stated'}"
        if self.law == "search":
            return f"{told(check.of)} and {told(check.against)} give equal rows for {source} {check.precision}"
        return f"{told(check.of)}, given {source} one at a time, gives what {told(check.against)} gives for all at once, {check.precision}"
