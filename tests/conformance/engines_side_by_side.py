"""The same rows on both engines, the same requests to both, and what differs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.engines.spark import SparkEngine
from mlgate.core.distance import Binned
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource, FrameSource
from mlgate.core.request import Aggregate, Op, Request
from mlgate.planning.fuse import plan

SUMMED = 1e-9  # relative: sums of floats in another order
_SUMMED_OPS = (Op.SUM, Op.MEAN, Op.STD, Op.QUANTILE, Op.SQL, Op.MISMATCHES)


@dataclass
class Compared:
    """How many answers were compared, and those that differ."""

    count: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, what: str, left: Any, right: Any, *, tolerance: float = 0.0) -> None:
        self.count += 1
        if not same(left, right, tolerance):
            self.differences.append(f"{what}\n  duckdb: {left!r}\n  spark:  {right!r}")


class SideBySide:
    """Two engines with the same datasets open."""

    def __init__(self, folder: Path) -> None:
        self.engines = {"duckdb": DuckDBEngine(folder / "duckdb"), "spark": SparkEngine(folder / "spark")}
        for name in self.engines:
            (folder / name).mkdir(exist_ok=True)
        self.schemas: dict[str, Any] = {}

    def open(self, name: str, opened: FilesSource | FrameSource, key: tuple[str, ...] = ()) -> None:
        left, right = (engine.open(name, Dataset(path=name, key=key), opened) for engine in self.engines.values())
        assert left == right, f"schemas differ:\n  duckdb: {left}\n  spark:  {right}"
        self.schemas[name] = left

    def attach(self, *args: Any, **kwargs: Any) -> None:
        left, right = (engine.attach(*args, **kwargs) for engine in self.engines.values())
        assert left == right

    def compare(self, requests: list[Request], into: Compared) -> None:
        found = {name: answers(engine, requests) for name, engine in self.engines.items()}
        for request in requests:
            summed = isinstance(request, Aggregate) and request.op in _SUMMED_OPS
            into.add(_shown(request), found["duckdb"][request], found["spark"][request], tolerance=SUMMED if summed else 0.0)

    def close(self) -> None:
        for engine in self.engines.values():
            engine.close()


def answers(engine: Any, requests: list[Request], *, isolated: bool = True) -> dict[Request, Any]:
    """Planned as in a run."""
    found: dict[Request, Any] = {}
    made = plan(requests)
    for scan in (*made.grids, *made.scans):
        for batch in scan.batches:
            found.update(_isolated(engine, scan, batch) if isolated else engine.answer(scan, batch))
    return found


def _isolated(engine: Any, scan: Any, batch: Any) -> dict[Request, Any]:
    """As the run does it: a batch that fails is halved; what fails alone is an error, whatever its words."""
    try:
        return dict(engine.answer(scan, batch))
    except Exception:  # noqa: BLE001  each engine has its own tree
        if len(batch) == 1:
            return {batch[0]: MeasurementError}
        half = len(batch) // 2
        return {**_isolated(engine, scan, batch[:half]), **_isolated(engine, scan, batch[half:])}


def same(left: Any, right: Any, tolerance: float) -> bool:
    """Equal in value and in type; floats within a relative tolerance."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        alike = left.dtype == right.dtype or (left.dtype.kind, right.dtype.kind) == ("i", "i")  # `n // 2` is wider on Spark
        return alike and same(left.tolist(), right.tolist(), tolerance)
    if isinstance(left, Binned) and isinstance(right, Binned):
        return same(vars(left) if hasattr(left, "__dict__") else repr(left), vars(right) if hasattr(right, "__dict__") else repr(right), tolerance)
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        both_nan = math.isnan(left) and math.isnan(right)
        return both_nan or left == right or (tolerance > 0 and math.isclose(left, right, rel_tol=tolerance))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(same(a, b, tolerance) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key], tolerance) for key in left)
    return bool(left == right)


def _shown(request: Request) -> str:
    if isinstance(request, Aggregate):
        return f"{request.op.value} of {request.of} {request.args} in {request.view}"
    return repr(request)
