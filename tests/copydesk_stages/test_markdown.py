"""The stage `markdown`: blocks written by the role that they carry."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import copydesk
from copydesk import Chain, Document, NewBlock, Recast
from copydesk_stages.markdown import Markdown

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
ROLES = ("paragraph", "heading", "item", "quote", "code", "caption")


class Recasting:
    """Stands for `extract`: makes the blocks that it is given."""

    def __init__(self, *new: NewBlock) -> None:
        self.new = new

    def __call__(self, document: Document) -> Any:
        yield Recast(tuple(block.id for block in document.blocks), self.new, rule="page", score=1.0)


def run(*new: NewBlock) -> copydesk.Result:
    return Chain.of(Recasting(*new), Markdown()).run("page", on_error="fail")


def block(role: str, text: str, separator: str | None = "\n\n", **tags: object) -> NewBlock:
    return NewBlock(text, separator, {"role": role, **tags})


def shown(markdown: str) -> list[tuple[str, str]]:
    """Return what a reader of Markdown sees: the element and the text of each stretch of text."""
    found = []
    tokens = PARSER.parse(markdown)
    for place, token in enumerate(tokens):
        if token.type == "inline":
            found.append((tokens[place - 1].tag, plain(token.children or [])))
        elif token.type in ("fence", "code_block", "html_block"):
            found.append((token.type, token.content.removesuffix("\n")))
    return found


def plain(children: list[Any]) -> str:
    """Return the text of inline tokens; links, raw HTML and pictures show up as what they are not meant to be."""
    return "".join(
        child.content if child.type in ("text", "text_special") else "\n" if child.type == "hardbreak" else
        "" if child.type in ("em_open", "em_close") else f"<<{child.type}>>"
        for child in children
    )  # fmt: skip


class TestWrites:
    @pytest.mark.parametrize("level", range(1, 7))
    def test_headings_have_their_level(self, level: int) -> None:
        assert run(block("heading", "The dam held", level=level)).text == f"{'#' * level} The dam held"

    def test_lists_keep_bullets_numbers_and_depth(self) -> None:
        result = run(
            block("item", "Boats", "\n", list="ordered", level=1),
            block("item", "with sails", "\n", list="unordered", level=2),
            block("item", "without", "\n", list="unordered", level=2),
            block("item", "Ferries", list="ordered", level=1),
            block("paragraph", "No others."),
        )
        assert result.text == "1. Boats\n    - with sails\n    - without\n2. Ferries\n\nNo others."
        assert [tag for tag, _ in shown(result.text)] == ["p"] * 5
        assert PARSER.render(result.text).count("<li>") == 4

    def test_a_list_that_starts_deep_is_no_code(self) -> None:
        assert run(block("item", "Boats", list="unordered", level=4)).text == "- Boats"

    def test_the_head_of_a_table_is_its_head(self) -> None:
        result = run(block("row", "Ship | Sails", "\n", header=True), block("row", "Merlin | 3"))
        assert result.text == "| Ship | Sails |\n| --- | --- |\n| Merlin | 3 |"

    def test_a_table_without_head_gets_an_empty_one_and_loses_no_cell(self) -> None:
        result = run(block("row", "Merlin | 3", "\n"), block("row", "Heron | 2 | old"))
        assert result.text == "|  |  |  |\n| --- | --- | --- |\n| Merlin | 3 |\n| Heron | 2 | old |"
        seen = [text for tag, text in shown(result.text) if tag == "td" and text]
        assert seen == ["Merlin", "3", "Heron", "2", "old"]

    def test_two_tables_stay_two(self) -> None:
        result = run(block("row", "a | b"), block("row", "c | d"))
        assert PARSER.render(result.text).count("<table>") == 2

    def test_a_fence_is_longer_than_the_ticks_in_the_code(self) -> None:
        code = "say ```\n  x"
        result = run(block("code", code))
        assert result.text == f"````\n{code}\n````"
        assert shown(result.text) == [("fence", code)]

    def test_lines_of_verse_stay_lines(self) -> None:
        result = run(block("paragraph", "The ice is in,", "\n"), block("paragraph", "the boats are not."))
        assert shown(result.text) == [("p", "The ice is in,\nthe boats are not.")]

    def test_captions_are_set_apart(self) -> None:
        assert run(block("caption", "The *old* pier.")).text == r"*The \*old\* pier.*"

    @pytest.mark.parametrize(
        "text",
        ["# no heading", "1. no item", "2) no item", "- no item", "+ no item", "> no quote", "--- no rule", "=== x",
         "*", "***", "```", "~~~", "a ~~b~~", "<b>no tag</b>", "&amp; is no ampersand", r"\* stays", "[a](b) is no link",
         "[a]: b", "[x] is no task", "a_b_ _c_", "snake_case_name", "| no | table", "C #", "![a](b)"],
    )  # fmt: skip
    @pytest.mark.parametrize("role", ["paragraph", "heading", "item", "quote"])
    def test_what_would_mean_something_is_escaped(self, role: str, text: str) -> None:
        assert [seen for _, seen in shown(run(block(role, text)).text)] == [text]


class TestReadBack:
    """Whatever stands in a block, a reader of Markdown sees just that."""

    @given(
        st.lists(
            st.tuples(st.sampled_from(ROLES), st.text(st.sampled_from("ab1 *_`#-+=>|~.)([]!<&;/:\\\"'x"), min_size=1)),
            min_size=1,
            max_size=4,
        )
    )
    @example([("paragraph", "[a][b]")])
    @example([("heading", "##")])
    @example([("item", "- - a")])
    def test_the_text_is_what_is_shown(self, parts: list[tuple[str, str]]) -> None:
        given_parts = [(role, " ".join(text.split()) or "a") for role, text in parts]
        result = run(*(block(role, text) for role, text in given_parts))
        seen = [re.sub(r"\s+", " ", text) for _, text in shown(result.text)]
        assert seen == [text for _, text in given_parts]

    @given(st.lists(st.text(st.sampled_from("ab *_`|\\#<&"), min_size=1), min_size=2, max_size=3))
    def test_cells_are_what_is_shown(self, cells: list[str]) -> None:
        cells = [" ".join(cell.replace(" | ", " ").split()).strip("| ") or "a" for cell in cells]
        result = run(block("row", " | ".join(cells), "\n", header=True), block("row", "x | y"))
        assert [text for tag, text in shown(result.text) if tag == "th"] == cells


class TestRecord:
    @given(st.lists(st.tuples(st.sampled_from((*ROLES, "row")), st.text(max_size=20)), min_size=1, max_size=5))
    def test_undo_gives_the_page_back(self, parts: list[tuple[str, str]]) -> None:
        result = run(*(block(role, text, None) for role, text in parts))
        assert copydesk.undo(result.text, result.record) == "page"

    def test_nothing_is_taken_away(self) -> None:
        result = run(block("heading", "C #", level=2), block("row", "a|b | c"), block("item", "1. x", list="ordered"))
        written = [edit for edit in result.edits if edit.stage == "markdown"]
        assert written
        assert all(edit.kind == "replace" and not edit.old and edit.score == 1.0 for edit in written)
        assert {edit.rule for edit in written} <= {"heading", "row", "item", "escape"}


class TestLeavesAlone:
    @pytest.mark.parametrize("text", ["", "# Title\n\n- a\n", "The dam *held*.\n\n1. Nobody was hurt.\n"])
    def test_a_text_without_roles_stays(self, text: str) -> None:
        result = Chain.of(Markdown()).run(text)
        assert result.text == text
        assert not result.edits

    def test_a_role_that_it_does_not_know_stays(self) -> None:
        assert run(block("aside", "* a")).text == "* a"
