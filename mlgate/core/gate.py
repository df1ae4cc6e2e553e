"""A gate: policy, datasets, models, checks and waivers, validated and ready to run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from mlgate.core.bound import Duration
from mlgate.core.check import Check, DatasetName, Masked

OpenShare = Annotated[float, Field(gt=0, lt=1)]
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Policy(_Spec):
    """How verdicts are judged. Set here and nowhere else: not on a check, not in pytest's ini.

    `samples`, the number of offending rows an item shows, is only a default: a check may say its own.
    """

    mode: Literal["guard", "prove"] = "guard"
    alpha: OpenShare = 0.05
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    power: OpenShare = 0.9
    uses: Annotated[int, Field(ge=1)] = 100
    seed: Annotated[int, Field(ge=0)] = 20260101
    samples: Annotated[int, Field(ge=0)] = 5
    timeout: Annotated[Duration, Field(gt=0)] = 3600.0  # of one statement, in seconds
    ledger: str | None = None  # where uses are recorded; default: next to the evaluation set


class Dataset(_Spec):
    """Where rows come from, and the columns that have a role. Exactly one of `path`, `table`, `frame`.

    `mask` names the columns whose values no report may show (`all`: every one).
    """

    path: str | None = None
    table: str | None = None
    frame: Annotated[Any, WithJsonSchema({"type": "string", "pattern": "^[A-Za-z_][\\w.]*:[A-Za-z_]\\w*$"})] = None
    format: Literal["parquet", "csv", "jsonl", "profile", "delta", "iceberg"] | None = None
    key: Names = ()
    label: str | None = None
    time: str | None = None
    group: str | None = None
    mask: Masked = ()
    digest: Annotated[str, Field(pattern="^(sha256|content):[0-9a-f]{64}$")] | None = None
    engine: str = "duckdb"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("path", "table", "frame") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a dataset has exactly one of path, table, frame; got {' and '.join(given) or 'none'}")
        if self.format and not self.path:
            raise ValueError("format: only a dataset with a path has a format")
        if self.digest and self.digest.startswith("sha256:") and (not self.path or self.format in ("delta", "iceberg")):
            raise ValueError("digest: only files have bytes to lock; `content:...` locks the rows of any dataset (`mlgate digest` prints it)")
        return self


_ONLY_FOR = {  # keys of a model that mean something for some of its sources only
    "prediction": ("predictions",),
    "score": ("predictions",),
    "method": ("artifact", "callable", "endpoint"),
    "features": ("artifact", "callable", "endpoint"),
    "trust": ("artifact",),
    "timeout": ("endpoint",),
    "batch_rows": ("endpoint",),
}


class Model(_Spec):
    """A model, judged on the rows of `dataset`. Exactly one of `artifact`, `predictions`, `endpoint`, `callable`.

    `prediction` and `score` rename columns of a predictions file; `threshold` makes `prediction` out of `score` (score >= threshold).
    `trust` lists the sha256 digests of pickle and joblib files that may be loaded (they run code). Of an endpoint, `timeout` is what one
    answer may take (30 s), `batch_rows` the most rows that one request holds (1,000).
    """

    artifact: str | None = None
    predictions: str | None = None
    endpoint: str | None = None
    callable: Annotated[Any, WithJsonSchema({"type": "string", "pattern": "^[A-Za-z_][\\w.]*:[A-Za-z_]\\w*$"})] = None
    dataset: DatasetName
    features: Names = ()
    method: Literal["predict", "predict_proba", "decision_function"] | None = None
    prediction: str | None = None
    score: str | None = None
    threshold: float | None = None
    trust: tuple[Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")], ...] = ()
    timeout: Annotated[Duration | None, Field(gt=0)] = None
    batch_rows: Annotated[int | None, Field(ge=1)] = None
    if_missing: Literal["first_run"] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("artifact", "predictions", "endpoint", "callable") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a model has exactly one of artifact, predictions, endpoint, callable; got {' and '.join(given) or 'none'}")
        source = given[0]
        idle = [name for name in _ONLY_FOR if getattr(self, name) and source not in _ONLY_FOR[name]]
        if idle:
            raise ValueError(f"{idle[0]} says nothing about a model given by {source}: it belongs to {' or '.join(_ONLY_FOR[idle[0]])}")
        return self


class Waiver(_Spec):
    """Lets one item fail until a date, with an owner and a reason. On the day it ends the check counts again."""

    check: str
    owner: Annotated[str, Field(min_length=1)]
    until: Annotated[datetime.date, WithJsonSchema({"type": "string", "format": "date"})]
    why: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Gate:
    """One gate file (or one Python gate), validated.

    `path` is the file it came from, as shown to users; `digest` the sha256 of its text; `lines` maps check ids to 1-based lines;
    `folder` is what relative paths in it were resolved against.
    """

    path: str
    folder: str
    digest: str
    policy: Policy
    datasets: Mapping[str, Dataset]
    models: Mapping[str, Model]
    checks: tuple[Check, ...]
    waivers: tuple[Waiver, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
