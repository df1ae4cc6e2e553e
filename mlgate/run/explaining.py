"""Asks what items want to know about their failure, for all items together, and adds what they found to the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlgate.core.check import Explained
from mlgate.core.measured import Measured
from mlgate.core.request import Request
from mlgate.core.result import ScanRecord
from mlgate.core.verdict import Outcome, Verdict
from mlgate.planning.fuse import plan as plan_of
from mlgate.run.masking import WITHHELD
from mlgate.run.measure import Measurement
from mlgate.run.shares import Declared

if TYPE_CHECKING:
    from mlgate.run.gate_run import Asked

ROUNDS = 4  # each is a pass over the data that failed
_LOOKED_INTO = (Outcome.FAIL, Outcome.INCONCLUSIVE)


def explain_failures(
    selected: Sequence[Declared], asked: Asked, measured: Measured, verdicts: dict[str, Verdict], measurement: Measurement
) -> tuple[ScanRecord, ...]:
    """Puts the findings of items that failed, or stayed undecided, before the details of their verdicts. Returns what was asked for that.

    Items that may show no sample of the data (`samples: 0`) are not asked: what explains a value tells of it.
    """
    failed = [
        item for item in selected if isinstance(item.item, Explained) and verdicts[item.id].outcome in _LOOKED_INTO and asked.mask(item).samples
    ]
    answers: dict[Request, Any] = dict(measured.answers)
    own: dict[str, tuple[Request, ...]] = {}
    records: list[ScanRecord] = []
    for _ in range(ROUNDS):
        wanted: dict[Request, None] = {}
        for item in failed:
            own[item.id] = _asked_by(item, asked, Measured(answers))
            wanted.update(dict.fromkeys(request for request in own[item.id] if request not in answers))
        if not wanted:
            break
        faults = {request: fault for request in wanted if (fault := measurement.precheck(request)) is not None}
        found, sent = measurement.answer(plan_of(request for request in wanted if request not in faults))
        answers.update({**found, **faults})
        records += sent
    for item in failed:
        lines = _found_by(item, asked, Measured(answers), own.get(item.id, ()))
        if lines:
            verdict = verdicts[item.id]
            told = asked.mask(item).verdict(replace(verdict, details=lines))
            verdicts[item.id] = replace(verdict, details=(*told.details, *verdict.details))
    return tuple(records)


def _asked_by(item: Declared, asked: Asked, measured: Measured) -> tuple[Request, ...]:
    assert isinstance(item.item, Explained)
    try:
        return tuple(item.item.follow_up(replace(asked.scope, samples=asked.mask(item).samples), measured))
    except Exception:  # noqa: BLE001  the verdict stands without an explanation, also where a third party's kind breaks
        return ()


def _found_by(item: Declared, asked: Asked, measured: Measured, own: Sequence[Request]) -> tuple[str, ...]:
    assert isinstance(item.item, Explained)
    mask = asked.mask(item)
    try:
        lines = tuple(item.item.findings(replace(asked.scope, samples=mask.samples), measured))
    except Exception:  # noqa: BLE001  as above
        return ()
    return (WITHHELD,) if lines and not item.check.marks_values and mask.told(own) else lines
