"""The example plugin: a kind and a metric of a third party work by their entry points alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "plugin"


@pytest.fixture
def installed(tmp_path):
    """A folder for PYTHONPATH that holds what installing the plugin would: its metadata, pointing at its sources."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
    info = tmp_path / "site" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = ((group, name, target) for group, names in project["entry-points"].items() for name, target in names.items())
    (info / "entry_points.txt").write_text("".join(f"[{group}]\n{name} = {target}\n" for group, name, target in points))
    return os.pathsep.join([str(tmp_path / "site"), str(PLUGIN / "src")])


def gate_run(junit: Path, path: str = "") -> tuple[int, str, dict[str, str | None]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | ({"PYTHONPATH": path} if path else {})
    command = [sys.executable, "-m", "pytest", "--mlgate", str(PLUGIN / "gates"), f"--junitxml={junit}", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    cases = ElementTree.parse(junit).getroot().iter("testcase")
    found = {
        case.get("name", ""): next((one.get("value") for one in case.iter("property") if one.get("name") == "mlgate.outcome"), None) for case in cases
    }
    return done.returncode, done.stdout, found


def test_its_kind_and_its_metric_are_known_once_it_is_installed(installed, tmp_path):
    status, output, outcomes = gate_run(tmp_path / "junit.xml", installed)
    assert outcomes == {"weekdays": "PASS", "promise": "PASS", "promise-kept": "PASS"}, output
    assert status == 0


def test_its_own_tests_pass_once_it_is_installed(installed):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"PYTHONPATH": installed}
    command = [sys.executable, "-m", "pytest", "-q", str(PLUGIN / "tests"), "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_without_it_the_gate_file_is_an_error_that_names_the_unknown_kind_and_metric(tmp_path):
    status, output, _ = gate_run(tmp_path / "junit.xml")
    assert status != 0
    assert "weekday_share" in output
    assert "promise_cost" in output


def test_its_metric_equals_scikit_learns(monkeypatch):
    import numpy
    from sklearn import metrics

    monkeypatch.syspath_prepend(str(PLUGIN / "src"))
    from mlgate_example_kind.promise_cost import PromiseCost

    from mlgate.core.metric import Sample

    rng = numpy.random.default_rng(7)
    truth, promised = rng.gamma(2, 10, 500), rng.gamma(2, 12, 500)
    sample = Sample(truth, promised, None, numpy.ones(500, dtype=numpy.int64))
    assert PromiseCost().value(sample) == pytest.approx(metrics.mean_pinball_loss(truth, promised, alpha=0.9), rel=1e-12)


def test_its_kind_is_one_file_of_at_most_sixty_lines():
    assert len((PLUGIN / "src" / "mlgate_example_kind" / "weekday_share.py").read_text().splitlines()) <= 60
