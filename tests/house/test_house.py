"""The house itself: cheap imports, small files, names that are file names, floors that hold."""

import subprocess
import sys
from pathlib import Path

import pytest

from mlgate.core.registry import entries, load

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "mlgate").rglob("*.py"))
NAMED = [(group, name) for group in ("checks", "metrics", "distances", "engines", "sources", "models") for name in entries(group)]


@pytest.mark.parametrize("module", ["mlgate", "mlgate.pytest_plugin"])
def test_importing_it_loads_only_the_standard_library_and_pytest(module):
    code = f"import pytest, sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    foreign = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"mlgate", "pytest", "_pytest"}
    assert not foreign


def test_no_source_file_is_longer_than_400_lines():
    long = {str(path.relative_to(ROOT)): count for path in SOURCES if (count := len(path.read_text().splitlines())) > 400}
    assert not long


def test_no_module_is_named_after_nothing():
    vague = {"utils", "helpers", "common", "base", "manager", "impl", "misc"}
    assert not [path for path in SOURCES if path.stem.strip("_") in vague]


def test_the_import_contracts_hold():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("group", "name"), NAMED, ids=str)
def test_a_registered_name_loads_and_is_the_name_of_its_file(group, name):
    loaded = load(group, name)
    assert loaded.__module__.rsplit(".", 1)[-1] == name
    if group == "checks":
        assert loaded.kind == name


@pytest.mark.parametrize("name", sorted(entries("checks")))
def test_a_kind_says_its_claim_units_an_example_and_what_it_is_not_for(name):
    docstring = load("checks", name).__doc__ or ""
    assert docstring.splitlines()[0].endswith(".")
    for heading in ("Units", "Example", "Not for"):
        assert heading in docstring, f"{name}: no {heading!r} in the docstring"


@pytest.mark.parametrize(("group", "page"), [("checks", "gate-file.md"), ("metrics", "metrics.md"), ("distances", "statistics.md")])
def test_every_registered_name_is_documented(group, page):
    text = (ROOT / "docs" / page).read_text()
    assert not [name for name in entries(group) if f"`{name}`" not in text and name not in text]
