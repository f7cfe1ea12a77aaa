"""The option `--charset`: what a person says of an input has to be a charset, whatever HTTP headers may say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from copydesk.charsets import LABELS, codec_name

F = TypeVar("F", bound=Callable[..., Any])


def charset_option(command: F) -> F:
    """Give a command the option `--charset`; UsageError where it names no charset."""
    return click.option(
        "--charset", callback=_checked, help="The charset that the outside declared, as an HTTP header would."
    )(command)


def _checked(_: click.Context, __: click.Parameter, label: str | None) -> str | None:
    if label is None or codec_name(label):
        return label
    from encodings.aliases import aliases

    from copydesk.errors import did_you_mean

    known = sorted({name.replace("_", "-") for name in (*aliases, *aliases.values(), *LABELS) if codec_name(name)})
    raise click.UsageError(
        f"--charset {label!r} is no charset that text can be read with.{did_you_mean(label.lower(), known)} "
        "Give a name such as utf-8, windows-1252, koi8-r or shift_jis, or leave it out"
    )
