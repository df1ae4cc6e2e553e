"""Real pytest runs on a small project whose gate files say their own outcomes (see fake_gates.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

HERE = Path(__file__).parent

ALL_OUTCOMES = """\
checks:
  - {id: good, tags: [ops]}
  - {id: auc, outcome: FAIL, reason: "roc_auc fell"}
  - {id: small, outcome: INCONCLUSIVE}
  - {id: gone, outcome: ERROR, reason: "file missing"}
  - {id: soft, outcome: FAIL, severity: warn}
  - {id: let, outcome: WAIVED, reason: "waiver of x"}
  - {id: many, part_names: ["a.null_share", "b c"]}
"""
PROVING = """\
policy: {mode: prove}
checks:
  - {id: good}
  - {id: must, outcome: INCONCLUSIVE, fails: true, primary: true}
"""
GREEN = "checks:\n  - {id: good}\n  - {id: fine, outcome: INCONCLUSIVE}\n"


@dataclass
class Ran:
    """A finished pytest run."""

    status: int
    out: str
    folder: Path

    @property
    def suite(self) -> ElementTree.Element:
        found = ElementTree.parse(self.folder / "junit.xml").getroot().find("testsuite")
        assert found is not None
        return found

    @property
    def cases(self) -> dict[str, ElementTree.Element]:
        return {f"{case.get('classname')}::{case.get('name')}": case for case in self.suite.iter("testcase")}

    @property
    def suite_properties(self) -> dict[str, str]:
        return properties(self.suite)

    @property
    def evidence(self) -> dict:
        return json.loads((self.folder / "evidence.json").read_text(encoding="utf-8"))

    @property
    def measured(self) -> list[str]:
        log = self.folder / "measured.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in element.findall("properties/property")}


class Project:
    """A folder with files in which pytest runs as a process of its own."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.write({"pytest.ini": "[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n"})

    def write(self, files: dict[str, str]) -> Project:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        return self

    def run(self, *args: str, fake: bool = True, **env: str) -> Ran:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI", "BUILD_NUMBER", "COLUMNS"))}
        clean |= {"PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep), **env}
        command = [sys.executable, "-m", "pytest", *(["-p", "fake_gates"] if fake else []), "--junitxml=junit.xml", "--mlgate-evidence=evidence.json"]
        done = subprocess.run([*command, *args], cwd=self.folder, env=clean, capture_output=True, text=True, timeout=400, check=False)
        return Ran(done.returncode, done.stdout + done.stderr, self.folder)


@pytest.fixture(scope="session")
def project_at() -> type[Project]:
    """Makes a project in a folder."""
    return Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def serial(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All outcomes, in one process."""
    files = {"gates/a.gate.yaml": ALL_OUTCOMES, "gates/b.gate.yml": PROVING}
    return Project(tmp_path_factory.mktemp("serial") / "project").write(files).run("--mlgate")


@pytest.fixture(scope="session")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The same project in two workers."""
    files = {"gates/a.gate.yaml": ALL_OUTCOMES, "gates/b.gate.yml": PROVING}
    return Project(tmp_path_factory.mktemp("parallel") / "project").write(files).run("--mlgate", "-n2")
