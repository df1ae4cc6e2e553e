"""Ctrl-C while the engine works."""

import os
import signal
import subprocess
import sys

CONFTEST = """
import os
from mlgate.adapters.engines.duckdb import DuckDBEngine

def answer(self, scan, batch):
    os.write(int(os.environ["STARTED"]), b"scanning")
    self._session.run("select count(*) from range(1000000000000) t(i) where hash(i) = 1")

DuckDBEngine.answer = answer
"""
GATE = """
mlgate: 1
datasets: {t: {path: t.csv}}
checks:
  - {id: n, kind: rows, of: t, rows: {at_least: 1}}
  - {id: m, kind: rows, of: t, rows: {at_least: 2}}
"""


def test_an_interrupted_scan_stops_at_once_leaves_nothing_behind_and_cannot_promote(project, tmp_path):
    project.write({"conftest.py": CONFTEST, "g.gate.yaml": GATE, "t.csv": "x\n1\n2\n"})
    (tmp_path / "tmp").mkdir()
    heard, told = os.pipe()
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "STARTED": str(told)}
    command = [sys.executable, "-m", "pytest", "--mlgate", "--mlgate-evidence=evidence.json", "--junitxml=junit.xml"]
    running = subprocess.Popen(command, cwd=project.folder, env=env, stdout=subprocess.PIPE, text=True, pass_fds=(told,))
    os.close(told)  # so that reading ends with the process
    assert os.read(heard, 8) == b"scanning"  # waits for it
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 2, out
    assert "KeyboardInterrupt" in out
    assert "INCOMPLETE (0 of 2 declared items reported)" in out
    assert list((tmp_path / "tmp").glob("mlgate-*")) == []
    for report in ("evidence.json", "junit.xml"):
        decided = subprocess.run(
            [sys.executable, "-c", "from mlgate.cli import main; main()", "decide", report],
            cwd=project.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert decided.returncode != 0
        assert "PROMOTE" not in decided.stdout.upper().replace("PROMOTED", "")
