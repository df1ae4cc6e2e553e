"""`mlgate plan`: what a gate file will ask, and what its rows can show."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.core.errors import GateFileError


@click.command(name="plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--no-sql", is_flag=True, help="Leave the statements out.")
@click.option(
    "--data/--no-data", default=True, help="Read what the sampled checks read, for their numbers; --no-data scans nothing. Default: --data."
)
@click.option(
    "--discordance",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of rows on which exactly one of two models is right, assumed where there is no data.",
)
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object instead.")
def command(file: Path, *, no_sql: bool, data: bool, discordance: float, as_json_: bool) -> None:
    """Print the scans, requests and statements of a gate FILE, and what the rows of its sampled checks can show.

    For each sampled check: its margin, its share of alpha, the rows it needs at the policy's power, the smallest loss that its rows would
    show, and the chance that a candidate equal to the baseline passes. Datasets are opened and models are scored; of the rows, only what
    sampled checks ask for is read. Exit code 1 where an item could not be measured.
    """
    from mlgate.gatefile.faults import render as render_faults
    from mlgate.gatefile.loader import load
    from mlgate.reports.plan import as_json, render
    from mlgate.run.explain import explain

    try:
        gate = load(file)
    except GateFileError as error:
        click.echo(render_faults(error), err=True)
        sys.exit(2)
    explanation = explain(gate, progress=lambda text: click.echo(text, err=True), data=data, discordance=discordance)
    click.echo(as_json(gate.path, explanation) if as_json_ else render(gate.path, explanation, sql=not no_sql))
    sys.exit(1 if explanation.faults else 0)
