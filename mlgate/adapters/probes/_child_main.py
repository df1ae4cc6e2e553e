"""The child's side of `_child`: `python -m mlgate.adapters.probes._child_main FOLDER`."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlgate.adapters.probes._child import ANSWERS, INPUTS
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting

Task = Callable[[Mapping[str, Any], Callable[[Any], None]], None]


class ConnectionRefusedByMlgate(OSError):  # noqa: N818  the name is what the user reads
    """Code under test tried to reach the network."""


class Speaker:
    """Appends lines to the file of answers. The file is opened anew each time: code under test may close what it did not open."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path.absolute(), threading.Lock()

    def __call__(self, value: Any) -> None:
        """Says one value of the task's answer."""
        self.line("said", value)

    def line(self, word: str, value: Any = None) -> None:
        """One line of the protocol."""
        text = json.dumps([word, value], default=str) + "\n"
        with self._lock, self._path.open("ab") as file:
            file.write(text.encode("ascii"))


def main(folder: Path) -> None:
    """Does the job in the folder. Whatever happens, the last answer says so, or the process has died."""
    _live_as_long_as_the_parent()
    speaker = Speaker(folder / ANSWERS)
    try:
        task, inputs = _job(folder / INPUTS, speaker)
        task(inputs, speaker)
    except MeasurementError as error:
        speaker.line("error", {"what": error.what, "cause": error.cause, "fix": error.fix})
    except BaseException:  # noqa: BLE001  a fault of ours: tasks catch what the user's code raises
        what = f"the task broke: {quoting(traceback.format_exc(limit=-6))}"
        speaker.line("error", {"what": what, "cause": "infrastructure", "fix": "report it to whoever maintains mlgate"})
    else:
        speaker.line("done")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # threads and exit handlers of the user's code have nothing to say any more


def _job(path: Path, speaker: Speaker) -> tuple[Task, Mapping[str, Any]]:
    """The task and its inputs. The parent's `sys.path` is taken over before anything of the user's is imported."""
    with path.open("rb") as file:
        first = pickle.load(file)  # noqa: S301  written by our parent
        if first["python_path"] is None:
            os.environ.pop("PYTHONPATH", None)  # was set for this process alone
        else:
            os.environ["PYTHONPATH"] = first["python_path"]
        sys.path[:] = first["path"]
        inputs = pickle.load(file)  # noqa: S301
    if not first["network"]:
        _refuse_connections(speaker)
    module, _, name = first["task"].partition(":")
    return getattr(importlib.import_module(module), name), inputs


def _live_as_long_as_the_parent() -> None:
    """Standard input is a pipe that nobody writes to: it ends when the parent is gone, and then so does this process."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # `input()` of the user's code finds an end instead of waiting
    os.close(nothing)

    def wait() -> None:
        try:
            while os.read(pipe, 1):
                pass
        except OSError:  # closed by the code under test: the parent's time-out remains
            return
        if hasattr(os, "killpg"):
            os.killpg(os.getpgrp(), signal.SIGKILL)  # with all that the user's code started
        os._exit(1)

    threading.Thread(target=wait, name="mlgate-parent", daemon=True).start()


def _refuse_connections(speaker: Speaker) -> None:
    """From here on Python's sockets reach nothing but pipes of this machine, as multiprocessing uses them."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not event.startswith("socket."):
            return
        place = _reached(event, args)
        if place:
            speaker.line("refused", place)
            raise ConnectionRefusedByMlgate(f"mlgate refuses to connect to {place}: code under test is called many times and must not reach out")

    sys.addaudithook(hook)


def _reached(event: str, args: tuple[Any, ...]) -> str:
    """`host:port` of what would be reached, empty where nothing is."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1] if getattr(args[0].family, "name", "") != "AF_UNIX" else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = args[:2] if args[0] is not None else None
    else:
        return ""
    parts = address if isinstance(address, tuple) else (address,)
    return ":".join(part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts[:2] if part is not None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
