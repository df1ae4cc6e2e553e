"""mlgate on any gate file, or on the first so many items of it: how whole process, planning, scanning and judging grow."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate
from mlgate.run.shares import declare


def main() -> None:
    gate_path, count = sys.argv[1], int(sys.argv[2])
    if len(sys.argv) > 3:
        os.environ["BENCH_ORDERS"], os.environ["BENCH_REFERENCE"] = (str(Path(path).resolve()) for path in sys.argv[3:5])
    started = time.perf_counter()
    gate = load(Path(gate_path))
    loaded = time.perf_counter()
    load_cpu_s = time.process_time()
    items = sorted(item.id for item in declare(gate))
    random.Random(7).shuffle(items)  # kinds and columns mixed, so that a part of the items is like the whole
    result = run_gate(gate, items=frozenset(items[:count] if count else items))
    seconds = time.perf_counter() - loaded
    seen = result.provenance
    outcomes = [str(verdict.outcome.value) for verdict in result.verdicts]
    told = {
        "items": len(outcomes),
        "errors": outcomes.count("ERROR"),
        "load": loaded - started,
        "load_cpu": load_cpu_s,
        "seconds": seconds,
        "scanning": sum(scan.seconds for scan in (*seen.scans, *seen.follow_ups)),
        "statements": sum(scan.statements for scan in seen.scans),
    }
    print("\n" + json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
