"""Fake third-party stages, installed as a distribution of their own, and text to try stages on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FAKES = Path(__file__).parent / "fakes"
sys.path.insert(0, str(FAKES))

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.load_profile("default")

#: Every kind of line break that counts, and some that do not.
BREAKS = ["\n", "\r\n", "\r", "\u2028", "\u2029", "\n\n", "\r\n\r\n", "\n \n", "\n\r"]
PIECES = [
    *BREAKS,
    "",
    " ",
    "\t",
    "\x85",
    "\x0b",
    "\u200b",
    "\ufeff",
    "a",
    "word",
    "Two words.",
    "é",
    "Ã©",
    "\ud800",
    "𝄞",
]


def texts() -> st.SearchStrategy[str]:
    """Arbitrary text, and text made of what matters to blocks."""
    return st.one_of(
        st.text(st.characters(codec=None), max_size=40), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    )


@pytest.fixture(scope="session")
def acme() -> Path:
    """Return the folder in which the distribution `acme-stages` is installed: a path for other processes."""
    return FAKES
