"""Probe `canary_state`: adds the newest rows of a log to the sums that a file keeps."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.core.codec import from_plain, to_plain
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe
from mlgate.stats.power_sums import PowerSums

_VERSION = 1


@dataclass(frozen=True)
class _Stream:
    metric: str
    stream: str
    sums: PowerSums


@dataclass(frozen=True)
class _State:
    """What the file holds. `until` is the time of the newest row counted, in nanoseconds since 1970 (UTC)."""

    mlgate_canary: int
    settings: str
    until: int | None
    streams: tuple[_Stream, ...] = field(default=())


class CanaryState:
    """Sums of streams over all looks: `args` are (path of the file, digest of the settings, layout as JSON).

    The frame has the time of each row first. The layout says for each stream which metric it is of, its name, and the places of two columns:
    whether a row belongs to it (1), and its value. Rows up to the newest time of
    an earlier look have been counted and are left out, so that a look repeated, or windows that overlap, change nothing. The file is
    locked while it is read and written, and replaced as a whole.
    """

    marks_values = True

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Mapping[str, Mapping[str, PowerSums]]:
        """The sums over all looks, this one included, by metric and stream."""
        from filelock import FileLock

        path, settings, layout = Path(str(probe.args[0])), str(probe.args[1]), json.loads(str(probe.args[2]))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{path}.lock"):
                before = _read(path, settings)
                after = _added(before, frames[0], layout)
                if after != before:
                    _write(path, after)
        except OSError as error:
            what = f"the state file {path.name} cannot be kept: {error.strerror or error}"
            raise MeasurementError(
                what, cause="infrastructure", fix="let the job write where `state` says, and keep the file between looks"
            ) from error
        found: dict[str, dict[str, PowerSums]] = {}
        for one in after.streams:
            found.setdefault(one.metric, {})[one.stream] = one.sums
        return found


def _read(path: Path, settings: str) -> _State:
    if not path.exists():
        return _State(_VERSION, settings, None)
    try:
        found = from_plain(_State, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        what = f"{path.name} is no state of a canary, or a damaged one"
        raise MeasurementError(what, fix="restore it; deleting it begins the canary anew, which is one more chance of a false alarm") from error
    if found.settings != settings or found.mlgate_canary != _VERSION:
        what = f"{path.name} holds sums of other settings: other metrics, arms or slice"
        raise MeasurementError(what, cause="configuration", fix="restore the settings, or name a new file under `state` to begin anew")
    return found


def _added(before: _State, frame: Any, layout: Sequence[tuple[str, str, int, int]]) -> _State:
    import pandas as pd

    times = pd.to_datetime(frame.iloc[:, 0], utc=True).dt.as_unit("ns")
    if lost := int(times.isna().sum()):
        what = f"{lost:,} of {len(frame):,} rows have no time, so that nobody can tell whether they were counted before"
        raise MeasurementError(what, fix="give every row of the log a time")
    at = times.astype("int64").to_numpy()
    new = frame[at > before.until] if before.until is not None else frame
    known = {(one.metric, one.stream): one.sums for one in before.streams}
    streams = tuple(
        _Stream(metric, stream, known.get((metric, stream), PowerSums()) + _sums(new.iloc[:, flag], new.iloc[:, number]))
        for metric, stream, flag, number in layout
    )
    until = int(at.max()) if len(at) else None
    return _State(_VERSION, before.settings, until if before.until is None else max(before.until, until or before.until), streams)


def _sums(flags: Any, numbers: Any) -> PowerSums:
    import numpy as np

    cells = numbers.to_numpy(dtype=np.float64, na_value=np.nan)[flags.to_numpy() == 1]
    values = cells[~np.isnan(cells)]
    if not np.isfinite(values).all():
        raise MeasurementError(f"{int((~np.isfinite(values)).sum()):,} values are infinite", fix="mend what writes the log")
    with np.errstate(over="ignore"):
        total, squares, cubes = (math.fsum(values**power) if np.isfinite(values**power).all() else math.inf for power in (1, 2, 3))
    odd = int(np.count_nonzero((values != 0) & (values != 1)))
    return PowerSums(rows=len(cells), values=len(values), total=total, squares=squares, cubes=cubes, odd=odd)


def _write(path: Path, state: _State) -> None:
    scratch = path.with_name(f"{path.name}.{os.getpid()}.part")
    with scratch.open("w", encoding="utf-8") as file:
        file.write(json.dumps(to_plain(state), indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
