"""The benchmarks, one command: makes the data, installs the peers, runs everything as child processes, writes results/ and docs/performance.md.

    python benchmarks/run.py                          # 1, 5 and 20 million rows, three repeats, 25 minutes at most
    python benchmarks/run.py --rows 0.1 --repeats 1 --only mlgate,pandera_polars --docs /tmp/performance.md

Any Python from 3.11 on runs it; mlgate is installed from this checkout, the peers from the index. It wants Linux and a machine to itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import report
from checks import BY_ID
from child import Ran, run
from environments import Interpreter, interpreter, own

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
SLOW_S = 60.0  # what takes longer is run once
WAYS = {  # name: script, in the order in which they run
    "decode_duckdb": "decode_duckdb",
    "mlgate": "mlgate_pytest",
    "one_query_per_check": "one_query_per_check",
    "decode_polars": "decode_polars",
    "pandera_polars": "pandera_polars",
    "pointblank": "pointblank_polars",
    "soda": "soda_contract",
    "pandera_pandas": "pandera_pandas",
    "great_expectations": "great_expectations_pandas",
    "evidently": "evidently_pandas",
    "whylogs": "whylogs_pandas",
}
FIRST = ("decode_duckdb", "mlgate", "one_query_per_check")  # their repeats come before those of others
OWN = {"mlgate", "one_query_per_check", "one_statement_on_csv", "mlgate_gate"}  # these take the reference as a profile
UNSET = ("MLGATE_MEMORY_MB", "PYTHONDONTWRITEBYTECODE")  # without compiled files every start would compile anew what it imports


@dataclass(frozen=True)
class Job:
    """One thing to measure: `case` is the table it goes into, `label` its row there."""

    case: str
    label: str
    way: str
    rows: int
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.case}/{self.label}/{self.rows}"


@dataclass
class Bench:
    """What was given, what was found so far, and the time that is left."""

    given: argparse.Namespace
    started: float = field(default_factory=time.monotonic)
    runs: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    interpreters: dict[str, Interpreter] = field(default_factory=dict)

    @property
    def left_s(self) -> float:
        return self.given.budget * 60 - (time.monotonic() - self.started)

    def of(self, key: str) -> list[dict[str, Any]]:
        return [one for one in self.runs if one["key"] == key]

    def expected_s(self, job: Job) -> float:
        """Wall time by what the same way took on the nearest smaller table; 0 where nothing is known."""
        if same := self.of(job.key):
            return min(one["wall_s"] for one in same)
        smaller = [one for one in self.runs if (one["case"], one["label"]) == (job.case, job.label) and one["rows"] < job.rows]
        if not smaller:
            return 0.0
        last = max(smaller, key=lambda one: one["rows"])
        return float(last["wall_s"]) * job.rows / last["rows"]

    def why_not(self, job: Job) -> str:
        """Why a job must not run; "" where it may."""
        fault = self.interpreters[job.way].fault
        if fault:
            return fault
        broken = [one for one in self.runs if (one["case"], one["label"]) == (job.case, job.label) and one["stopped"] and one["rows"] <= job.rows]
        if broken:
            return f"stopped at {broken[0]['rows']:,} rows by the limit of {broken[0]['stopped']}"
        expected = self.expected_s(job)
        if expected > self.given.limit:
            return f"would take about {expected:.0f} s, more than the limit of {self.given.limit:.0f} s"
        if expected > self.left_s:
            return "the budget of the whole command is spent"
        return ""


def jobs(python: Path, data: dict[int, Path], csv: Path | None, profile: Path, given: argparse.Namespace) -> Iterator[Job]:
    """Everything there is to measure, small tables first."""
    reference = data[min(data)].with_name("reference.parquet")
    largest = max(data)
    for rows in sorted(data):
        for way in given.ways:
            frozen = profile if way in OWN else reference
            yield Job("table", way, way, rows, (str(data[rows]), str(frozen)))
    if csv is not None:
        for way in ("decode_duckdb", "mlgate", "one_statement_on_csv"):
            yield Job("csv", way, way, given.csv_rows, (str(csv), str(profile)))
    gate = str(HERE / "orders.gate.yaml")
    middle = sorted(data)[len(data) // 2]
    for memory in (500, 250):
        yield Job("memory", f"{memory}", "mlgate", largest, (str(data[largest]), str(profile)), (("MLGATE_MEMORY_MB", str(memory)),))
    for count in (1, 2, 4, 8, 15, 30, 60):
        yield Job("growth", f"{count}", "mlgate_gate", middle, (gate, str(count), str(data[middle]), str(profile)))
    for label, columns, rules in (("10,000 checks, 100 columns", 100, 89), ("11,000 checks, 1,000 columns", 1000, 0)):
        yield Job("wide", label, "mlgate_gate", 1_000, (str(made_wide(python, given.data, columns, rules)), "0"))


def measure(bench: Bench, job: Job) -> None:
    """Runs a job once and keeps what it told, or why it was not run."""
    if why := bench.why_not(job):
        bench.skipped.setdefault(job.key, why)
        return
    script = {**WAYS, "mlgate_gate": "mlgate_gate"}[job.way]
    command = [str(bench.interpreters[job.way].python), str(PEERS / f"{script}.py"), *job.arguments]
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    environment |= {"PYTHONPATH": str(HERE), **dict(job.environment)}
    limit_s = min(bench.given.limit, max(bench.left_s, 1.0))
    ran = run(command, environment, limit_s=limit_s, limit_mb=bench.given.memory)
    told = _told(ran)
    fault = "" if told else _fault(ran, bench.given)
    measured = {"key": job.key, "case": job.case, "label": job.label, "way": job.way, "rows": job.rows, "fault": fault}
    bench.runs.append({**measured, "wall_s": ran.wall_s, "cpu_s": ran.cpu_s, "peak_mb": ran.peak_mb, "stopped": ran.stopped, "told": told})
    print(f"{job.key:50} {ran.wall_s:8.2f} s wall {ran.cpu_s:8.2f} s CPU {ran.peak_mb:8.0f} MB  {fault}", file=sys.stderr, flush=True)


def _told(ran: Ran) -> dict[str, Any]:
    """What the child printed last; its verdicts as how many there are and those that are not what was planted."""
    lines = [line for line in ran.output.splitlines() if line.startswith("{")]
    if not lines or ran.stopped or ran.code:
        return {}
    told = dict(json.loads(lines[-1]))
    if verdicts := told.pop("verdicts", None):
        told["answered"] = len(verdicts)
        told["differs"] = {name: one for name, one in verdicts.items() if one != ("PASS" if BY_ID[name].passes else "FAIL")}
    if isinstance(own := told.pop("own_code", None), list):
        told["own_code"] = len(own)
    if not verdicts:
        told.pop("cannot", None)
    return told


def _fault(ran: Ran, given: argparse.Namespace) -> str:
    if ran.stopped == "memory":
        return f"out of memory: stopped at {given.memory:,.0f} MB after {ran.wall_s:.0f} s"
    if ran.stopped == "time":
        return f"not done after {ran.wall_s:.0f} s"
    last = [line for line in ran.errors.splitlines() if line.strip()]
    return f"exit code {ran.code}: {last[-1][:200] if last else 'no message'}"


def measure_all(bench: Bench, planned: list[Job], save: Callable[[], None]) -> None:
    """Every job once; then, in turn, the repeats of those that are quick enough."""
    for job in planned:
        measure(bench, job)
        save()
    for _ in range(bench.given.repeats - 1):
        for job in sorted(planned, key=lambda one: one.way not in FIRST):
            done = bench.of(job.key)
            if done and not done[0]["fault"] and done[0]["wall_s"] <= SLOW_S:
                measure(bench, job)
        save()


def environment_of() -> dict[str, Any]:
    """What the numbers depend on besides the code."""
    head = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "day": time.strftime("%Y-%m-%d"),
        "commit": head,
        "cores": len(os.sched_getaffinity(0)),
        "cpu": names[0] if names else platform.processor(),
        "memory_gb": round(memory, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "load_before": round(os.getloadavg()[0], 2),
    }


def made(python: Path, folder: Path, rows: int, *options: str) -> Path:
    """The table of so many rows. Made by a process of its own: a child begins with the peak of its parent, so this one must stay small."""
    command = [str(python), str(HERE / "make_data.py"), str(folder), "--rows", str(rows), *options]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def made_wide(python: Path, folder: Path, columns: int, rules: int) -> Path:
    """A gate file of many checks, and its table, made likewise."""
    command = [str(python), str(HERE / "wide.py"), str(folder), str(columns), str(rules)]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def frozen_reference(python: Path, reference: Path) -> Path:
    """The reference as `mlgate profile` freezes it."""
    target = reference.with_name("reference.profile.json")
    environment = {**os.environ, "BENCH_REFERENCE": str(reference), "BENCH_ORDERS": str(reference)}
    command = [str(python.with_name("mlgate")), "profile", str(HERE / "orders.gate.yaml"), "reference", "-o", str(target)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return target


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1,5,20", help="millions of rows, by comma (default: %(default)s)")
    parser.add_argument("--csv-rows", type=float, default=1, help="millions of rows of the CSV file (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help=f"runs of each; once where one takes over {SLOW_S:.0f} s (default: %(default)s)")
    parser.add_argument("--only", default="", help=f"ways, by comma; decode_duckdb always runs: {', '.join(WAYS)}")
    parser.add_argument("--cases", default="table,csv,memory,growth,wide", help="by comma (default: %(default)s)")
    parser.add_argument("--budget", type=float, default=25, help="minutes for all measuring; what does not fit is reported (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=240, help="seconds for one run (default: %(default)s)")
    parser.add_argument("--memory", type=float, default=0, help="megabytes for one run (default: three quarters of the machine's)")
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="where tables are kept (default: %(default)s)")
    parser.add_argument("--envs", type=Path, default=HERE / ".envs", help="where the peers' environments are kept (default: %(default)s)")
    parser.add_argument("--results", type=Path, default=HERE / "results" / "performance.json", help="raw numbers (default: %(default)s)")
    parser.add_argument("--docs", type=Path, default=HERE.parent / "docs" / "performance.md", help="the page (default: %(default)s)")
    parser.add_argument("--prepare", action="store_true", help="only make the data and install the peers")
    parser.add_argument("--report", action="store_true", help="only write the page again from the raw numbers")
    given = parser.parse_args()
    given.ways = [way for way in WAYS if not given.only or way == "decode_duckdb" or way in given.only.split(",")]
    if unknown := set(filter(None, given.only.split(","))) - set(WAYS):
        parser.error(f"no way {', '.join(sorted(unknown))}; there are {', '.join(WAYS)}")
    given.memory = given.memory or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20 * 0.75
    given.csv_rows = round(given.csv_rows * 1e6)
    return given


def main() -> None:
    given = arguments()
    if given.report:
        report.write(json.loads(given.results.read_text(encoding="utf-8")), given.docs)
        return
    millions = [round(float(part) * 1e6) for part in given.rows.split(",")]
    with_mlgate = own(given.envs, HERE.parent)
    if with_mlgate.fault:
        sys.exit(f"mlgate {with_mlgate.fault}")
    python = with_mlgate.python
    data = {rows: made(python, given.data, rows) for rows in millions}
    csv = made(python, given.data, given.csv_rows, "--csv") if "csv" in given.cases.split(",") else None
    profile = frozen_reference(python, given.data / "reference.parquet")
    bench = Bench(given)
    for way in (*given.ways, *FIRST, "one_statement_on_csv", "mlgate_gate"):
        bench.interpreters[way] = interpreter(PEERS / f"{WAYS.get(way, way)}.py", given.envs)
    if given.prepare:
        return
    bench.started = time.monotonic()
    planned = [job for job in jobs(python, data, csv, profile, given) if job.case in given.cases.split(",")]
    found = {"environment": environment_of(), "settings": {"repeats": given.repeats, "limit_s": given.limit, "memory_mb": round(given.memory)}}

    def save() -> None:
        given.results.parent.mkdir(parents=True, exist_ok=True)
        sizes = {str(rows): round(path.stat().st_size / 2**20) for rows, path in data.items()}
        text = json.dumps({**found, "size_mb": sizes, "runs": bench.runs, "skipped": bench.skipped}, indent=1)
        given.results.write_text(text + "\n", encoding="utf-8")

    measure_all(bench, planned, save)
    report.write(json.loads(given.results.read_text(encoding="utf-8")), given.docs)


if __name__ == "__main__":
    main()
