"""The command `mlgate`. Each command is a file of this package that defines `command`; it is imported when it is called."""

from __future__ import annotations

import importlib
import pkgutil

import click


class _Commands(click.Group):
    """Finds commands by file name, so that `mlgate schema` does not load what `mlgate run` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}").command
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mlgate")
def main() -> None:
    """Decides, unattended, whether a retrained model goes to production.

    Gate files are run by pytest: `pytest --mlgate`.
    """
