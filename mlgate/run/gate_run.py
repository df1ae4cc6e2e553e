"""The order of a run: declare, ask, plan, scan, claim, judge, and only for what failed, fetch the offending rows."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.marked import quoting
from mlgate.core.measured import Measured
from mlgate.core.plan import Plan
from mlgate.core.ports import Progress
from mlgate.core.request import Request, Rows
from mlgate.core.result import Provenance, RunResult, ScanRecord
from mlgate.core.scope import Scope
from mlgate.core.table_schema import TableSchema
from mlgate.core.verdict import Outcome, Verdict
from mlgate.core.view import NO_DATA
from mlgate.planning.fuse import plan as plan_of
from mlgate.run.explaining import explain_failures
from mlgate.run.folder import RunFolder
from mlgate.run.judge import Judged, judge
from mlgate.run.masking import Mask, mask_of, strictest
from mlgate.run.measure import Measurement, row_count
from mlgate.run.shares import Declared, declare, policy_warnings
from mlgate.run.uses import uses_of
from mlgate.run.verdicts import conclude, errored, held, not_applicable, waived, with_offenders


class _OpenedWhenAsked(Mapping[str, "TableSchema | MeasurementError"]):
    """Columns by name of a dataset or model, opened when first looked up."""

    def __init__(self, names: Collection[str], opened: Callable[[str], TableSchema | MeasurementError]) -> None:
        self._names, self._opened = names, opened

    def __getitem__(self, name: str) -> TableSchema | MeasurementError:
        if name not in self._names:
            raise KeyError(name)
        return self._opened(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass
class Asked:
    """What the items ask for: answers known beforehand (errors), the plan for the rest, and how many requests there were before equal ones met.

    `masks` are by check; `strictest` is the mask of what belongs to no item.
    """

    scope: Scope
    strictest: Mask
    failed: dict[str, MeasurementError] = field(default_factory=dict)
    known: dict[Request, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Plan(()))
    count: int = 0
    requests: dict[str, tuple[Request, ...]] = field(default_factory=dict)
    masks: dict[str, Mask] = field(default_factory=dict)

    def datasets(self, item: str) -> frozenset[str]:
        """The datasets that an item asks about first; none for code that runs on made-up rows."""
        return frozenset(request.view.dataset for request in self.requests[item] if request.view != NO_DATA)

    def mask(self, declared: Declared) -> Mask:
        """What an item may show."""
        return self.masks.get(declared.check.id, self.strictest)


def run_gate(gate: Gate, *, items: frozenset[str] | None = None, progress: Progress | None = None, today: datetime.date | None = None) -> RunResult:
    """Measures and judges the items of a gate (all, or those named); every scan happens once.

    Bad data, a bad model or a failing engine never raises: the items concerned are ERROR. `today` (default: the current UTC date) decides
    about waivers. Source of the policy: docs/statistics.md.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    progress = progress or (lambda _: None)
    declared = declare(gate)
    selected = [item for item in declared if items is None or item.id in items]
    with RunFolder() as folder, Measurement(gate, folder.path, progress) as measurement:
        asked = ask(gate, selected, measurement)
        measurement.lock()
        answers, scans = measurement.answer(asked.plan)
        measured = Measured({**answers, **asked.known})
        progress(f"judging {len(selected)} items")
        verdicts = {item.id: _verdict(gate, item, asked, measured) for item in selected}
        follow_ups = explain_failures(selected, asked, measured, verdicts, measurement)
        follow_ups += _show_offenders(selected, asked, measured, verdicts, measurement)
        uses = uses_of(gate, selected, asked.requests, verdicts, measurement)
        uses = tuple(replace(use, fault=asked.strictest.text(use.fault)) for use in uses)
    day = today or started.date()
    final = tuple(waived(verdicts[item.id], gate.waivers, day) for item in selected)
    provenance = replace(
        _provenance(gate, declared, final),
        inputs=tuple(sorted(measurement.fingerprints.items())),
        scans=scans,
        follow_ups=follow_ups,
        uses=uses,
        started=started.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - clock,
    )
    return RunResult(final, provenance, policy_warnings(gate))


def ask(gate: Gate, selected: Sequence[Declared], measurement: Measurement) -> Asked:
    """Collects all requests, keeps those that cannot be answered apart, and plans the rest."""
    scope = Scope(
        gate.datasets,
        gate.models,
        schemas=_OpenedWhenAsked(gate.datasets, measurement.schema),
        seed=gate.policy.seed,
        model_columns=_OpenedWhenAsked(gate.models, measurement.attach),
        folder=gate.folder,
        scored=measurement.scored,
    )
    salt = secrets.token_bytes(16)  # not of the gate's seed, which is known: a pseudonym must not be found again by trying values
    asked = Asked(scope, strictest(gate, salt))
    wanted: dict[Request, None] = {}
    for item in selected:
        try:
            if item.check.id not in asked.masks:
                asked.masks[item.check.id] = mask_of(gate, item.check, scope, salt)
            own = tuple(item.item.requests(asked.scope))
        except MeasurementError as error:
            asked.failed[item.id] = error
        else:
            wanted.update(dict.fromkeys(own))
            asked.count += len(own)
            asked.requests[item.id] = own
    for request in wanted:
        if (fault := measurement.precheck(request)) is not None:
            asked.known[request] = fault
    answerable = [request for request in wanted if request not in asked.known]
    datasets = [request.view.dataset for request in answerable if request.view.joined is None and request.view != NO_DATA]
    asked.plan = plan_of([*map(row_count, datasets), *answerable])
    return asked


def _verdict(gate: Gate, declared: Declared, asked: Asked, measured: Measured) -> Verdict:
    return asked.mask(declared).verdict(_judged(gate, declared, asked, measured))


def _judged(gate: Gate, declared: Declared, asked: Asked, measured: Measured) -> Verdict:
    """The verdict with the values in its texts still marked."""
    if declared.id in asked.failed:
        return _unmeasured(gate, declared, asked, asked.failed[declared.id])
    mask, own = asked.mask(declared), asked.requests[declared.id]
    try:
        shown = judged_claims(gate, declared, asked, measured)
        return _not_of_nothing(gate, declared, conclude(gate, declared, shown), _empty(asked.datasets(declared.id), measured))
    except MeasurementError as error:
        answered = any(measured.answers.get(request) is error for request in own)
        return _unmeasured(gate, declared, asked, error if answered else mask.raised(error, declared.check, own))
    except Exception as error:  # noqa: BLE001  a kind (maybe a third party's) that breaks is one ERROR, not the end of the run
        return errored(
            gate,
            declared,
            MeasurementError(
                f"kind {declared.check.kind!r} raised {type(error).__name__}: {quoting(error)}",
                cause="configuration",
                fix="report it to whoever maintains the kind",
            ),
        )


def judged_claims(gate: Gate, declared: Declared, asked: Asked, measured: Measured) -> list[Judged]:
    """The judged claims of an item that could ask, without what its mask hides. Raises what the kind raises."""
    mask = asked.mask(declared)
    claims = declared.item.claims(replace(asked.scope, samples=mask.samples), measured)
    judged = judge(claims, share=declared.share, primary=declared.primary, policy=gate.policy)
    told = mask.told(asked.requests[declared.id])
    return [mask.judged(one, declared.check, told) for one in judged]


def _empty(datasets: Collection[str], measured: Measured) -> tuple[str, ...]:
    return tuple(name for name in sorted(datasets) if measured.answers.get(row_count(name)) == 0)


def _not_of_nothing(gate: Gate, declared: Declared, verdict: Verdict, empty: Sequence[str]) -> Verdict:
    """A slice without rows is undecided; a whole dataset without rows is a broken load, and must not slip through guard mode."""
    if verdict.outcome is not Outcome.INCONCLUSIVE or not empty:
        return verdict
    what = f"{' and '.join(empty)} {'has' if len(empty) == 1 else 'have'} no rows at all"
    fix = "find why the load is empty; `when_empty: skip` where that is as it should be"
    if declared.check.row_level:
        return held(verdict, f"{verdict.says}: {what}", fix)
    return errored(gate, declared, MeasurementError(what, fix=fix))


def _unmeasured(gate: Gate, declared: Declared, asked: Asked, error: MeasurementError) -> Verdict:
    if error.missing and _is_first_run(gate, declared, asked.scope):
        return not_applicable(gate, declared, f"first run, no baseline yet: {error.what}")
    return errored(gate, declared, error)


def _is_first_run(gate: Gate, declared: Declared, scope: Scope) -> bool:
    """Whether the baseline, and nothing else, is not there yet and was allowed not to be: a candidate or dataset that is gone is an error always."""
    if declared.check.compared is None:
        return False
    of, against = declared.check.compared
    if not (declared.check.allows_first_run or gate.models[against].if_missing == "first_run"):
        return False
    baseline, others = scope.model_columns[against], (scope.model_columns[of], scope.schemas[gate.models[against].dataset])
    return isinstance(baseline, MeasurementError) and baseline.missing and not any(isinstance(one, MeasurementError) for one in others)


def _show_offenders(
    selected: Sequence[Declared], asked: Asked, measured: Measured, verdicts: dict[str, Verdict], measurement: Measurement
) -> tuple[ScanRecord, ...]:
    wanted: dict[str, tuple[Rows, Mask]] = {}
    for item in selected:
        mask = asked.mask(item)
        if verdicts[item.id].outcome is Outcome.FAIL and mask.samples:
            try:
                rows = item.item.offenders(replace(asked.scope, samples=mask.samples), measured)
            except Exception:  # noqa: BLE001, S112  the verdict stands without them, also where a third party's kind breaks
                continue
            if rows is not None and measurement.precheck(rows) is None:
                wanted[item.id] = mask.asked(rows), mask
    answers, records = measurement.answer(plan_of(rows for rows, _ in wanted.values()))
    for item_id, (rows, mask) in wanted.items():
        if not isinstance(answers[rows], MeasurementError):
            estimate = verdicts[item_id].estimate
            found = mask.offenders(rows, answers[rows], estimate.violations if estimate else None)
            verdicts[item_id] = with_offenders(verdicts[item_id], found)
    return records


def _provenance(gate: Gate, declared: Sequence[Declared], verdicts: Sequence[Verdict]) -> Provenance:
    """Where a result came from, as far as the gate alone says it."""
    return Provenance(
        gate_file=gate.path,
        gate_digest=gate.digest,
        mlgate_version=metadata.version("mlgate"),
        seed=gate.policy.seed,
        mode=gate.policy.mode,
        alpha=gate.policy.alpha,
        confidence=gate.policy.confidence,
        declared=tuple(item.id for item in declared),
        measured=tuple(verdict.item for verdict in verdicts),
        shares=tuple((item.id, item.share) for item in declared if item.share is not None),
        inputs=(),
        scans=(),
    )
