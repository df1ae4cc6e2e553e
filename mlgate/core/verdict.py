"""What the run concludes about one item: plain data that round-trips through JSON and crosses processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from mlgate.core.errors import Cause

Action = Literal["promote", "hold", "retry", "reject", "rollback", "fix"]
Family = Literal["data", "skew", "rules", "baseline", "operations"]
Severity = Literal["block", "warn"]


class Outcome(StrEnum):
    """The outcomes of the gate file, worst first."""

    ERROR = "ERROR"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    WAIVED = "WAIVED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    PASS = "PASS"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Outcome).index(self)


@dataclass(frozen=True)
class Estimate:
    """The number behind a verdict. All floats in the unit of the claim; None where the field makes no sense.

    `low` and `high` are one-sided bounds at `confidence_level` each. `pvalue` is compared with `alpha`, the share this item was given when the
    gate file was loaded. `required_n` is the number of rows that would decide, `detectable` the smallest difference this set could have shown.
    """

    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    confidence_level: float | None = None
    n_obs: int | None = None
    required_n: int | None = None
    detectable: float | None = None
    pvalue: float | None = None
    alpha: float | None = None
    bound: str = ""
    violations: int | None = None


@dataclass(frozen=True)
class Offenders:
    """The first offending rows: key columns first. Cells are strings, already masked where the gate file says so."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int | None = None


@dataclass(frozen=True)
class Verdict:
    """The conclusion about one item (`check` or `check.part`).

    `reason` is one line fit for a JUnit message; `says` the claim in words; `details` further lines in reading order;
    `location` is `file:line` of the check; `reproduce` a command. `fails` tells the plugin whether pytest counts it as failed
    (FAIL, or INCONCLUSIVE of a primary check in prove mode).
    """

    item: str
    check: str
    kind: str
    family: Family
    outcome: Outcome
    reason: str
    says: str = ""
    severity: Severity = "block"
    primary: bool = False
    cause: Cause | None = None
    action: Action = "promote"
    fails: bool = False
    estimate: Estimate | None = None
    details: tuple[str, ...] = ()
    offenders: Offenders | None = None
    fix: str = ""
    reproduce: str = ""
    location: str = ""
    owner: str = ""
    why: str = ""
    parts: tuple[tuple[str, Outcome, Estimate], ...] = field(default=())
