"""What the plugin does where nobody asked for it: nothing."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_plugin_loads_only_the_standard_library_and_pytest():
    code = (
        "import sys, pytest; before = set(sys.modules); import mlgate, mlgate.pytest_plugin; "
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['mlgate']"


def test_a_run_without_the_option_loads_no_third_party_package(project):
    heavy = "{'pydantic', 'filelock', 'yaml', 'numpy', 'duckdb', 'sqlglot', 'scipy', 'click', 'rich'}"
    test = f"import sys\n\n\ndef test_modules():\n    assert not {heavy} & set(sys.modules)\n"
    ran = project.write({"test_modules.py": test}).run("-p", "no:hypothesispytest", fake=False)
    assert ran.status == 0, ran.out


def test_gate_functions_are_no_tests_without_the_option_and_gates_with_it(project):
    module = "import mlgate\n\n\n@mlgate.gate\ndef test_gate():\n    yield 1 / 0\n\n\ndef test_plain():\n    pass\n"
    project.write({"test_module.py": module})
    assert "1 passed" in project.run(fake=False).out
    ran = project.run("--mlgate", fake=False)
    assert "1 passed, 1 error" in ran.out
    assert "ZeroDivisionError" in ran.cases["test_module.test_gate::gate-file"].find("error").text
