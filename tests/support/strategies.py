"""Text to try stages on, and where the fake third party is installed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

FAKES = Path(__file__).parent.parent / "fakes"

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
    "\ud834",
    "\udd1e",
    "𝄞",
]


def texts() -> st.SearchStrategy[str]:
    """Arbitrary text, and text made of what matters to blocks."""
    return st.one_of(
        st.text(st.characters(codec=None), max_size=40), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    )
