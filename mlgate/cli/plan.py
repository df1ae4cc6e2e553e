"""`mlgate plan`: what a gate file will ask, before anything is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.core.errors import GateFileError


@click.command(name="plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--no-sql", is_flag=True, help="Leave the statements out.")
def command(file: Path, no_sql: bool) -> None:
    """Print the scans, requests and statements of a gate FILE, and the rows its sampled checks need.

    Datasets are opened for their columns and models are scored; nothing is scanned. Exit code 1 where an item could not be measured.
    """
    from mlgate.gatefile.faults import render as render_faults
    from mlgate.gatefile.loader import load
    from mlgate.reports.plan import render
    from mlgate.run.explain import explain

    try:
        gate = load(file)
    except GateFileError as error:
        click.echo(render_faults(error), err=True)
        sys.exit(2)
    explanation = explain(gate, progress=lambda text: click.echo(text, err=True))
    click.echo(render(gate.path, explanation, sql=not no_sql))
    sys.exit(1 if explanation.faults else 0)
