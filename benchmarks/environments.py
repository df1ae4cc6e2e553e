"""A virtual environment for each peer, with what the head of its file asks for (inline script metadata, PEP 723), from the package index."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

OWN = "mlgate"  # the environment of what needs this checkout
_HEAD = re.compile(r"^# /// script\n(.*?)^# ///$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Interpreter:
    """The Python that runs a peer, or why there is none."""

    python: Path
    fault: str = ""


def interpreter(script: Path, folder: Path) -> Interpreter:
    """That of its environment, made where it is missing or was made for another head; for a script without a head that of mlgate."""
    found = _HEAD.search(script.read_text(encoding="utf-8"))
    if found is None:
        return Interpreter(folder / OWN / "bin" / "python")
    wanted = tomllib.loads("\n".join(line.removeprefix("#").strip() for line in found[1].splitlines()))["dependencies"]
    home = folder / script.stem
    stamp, python = home / "made-for.txt", home / "bin" / "python"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == "\n".join(wanted):
        return Interpreter(python)
    print(f"installing {', '.join(wanted)}", file=sys.stderr, flush=True)
    venv.create(home, with_pip=True, clear=True)
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        return Interpreter(python, _why(done.stderr))
    stamp.write_text("\n".join(wanted), encoding="utf-8")
    return Interpreter(python)


def own(folder: Path, checkout: Path) -> Interpreter:
    """The environment with this checkout of mlgate as a user has it: installed, without what only tests need. The package is laid anew each time."""
    home = folder / OWN
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    print("installing mlgate from this checkout", file=sys.stderr, flush=True)
    install = [python, "-m", "pip", "install", "--quiet", checkout]
    for more in ([], ["--force-reinstall", "--no-deps"]):
        done = subprocess.run([*install, *more], capture_output=True, text=True, check=False)
        if done.returncode:
            return Interpreter(python, _why(done.stderr))
    return Interpreter(python)


def _why(said: str) -> str:
    """The line in which pip says what went wrong, not one of its warnings."""
    lines = [line for line in said.splitlines() if line.strip()] or ["no message"]
    return "does not install: " + next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])
