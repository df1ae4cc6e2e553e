"""One item of a gate: it measures nothing itself, it reports what was measured for all."""

from __future__ import annotations

import abc
import os
import time
import traceback
from typing import Any

import pytest

from mlgate.core.check import Check
from mlgate.core.errors import GateFileError, MlgateError
from mlgate.core.gate import Gate
from mlgate.core.verdict import Outcome, Verdict
from mlgate.pytest_plugin.measuring import INTERRUPTS, MEASURING, UnmeasuredError
from mlgate.reports import failure, properties
from mlgate.reports._text import bounded, clean, one_line

VERDICT = pytest.StashKey[Verdict]()
WAITED_S = pytest.StashKey[float]()  # seconds of setup that belong to the scan, not to this item


class GateFailedError(Exception):
    """Carries the text of a verdict that pytest counts as failed."""


class ReportingItem(pytest.Item):
    """An item whose outcome is a verdict."""

    def __init__(self, *, line: int, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.line, self.kind = line, kind

    @abc.abstractmethod
    def verdict(self) -> Verdict:
        """What is to be reported."""

    @property
    def text(self) -> str:
        """The whole text of the verdict."""
        return failure.render(self.stash[VERDICT], nodeid=self.nodeid)

    @property
    def headline(self) -> str:
        """Its first line."""
        return failure.headline(self.stash[VERDICT])

    def setup(self) -> None:
        verdict = self.verdict()
        self.stash[VERDICT] = verdict
        self.user_properties.extend(properties.render(verdict))
        if verdict.outcome is Outcome.ERROR:
            pytest.fail(self.text, pytrace=False)
        if verdict.outcome in (Outcome.WAIVED, Outcome.NOT_APPLICABLE):
            pytest.skip(one_line(f"{verdict.outcome.value}: {verdict.reason}"))

    def runtest(self) -> None:
        verdict = self.stash[VERDICT]
        if counts_as_failed(verdict):
            raise GateFailedError(self.text)
        if verdict.outcome is not Outcome.PASS:
            self.add_report_section("call", "mlgate", self.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of the verdict: no traceback, and no time spent on looking up the source of one (0.14 s a failure)."""
        return str(excinfo.value) if isinstance(excinfo.value, GateFailedError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        # pytest -v writes dots as "::" where a node id ends with this text, so it must not be the name alone
        return self.path, self.line - 1, f"{self.kind} {self.name}"


def counts_as_failed(verdict: Verdict) -> bool:
    """FAIL fails unless its severity is warn; INCONCLUSIVE only where the verdict says so."""
    if verdict.outcome is Outcome.FAIL:
        return verdict.severity != "warn"
    return verdict.outcome is Outcome.INCONCLUSIVE and verdict.fails


class GateItem(ReportingItem):
    """One item of a check."""

    def __init__(self, *, gate: Gate, check: Check, **kwargs: Any) -> None:
        super().__init__(kind=check.kind, **kwargs)
        self.gate, self.check = gate, check

    def verdict(self) -> Verdict:
        start = time.perf_counter()
        try:
            return self.config.stash[MEASURING].verdict(self.parent.nodeid if self.parent else "", self.name)
        except UnmeasuredError as error:
            return self.unmeasured(str(error))
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001  a time-out while another process measures (a BaseException), or a bug: ERROR, never lost
            return self.unmeasured(f"no verdict: {type(error).__name__}: {error}")
        finally:
            self.stash[WAITED_S] = time.perf_counter() - start

    def unmeasured(self, what: str) -> Verdict:
        """ERROR, because the machinery failed."""
        return Verdict(
            item=self.name,
            check=self.check.id,
            kind=self.check.kind,
            family=self.check.family_in(self.gate.models),
            outcome=Outcome.ERROR,
            reason=one_line(what.split("\n", 1)[0]),
            severity=self.check.severity,
            cause="infrastructure",
            action="retry",
            fails=True,
            details=tuple(clean(what).splitlines()[1:40]),
            location=f"{self.gate.path}:{self.line}",
            owner=self.check.owner,
            why=self.check.why,
        )


class BrokenGateItem(ReportingItem):
    """The one erroring item of a gate file that cannot be used; it carries all faults at once."""

    def __init__(self, *, error: Exception, **kwargs: Any) -> None:
        super().__init__(kind="broken", **kwargs)
        self.error = error

    def verdict(self) -> Verdict:
        faults = len(self.error.faults) if isinstance(self.error, GateFileError) else 1
        first = next(iter(str(self.error).splitlines()), type(self.error).__name__)
        return Verdict(
            item=self.name,
            check=self.name,
            kind="gate-file",
            family="operations",
            outcome=Outcome.ERROR,
            reason=f"the gate file has {faults} {'fault' if faults == 1 else 'faults'}: {first}",
            cause="configuration",
            action="fix",
            fails=True,
            location=f"{self.path.name}:{self.line}",
        )

    @property
    def text(self) -> str:
        return bounded(f"{self.headline}\n{clean(_rendered(self.error))}")


def _rendered(error: Exception) -> str:
    if isinstance(error, MlgateError) and not isinstance(error, GateFileError):
        return str(error)
    if not isinstance(error, GateFileError):
        return "".join(traceback.format_exception(error, limit=-6))
    from mlgate.gatefile.faults import render

    return render(error)
