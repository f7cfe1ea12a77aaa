"""The option `--charset`: what a person says of an input has to be a charset, whatever HTTP headers may say."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def charset_option(command: F) -> F:
    """Give a command the option `--charset`; UsageError where it names no charset."""
    return click.option(
        "--charset", callback=_checked, help="The charset that the outside declared, as an HTTP header would."
    )(command)


def _checked(_: click.Context, __: click.Parameter, label: str | None) -> str | None:
    if label is None or _is_charset(label):
        return label
    from encodings.aliases import aliases

    from copydesk.errors import did_you_mean

    known = sorted({name.replace("_", "-") for name in (*aliases, *aliases.values()) if _is_charset(name)})
    raise click.UsageError(
        f"--charset {label!r} is no charset that text can be read with.{did_you_mean(label.lower(), known)} "
        "Give a name such as utf-8, windows-1252, koi8-r or shift_jis, or leave it out"
    )


def _is_charset(label: str) -> bool:
    """Tell whether Python reads text by that name, or by the one that browsers write as `x-...` or `windows-...`."""
    name = label.strip().lower().removeprefix("x-")
    for spelling in (name, name.replace("windows-", "cp")):
        with suppress(LookupError, ValueError):
            codec = codecs.lookup(spelling)
            # Python's registry also holds codecs that are no charsets.
            return getattr(codec, "_is_text_encoding", True) and codec.name not in _NO_CHARSETS
    return False


_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
