"""The example of the strategies: its laws hold, and the bugs that it shows are found."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_its_laws_hold_and_its_bugs_are_found(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=ci", str(ROOT / "examples" / "strategies")]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed, 2 xfailed" in done.stdout
