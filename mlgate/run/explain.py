"""What a gate file will do, before it does it: scans, requests, statements, and the rows that sampled checks need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.marked import quoting
from mlgate.core.measured import Measured
from mlgate.core.plan import Scan
from mlgate.core.ports import Progress
from mlgate.core.request import Probe
from mlgate.core.table_schema import TableSchema
from mlgate.planning.fuse import plan
from mlgate.run.folder import RunFolder
from mlgate.run.gate_run import Asked, ask, judged_claims
from mlgate.run.measure import Measurement
from mlgate.run.planned_power import PlannedItem, assumed, measured
from mlgate.run.shares import Declared, declare, policy_warnings

DISCORDANCE = 0.05  # share of rows on which exactly one of two models is right, where there is no data to say it


@dataclass(frozen=True)
class Explanation:
    """The plan of a gate. `asked` counts requests before equal ones were merged; `faults` are items that will be ERROR, with the reason."""

    items: int
    asked: int
    scans: tuple[Scan, ...]
    statements: tuple[tuple[Scan, str], ...]
    sampled: tuple[PlannedItem, ...]
    faults: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    probes: tuple[Probe, ...] = ()


def explain(gate: Gate, *, progress: Progress | None = None, data: bool = False, discordance: float = DISCORDANCE) -> Explanation:
    """Plans a gate; datasets are opened for their columns, models for theirs.

    With `data` the requests of the sampled items, and no others, are answered, and what their rows are worth is computed from them; where
    they cannot be answered, and without `data`, from the stated `discordance`.
    """
    declared = declare(gate)
    with RunFolder() as folder, Measurement(gate, folder.path, progress or (lambda _: None)) as measurement:
        asked = ask(gate, declared, measurement)
        statements = tuple(measurement.statements(asked.plan))
        measurement.lock()
        sampled = tuple(_planned_items(gate, declared, asked, measurement if data else None, discordance))
    faults = [(name, asked.strictest.text(str(error))) for name, error in asked.failed.items()]
    faults += [(str(request.view), asked.strictest.text(str(error))) for request, error in asked.known.items()]
    scans, warnings = (*asked.plan.grids, *asked.plan.scans), policy_warnings(gate)
    return Explanation(len(declared), asked.count, scans, statements, sampled, tuple(dict.fromkeys(faults)), warnings, asked.plan.probes)


def _planned_items(
    gate: Gate, declared: Sequence[Declared], asked: Asked, measurement: Measurement | None, discordance: float
) -> Iterator[PlannedItem]:
    items = [item for item in declared if item.share is not None]
    wanted = dict.fromkeys(request for item in items for request in asked.requests.get(item.id, ()) if request not in asked.known)
    found = Measured({**(measurement.answer(plan(wanted))[0] if measurement else {}), **asked.known})
    for item in items:
        without = assumed(item, gate.policy, discordance=discordance, rows=_rows(item, asked))
        if measurement is None:
            yield without
        elif (error := asked.failed.get(item.id)) is not None:
            yield _unmeasured(without, asked.mask(item).text(error.what))
        else:
            yield _from_data(gate, item, asked, found, without)


def _from_data(gate: Gate, item: Declared, asked: Asked, found: Measured, without: PlannedItem) -> PlannedItem:
    mask = asked.mask(item)
    try:
        planned = measured(item, gate.policy, judged_claims(gate, item, asked, found))
    except MeasurementError as error:
        return _unmeasured(without, mask.text(mask.raised(error, item.check, asked.requests[item.id]).what))
    except Exception as error:  # noqa: BLE001  a kind that breaks is one line without numbers, not the end of the plan
        return _unmeasured(without, mask.text(f"kind {item.check.kind!r} raised {type(error).__name__}: {quoting(error)}"))
    return replace(planned, part=mask.text(planned.part), advice=mask.text(planned.advice))


def _unmeasured(without: PlannedItem, why: str) -> PlannedItem:
    return replace(without, advice=f"not measured ({why})" + (f"; {without.advice}" if without.advice else ""))


def _rows(item: Declared, asked: Asked) -> int | None:
    """The rows of the dataset behind an item on all of it, where opening told them."""
    views = {request.view for request in asked.requests.get(item.id, ())}
    if len(views) != 1 or (view := views.pop()).where is not None:
        return None
    schema = asked.scope.schemas[view.dataset]
    return schema.rows if isinstance(schema, TableSchema) else None
