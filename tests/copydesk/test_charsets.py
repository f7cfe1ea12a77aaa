"""Names of charsets, one table for the option `--charset` and for the decoder."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import codec_name
from copydesk.charsets import LABELS

PYTHON = sorted({*aliases, *aliases.values()})


@pytest.mark.parametrize("label", [*PYTHON, *LABELS])
def test_a_name_is_of_a_codec_that_gives_text_or_of_none(label: str) -> None:
    """However it is written."""
    name = codec_name(label)
    assert name == codec_name(f" {label.upper()} ") == codec_name(f'"{label}"')
    if name:
        assert b"".decode(name) == ""
        assert codec_name(name) == name


@pytest.mark.parametrize(
    "label", ["base64", "hex", "rot13", "zip", "idna", "undefined", "utf-7", "U7", "x-user-defined"]
)
def test_what_gives_no_text_is_no_charset(label: str) -> None:
    """Though Python has codecs of most of these names."""
    assert codec_name(label) is None


@pytest.mark.parametrize(("label", "codec"), LABELS.items())
def test_labels_of_the_web_are_read_as_the_codec_they_stand_for(label: str, codec: str) -> None:
    """With what browsers put in its place."""
    assert codec_name(label) == codec_name(codec)


@pytest.mark.parametrize("page", range(1250, 1259))
def test_the_code_pages_of_windows_have_three_spellings(page: int) -> None:
    """All of them labels of the standard."""
    assert {codec_name(f"{start}{page}") for start in ("cp", "windows-", "x-cp")} == {f"cp{page}"}


@given(st.text())
def test_anything_else_is_none_or_a_codec(label: str) -> None:
    """Headers hold what servers like."""
    name = codec_name(label)
    assert name is None or codecs.lookup(name)
