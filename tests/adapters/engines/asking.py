from pathlib import Path

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.core.gate import Dataset
from mlgate.core.ports import FrameSource
from mlgate.planning.fuse import plan


class Asking:
    """An engine and the short way to ask it: frames in, answers out."""

    def __init__(self, folder: Path) -> None:
        self.engine = DuckDBEngine(folder)

    def open(self, name, frame, key=()):
        return self.engine.open(name, Dataset(frame="m:f", key=key), FrameSource(frame))

    def answers(self, requests):
        """Planned as in a run: fused where it can be."""
        found = {}
        planned = plan(requests)
        for scan in (*planned.grids, *planned.scans):
            for batch in scan.batches:
                found.update(self.engine.answer(scan, batch))
        return found

    def __getitem__(self, request):
        return self.answers([request])[request]

    def statement(self, *requests):
        (scan,) = plan(requests).scans
        return ";\n".join(self.engine.statement(scan, batch) for batch in scan.batches)
