"""The example on real flights, on both engines: `python tests/conformance/flights_on_both_engines.py` compares every item.

Too slow for every run of the tests (Spark on one machine takes a minute), and therefore a script.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import yaml
from spark_session import local_spark

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

FLIGHTS = Path(__file__).parents[2] / "examples" / "flights"


def verdicts(engine: str, folder: Path) -> dict[str, tuple]:
    gate = yaml.safe_load((FLIGHTS / "flights.gate.yaml").read_text())
    for dataset in gate["datasets"].values():
        dataset["engine"] = engine
    path = folder / f"{engine}.gate.yaml"
    path.write_text(yaml.safe_dump(gate, sort_keys=False).replace(".cache/", f"{FLIGHTS / '.cache'}/"))
    started = time.perf_counter()
    found = run_gate(load(path)).verdicts
    print(f"{engine}: {len(found)} items in {time.perf_counter() - started:.1f} s")
    return {one.item: (str(one.outcome), one.says, one.details, one.offenders and one.offenders.rows) for one in found}


def main() -> int:
    if not (FLIGHTS / ".cache" / "stamp.json").exists():
        print("make the data first: python examples/flights/make.py")
        return 2
    with tempfile.TemporaryDirectory() as folder, local_spark(Path(folder)):
        left, right = (verdicts(engine, Path(folder)) for engine in ("duckdb", "spark"))
    differing = [item for item in left if left[item] != right.get(item)]
    for item in differing:
        print(f"{item}\n  duckdb: {left[item]}\n  spark:  {right.get(item)}")
    print(f"{len(left)} items, {len(differing)} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
