"""Kind `property`: laws that a preprocessing callable keeps on every batch of rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from mlgate.checks._wording import slice_words
from mlgate.checks.data._contract import ColumnContract
from mlgate.checks.skew._law_findings import LawFinding, Search
from mlgate.checks.skew._law_words import counterexample_lines, few_words, stopped_error
from mlgate.checks.skew._laws._known import defaults, known, read
from mlgate.checks.skew._laws._law import Law
from mlgate.core.bound import RealNumber
from mlgate.core.check import Check, DatasetName, Item
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.measured import Measured
from mlgate.core.request import Probe, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact

_PROBE = "property"
LIKE_ROWS, FIT_ROWS = 2_000, 20_000  # of a dataset, spread evenly: for making rows, and for fitting
MOST_ROWS = 8  # in one batch: laws speak of few rows, and few are read more easily
ENOUGH = 50  # batches that must have been tried before a law that did not break passes, and half of those asked for where these are fewer than 100
_TARGET = r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$"


def _read_law(value: Any) -> Law:
    try:
        return read(value)
    except ValidationError as error:
        name = next(iter(value))
        raise ValueError(f"{name}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def _laws_schema() -> dict[str, Any]:
    plain = [name for name, law in known().items() if not law.takes_argument()]
    forms: list[dict[str, Any]] = [{"enum": plain}]
    for name, law in known().items():
        if law.takes_argument():
            whole = law.model_json_schema()
            own = _inlined(whole["properties"]["argument"], whole.get("$defs", {}))
            forms.append({"type": "object", "properties": {name: own}, "required": [name], "additionalProperties": False})
    return {"anyOf": forms}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema without references: the definitions of a law are not those of the gate file."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {key: _inlined(part, definitions) for key, part in schema.items()}
    return [_inlined(part, definitions) for part in schema] if isinstance(schema, list) else schema


_Contracts = dict[str, ColumnContract]
_Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
AnyLaw = Annotated[Law, BeforeValidator(_read_law), WithJsonSchema(_laws_schema())]


class Property(Check):
    """A preprocessing callable keeps its laws on batches that hypothesis searches for, one item a law.

    The callable runs in a process of its own, which is ended where it hangs; what it prints is kept apart, connections are refused. It is a function
    of one argument (rows in; a frame, a series or an array out), an estimator of scikit-learn, its class, or a function without arguments that makes
    one; an estimator is fitted on `fit` and tried by `transform` (else `predict`). Batches are real rows with a few cells changed (`like`), or made
    from a contract (`columns`) or a pandera schema (`schema`). The same seed searches the same batches; what broke a law is kept in the project's
    `.hypothesis` (not in CI) and tried first the next time. docs/properties.md says what each law means in production.

    Units: batches that break the law, of those tried. A law that no batch broke was not proven: it was searched for that many batches. Floats are the
    same within 1e-9 of the larger one or 64 units in the last place of the largest number in the row (1e-5 for 32 bits).

    Example:
        - {id: features, kind: property, of: "preparing:build", like: train, columns: [dep_delay, distance], examples: 60, seconds: 10}
        - id: price
          kind: property
          of: "preparing:log_price"
          columns: {price: {type: float, values: {between: [0, 1000]}}}
          laws: [row_independent, {inverse: "preparing:price"}, {bounded: {log_price: {at_least: 0}}}, {monotone_in: price}]
          examples: 60

    Not for: aggregates over many rows (they have no row to compare); callables that need the network or a GPU; values that no law speaks of, such as
    a wrong constant (compare with the training code: `transform_parity`).
    """

    model_config = ConfigDict(populate_by_name=True)

    family = "skew"
    marks_values = True
    of: Annotated[str, Field(pattern=_TARGET, description="`package.module:name` of a function, an estimator, its class or what makes it.")]
    like: Annotated[DatasetName | None, Field(description="Dataset whose rows batches are made of.")] = None
    columns: Annotated[
        _Contracts | _Names,
        Field(
            union_mode="left_to_right",
            description="With `like`: names of columns to hand over (default: all but the label). Else contracts, as in the kind `columns`.",
        ),
    ] = ()
    schema_: Annotated[
        str | None, Field(alias="schema", pattern=_TARGET, description="A pandera schema that batches satisfy, `package.module:Schema`.")
    ] = None
    laws: Annotated[
        tuple[AnyLaw, ...],
        Field(description="The laws, by name or with an argument; default: those that every sound preprocessing keeps (docs/properties.md)."),
    ] = ()
    examples: Annotated[int, Field(ge=40, le=100_000, description="How many batches are tried.")] = 200
    seconds: Annotated[
        RealNumber, Field(gt=0, le=86_400, description="Time for trying them; making each counterexample small may take half of it again.")
    ] = 20
    frame_library: Annotated[Literal["pandas", "polars", "numpy"], Field(alias="library", description="What the callable gets.")] = "pandas"
    fit: Annotated[DatasetName | None, Field(description="Dataset that an estimator is fitted on, with its label; default: `like`.")] = None

    @model_validator(mode="after")
    def _one_description(self) -> Self:
        contracts = bool(self.columns) and not isinstance(self.columns, tuple)
        given = [word for word, there in (("like", self.like), ("columns", contracts), ("schema", self.schema_)) if there]
        if len(given) != 1:
            got = " and ".join(given) or ("names of columns alone" if self.columns else "none")
            raise ValueError(f"batches are made by exactly one of `like`, `columns` with contracts, `schema`; got {got}")
        if self.where is not None and self.like is None:
            raise ValueError("`where` takes a slice of `like`, and there is none")
        twice = sorted({law.name() for law in self.laws if [other.name() for other in self.laws].count(law.name()) > 1})
        if twice:
            raise ValueError(f"laws: {twice[0]} is there twice; a second check can say more about it")
        return self

    @property
    def judged(self) -> tuple[Law, ...]:
        """The laws that are searched."""
        return self.laws or defaults(fitted=self.fit is not None)

    def parts(self) -> Sequence[tuple[str, Item]]:
        return tuple((law.name(), _LawItem(self, law)) for law in self.judged)

    def probe(self, scope: Scope) -> Probe:
        """The one search that all items share."""
        inputs: dict[str, Rows] = {}
        label = None
        if self.like is not None:
            names = self._names(scope)
            inputs["like"] = Rows(names, scope.view(self.like, where=self.where), sample=LIKE_ROWS)
        if (fitted := self.fit or self.like) is not None:
            names, label = self._fit_names(scope, fitted)
            where = self.where if fitted == self.like else None
            inputs["fit"] = Rows((*names, label) if label else names, scope.view(fitted, where=where), sample=FIT_ROWS)
        wanted = {
            "of": self.of,
            "check": self.id,
            "laws": [law.written() for law in self.judged],
            "columns": self._contracts(),
            "schema": self.schema_,
            "examples": self.examples,
            "seconds": self.seconds,
            "library": self.frame_library,
            "max_rows": MOST_ROWS,
            "seed": scope.seed,
            "time": self._time(scope),
            "stored": not self._masks(scope),
            "inputs": list(inputs),
            "like": self.like,
            "fit": fitted,
            "label": label,
        }
        return Probe(_PROBE, tuple(inputs.values()), (json.dumps(wanted, sort_keys=True),))

    def _names(self, scope: Scope) -> tuple[str, ...]:
        assert self.like is not None
        if self.columns and isinstance(self.columns, tuple):
            return self.columns
        return tuple(name for name in scope.schema(self.like).names if name != scope.spec(self.like).label)

    def _fit_names(self, scope: Scope, fitted: str) -> tuple[tuple[str, ...], str | None]:
        label = scope.spec(fitted).label
        if self.like is not None:
            names = self._names(scope)
        elif self.columns and not isinstance(self.columns, tuple):
            names = tuple(self.columns)
        else:
            names = tuple(name for name in scope.schema(fitted).names if name != label)
        return names, label if label not in names else None

    def _contracts(self) -> Mapping[str, Any] | None:
        if not self.columns or isinstance(self.columns, tuple):
            return None
        return {name: one.model_dump(mode="json", by_alias=True, exclude_none=True) for name, one in self.columns.items()}

    def _time(self, scope: Scope) -> str | None:
        time = scope.spec(self.like).time if self.like is not None else None
        return time if self.like is not None and time in self._names(scope) else None

    def _masks(self, scope: Scope) -> bool:
        """Whether anything is masked: then nothing of the search is kept on disk."""
        named = [name for name in (self.like, self.fit) if name is not None] or list(scope.datasets)
        return bool(self.mask) or any(scope.spec(name).mask for name in named)


@dataclass(frozen=True)
class _LawItem:
    """One law."""

    check: Property
    law: Law

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self.check.probe(scope),)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        search: Search = measured[self.check.probe(scope)]
        name = self.law.name()
        finding = search.findings.get(name, LawFinding(0, 0))
        if search.stopped and name == "schema_stable" and not finding.broken:
            finding = LawFinding(1, 1, example=search.stopped_on)
        elif search.stopped and not finding.broken:
            raise stopped_error(self.check.of, search, scope.samples)
        if not finding.broken:
            self._refuse_too_few(search, finding)
        return (self._claim(scope, search, finding),)

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def _refuse_too_few(self, search: Search, finding: LawFinding) -> None:
        """Few batches prove even less than many."""
        needed = min(ENOUGH, self.check.examples // 2)
        if finding.tried < needed:
            what, fix = few_words(self.check.of, search, finding, needed)
            raise MeasurementError(f"{self.law.name()}: {what}", cause="configuration", fix=fix)
        if self.law.other_process and search.second:
            what = f"{self.law.name()}: in a second process, {self.check.of} {search.second}"
            raise MeasurementError(what, cause="configuration", fix="call it in a fresh process with other values of PYTHONHASHSEED and TZ")

    def _claim(self, scope: Scope, search: Search, finding: LawFinding) -> Claim:
        of, example = self.check.of, finding.example
        says = f"{of}: {self.law.says()}{slice_words(self.check.where)}"
        seen = f"{finding.broken:,} of {finding.tried + finding.again:,} batches break it"
        if not finding.broken:
            also = f" ({finding.again:,} of them in a second process)" if finding.again else ""
            seen = f"{seen}{also}, searched for {search.seconds:.1f} s: no proof"
        details: tuple[str, ...] = ()
        if finding.broken and example is not None:
            seen = f"{seen}: {example.why}"
            details = (*counterexample_lines(example, scope.samples), *(search.notes if search.stopped and scope.samples else ()))
        exact = Exact(finding.broken, finding.tried + finding.again, finding.broken)
        return Claim(says, exact, high=0, unit="batches", seen=seen, details=details, fix=self.law.fix if finding.broken else "")
