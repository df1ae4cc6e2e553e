"""Every code block of the documentation runs: Python is executed, YAML is loaded as a gate file, shell lines are run by bash.

The blocks of a page share one folder and one namespace, in order. A block that begins with `# file: NAME` is written to that file.
A shell block exits with 0, or with the code that its first line states: `# exits 11`. Blocks marked `text` are output or drawings.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlgate.gatefile.loader import load

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADER = """mlgate: 1
datasets:
  train: {path: train.parquet, key: [flight_id], time: time_hour, label: delayed}
  current: {path: current.parquet, key: [flight_id], time: time_hour}
  served: {path: served.parquet, key: [flight_id]}
  holdout: {path: holdout.parquet, key: [flight_id], label: delayed}
  runs: {path: runs.csv, key: [seed]}
models:
  candidate: {artifact: candidate.skops, dataset: holdout}
  production: {artifact: production.skops, dataset: holdout}
  anchor: {predictions: anchor.parquet, dataset: holdout}
  logged: {predictions: logged.parquet, dataset: holdout}
"""


def run_yaml(text, folder, number):
    path = folder / f"block{number}.gate.yaml"
    path.write_text(text if text.startswith("mlgate:") or "\nmlgate:" in text else HEADER + text)
    assert load(path).checks


def run_shell(text, folder):
    expected = int(match[1]) if (match := re.match(r"# exits (\d+)", text)) else 0
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "docs"}
    for number, (language, text) in enumerate(FENCE.findall(page.read_text())):
        if match := re.match(r"# file: (\S+)\n", text):
            target = tmp_path / match[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text[match.end() :])
        elif language == "python":
            exec(compile(text, f"{page.name}[{number}]", "exec"), namespace)
        elif language == "yaml":
            run_yaml(text, tmp_path, number)
        elif language == "sh":
            run_shell(text, tmp_path)
        else:
            assert language == "text", f"{page.name}: a block is python, yaml, sh or text, got {language!r}"


def test_no_page_has_a_block_without_a_language():
    for page in PAGES:
        fences = re.findall(r"^```(\w*)$", page.read_text(), re.MULTILINE)
        assert all(fences[0::2]), page.name
