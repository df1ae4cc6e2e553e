"""Which uses a run made of its evaluation sets: in prove mode, what the primary checks decide from, by content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.request import Request
from mlgate.core.result import Use
from mlgate.core.verdict import Outcome, Verdict
from mlgate.run.measure import Measurement
from mlgate.run.shares import Declared

_SEEN = (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)


def uses_of(
    gate: Gate,
    selected: Sequence[Declared],
    requests: Mapping[str, Sequence[Request]],
    verdicts: Mapping[str, Verdict],
    measurement: Measurement,
) -> tuple[Use, ...]:
    """One use for each evaluation set that a primary sampled item was judged on; none in guard mode, which promotes nothing by itself."""
    if gate.policy.mode != "prove":
        return ()
    items: dict[str, list[str]] = {}
    models: dict[str, dict[str, None]] = {}
    for declared in selected:
        verdict = verdicts[declared.id]
        decides = declared.primary and declared.share is not None and not declared.check.live_kind
        if decides and verdict.outcome in _SEEN and verdict.estimate is not None and verdict.estimate.n_obs:
            for view in dict.fromkeys(request.view for request in requests[declared.id]):
                items.setdefault(view.dataset, []).append(declared.id)
                models.setdefault(view.dataset, {}).update(dict.fromkeys(name for name in (view.model, view.baseline) if name is not None))
    return tuple(_use(dataset, tuple(dict.fromkeys(ids)), tuple(models[dataset]), measurement) for dataset, ids in items.items())


def _use(dataset: str, items: tuple[str, ...], models: tuple[str, ...], measurement: Measurement) -> Use:
    content = measurement.content_digest(dataset)
    if isinstance(content, MeasurementError):
        return Use(dataset, items, "", (), fault=content.what)
    return Use(dataset, items, content, tuple(measurement.identity(name) for name in models))
