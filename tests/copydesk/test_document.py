"""Documents: splitting into blocks, layouts, carrying."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import Document, Source
from copydesk.document import count_breaks, is_wrapped, split
from strategies import texts

WRAPPED = """\
The council met on Tuesday evening to talk about the old bridge over
the river, which has been closed to traffic since a lorry hit one of
its pillars in the spring.

Nobody could say what the repair would cost. An engineer who was sent
by the county had been ill for three weeks, and his report is late by
now, the mayor said.
"""


@given(texts())
def test_parts_join_to_the_text(text: str) -> None:
    """Whatever the text, its parts put together are the text."""
    for layout in ("auto", "lines", "wrapped"):
        parts = split(text, layout)[1]
        assert parts.join() == text
        assert not parts.lead.strip()
        assert not parts.trail.strip()
        assert all(block.text.strip() for block in parts.blocks)
        assert [block.separator for block in parts.blocks[-1:]] in ([], [""])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_every_line_break_parts_blocks(newline: str) -> None:
    """Each of the five line breaks ends a block, and stays as it is."""
    doc = Document(f"One.{newline}Two.{newline}{newline}Three.{newline}")
    assert [block.text for block in doc.blocks] == ["One.", "Two.", "Three."]
    assert [block.separator for block in doc.blocks] == [newline, newline * 2, ""]
    assert doc.trail == newline


@given(st.lists(st.sampled_from(["\n", "\r\n", "\u2028", "\u2029"])), st.sampled_from(["", " ", "\t"]))
def test_line_breaks_are_counted(breaks: list[str], blank: str) -> None:
    """However many, and whatever stands between them; CR LF is one."""
    assert count_breaks(blank.join(breaks)) == len(breaks)


@pytest.mark.parametrize("char", ["\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_other_controls_part_nothing(char: str) -> None:
    """U+0085 and its like end no block: they are what mojibake is made of."""
    assert [block.text for block in Document(f"One{char}two").blocks] == [f"One{char}two"]


@pytest.mark.parametrize(
    ("text", "lead", "trail"),
    [("", "", ""), ("\n", "\n", ""), (" \n\n", " \n\n", ""), ("  ", "  ", ""), ("\n a \n", "\n", "\n"), ("a", "", "")],
)
def test_white_space_around_belongs_to_the_document(text: str, lead: str, trail: str) -> None:
    """Empty lines before and after are no block's; indentation is its line's."""
    doc = Document(text)
    assert (doc.lead, doc.trail) == (lead, trail)
    assert "".join(block.text for block in doc.blocks) == text[len(lead) : len(text) - len(trail)]


def test_hard_wrapped_text_is_split_at_empty_lines() -> None:
    """Paragraphs that break near one width are blocks of several lines."""
    doc = Document(WRAPPED)
    assert len(doc.blocks) == 2
    assert doc.layout == "wrapped"
    assert doc.blocks[0].text.count("\n") == 2


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028"])
def test_hard_wrapped_text_is_split_the_same_whatever_ends_its_lines(ending: str) -> None:
    doc = Document(WRAPPED.replace("\n", ending))
    found = [block.text.replace(ending, "\n") for block in doc.blocks]
    assert found == [block.text for block in Document(WRAPPED).blocks]
    assert doc.layout == "wrapped"


@pytest.mark.parametrize(
    "text",
    [
        "Home\nNews\nSport\n\nShare\nTweet\nPrint\n",
        "The rain came down in the lane last night,\nand nobody stirred in the square;\n\nThe lamps were lit\nwith a yellow light\nand nobody seemed to care.\n",
        "A paragraph that stands on one long line, as most scraped text does, well over fifty characters.\n\nAnother.\n",
        "",
    ],
    ids=["menu", "poem", "one line a paragraph", "empty"],
)
def test_other_text_is_split_at_every_line(text: str) -> None:
    """Menus, poems and unwrapped text are lines."""
    assert not is_wrapped(text)


def test_given_blocks_stay_whole() -> None:
    """`from_blocks` splits nothing, whatever the blocks hold."""
    doc = Document.from_blocks(["One\n\ntwo", "", "three\n"], separator="\n")
    assert [block.text for block in doc.blocks] == ["One\n\ntwo", "", "three\n"]
    assert doc.text == "One\n\ntwo\n\nthree\n"
    assert doc.carried


def test_blocks_are_split_only_when_asked_for() -> None:
    """Making a document costs no split."""
    doc = Document("One.\nTwo.\n")
    assert not doc.is_split
    assert doc.blocks
    assert doc.is_split


@given(texts())
def test_documents_pickle(text: str) -> None:
    """A document comes back equal from another process, split or not."""
    doc = Document(text, source=Source(name="a", url="b"), tags={"language": "en"})
    assert pickle.loads(pickle.dumps(doc)) == doc
    assert doc.blocks == pickle.loads(pickle.dumps(doc)).blocks


def test_offsets_of_blocks() -> None:
    """`starts` says where each block begins in the text."""
    doc = Document("\n\nOne.\r\n\r\nTwo.\n")
    assert [doc.text[start : start + 4] for start in doc.starts.values()] == ["One.", "Two."]


def test_fifty_megabytes_in_one_line() -> None:
    """A line without end is one block."""
    doc = Document("x" * 50_000_000 + "\n")
    assert len(doc.blocks) == 1
    assert doc.trail == "\n"
