"""The bed of the kind `property`: preprocessing with a bug each, which its default laws must catch, and sound preprocessing, which they must let be.

python tests/checks/skew/preprocessing_bed.py [--seeds 20] [--examples 200]

prints which laws caught which bug, and how many of the sound ones raised an alarm over all seeds. All searches of a run share two child processes,
so that their imports are paid once; making counterexamples small, which no verdict depends on, is left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from preprocessing_mutants import MUTANTS
from preprocessing_sound import SOUND

from mlgate.adapters.probes._child import Job, run
from mlgate.adapters.probes._property.other_process import again
from mlgate.adapters.probes._property.search import tried
from mlgate.adapters.probes.property import _FIRST, _OTHER, _inputs
from mlgate.checks.skew.property import ENOUGH, Property
from mlgate.core.gate import Dataset
from mlgate.core.scope import Scope
from mlgate.core.table_schema import Column, TableSchema

ROWS = 300


def flights(rows: int = ROWS) -> pd.DataFrame:
    """Flights with the types and the nulls of the real ones."""
    rng = np.random.default_rng(1)
    delays = rng.integers(-20, 120, rows).astype(float)
    delays[rng.random(rows) < 0.05] = np.nan
    departs = pd.Timestamp("2024-02-27 05:00") + pd.to_timedelta(rng.integers(0, 30 * 24 * 60, rows), unit="min")
    return pd.DataFrame(
        {
            "carrier": rng.choice(["AA", "B6", "DL", "UA"], rows),
            "distance": rng.integers(80, 2600, rows).astype(float),
            "dep_delay": delays,
            "seats": rng.integers(20, 400, rows),
            "departs": departs.astype("datetime64[us]"),
            "epoch": departs.astype("datetime64[s]").astype("int64"),
        }
    )


def outcomes(module: str, checks: Mapping[str, Mapping[str, object]], *, seed: int, examples: int) -> dict[str, dict[str, str]]:
    """For each callable of a module, its laws that broke, with how; a law that was tried on too few batches is `(too few)`."""
    frame = flights()
    jobs = {name: _job(f"{module}:{name}", name, more, frame, seed, examples) for name, more in checks.items()}
    with tempfile.TemporaryDirectory(prefix="mlgate-bed-") as folder:
        found: dict[str, dict[str, str]] = {name: {} for name in jobs}
        for task, environment in (("search_all", _FIRST), ("again_all", _OTHER)):
            heard = run(Job(f"preprocessing_bed:{task}", {"jobs": jobs}, 3600.0, environment=environment), folder=Path(folder))
            assert heard.ended == "done", (heard.how, heard.output)
            for said in heard.said:
                found[said["name"]] = {**said["broken"], **found[said["name"]]}
    return found


def _job(of: str, check: str, more: Mapping[str, object], frame: pd.DataFrame, seed: int, examples: int) -> dict[str, Any]:
    kind = Property.model_validate({"id": check, "of": of, "like": "flights", "examples": examples, "seconds": 60, **more})
    schema = TableSchema("flights", tuple(Column(name, "float") for name in frame.columns))
    probe = kind.probe(Scope({"flights": Dataset(frame=frame, mask="all")}, {}, {"flights": schema}, seed=seed))
    import json

    return _inputs(json.loads(str(probe.args[0])), [frame[list(rows.columns)] for rows in probe.inputs])


def search_all(inputs: Mapping[str, Any], say: Callable[[Any], None]) -> None:
    """In the first child."""
    for name, job in inputs["jobs"].items():
        folder = Path(inputs["folder"]) / name
        folder.mkdir()
        tallies = tried({**job, "folder": str(folder)}, lambda _: None).searching.tallies
        say({"name": name, "broken": dict(_broken(tallies, job["wanted"]["examples"]))})


def _broken(tallies: Mapping[str, Any], examples: int) -> Iterator[tuple[str, str]]:
    for law, tally in tallies.items():
        if tally.broken:
            yield law, f"{tally.best[1].why} {tally.best[1].got}".strip()
        elif tally.tried < min(ENOUGH, examples // 2):
            yield law, f"(too few: {tally.tried}) {tally.mute}"


def again_all(inputs: Mapping[str, Any], say: Callable[[Any], None]) -> None:
    """In the second child."""
    for name, job in inputs["jobs"].items():
        said: list[Any] = []
        again({**job, "folder": str(Path(inputs["folder"]) / name)}, said.append)
        say({"name": name, "broken": {one["law"]: one["example"]["why"] for one in said if one["example"] is not None}})


def main() -> int:
    """Runs the bed and prints what came out. Returns 0 where every bug was caught and no alarm was raised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--examples", type=int, default=200)
    given = parser.parse_args()
    mutants = outcomes("preprocessing_mutants", MUTANTS, seed=20260101, examples=given.examples)
    caught = {name: [law for law, why in laws.items() if not why.startswith("(")] for name, laws in mutants.items()}
    for name, laws in caught.items():
        print(f"{name:<20} {', '.join(laws) or 'NOT CAUGHT'}", flush=True)
    alarms = []
    for seed in range(given.seeds):
        sound = outcomes("preprocessing_sound", SOUND, seed=seed, examples=given.examples)
        alarms += [f"seed {seed}: {name}: {law}: {why}" for name, laws in sound.items() for law, why in laws.items()]
        print(*alarms[len(alarms) - sum(map(len, sound.values())) :], sep="\n", end="", flush=True)
    print(f"{sum(map(bool, caught.values()))} of {len(caught)} caught; {len(alarms)} alarms in {given.seeds * len(SOUND)} runs")
    return int(bool(alarms) or not all(caught.values()))


if __name__ == "__main__":
    sys.exit(main())
