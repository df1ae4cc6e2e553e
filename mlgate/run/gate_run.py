"""The order of a run: declare, ask, plan, scan, claim, judge, and only for what failed, fetch the offending rows."""

from __future__ import annotations

import datetime
import math
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.measured import Measured
from mlgate.core.plan import Plan
from mlgate.core.ports import Progress
from mlgate.core.request import Request, Rows
from mlgate.core.result import Provenance, RunResult, ScanRecord
from mlgate.core.scope import Scope
from mlgate.core.table_schema import TableSchema
from mlgate.core.verdict import Offenders, Outcome, Verdict
from mlgate.planning.fuse import plan as plan_of
from mlgate.run.judge import judge
from mlgate.run.measure import Measurement, row_count
from mlgate.run.shares import Declared, declare, policy_warnings
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
    """What the items ask for: answers known beforehand (errors), the plan for the rest, and how many requests there were before equal ones met."""

    scope: Scope
    failed: dict[str, MeasurementError] = field(default_factory=dict)
    known: dict[Request, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Plan(()))
    count: int = 0
    datasets: dict[str, frozenset[str]] = field(default_factory=dict)


def run_gate(gate: Gate, *, items: frozenset[str] | None = None, progress: Progress | None = None, today: datetime.date | None = None) -> RunResult:
    """Measures and judges the items of a gate (all, or those named); every scan happens once.

    Bad data, a bad model or a failing engine never raises: the items concerned are ERROR. `today` (default: the current UTC date) decides
    about waivers. Source of the policy: docs/statistics.md.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    progress = progress or (lambda _: None)
    declared = declare(gate)
    selected = [item for item in declared if items is None or item.id in items]
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder, Measurement(gate, Path(folder), progress) as measurement:
        asked = ask(gate, selected, measurement)
        measurement.lock()
        answers, scans = measurement.answer(asked.plan)
        measured = Measured({**answers, **asked.known})
        progress(f"judging {len(selected)} items")
        verdicts = {item.id: _verdict(gate, item, asked, measured) for item in selected}
        follow_ups = _show_offenders(selected, asked, measured, verdicts, measurement)
    day = today or started.date()
    final = tuple(waived(verdicts[item.id], gate.waivers, day) for item in selected)
    provenance = replace(
        _provenance(gate, declared, final),
        inputs=tuple(sorted(measurement.fingerprints.items())),
        scans=scans,
        follow_ups=follow_ups,
        started=started.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - clock,
    )
    return RunResult(final, provenance, policy_warnings(gate))


def ask(gate: Gate, selected: Sequence[Declared], measurement: Measurement) -> Asked:
    """Collects all requests, keeps those that cannot be answered apart, and plans the rest."""
    asked = Asked(
        Scope(
            gate.datasets,
            gate.models,
            schemas=_OpenedWhenAsked(gate.datasets, measurement.schema),
            seed=gate.policy.seed,
            model_columns=_OpenedWhenAsked(gate.models, measurement.attach),
        )
    )
    wanted: dict[Request, None] = {}
    for item in selected:
        try:
            own = tuple(item.item.requests(asked.scope))
        except MeasurementError as error:
            asked.failed[item.id] = error
        else:
            wanted.update(dict.fromkeys(own))
            asked.count += len(own)
            asked.datasets[item.id] = frozenset(request.view.dataset for request in own)
    for request in wanted:
        if (fault := measurement.precheck(request)) is not None:
            asked.known[request] = fault
    answerable = [request for request in wanted if request not in asked.known]
    asked.plan = plan_of([row_count(request.view.dataset) for request in answerable if request.view.joined is None] + answerable)
    return asked


def _verdict(gate: Gate, declared: Declared, asked: Asked, measured: Measured) -> Verdict:
    if declared.id in asked.failed:
        return _unmeasured(gate, declared, asked, asked.failed[declared.id])
    try:
        claims = declared.item.claims(asked.scope, measured)
        verdict = conclude(gate, declared, judge(claims, share=declared.share, primary=declared.primary, policy=gate.policy))
        return _not_of_nothing(gate, declared, verdict, _empty(asked.datasets[declared.id], measured))
    except MeasurementError as error:
        return _unmeasured(gate, declared, asked, error)
    except Exception as error:  # noqa: BLE001  a kind (maybe a third party's) that breaks is one ERROR, not the end of the run
        return errored(
            gate,
            declared,
            MeasurementError(
                f"kind {declared.check.kind!r} raised {type(error).__name__}: {error}",
                cause="configuration",
                fix="report it to whoever maintains the kind",
            ),
        )


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
    wanted: dict[str, Rows] = {}
    for item in selected:
        if verdicts[item.id].outcome is Outcome.FAIL:
            try:
                rows = item.item.offenders(asked.scope, measured)
            except MeasurementError:
                continue  # the verdict stands without them
            if rows is not None and measurement.precheck(rows) is None:
                wanted[item.id] = rows
    answers, records = measurement.answer(plan_of(wanted.values()))
    for item_id, rows in wanted.items():
        if not isinstance(answers[rows], MeasurementError):
            verdicts[item_id] = with_offenders(verdicts[item_id], _table(rows, answers[rows], verdicts[item_id]))
    return records


def _table(rows: Rows, answer: Mapping[Any, Any], verdict: Verdict) -> Offenders:
    names = tuple(str(column).replace("joined.", f"{rows.view.joined}.", 1) if rows.view.joined else str(column) for column in rows.columns)
    columns = [answer[column] for column in rows.columns]
    cells = tuple(tuple(_cell(value) for value in row) for row in zip(*columns, strict=True))
    return Offenders(names, cells, verdict.estimate.violations if verdict.estimate else None)


def _cell(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "null" if missing else str(value)


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
