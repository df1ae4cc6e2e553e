"""A/A runs: how often each sampled check, and the whole file, blocks a candidate that is no worse than the baseline."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mlgate.core.ports import Progress
from mlgate.core.result import RunResult
from mlgate.core.verdict import Outcome, Verdict
from mlgate.run.calibration.draws import SCHEMES, Drawing, Scheme
from mlgate.run.calibration.memory import Memory, run_again
from mlgate.run.calibration.same import Same, datasets_compared, models_compared
from mlgate.run.shares import Declared
from mlgate.stats.proportion import Proportion

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rate:
    """`blocks` of `runs`, with the Clopper-Pearson interval at 0.95; no interval where there were no runs."""

    blocks: int
    runs: int

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.runs:
            return None
        found = Proportion(successes=self.blocks, n_obs=self.runs).interval(CONFIDENCE)
        return found.low, found.high


@dataclass(frozen=True)
class ItemRate:
    """One item over all runs: how often it failed, was undecided, passed, and broke with an error (which counts in no rate)."""

    id: str
    share: float
    severity: str
    outcomes: Mapping[str, int]
    by_scheme: Mapping[str, Rate]

    @property
    def rate(self) -> Rate:
        """False blocks, among the runs in which the item was judged."""
        judged = sum(self.outcomes.values()) - self.outcomes.get(Outcome.ERROR, 0)
        return Rate(self.outcomes.get(Outcome.FAIL, 0), judged)


@dataclass(frozen=True)
class FalseBlocks:
    """What A/A runs found. `file` counts runs in which a check of severity `block` failed, `errors` (item, reason) with their runs."""

    wanted: int
    file: Rate
    by_scheme: Mapping[str, Rate]
    items: tuple[ItemRate, ...]
    left_out: tuple[tuple[str, str], ...]
    errors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    broken: Mapping[str, int] = field(default_factory=dict)
    seeds: tuple[str, str] | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Wish:
    """What to run: `runs` in turn over the schemes, from `seed`, not longer than `budget_s`; `seeds` as in `Same`."""

    runs: int
    seed: int
    budget_s: float
    seeds: tuple[str, str] | None = None


def false_blocks(memory: Memory, before: Mapping[str, Verdict], chosen: frozenset[str], wish: Wish, progress: Progress) -> FalseBlocks:
    """Runs the gate again and again on rows in which nothing differs but by chance."""
    started = time.monotonic()
    reasons = {item.id: _why_not(memory, item, before[item.id], wish.seeds) for item in memory.declared if item.share is not None}
    left_out = tuple((name, why) for name, why in reasons.items() if why and name in chosen)
    items = frozenset(name for name, why in reasons.items() if not why) & chosen
    checks = [check for check in memory.gate.checks if any(item.check.id == check.id and item.id in items for item in memory.declared)]
    same, results, broken = Same(memory, checks, wish.seeds), list[tuple[Scheme, RunResult]](), Counter[str]()
    for run in range(wish.runs if items else 0):
        if time.monotonic() - started > wish.budget_s:
            break
        progress(f"A/A run {run + 1:,} of {wish.runs:,}: {sum(_blocked(result) for _, result in results):,} blocked")
        scheme = SCHEMES[run % len(SCHEMES)]
        try:
            gate = same.gate(Drawing(scheme, np.random.default_rng([wish.seed, run])))
            results.append((scheme, run_again(gate, items)))
        except Exception as error:  # noqa: BLE001  a run that breaks is counted apart, and the others go on
            broken[type(error).__name__] += 1
    return _counted(memory, items, results, FalseBlocks(wish.runs, Rate(0, 0), {}, (), left_out, {}, broken, wish.seeds, time.monotonic() - started))


def _why_not(memory: Memory, item: Declared, before: Verdict, seeds: tuple[str, str] | None) -> str:
    """Why an item is not judged in A/A runs; empty where it is."""
    missing = [name for name in memory.touches[item.id] if name in memory.skipped]
    if missing:
        return f"{missing[0]}: {memory.skipped[missing[0]]}"
    if not memory.touches[item.id] & set(memory.tables):
        return "reads no rows that could be drawn"
    if models := models_compared(item.check):
        if getattr(item.check, "better_by", None) is not None:
            return "asks for a gain: an equal candidate is meant to fail it"
        if seeds is not None and any(memory.gate.models[one].dataset != memory.gate.models[models[0]].dataset for one in seeds):
            return f"judged on other rows than {' and '.join(seeds)}"
        return ""
    if datasets_compared(item.check, memory.gate) is not None:
        return ""
    if before.outcome in (Outcome.FAIL, Outcome.ERROR):
        return f"{before.outcome.value} on all rows already: its FAILs are not false"
    return ""


def _blocked(result: RunResult) -> bool:
    return any(verdict.outcome is Outcome.FAIL and verdict.severity == "block" for verdict in result.verdicts)


def _counted(memory: Memory, items: frozenset[str], results: list[tuple[Scheme, RunResult]], blank: FalseBlocks) -> FalseBlocks:
    outcomes = {name: Counter[str]() for name in items}
    fails = {name: Counter[str]() for name in items}
    judged = {name: Counter[str]() for name in items}
    errors = Counter[tuple[str, str]]()
    for scheme, result in results:
        for verdict in result.verdicts:
            outcomes[verdict.item][verdict.outcome] += 1
            if verdict.outcome is Outcome.ERROR:
                errors[verdict.item, verdict.reason] += 1
                continue
            judged[verdict.item][scheme] += 1
            fails[verdict.item][scheme] += verdict.outcome is Outcome.FAIL
    runs = Counter(scheme for scheme, _ in results)
    blocks = Counter(scheme for scheme, result in results if _blocked(result))
    return FalseBlocks(
        blank.wanted,
        Rate(blocks.total(), runs.total()),
        {scheme: Rate(blocks[scheme], runs[scheme]) for scheme in SCHEMES},
        tuple(
            ItemRate(
                item.id,
                item.share or 0.0,
                item.check.severity,
                outcomes[item.id],
                {scheme: Rate(fails[item.id][scheme], judged[item.id][scheme]) for scheme in SCHEMES},
            )
            for item in memory.declared
            if item.id in items
        ),
        blank.left_out,
        errors,
        blank.broken,
        blank.seeds,
        blank.seconds,
    )
