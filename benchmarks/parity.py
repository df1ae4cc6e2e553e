"""Parity of two wide tables against the engine's own join of them: `python benchmarks/parity.py --rows 20000000` prints the ratio.

Both sides have 20 columns, and one row in a thousand differs in one of them. The join is one statement of DuckDB that joins the tables over their
key and counts the differences of each column; parity does that too, finds keys that occur twice or on one side only, and measures the worst
difference; `diagnosed` is the same where it fails, with diagnosis and offending rows. Each runs in a process of its own under one limit of memory
(`--memory`, MLGATE_MEMORY_MB).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = 20
GATE = """
mlgate: 1
datasets:
  served: {path: served.parquet, key: [id]}
  train: {path: train.parquet, key: [id]}
checks:
  - {id: parity, kind: parity, of: served, against: train, mismatch_share: {at_most: SHARE}}
"""


def make(folder: Path, rows: int) -> None:
    """Both tables, the same each time: random bits are the hash of the row number. The key of `train` is in another order."""
    import duckdb

    floats = [f"(hash(i * 31 + {n}) % 1000000) / 997.0 as f{n}" for n in range(9)]
    whole = [f"(hash(i * 37 + {n}) % {10 ** (n + 1)})::bigint as i{n}" for n in range(5)]
    texts = [f"'level ' || (hash(i * 41 + {n}) % {5 * 10**n}) as s{n}" for n in range(3)]
    times = ["timestamp '2026-01-01' + to_seconds((hash(i * 43) % 10000000)::bigint) as t", "hash(i * 47) % 2 = 0 as b"]
    columns = ", ".join(["i as id", *floats, *whole, *texts, *times])
    order = {"served": "i", "train": f"((i * 7919) % {rows})"}
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "making")}) as made:
        for name, number in order.items():
            changed = "replace (case when id % 1000 = 0 then f0 * 1.609344 else f0 end as f0)" if name == "served" else ""
            source = f"select * {changed} from (select {columns} from (select {number} as i from range({rows}) t(i)))"
            made.execute(f"copy ({source}) to '{folder / name}.parquet' (format parquet, compression zstd)")


def join(folder: Path, megabytes: int) -> None:
    """The engine's own join."""
    import duckdb

    with duckdb.connect(config={"memory_limit": f"{megabytes}MB", "temp_directory": str(folder / "spill")}) as made:
        names = [row[0] for row in made.execute(f"describe select * from '{folder / 'served.parquet'}'").fetchall() if row[0] != "id"]
        counts = ", ".join(f"count(*) filter (a.{name} is distinct from b.{name})" for name in names)
        print(made.execute(f"select count(*), {counts} from '{folder}/served.parquet' a join '{folder}/train.parquet' b using (id)").fetchone())


def parity(folder: Path, share: float) -> None:
    from mlgate.gatefile.loader import load
    from mlgate.run.gate_run import run_gate

    path = folder / "parity.gate.yaml"
    path.write_text(GATE.replace("SHARE", str(share)), encoding="utf-8")
    (verdict,) = run_gate(load(path)).verdicts
    print(verdict.outcome, verdict.reason, *verdict.details[:3], sep="\n  ")


def timed(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Wall time, processor time and peak memory of a child process."""
    before = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, *arguments], env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    wall, busy = time.perf_counter() - before, usage.ru_utime + usage.ru_stime
    print(f"{arguments[-1]}: {wall:.1f} s, {busy:.1f} s of processors", file=sys.stderr)
    return {"seconds": round(wall, 1), "cpu_s": round(busy, 1), "peak_mb": round(_kilobytes(usage) / 1024)}


def _kilobytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--memory", type=int, default=4000, help="megabytes that the engine may use")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / ".data" / "parity")
    parser.add_argument("--only", choices=("join", "parity", "diagnosed"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only == "join":
        join(given.folder, given.memory)
    elif given.only:
        parity(given.folder, 0.0 if given.only == "diagnosed" else 0.01)
    else:
        given.folder.mkdir(parents=True, exist_ok=True)
        if not (given.folder / "train.parquet").exists():
            make(given.folder, given.rows)
        environment = {**os.environ, "MLGATE_MEMORY_MB": str(given.memory)}
        common = ["--folder", str(given.folder), "--memory", str(given.memory)]
        found = {name: timed([*common, "--only", name], environment) for name in ("join", "parity", "diagnosed")}
        for name in ("parity", "diagnosed"):
            found[name]["ratio"] = round(found[name]["seconds"] / found["join"]["seconds"], 2)
            found[name]["cpu_ratio"] = round(found[name]["cpu_s"] / found["join"]["cpu_s"], 2)
        print(json.dumps({"rows": given.rows, "columns": COLUMNS, "memory_mb": given.memory, **found}, indent=1))


if __name__ == "__main__":
    main()
