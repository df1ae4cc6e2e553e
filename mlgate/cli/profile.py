"""`mlgate profile`: freezes a reference dataset to a small file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.core.errors import GateFileError, MeasurementError
from mlgate.core.profile import SUFFIX


@click.command(name="profile")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("dataset")
@click.option("-o", "--output", type=click.Path(path_type=Path), help=f"Where to write it; default: DATASET{SUFFIX}.")
def command(file: Path, dataset: str, output: Path | None) -> None:
    """Freeze a DATASET of a gate FILE to counts, so that later data is compared with it without its rows.

    Point a dataset's `path` at the file: `train: {path: train.profile.json}`. Columns under `mask` are left out.
    """
    from mlgate.core.profile import dump
    from mlgate.gatefile.faults import render as render_faults
    from mlgate.gatefile.loader import load
    from mlgate.run.profile import profile

    target = output or Path(f"{dataset}{SUFFIX}")
    if not target.name.endswith(SUFFIX):
        raise click.UsageError(f"the name of a profile ends in {SUFFIX}, by which gate files know it: got {target.name}")
    try:
        gate = load(file)
        if dataset not in gate.datasets:
            raise click.UsageError(f"{file} has no dataset {dataset!r}; datasets are {', '.join(gate.datasets)}")
        found = profile(gate, dataset, progress=lambda text: click.echo(text, err=True))
    except GateFileError as error:
        click.echo(render_faults(error), err=True)
        sys.exit(2)
    except MeasurementError as error:
        click.echo(f"{error.what}\n  fix: {error.fix}" if error.fix else error.what, err=True)
        sys.exit(1)
    text = dump(found)
    target.write_text(text, encoding="utf-8")
    without = [column.name for column in found.columns if column.why]
    click.echo(f"{target}: {found.rows:,} rows, {len(found.columns):,} columns, {len(text.encode()):,} bytes")
    for column in found.columns:
        if column.why:
            click.echo(f"  nulls only of {column.name}: {column.why}")
    if len(without) == len(found.columns):
        click.echo("  no column has a distribution: drift cannot be judged against this profile")
