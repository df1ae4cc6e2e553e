"""`mlgate schema`: the JSON Schema of gate files."""

from __future__ import annotations

import json

import click


@click.command(name="schema")
def command() -> None:
    """Print the JSON Schema of gate files, for editors that complete and check them.

    Kinds of installed plugins are included.
    """
    from mlgate.core.errors import PluginError
    from mlgate.gatefile.schema import json_schema

    try:
        schema = json_schema()
    except PluginError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
