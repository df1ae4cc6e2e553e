"""The page docs/performance.md and its plots, from the raw numbers of one run of the command."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import plot

TITLES = {
    "decode_duckdb": "the floor: DuckDB reads and decodes every column",
    "decode_polars": "the floor in polars, streaming",
    "mlgate": "**mlgate**, `pytest --mlgate`",
    "one_query_per_check": "mlgate's statements, one check at a time",
    "one_statement_on_csv": "one check at a time, each statement parses the file",
    "pandera_polars": "pandera, polars",
    "pandera_pandas": "pandera, pandas",
    "pointblank": "pointblank, polars",
    "soda": "Soda 4, DuckDB",
    "great_expectations": "Great Expectations, pandas",
    "evidently": "Evidently, pandas",
    "whylogs": "whylogs, pandas",
}
FLOOR = "decode_duckdb"
NOTES = """\
Where a verdict is not what was planted, the reason is one of these, each to be seen in the peer's file under `benchmarks/peers/`:

- `rating` holds NaN besides null (4 % each). Where NaN is no null, its null share is too low, and where NaN is greater than every number, its range is broken.
- Two quantile expectations about one column in one suite get one value in Great Expectations: the second is judged by the quantile of the first.
- PSI does not exist in Great Expectations: half of the limit for the Kullback-Leibler divergence stands for it.
- whylogs judges from sketches, and from one column at a time: it has no row rules, no exact quantiles and no exact uniqueness.
"""


@dataclass(frozen=True)
class Found:
    """The runs of one row of a table."""

    runs: Sequence[dict[str, Any]]
    skipped: str = ""

    @property
    def good(self) -> list[dict[str, Any]]:
        return [one for one in self.runs if not one["fault"]]

    @property
    def fault(self) -> str:
        return "" if self.good else self.runs[0]["fault"] if self.runs else self.skipped

    def of(self, key: str) -> float:
        """The median over the runs, NaN where there is none."""
        return median([one[key] for one in self.good]) if self.good else math.nan

    def told(self, key: str) -> Any:
        values = [one["told"][key] for one in self.good if key in one["told"]]
        numbers = all(isinstance(value, (int, float)) for value in values)
        return (median(values) if numbers else values[0]) if values else None


def write(found: dict[str, Any], page: Path) -> None:
    """Writes the page, and its plots beside it."""
    page.parent.mkdir(parents=True, exist_ok=True)
    sizes = sorted({one["rows"] for one in found["runs"] if one["case"] == "table"})
    bars = page.with_name("performance-peers.svg")
    growth = page.with_name("performance-growth.svg")
    parts = ["# Performance", *_introduction(found)]
    for rows in reversed(sizes):
        parts += _table(found, rows)
    parts += [f"![wall time of each at {sizes[-1]:,} rows]({bars.name})", NOTES.rstrip()] if sizes else []
    parts += [*_differences(found, sizes), *_csv(found), *_memory(found), *_growth(found, sizes, growth.name), *_wide(found), *_settings(found)]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    if sizes:
        bars.write_text(plot.bars(list(_bars(found, sizes[-1])), f"60 checks on {sizes[-1]:,} rows: whole process, seconds"), encoding="utf-8")
        growth.write_text(plot.lines(_lines(found, sizes)), encoding="utf-8")


def _of(found: dict[str, Any], case: str, label: str, rows: int) -> Found:
    key = f"{case}/{label}/{rows}"
    return Found([one for one in found["runs"] if one["key"] == key], found["skipped"].get(key, ""))


def _introduction(found: dict[str, Any]) -> Iterator[str]:
    env, settings = found["environment"], found["settings"]
    yield (
        "Written by `python benchmarks/run.py`, which makes the data, installs each peer into an environment of its own and runs everything anew; the raw "
        "numbers are in `benchmarks/results/performance.json`. Every number is of a whole process, from start to end, imports included: wall and CPU "
        "seconds (user and system) and the greatest resident memory, each the median of "
        f'{settings["repeats"]} runs in turn (of one, where it took longer than a minute). "x floor" is wall time by that of the floor, which does nothing '
        "but read and decode all 20 columns."
    )
    yield (
        f"Machine: {env['cores']} cores ({env['cpu']}), {env['memory_gb']} GB, {env['system']}, Python {env['python']}; {env['day']}, commit "
        f"{env['commit']}; load before the run {env['load_before']}."
    )
    yield (
        "The 60 checks: volume, freshness, 12 null shares, 9 ranges, 4 sets of up to 200 values, 3 regular expressions, exact uniqueness of a text "
        "id, 6 rules across columns, 4 means, a standard deviation, 4 quantiles, 14 PSI against a reference of 100,000 rows. Seven of them are broken on purpose. "
        "`checks` counts what a peer answered, in brackets how many of these are functions or SQL that the user has to write; `unlike` counts verdicts that are "
        "not what was planted."
    )


def _table(found: dict[str, Any], rows: int) -> Iterator[str]:
    floor = _of(found, "table", FLOOR, rows).of("wall_s")
    size = found.get("size_mb", {}).get(str(rows))
    lines = ["| | checks | unlike | wall s | x floor | CPU s | peak MB | runs |", "|---|---|---|---|---|---|---|---|"]
    for way, title in TITLES.items():
        row = _of(found, "table", way, rows)
        if row.fault:
            lines.append(f"| {title} | {_short(row.fault)} | | | | | | {len(row.runs)} |")
        elif row.good:
            checks = "-" if row.told("answered") is None else f"{row.told('answered'):.0f}" + _own(row)
            unlike = "-" if row.told("answered") is None else str(len(row.told("differs") or {}))
            wall = row.of("wall_s")
            numbers = f"{_number(wall)} | {wall / floor:.1f} | {_number(row.of('cpu_s'))} | {row.of('peak_mb'):,.0f} | {len(row.good)}"
            lines.append(f"| {title} | {checks} | {unlike} | {numbers} |")
    yield f"## {rows:,} rows x 20 columns" + (f" ({size:,} MB of Parquet, zstd)" if size else "")
    yield "\n".join(lines)
    mlgate = _of(found, "table", "mlgate", rows)
    if mlgate.good:
        scans = mlgate.told("scans") or {}
        requests, statements, seconds = scans.get("orders", (0, 0, 0.0))
        yield (
            f"Inside mlgate: {mlgate.told('measuring'):.2f} s from opening the data to the verdicts, of which {seconds:.2f} s in {statements} statements for "
            f"{requests} requests and {mlgate.told('offenders'):.2f} s in fetching the offending rows of the items that fail (peers name few or none)."
        )
    alone = _of(found, "table", "one_query_per_check", rows)
    if mlgate.good and alone.good:
        fair = mlgate.told("measuring") - mlgate.told("offenders")
        yield (
            f"One check at a time fetches no offending rows and starts no pytest: its {alone.told('seconds'):.2f} s, gate file included, stand against {fair:.2f} s "
            "of measuring without them."
        )


def _own(row: Found) -> str:
    own = row.told("own_code")
    return f" ({own:.0f})" if own else ""


def _short(text: str) -> str:
    return text.replace("|", "/")[:160]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _differences(found: dict[str, Any], sizes: Sequence[int]) -> Iterator[str]:
    lines = []
    for way, title in TITLES.items():
        seen = {}
        for rows in sizes:
            seen.update(_of(found, "table", way, rows).told("differs") or {})
        if seen:
            lines.append(f"- {title}: {', '.join(f'`{name}` {verdict}' for name, verdict in sorted(seen.items()))}")
    if lines:
        yield "Verdicts unlike what was planted:"
        yield "\n".join(lines)


def _csv(found: dict[str, Any]) -> Iterator[str]:
    rows = next((one["rows"] for one in found["runs"] if one["case"] == "csv"), 0)
    if rows:
        yield f"## One CSV file of {rows:,} rows"
        yield "A columnar file lets every check read its own columns; a CSV file is parsed as a whole by every statement. mlgate parses it once, into a table."
        yield _plain(found, "csv", ((way, TITLES[way]) for way in ("decode_duckdb", "mlgate", "one_statement_on_csv")), rows)


def _memory(found: dict[str, Any]) -> Iterator[str]:
    rows = next((one["rows"] for one in found["runs"] if one["case"] == "memory"), 0)
    if rows:
        yield f"## {rows:,} rows within a memory limit"
        yield "`MLGATE_MEMORY_MB` limits what DuckDB keeps; the process itself comes on top. `checks` are those that got a verdict, not an error."
        lines = ["| limit MB | checks | unlike | wall s | CPU s | peak MB |", "|---|---|---|---|---|---|"]
        for limit in ("500", "250"):
            row = _of(found, "memory", limit, rows)
            if not row.good:
                lines.append(f"| {limit} | {_short(row.fault)} | | | | |")
                continue
            differs = row.told("differs") or {}
            answered = row.told("answered") - sum(one == "ERROR" for one in differs.values())
            numbers = f"{_number(row.of('wall_s'))} | {_number(row.of('cpu_s'))} | {row.of('peak_mb'):,.0f}"
            lines.append(f"| {limit} | {answered:.0f} | {len(differs)} | {numbers} |")
        yield "\n".join(lines)


def _plain(found: dict[str, Any], case: str, labels: Iterable[tuple[str, str]], rows: int) -> str:
    lines = ["| | wall s | CPU s | peak MB |", "|---|---|---|---|"]
    for label, title in labels:
        row = _of(found, case, label, rows)
        if row.good:
            lines.append(f"| {title} | {_number(row.of('wall_s'))} | {_number(row.of('cpu_s'))} | {row.of('peak_mb'):,.0f} |")
        else:
            lines.append(f"| {title} | {_short(row.fault)} | | |")
    return "\n".join(lines)


def _by_rows(found: dict[str, Any], sizes: Sequence[int]) -> list[tuple[float, float]]:
    rows = [(size, _of(found, "table", "mlgate", size)) for size in sizes]
    return [(size, row.told("measuring")) for size, row in rows if row.good]


def _by_checks(found: dict[str, Any]) -> list[tuple[float, float]]:
    labels = sorted({int(one["label"]) for one in found["runs"] if one["case"] == "growth" and not one["fault"]})
    rows = next((one["rows"] for one in found["runs"] if one["case"] == "growth"), 0)
    return [(label, _of(found, "growth", str(label), rows).told("seconds")) for label in labels]


def _growth(found: dict[str, Any], sizes: Sequence[int], name: str) -> Iterator[str]:
    rows, checks = _by_rows(found, sizes), _by_checks(found)
    if len(rows) < 2 and len(checks) < 2:
        return
    yield "## How the cost grows"
    if len(rows) > 1:
        slope, start = _line(rows)
        worst = max(abs(start + slope * x - y) / y for x, y in rows)
        told = ", ".join(f"{x:,.0f} rows {y:.2f} s" for x, y in rows)
        yield f"With rows (60 checks, measuring alone): {told}. The straight line through these is {start:.2f} s + {slope * 1e6:.3f} s a million rows, at most {worst:.0%} off."
    if len(checks) > 1:
        told = ", ".join(f"{x:.0f}: {y:.2f} s" for x, y in checks)
        power = _line([(math.log(x), math.log(y)) for x, y in checks])[0]
        at = next(one["rows"] for one in found["runs"] if one["case"] == "growth")
        yield f"With checks ({at:,} rows, measuring alone): {told}. The power law through these has the exponent {power:.2f}; 1 would be one scan a check."
    yield f"![measuring time by rows and by checks]({name})"


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and intercept by least squares."""
    n = len(points)
    x, y = sum(one for one, _ in points) / n, sum(one for _, one in points) / n
    spread = sum((one - x) ** 2 for one, _ in points)
    slope = sum((one - x) * (other - y) for one, other in points) / spread
    return slope, y - slope * x


def _wide(found: dict[str, Any]) -> Iterator[str]:
    labels = dict.fromkeys(one["label"] for one in found["runs"] if one["case"] == "wide")
    if not labels:
        return
    yield "## Many checks, many columns"
    lines = [
        "| on 1,000 rows | items | errors | statements | whole process s | reading the gate file s | plan and judge s | scan s | peak MB |",
        "|" + "---|" * 9,
    ]
    for label in labels:
        row = _of(found, "wide", label, 1_000)
        if not row.good:
            lines.append(f"| {label} | {_short(row.fault)} |" + " |" * 7)
            continue
        scan = row.told("scanning")
        cells = [f"{row.told('items'):,.0f}", f"{row.told('errors'):.0f}", f"{row.told('statements'):,.0f}", _number(row.of("wall_s"))]
        cells += [_number(row.told("load")), _number(row.told("seconds") - scan), _number(scan), f"{row.of('peak_mb'):,.0f}"]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    yield "\n".join(lines)


def _settings(found: dict[str, Any]) -> Iterator[str]:
    settings = found["settings"]
    versions: dict[str, str] = {}
    for one in found["runs"]:
        versions.update(one["told"].get("versions", {}))
    yield "## Versions and limits"
    yield ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) + "."
    yield (
        f"A run is ended at {settings['memory_mb']:,} MB of resident memory or after {settings['limit_s']:.0f} s; what would not be done by then, judged by a "
        "smaller table, is not started. [benchmarks/README.md](../benchmarks/README.md) tells how to run it and how each peer is used."
    )


def _bars(found: dict[str, Any], rows: int) -> Iterator[tuple[str, float, str]]:
    for way, title in TITLES.items():
        row = _of(found, "table", way, rows)
        if row.runs or row.skipped:
            yield title.replace("*", "").replace("`", ""), row.of("wall_s"), row.fault


def _lines(found: dict[str, Any], sizes: Sequence[int]) -> list[plot.Panel]:
    alone = [(size, _of(found, "table", "one_query_per_check", size)) for size in sizes]
    floor = [(size, _of(found, "table", FLOOR, size)) for size in sizes]
    series = {
        "mlgate": _by_rows(found, sizes),
        "one check at a time": [(size, row.told("seconds")) for size, row in alone if row.good],
        "decode alone": [(size, row.told("seconds")) for size, row in floor if row.good],
    }
    checks = _by_checks(found)
    per_scan = {"mlgate": checks, "as many times one check": [(x, x * checks[0][1]) for x, _ in checks]} if checks else {}
    return [plot.Panel("rows", "seconds, 60 checks", series), plot.Panel("checks", "seconds", per_scan)]
