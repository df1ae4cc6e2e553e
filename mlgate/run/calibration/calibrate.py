"""Both halves of a calibration: does the gate file block where nothing is wrong, and does it notice where something is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.ports import Progress
from mlgate.run.calibration.corruptions import Corruptions, corruptions
from mlgate.run.calibration.false_blocks import FalseBlocks, Wish, false_blocks
from mlgate.run.calibration.memory import MOST_ROWS, matching, read, run_again


@dataclass(frozen=True)
class Calibration:
    """`before` is how many items had which outcome on the data as it is, `skipped` the datasets and models that were not drawn from."""

    alpha: float
    seed: int
    before: Mapping[str, int]
    skipped: Mapping[str, str]
    false_blocks: FalseBlocks | None
    corruptions: Corruptions | None


@dataclass(frozen=True)
class Options:
    """`runs` A/A runs (0: none), `corrupt` whether to corrupt; `budget_s` for each of both; `only` names checks; `arms` two seeds of one model."""

    runs: int = 200
    seed: int | None = None
    only: Sequence[str] = ()
    arms: tuple[str, str] | None = None
    corrupt: bool = True
    budget_s: float = 600.0
    most_rows: int = MOST_ROWS


def calibrate(gate: Gate, options: Options, *, progress: Progress | None = None) -> Calibration:
    """Runs a gate many times on rows held in memory. Writes nothing: no evidence, no ledger.

    Raises `MeasurementError` for arms that are no models with answers on the same rows, and for `only` that names no check.
    """
    say = progress or (lambda _: None)
    memory = read(gate, most_rows=options.most_rows, progress=say)
    chosen = matching(memory, options.only)
    if not chosen:
        raise MeasurementError("no check is called so", cause="configuration", fix=f"checks are {', '.join(check.id for check in gate.checks)}")
    if options.arms is not None:
        _two_arms(options.arms, memory.answers, gate)
    say("judging the data as it is")
    before = {verdict.item: verdict for verdict in run_again(memory.gate).verdicts}
    seed = gate.policy.seed if options.seed is None else options.seed
    wish = Wish(options.runs, seed, options.budget_s, options.arms)
    counts: dict[str, int] = {}
    for verdict in before.values():
        counts[verdict.outcome.value] = counts.get(verdict.outcome.value, 0) + 1
    return Calibration(
        gate.policy.alpha,
        seed,
        counts,
        memory.skipped,
        false_blocks(memory, before, chosen, wish, say) if options.runs else None,
        corruptions(memory, before, chosen, seed=seed, budget_s=options.budget_s, progress=say) if options.corrupt else None,
    )


def _two_arms(arms: tuple[str, str], answers: Mapping[str, object], gate: Gate) -> None:
    for name in arms:
        if name not in answers:
            known = ", ".join(answers) or "none"
            raise MeasurementError(
                f"--arms: {name!r} is no model whose answers are known", cause="configuration", fix=f"models with answers: {known}"
            )
    if len({gate.models[name].dataset for name in arms}) != 1 or arms[0] == arms[1]:
        raise MeasurementError("--arms: give two models of one dataset", cause="configuration", fix="train one recipe under two seeds")
