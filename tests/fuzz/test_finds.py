"""What fuzzing found stays found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz_encoding import check

FINDS = sorted((Path(__file__).parent / "finds").glob("*.bin"))


@pytest.mark.parametrize("path", FINDS, ids=lambda path: path.stem)
def test_a_find_stays_mended(path: Path) -> None:
    """The first byte chooses the declared charset, the rest is the document."""
    check(path.read_bytes())


@given(st.binary(max_size=120))
def test_the_harness_holds_for_any_bytes(data: bytes) -> None:
    """Where atheris is not installed, chance has to do."""
    check(data)


@given(st.text(max_size=60), st.sampled_from(["utf-8", "cp1252", "cp1251", "gbk", "shift_jis", "utf-16", "koi8-r"]))
def test_the_harness_holds_for_any_text(text: str, charset: str) -> None:
    """Also where one charset took it for another."""
    check(b"\x01" + text.encode("utf-8", "replace").decode(charset, "replace").encode("utf-8", "replace"))
    check(b"\x00" + text.encode(charset, "replace"))
