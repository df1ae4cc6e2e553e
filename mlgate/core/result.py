"""What one gate run leaves behind: verdicts and where they came from."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.verdict import Verdict

LEDGER = ".uses.jsonl"  # what the name of a ledger of uses ends with


@dataclass(frozen=True)
class ScanRecord:
    """One scan as it happened. `seconds` is wall time, `statements` how many were sent to answer `requests` distinct requests."""

    dataset: str
    joined: str
    models: tuple[str, ...]
    rows: int | None
    requests: int
    statements: int
    seconds: float


@dataclass(frozen=True)
class Use:
    """A look at an evaluation set that decides about a promotion, told by content.

    `items` are the primary items judged on `dataset`; `content` is its content digest, "" with a `fault` where none can be made; `models` are
    digests of the candidate and the baseline.
    """

    dataset: str
    items: tuple[str, ...]
    content: str
    models: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where a result came from. `inputs` maps each dataset and model to its fingerprint, `shares` each item to its share of alpha; `uses` are made in
    prove mode only.
    """

    gate_file: str
    gate_digest: str
    mlgate_version: str
    seed: int
    mode: str
    alpha: float
    confidence: float
    declared: tuple[str, ...]
    measured: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]
    inputs: tuple[tuple[str, str], ...]
    scans: tuple[ScanRecord, ...]
    follow_ups: tuple[ScanRecord, ...] = ()
    started: str = ""
    seconds: float = 0.0
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """Verdicts in the order of the gate file, with their provenance and warnings about the gate file's policy."""

    verdicts: tuple[Verdict, ...]
    provenance: Provenance
    warnings: tuple[str, ...] = ()
