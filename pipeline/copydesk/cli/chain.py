"""`copydesk chain`."""

from __future__ import annotations

import click

from copydesk.cli import _chains


@click.command("chain")
@click.argument("name", required=False, metavar="[NAME|FILE]")
@_chains.chain_options
@click.option("--list", "listed", is_flag=True, help="List the chains that ship with copydesk.")
def command(
    name: str | None,
    chain: str | None,
    sets: tuple[str, ...],
    skip: tuple[str, ...],
    only: tuple[str, ...],
    listed: bool,
) -> None:
    """Check a chain and print it as it resolves: TOML that gives the same chain again.

    Without a name it is the chain that copydesk clean would use for text here.
    """
    if listed:
        from copydesk.config import shipped

        for key, description in shipped().items():
            click.echo(f"{key:<10} {description}")
        return
    import tomli_w

    if name and chain:
        raise click.UsageError("give the chain as NAME or as --chain, not both")
    loaded = _chains.load(name or chain, sets, skip, only)
    click.echo(f"# chain {loaded.name}, hash {loaded.hash}")
    click.echo(tomli_w.dumps(loaded.resolved()), nl=False)
