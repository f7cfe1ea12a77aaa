"""What the stage changes, what it leaves alone, and that it can be undone."""

from __future__ import annotations

import pickle

import pytest

import copydesk
from copydesk_hashtags import Hashtags


def chain(**options: int) -> copydesk.Chain:
    return copydesk.Chain.of(Hashtags(**options), max_removed=1.0)


def test_a_line_of_hashtags_goes() -> None:
    """The record names the rule, and leads back."""
    text = "The bridge is open again.\n\n#harbour #bridge\n"
    result = chain().run(text)
    assert result.text == "The bridge is open again.\n"
    assert [edit.rule for edit in result.edits] == ["hashtag-line"]
    assert copydesk.undo(result.text, result.record) == text


@pytest.mark.parametrize("text", ["We need #bridges now.\n", "# A heading\n", "#\n", "", "Plain text.\n"])
def test_everything_else_stays(text: str) -> None:
    """Byte for byte."""
    assert chain().run(text).text == text


def test_a_long_list_stays() -> None:
    """The option draws the line."""
    assert chain(max_tags=2).run("#a #b #c\n").text == "#a #b #c\n"


def test_it_can_be_sent_to_another_process() -> None:
    """As a run over many files does."""
    assert pickle.loads(pickle.dumps(Hashtags(max_tags=3))) == Hashtags(max_tags=3)
