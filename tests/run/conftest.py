from pathlib import Path

import pandas as pd
import pytest
import yaml

from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate


@pytest.fixture
def judged(tmp_path):
    """Writes frames as CSV and a gate file beside them, runs it, gives verdicts by item (and the result as `.result`)."""

    class Verdicts(dict):
        result = None

    def run(frames, **gate):
        for name, frame in frames.items():
            pd.DataFrame(frame).to_csv(Path(tmp_path, f"{name}.csv"), index=False)
        options = {key: gate.pop(key) for key in ("today", "items", "progress") if key in gate}
        path = tmp_path / "g.gate.yaml"
        path.write_text(yaml.safe_dump({"mlgate": 1, **gate}, sort_keys=False))
        result = run_gate(load(path), **options)
        verdicts = Verdicts({verdict.item: verdict for verdict in result.verdicts})
        verdicts.result = result
        return verdicts

    return run
