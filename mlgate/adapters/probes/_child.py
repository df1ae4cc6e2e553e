"""Runs a task of ours with code of the user's in a process of its own, which may hang, crash, print or call home without harm to this one."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting

ENTRY = "mlgate.adapters.probes._child_main"
INPUTS, ANSWERS = "inputs.pickle", "answers.jsonl"
OUTPUT_KEPT = 4000  # bytes at the end of what the user's code printed
LINES_SHOWN = 20
_LOOK_S = 0.05  # between two looks at the answers
_LEAVE_S = 1.0  # how long a child that has said all may take to end
_READ = 65536

Look = Callable[[Any], None]


@dataclass(frozen=True)
class Job:
    """Work for a child process.

    `task` is `module:function` of mlgate; the child calls it as `function(inputs, say)`, where `say` sends one value (JSON) to this process.
    `inputs` are pickled, so frames may be among them; "folder" in them is set to a folder that is gone afterwards. After `seconds` the child
    and all processes that it started are killed. `network` lets it open connections, `environment` adds variables.
    """

    task: str
    inputs: Mapping[str, Any]
    seconds: float
    network: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """What a child said, in order, and how it ended.

    `ended` is `done`; `late` where it was killed because its time was up; `died` where it ended before the task did. `how` says that in words.
    `output` is the end of what was printed, `refused` the connections that the user's code tried to open (`host:port`).
    """

    said: tuple[Any, ...]
    ended: Literal["done", "late", "died"]
    how: str = ""
    output: str = ""
    refused: tuple[str, ...] = ()

    def last(self, key: str) -> Any:
        """The last value that was said under a key of a mapping, None where there is none."""
        return next((one[key] for one in reversed(self.said) if isinstance(one, dict) and key in one), None)

    @property
    def printed(self) -> tuple[str, ...]:
        """The output as lines of a report, marked as a quotation: it may hold any value."""
        lines = self.output.splitlines()[-LINES_SHOWN:]
        return tuple(["it printed, at last:", *(f"  {quoting(line)}" for line in lines)] if lines else [])


def run(job: Job, *, folder: Path | None = None, look: Look | None = None) -> Heard:
    """Runs a job and waits for it. `look` hears each value as it is said; `folder` keeps files between the jobs of one check.

    Raises the `MeasurementError` that the task raised (a module that cannot be imported), and one for a task of ours that broke. A child that
    hangs or crashes raises nothing: what it said before is in the answer, with how it ended.
    """
    if folder is not None:
        return _run(job, folder, look)
    with tempfile.TemporaryDirectory(prefix="mlgate-child-", ignore_cleanup_errors=True) as name:
        return _run(job, Path(name), look)


def _run(job: Job, folder: Path, look: Look | None) -> Heard:
    answers = folder / ANSWERS
    answers.write_bytes(b"")
    _hand_over(job, folder)
    child = _started(folder, job.environment)
    printed, listening = _Printed(child), _Listening(answers, look)
    ends, late = time.monotonic() + job.seconds, False
    try:
        while not (_ended(child) or listening.finished or late):
            time.sleep(_LOOK_S)
            listening.read()
            late = time.monotonic() > ends
        leaves = time.monotonic() + _LEAVE_S
        while not late and not _ended(child) and time.monotonic() < leaves:
            time.sleep(_LOOK_S / 10)
    finally:  # also on the user's interrupt
        _kill(child)
    listening.read()
    return _heard(listening, child.returncode, late, job.seconds, printed.text())


def _hand_over(job: Job, folder: Path) -> None:
    """Two pickles: what the child needs before it can import anything of the user's, and the inputs."""
    first = {"task": job.task, "path": list(sys.path), "python_path": os.environ.get("PYTHONPATH"), "network": job.network}
    with (folder / INPUTS).open("wb") as file:
        pickle.dump(first, file)
        pickle.dump({**job.inputs, "folder": str(folder)}, file, protocol=pickle.HIGHEST_PROTOCOL)


def _started(folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(one for one in sys.path if one)
    return subprocess.Popen(  # noqa: S603  our own interpreter and our own module
        [sys.executable, "-m", ENTRY, str(folder)],
        stdin=subprocess.PIPE,  # never written to: it ends when this process does, and the child with it
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **environment},
        start_new_session=True,
    )


def _ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; it is left unreaped where that is possible, so that its group cannot become somebody else's."""
    if child.returncode is None and hasattr(os, "waitid"):
        return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    return child.poll() is not None


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started: all are in its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; macOS says so of a group of zombies
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


class _Printed:
    """The end of what a child prints, read as it comes so that it never waits for us."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._stream, self._kept = child.stdout, b""
        self._thread = threading.Thread(target=self._read, name="mlgate-child-output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._stream is not None
        with self._stream:
            while chunk := os.read(self._stream.fileno(), _READ):
                self._kept = (self._kept + chunk)[-OUTPUT_KEPT:]

    def text(self) -> str:
        self._thread.join(_LEAVE_S)  # a process that left the group may hold the pipe open: nobody waits for it
        return self._kept.decode("utf-8", "replace").strip()


class _Listening:
    """Reads the answers of a child while it writes them."""

    def __init__(self, path: Path, look: Look | None) -> None:
        self._path, self._look, self._place = path, look, 0
        self.said: list[Any] = []
        self.finished = False
        self.error: Mapping[str, Any] | None = None
        self.refused: tuple[str, ...] = ()

    def read(self) -> None:
        """Takes the lines that are new."""
        with self._path.open("rb") as file:
            file.seek(self._place)
            new = file.read()
        whole = new.rfind(b"\n") + 1  # a line may be half written
        self._place += whole
        for line in new[:whole].split(b"\n")[:-1]:
            word, value = json.loads(line)
            self._take(word, value)

    def _take(self, word: str, value: Any) -> None:
        if word == "said":
            self.said.append(value)
            if self._look is not None:
                self._look(value)
        elif word == "refused":
            self.refused = tuple(dict.fromkeys((*self.refused, str(value))))
        elif word == "error":
            self.error = value
        self.finished |= word in ("done", "error")


def _heard(listening: _Listening, status: int, late: bool, seconds: float, output: str) -> Heard:
    if (error := listening.error) is not None:
        raise MeasurementError(error["what"], cause=error["cause"], fix=error["fix"])
    said, refused = tuple(listening.said), listening.refused
    if listening.finished:
        return Heard(said, "done", "", output, refused)
    if late:
        return Heard(said, "late", f"was not done after {seconds:.0f} s and was killed", output, refused)
    return Heard(said, "died", _end_words(status), output, refused)


def _end_words(status: int) -> str:
    if status >= 0:
        return f"ended its process with status {status}"
    known = {one.value: one.name for one in signal.Signals}
    return f"killed its process by the signal {known.get(-status, -status)}"
