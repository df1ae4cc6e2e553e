"""The fixture `mlgate_run`: checks asked for by hand inside a plain test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.core.check import Check
from mlgate.core.gate import Policy
from mlgate.core.result import RunResult
from mlgate.core.verdict import Verdict


def runner(test_file: Path, nodeid: str) -> Callable[..., RunResult | Verdict]:
    """The function that a test gets; relative paths are resolved against the folder of the test."""

    def run(
        checks: Check | Sequence[Check],
        *,
        datasets: Mapping[str, Any] | None = None,
        models: Mapping[str, Any] | None = None,
        policy: Policy | Mapping[str, Any] | None = None,
    ) -> RunResult | Verdict:
        """Measures and judges now. One check of one item gives its `Verdict`; several checks, or a check of several items, a `RunResult`.

        A dataset is a `Dataset`, a path, a mapping as in YAML, or a frame in memory; a model a `Model` or a mapping. Raises
        `GateFileError` for names that do not exist; bad data and bad models are verdicts (ERROR).
        """
        from mlgate.gatefile.python_build import build_gate
        from mlgate.run.gate_run import run_gate

        def given() -> Iterator[Check]:
            yield from (checks,) if isinstance(checks, Check) else checks

        given.__code__ = given.__code__.replace(co_filename=str(test_file))  # whose folder is what relative paths start from
        named = {name: {"path": str(value)} if isinstance(value, (str, Path)) else value for name, value in (datasets or {}).items()}
        sections = {"datasets": named, "models": models or {}, "policy": policy or {}}
        result = run_gate(build_gate(given, sections, env=None, shown_as=test_file.name))
        told = tuple(replace(verdict, location=test_file.name, reproduce=f"pytest '{nodeid}'") for verdict in result.verdicts)
        result = replace(result, verdicts=told)
        return result.verdicts[0] if isinstance(checks, Check) and len(result.verdicts) == 1 else result

    return run
