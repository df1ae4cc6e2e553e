"""`mlgate digest`: what to write under `digest:` to lock a dataset."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.core.errors import GateFileError, MeasurementError


@click.command(name="digest")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("datasets", nargs=-1, metavar="[DATASET]...")
def command(file: Path, datasets: tuple[str, ...]) -> None:
    """Print the digests of the DATASETs of a gate FILE (default: all), to be pasted into it.

    `sha256:` is over the bytes of the files, `content:` over the rows, whatever files, order and format they come in. What the gate file
    states now is not compared. Exit code 1 where a digest could not be made, 2 for a broken gate file or an unknown dataset.
    """
    from mlgate.gatefile.faults import render as render_faults
    from mlgate.gatefile.loader import load
    from mlgate.run.digests import digests

    try:
        gate = load(file)
    except GateFileError as error:
        click.echo(render_faults(error), err=True)
        sys.exit(2)
    if unknown := [name for name in datasets if name not in gate.datasets]:
        raise click.UsageError(f"{file} has no dataset {unknown[0]!r}; datasets are {', '.join(gate.datasets)}")
    failed = False
    for found in digests(gate, datasets or tuple(gate.datasets), progress=lambda text: click.echo(text, err=True)):
        click.echo(f"{found.dataset}:")
        for digest in (found.bytes, found.content):
            if isinstance(digest, MeasurementError):
                failed = True
                click.echo(f"  {digest.what}" + (f"\n  fix: {digest.fix}" if digest.fix else ""), err=True)
            elif digest is not None:
                click.echo(f'  digest: "{digest}"')
    sys.exit(1 if failed else 0)
