"""Page markers: what goes, what stays, whatever the dress they come in."""

from __future__ import annotations

import pytest

from copydesk import Chain, Document
from copydesk_stages.markers import Markers

CHAIN = Chain.of(Markers())
PARAGRAPH = "The harbour council met until midnight and then agreed to repair the northern pier before winter comes."


@pytest.mark.parametrize(
    "marker",
    ["Advertisement", "ADVERTISEMENT", "advertisement:", "Share", "SHARE", "Share Share", "Ａｄｖｅｒｔｉｓｅｍｅｎｔ",
     "• Read more", "▶ Read more »", "🔗 Copy link", "Share on Facebook", "Facebook Twitter WhatsApp", "1,204 shares",
     "Share Tweet Email Print", "5 min read", "Updated 4 hours ago"],
)  # fmt: skip
def test_a_marker_in_any_dress_goes(marker: str) -> None:
    """Case, width, bullets, emoji, closing marks and repeats do not hide a marker."""
    assert CHAIN.run(f"{PARAGRAPH}\n\n{marker}\n\n{PARAGRAPH}\n").text == f"{PARAGRAPH}\n\n{PARAGRAPH}\n"


@pytest.mark.parametrize(
    "text",
    ["Share prices", "LONDON (Reuters)", "(Reuters)", "Advertisement was his trade.", "“Share.”", "Read more slowly"],
)
def test_marker_words_in_a_larger_block_stay(text: str) -> None:
    """A marker is a marker only as a whole."""
    given = f"{PARAGRAPH}\n\n{text}\n\n{PARAGRAPH}\n"
    assert CHAIN.run(given).text == given


def test_given_blocks_are_judged_whole() -> None:
    """A block that the caller made is not split again."""
    document = Document.from_blocks(["Share\nthe bread", "Share"])
    assert CHAIN.run(document).text == "Share\nthe bread"
