"""`mlgate calibrate`: how often a gate file blocks where nothing is wrong, and what it notices where something is."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.core.errors import GateFileError, MeasurementError


@click.command(name="calibrate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--runs", type=click.IntRange(min=0), default=200, show_default=True, help="A/A runs, in turn over halves, permuted arms, resampled rows."
)
@click.option("--seed", type=click.IntRange(min=0), help="Of all that is drawn. Default: the policy's.")
@click.option("--only", multiple=True, metavar="CHECK", help="A check or item by its id, or a pattern of ids; may be given several times.")
@click.option("--arms", nargs=2, metavar="A B", help="Two models that differ by their seed alone: they stand in for both arms of every comparison.")
@click.option("--corrupt/--no-corrupt", default=True, help="Corrupt datasets and predictions. Default: --corrupt.")
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), default=10.0, show_default=True, help="Most time for each of A/A runs and corruptions."
)
@click.option("--most-rows", type=click.IntRange(min=1), default=2_000_000, show_default=True, help="Datasets with more rows are not drawn from.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Also write every number to this file; - prints only that."
)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page in Markdown to this file.")
@click.pass_context
def command(ctx: click.Context, /, file: Path, json_file: Path | None, report: Path | None, **_: object) -> None:
    """Run a gate FILE many times on its own data: where nothing is wrong (A/A), and where one thing is.

    Data is read and models are scored once. A/A runs draw rows and exchange the two models' answers at random, and count how often each
    sampled check, and the file, blocks; the interval is Clopper and Pearson's. Then every dataset and every model's predictions are corrupted,
    one at a time, and it is counted which checks notice. Nothing is written but what is asked for: no evidence, no ledger, no promotion.
    Exit code 1 where nothing could be measured.
    """
    from mlgate.gatefile.faults import render as render_faults
    from mlgate.gatefile.loader import load
    from mlgate.reports.calibration import as_json, as_markdown, render
    from mlgate.run.calibration.calibrate import Options, calibrate

    given = ctx.params
    wanted = Options(
        runs=given["runs"],
        seed=given["seed"],
        only=given["only"],
        arms=given["arms"],
        corrupt=given["corrupt"],
        budget_s=60 * given["minutes"],
        most_rows=given["most_rows"],
    )
    try:
        gate = load(file)
        found = calibrate(gate, wanted, progress=_say)
    except GateFileError as error:
        click.echo(render_faults(error), err=True)
        sys.exit(2)
    except MeasurementError as error:
        click.echo(f"{error.what}\n  fix: {error.fix}" if error.fix else error.what, err=True)
        sys.exit(2)
    if str(json_file) == "-":
        click.echo(as_json(gate.path, found))
    else:
        click.echo(render(gate.path, found))
        if json_file is not None:
            json_file.write_text(as_json(gate.path, found) + "\n", encoding="utf-8")
    if report is not None:
        report.write_text(as_markdown(gate.path, found), encoding="utf-8")
    sys.exit(1 if found.before.keys() <= {"ERROR"} else 0)


def _say(text: str) -> None:
    """Progress: one line that is written over on a terminal, one line each elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text[:99]}", nl=False, err=True)
    else:
        click.echo(text, err=True)
