"""`copydesk stages`."""

from __future__ import annotations

import inspect
import json

import click

from copydesk.errors import ConfigError
from copydesk.options import describe_type
from copydesk.stage import find, names, options_of


@click.command("stages")
@click.argument("only", nargs=-1, metavar="[STAGE]...")
def command(only: tuple[str, ...]) -> None:
    """List the stages that are installed, or show these with their options."""
    listed = only or names()
    width = max(map(len, listed))
    for name in listed:
        try:
            stage = find(name)
        except ConfigError as error:
            if only:
                raise
            click.echo(f"{name}\n    cannot be used: {error}")
            continue
        doc = inspect.getdoc(stage) or ""
        if not only:
            click.echo(f"{name:<{width}}  {doc.partition(chr(10))[0]}")
            continue
        click.echo(f"{click.style(name, bold=True)}\n")
        click.echo(doc.split("\n>>>")[0].strip() + "\n")
        for option in options_of(stage):
            click.echo(f"  {click.style(option.name, bold=True)} = {json.dumps(option.default, ensure_ascii=False)}")
            click.echo(f"      {option.doc} Allowed: {describe_type(option)}.")
        click.echo()
    if not only:
        click.echo("\nMore on one of them: copydesk stages NAME")
