"""`mlgate decide`: from the reports of a run to one action, as an exit code that a pipeline can branch on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mlgate.core.bound import duration_s
from mlgate.core.decision import Decision
from mlgate.promotion.decide import decide
from mlgate.promotion.evidence import Evidence
from mlgate.promotion.read import BrokenEvidenceError, read_report
from mlgate.reports import decision as decision_text


def _seconds(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else float(duration_s(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(name="decide")
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...", type=click.Path(path_type=Path))
@click.option("--deployed", is_flag=True, help="The candidate is live already: what would be a reject is a rollback (13).")
@click.option("--max-age", callback=_seconds, metavar="DURATION", help="Refuse reports older than this: 90s, 15m, 36h, 7d.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout; the text for people goes to stderr.")
def command(reports: tuple[Path, ...], deployed: bool, max_age: float | None, as_json: bool) -> None:
    """Decide about the candidate from REPORT...: the evidence file or pytest's JUnit file; for a run in shards, all of them.

    Exit codes: 0 promote, 10 hold, 11 reject, 12 broken evidence, 13 rollback, 2 wrong usage.
    """
    evidence: list[Evidence] = []
    faults: list[str] = []
    for path in reports:
        try:
            evidence += read_report(path)
        except BrokenEvidenceError as error:
            faults.append(str(error))
    found = Decision("broken", tuple(faults)) if faults else decide(evidence, deployed=deployed, max_age_s=max_age)
    click.echo(decision_text.render(found), err=as_json)
    if as_json:
        click.echo(json.dumps(_plain(found, reports), indent=2))
    sys.exit(found.exit_code)


def _plain(found: Decision, reports: tuple[Path, ...]) -> dict[str, object]:
    return {
        "schema": 1,
        "decision": found.action,
        "exit": found.exit_code,
        "why": list(found.why),
        "blocked_by": list(found.blocked_by),
        "counts": dict(found.counts),
        "waived": list(found.waived),
        "reports": [str(path) for path in reports],
    }
