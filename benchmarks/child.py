"""Runs one command as a child process: wall time, CPU time of user and system, peak resident memory, with limits on time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STEP_S = 0.05


@dataclass(frozen=True)
class Ran:
    """How a child ended. `stopped` says which limit ended it, "" where none did; `errors` is the end of its standard error."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    stopped: str
    output: str
    errors: str


def run(command: Sequence[str], environment: Mapping[str, str], *, limit_s: float, limit_mb: float) -> Ran:
    """Runs `command` in a process group of its own. Its usage comes from wait4, so that only this child (and what it waited for) is counted."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=dict(environment), start_new_session=True)
        watch = _Watch(child.pid, started + limit_s, limit_mb)
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - started
        watch.ended.set()
        watch.join()
        child.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, so Popen must not wait again
        unit = 2**20 if sys.platform == "darwin" else 2**10
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
        return Ran(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, child.returncode, watch.stopped, texts[0], texts[1][-2000:])


class _Watch(threading.Thread):
    """Ends the child's process group when it runs too long or grows too large, before the machine swaps or kills something else."""

    def __init__(self, pid: int, deadline: float, limit_mb: float) -> None:
        super().__init__(daemon=True)
        self._pid, self._deadline, self._limit_mb = pid, deadline, limit_mb
        self.ended, self.stopped = threading.Event(), ""

    def run(self) -> None:
        while not self.ended.wait(_STEP_S):
            if time.perf_counter() > self._deadline:
                self.stopped = "time"
            elif _resident_mb(self._pid) > self._limit_mb:
                self.stopped = "memory"
            if self.stopped:
                os.killpg(self._pid, signal.SIGKILL)
                return


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0  # ended already, or no /proc here: then only the time is limited
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
