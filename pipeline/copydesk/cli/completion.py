"""`copydesk completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    For bash, in ~/.bashrc: eval "$(copydesk completion bash)"
    """
    from copydesk.cli import _copydesk

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(_copydesk, {}, "copydesk", "_COPYDESK_COMPLETE").source())
