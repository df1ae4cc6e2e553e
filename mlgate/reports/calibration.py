"""A calibration as text for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlgate.reports._table import WIDTH, markdown, table
from mlgate.run.calibration.calibrate import Calibration
from mlgate.run.calibration.corruptions import Corruption, Corruptions
from mlgate.run.calibration.false_blocks import FalseBlocks, Rate

_NAMES_SHOWN = 6


@dataclass(frozen=True)
class _Section:
    """A title, sentences, and one table with what follows it."""

    title: str
    says: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: frozenset[int] = frozenset()
    after: tuple[str, ...] = ()


def render(gate_path: str, found: Calibration) -> str:
    """Plain text of at most 100 columns, without a newline at its end."""
    lines = [f"{gate_path}: {_before(found)}"]
    for section in _sections(found):
        lines += ["", section.title, *(line for text in section.says for line in textwrap.wrap(text, WIDTH))]
        lines += ["", *table(section.head, section.rows, right=section.right)] if section.rows else []
        lines += [line for text in section.after for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)]
    return "\n".join(lines)


def as_markdown(gate_path: str, found: Calibration) -> str:
    """A page with the same content."""
    lines = [f"# Calibration of {gate_path}", "", f"{_before(found)}."]
    for section in _sections(found):
        lines += ["", f"## {section.title}", "", *section.says]
        lines += ["", *markdown(section.head, section.rows, right=section.right)] if section.rows else []
        lines += ["", *(f"- {text}" for text in section.after)] if section.after else []
    return "\n".join(lines) + "\n"


def as_json(gate_path: str, found: Calibration) -> str:
    """Every number as one JSON object."""
    made: dict[str, object] = {
        "gate": gate_path,
        "seed": found.seed,
        "alpha": found.alpha,
        "before": dict(found.before),
        "skipped": dict(found.skipped),
    }
    if (blocks := found.false_blocks) is not None:
        made["false_blocks"] = {
            "runs_wanted": blocks.wanted,
            "seconds": round(blocks.seconds, 3),
            "seeds": blocks.seeds,
            "file": _rate(blocks.file),
            "by_scheme": {scheme: _rate(rate) for scheme, rate in blocks.by_scheme.items()},
            "items": [
                {
                    "id": item.id,
                    "alpha": item.share,
                    "severity": item.severity,
                    **_rate(item.rate),
                    "outcomes": {str(key): count for key, count in item.outcomes.items()},
                    "by_scheme": {scheme: _rate(rate) for scheme, rate in item.by_scheme.items()},
                }
                for item in blocks.items
            ],
            "left_out": dict(blocks.left_out),
            "errors": [{"id": name, "reason": reason, "runs": count} for (name, reason), count in blocks.errors.items()],
            "broken_runs": dict(blocks.broken),
        }
    if (tried := found.corruptions) is not None:
        made["corruptions"] = {
            "seconds": round(tried.seconds, 3),
            "tried": [vars(one) for one in tried.tried],
            "by_item": {name: list(by) for name, by in tried.by_item.items()},
            "failing_before": list(tried.failing),
            "only_ever_an_error": list(tried.only_errors),
            "cannot_be_shown_to_fail": list(tried.never),
        }
    return json.dumps(made, indent=2)


def _rate(rate: Rate) -> dict[str, object]:
    return {"blocks": rate.blocks, "runs": rate.runs, "interval": rate.interval}


def _before(found: Calibration) -> str:
    return "on the data as it is " + ", ".join(f"{count:,} {word}" for word, count in sorted(found.before.items()))


def _sections(found: Calibration) -> Iterator[_Section]:
    if found.skipped:
        yield _Section("Not drawn from", (), after=tuple(f"{name}: {why}" for name, why in found.skipped.items()))
    if found.false_blocks is not None:
        yield _same(found.false_blocks, found.alpha)
    if found.corruptions is not None:
        yield _corrupted(found.corruptions)
        yield _by_item(found.corruptions)


def _same(found: FalseBlocks, alpha: float) -> _Section:
    title = "False blocks: nothing differs but by chance"
    after = [f"{name}: left out: {why}" for name, why in found.left_out]
    after += [f"{name}: ERROR in {count:,} runs, counted in no rate: {reason}" for (name, reason), count in found.errors.items()]
    after += [f"{count:,} runs broke with {name} and are counted in no rate" for name, count in found.broken.items()]
    if not found.items:
        return _Section(title, ("No sampled check could be judged: exact counts have no false blocks by chance.",), after=tuple(after))
    arms = f"the arms of every comparison are {' and '.join(found.seeds)}" if found.seeds else "the answers of both models exchanged at random"
    short = f" of {found.wanted:,} (the time was up)" if found.file.runs + sum(found.broken.values()) < found.wanted else ""
    runs = f"{found.file.runs:,} runs{short} in {found.seconds:.0f} s, {arms}"
    says = (
        f"{runs}: the file blocked in {found.file.blocks:,}, {_share(found.file)}. alpha is {alpha:g}, and drift has another {alpha:g}.",
        "Of them " + ", ".join(f"{rate.blocks:,} of {rate.runs:,} {scheme}" for scheme, rate in found.by_scheme.items() if rate.runs) + ".",
    )
    rows = tuple(
        (
            item.id,
            f"{item.share:.3g}",
            f"{item.rate.blocks:,}",
            f"{item.rate.runs:,}",
            _interval(item.rate),
            *(f"{100 * item.outcomes.get(word, 0) / item.rate.runs:.0f} %" if item.rate.runs else "" for word in ("PASS", "INCONCLUSIVE")),
        )
        for item in found.items
    )
    head = ("check", "alpha", "blocks", "runs", "95 % interval", "PASS", "INCONCLUSIVE")
    return _Section(title, says, head, rows, frozenset(range(1, len(head))), tuple(after))


def _share(rate: Rate) -> str:
    return f"{100 * rate.blocks / rate.runs:.1f} % ({_interval(rate)})" if rate.runs else "no run"


def _interval(rate: Rate) -> str:
    found = rate.interval
    return "" if found is None else f"{100 * found[0]:.1f} to {100 * found[1]:.1f} %"


def _corrupted(found: Corruptions) -> _Section:
    tried = [one for one in found.tried if not one.skipped]
    noticed = sum(bool(one.noticed) for one in tried)
    happened = {one.corrupter: one.happened for one in tried}
    counted = "A check counts that FAILs, or cannot be measured any more, and did neither before; of those that read what was corrupted."
    says = (f"{noticed:,} of {len(tried):,} corruptions were noticed, in {found.seconds:.0f} s. {counted}",)
    rows = tuple((one.corrupter, one.target, f"{len(one.noticed):,}/{len(one.asked):,}", _names(one)) for one in tried)
    late = sorted({one.skipped for one in found.tried if one.skipped and one.skipped != "nothing there to corrupt so"})
    after = [f"{name}: {text}" for name, text in happened.items()]
    after += [f"not tried, {why}: {_listed([f'{one.corrupter} of {one.target}' for one in found.tried if one.skipped == why])}" for why in late]
    return _Section("Corruptions: what is noticed", says, ("corruption", "of", "noticed", "by"), rows, frozenset({2}), tuple(after))


def _names(one: Corruption) -> str:
    """The checks that noticed, with the number of their items where there are several."""
    checks: dict[str, int] = {}
    for item in one.noticed:
        checks[item.split(".", 1)[0]] = checks.get(item.split(".", 1)[0], 0) + 1
    return _listed([f"{name} ({count})" if count > 1 else name for name, count in checks.items()]) if checks else "nothing"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more


def _by_item(found: Corruptions) -> _Section:
    shown: Mapping[str, tuple[str, ...]] = found.by_item
    rows = tuple((name, f"{len(by):,}", _listed(by) if by else "nothing") for name, by in shown.items() if name not in found.failing)
    after = [f"cannot be shown to fail: {', '.join(found.never)}" if found.never else "every check can be shown to fail"]
    after += [f"only ever an ERROR, because what they read was gone: {', '.join(found.only_errors)}"] if found.only_errors else []
    after += [f"failed before anything was corrupted, and show nothing: {', '.join(found.failing)}"] if found.failing else []
    return _Section("Each check: what made it fail", (), ("check", "times", "made to fail by"), rows, frozenset({1}), tuple(after))
