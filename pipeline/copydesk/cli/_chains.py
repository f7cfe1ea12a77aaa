"""The options that say which chain to use, shared by the commands that run one."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from copydesk.api import DEFAULT_CHAIN, DEFAULT_HTML_CHAIN
from copydesk.chain import Chain

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = [
    click.option("--chain", metavar="NAME|FILE", help="A chain file, or minimal, news, thorough or web."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Set an option, as reorder.mode=apply. May be repeated."),
    click.option("--skip", multiple=True, metavar="STAGE", help="Leave a stage out. May be repeated."),
    click.option("--only", multiple=True, metavar="STAGE", help="Run only these stages. May be repeated."),
]  # fmt: skip


def chain_options(command: F) -> F:
    """Give a command the options `--chain`, `--set`, `--skip` and `--only`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _load(name: str, sets: tuple[str, ...], skip: tuple[str, ...], only: tuple[str, ...]) -> Chain:
    from copydesk.config import parse_override

    overrides: dict[str, Any] = {}
    for text in sets:
        key, value = parse_override(text)
        before = overrides.get(key)
        overrides[key] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
    return Chain.load(name, overrides=overrides, skip=skip, only=only)


def load(
    chain: str | None,
    sets: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    *,
    html: bool = False,
) -> Chain:
    """Return the chain asked for, else that of `pyproject.toml` in the working folder, else the shipped default."""
    name = chain or _project_chain() or (DEFAULT_HTML_CHAIN if html else DEFAULT_CHAIN)
    return _load(name, sets, skip, only)


def _project_chain() -> str | None:
    path = Path("pyproject.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    try:
        tools = tomllib.loads(text).get("tool")
    except ValueError:
        has_chain = "[tool.copydesk" in text  # loading it says what is wrong; without one the file is not ours
    else:
        has_chain = isinstance(tools, dict) and "copydesk" in tools
    return str(path) if has_chain else None
