"""The stage `boilerplate`: what it cuts, what it leaves, and that it says the same everywhere."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, ConfigError, Document, Edit, Move, SetTag, undo
from copydesk_stages.boilerplate import Boilerplate
from copydesk_stages.boilerplate.classes import CODE
from copydesk_stages.boilerplate.features import NAMES
from copydesk_stages.boilerplate.model import FILE, load
from copydesk_stages.extract import Extract
from copydesk_stages.markers import Markers

GOLDEN = Path(__file__).parents[2] / "golden/boilerplate/negative"
STORY = [
    (
        "The ferry to Skarnholm was late again on Friday, and the baker on the pier threw away a tray of rolls. Nobody "
        "in the harbour office would say when the second boat comes back from the yard in Tarn."
    ),
    (
        "Ellen Marsh, who has sold tickets on the quay for nineteen years, said the engine had been repaired three times "
        "since the spring. “It starts when it likes,” she said, and shut the window of her booth."
    ),
    (
        "The council will meet on Tuesday to talk about a third boat. Two of its members want to rent one from the "
        "mainland, the others would rather wait for the bridge that was promised in the last campaign."
    ),
]
FURNITURE = ["Share on Facebook", "Read more: Five things to know before the derby", "By Jon Harlow, Business Reporter"]


def chain(**options: object) -> Chain:
    return Chain.of(Boilerplate(**options), max_removed=1.0)  # type: ignore[arg-type]


def with_furniture() -> list[str]:
    return [FURNITURE[2], STORY[0], FURNITURE[0], STORY[1], FURNITURE[1], STORY[2]]


def test_cuts_furniture_between_paragraphs_and_says_why() -> None:
    result = chain(setting="thorough").run(Document.from_blocks(with_furniture()))
    assert [block.text for block in result.document.blocks] == STORY
    for edit in result.edits:
        assert edit.rule == "page-line"
        assert edit.score is not None
        assert 0.5 <= edit.score < 1
        assert "looks like" in edit.why
    assert "between two paragraphs" in " ".join(edit.why for edit in result.edits)


def test_cautious_cuts_no_more_than_thorough() -> None:
    document = Document.from_blocks(with_furniture())
    cut = [
        {e.block for e in chain(setting=s).run(document).edits if e.kind == "drop"} for s in ("cautious", "thorough")
    ]
    assert cut[0] <= cut[1]
    assert cut[0]


def test_undo_gives_the_text_back() -> None:
    document = Document.from_blocks(with_furniture())
    result = chain(setting="thorough").run(document)
    assert undo(result.text, result.record) == document.text


@pytest.mark.parametrize("setting", ["cautious", "thorough"])
def test_leaves_a_story_alone(setting: str) -> None:
    assert not chain(setting=setting).run("\n\n".join(STORY)).edits


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_cautious_leaves_poems_recipes_tables_and_the_like_alone(case: str) -> None:
    """Without the guard, which would hide cutting in short documents."""
    text = (GOLDEN / case / "input.txt").read_text(encoding="utf-8")
    assert [e.old for e in chain().run(text).edits if e.kind == "drop"] == []


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_the_shipped_chain_leaves_them_alone_as_well(case: str) -> None:
    """The default chain runs `markers` first, and its guard bounds uncertain edits only."""
    edits = copydesk.run((GOLDEN / case / "input.txt").read_text(encoding="utf-8")).edits
    assert [e.old for e in edits if e.stage in ("markers", "boilerplate") and e.old is not None] == []


def test_thresholds_are_options() -> None:
    document = Document.from_blocks(with_furniture())
    assert not [e for e in chain(cut_above=1.0, flag_above=1.0).run(document).edits if e.kind == "drop"]
    flagged = chain(cut_above=1.0, flag_above=0.01).run(document)
    tags = {b.text: b.tags.get("boilerplate") for b in flagged.document.blocks}
    assert tags["Share on Facebook"] is not None
    assert flagged.text == document.text
    with pytest.raises(ConfigError):
        chain(setting="bold")
    with pytest.raises(ConfigError):
        chain(cut_above=2.0)


def test_has_to_come_after_markers() -> None:
    Chain.of(Markers(), Boilerplate())
    with pytest.raises(ConfigError, match="after"):
        Chain.of(Boilerplate(), Markers())


MENU = ["Home", "News", "Sport", "Weather", "Business", "Opinion", "Culture", "Travel", "Subscribe", "Log in", "Search"]
FOOT = ["Most read", "Contact us", "Privacy policy", "Terms of use", "Cookie settings", "Advertise with us", "About us"]


def test_knows_a_whole_page_when_thorough() -> None:
    page = Document.from_blocks([*MENU, *STORY, *FOOT, "Newsletters", "Jobs", "Follow us on Twitter", *MENU])
    result = chain(setting="thorough").run(page)
    left = [block.text for block in result.document.blocks]
    assert [text for text in left if len(text) > 100] == STORY
    assert not set(left) & {"Privacy policy", "Cookie settings", "Subscribe", "Terms of use"}


def test_the_guard_takes_a_whole_page_back_unless_the_chain_allows_it() -> None:
    page = Document.from_blocks([*MENU, STORY[0], *FOOT, *MENU])
    result = Chain.of(Boilerplate(setting="thorough"), max_removed=0.1).run(page)
    assert result.text == page.text
    assert [flag.name for flag in result.flags] == ["guard"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "Yes", "42\n", "1\n2\n3\n", "* * *\n", "\u3000\n", "Share\n" * 40, "a\x00b\ud800c\n", "İ" * 300],
)
def test_takes_odd_documents(text: str) -> None:
    for setting in ("cautious", "thorough"):
        result = chain(setting=setting).run(text)
        assert undo(result.text, result.record) == text


def test_takes_a_document_of_many_lines() -> None:
    lines = [f"Item {number} of the long list" for number in range(20_000)]
    document = Document.from_blocks(lines)
    result = chain(setting="thorough").run(document)
    assert undo(result.text, result.record) == document.text


@given(st.lists(st.text(max_size=200), max_size=40), st.sampled_from(["cautious", "thorough"]))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_the_same_edits_again_and_undoes(lines: list[str], setting: str) -> None:
    document = Document.from_blocks(lines)
    stage = Boilerplate(setting=setting)  # type: ignore[arg-type]
    first, second = list(stage(document)), list(pickle.loads(pickle.dumps(stage))(document))
    assert first == second
    result = Chain.of(stage, max_removed=1.0).run(document)
    assert undo(result.text, result.record) == document.text


def test_a_document_is_judged_alike_in_every_process() -> None:
    code = (
        "import sys; from copydesk import Document; from copydesk_stages.boilerplate import Boilerplate\n"
        "print([(e.block, e.score, e.why) for e in Boilerplate()(Document.from_blocks(sys.stdin.read().split('\\n')))])"
    )
    lines = "\n".join(with_furniture())
    told = [
        subprocess.run([sys.executable, "-c", code], input=lines, capture_output=True, text=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert "looks like" in told[0]


def test_scores_of_one_line_do_not_depend_on_how_many_are_judged_at_once() -> None:
    model = load()
    rows = np.random.default_rng(4).integers(0, 60, (700, len(NAMES))).astype(np.float64)
    together = model.article.score(rows)
    assert together == [model.article.score(row[None, :])[0] for row in rows]


def test_weights_are_small_and_classes_complete() -> None:
    import copydesk_stages.boilerplate as package

    assert (Path(package.__file__).parent / FILE).stat().st_size <= 3_000_000
    classes = load().tables.classes
    assert len(classes) == 0x10000
    assert classes[ord("a")] == CODE["lower"]
    assert classes[ord("水")] == CODE["ideograph"]
    assert classes[ord("。")] == CODE["stop"]


def test_a_line_of_wide_characters_says_why_without_counting_words() -> None:
    """Where no spaces stand between words, a line is not "a single word"."""
    story = "港の渡し船は今朝も遅れ、桟橋のパン屋は焼き上がったばかりのパンを捨てるしかなかったと静かに話した。" * 3
    page = [
        *["ホーム", "ニュース", "スポーツ", "天気", "経済", "文化", "会員登録はこちらから", "ログイン"] * 4,
        story,
        story,
    ]
    edits = chain(setting="thorough").run(Document.from_blocks(page)).edits
    assert edits
    assert not [edit.why for edit in edits if "single word" in edit.why or "capitals" in edit.why]


def test_a_paragraph_of_wide_characters_is_a_paragraph() -> None:
    """Eighty of them say as much as a paragraph of Latin letters, which passes unseen."""
    story = "港の渡し船は今朝も遅れ、桟橋のパン屋は焼き上がったばかりのパンを捨てるしかなかったと静かに話した。" * 2
    assert 70 < len(story) < 140
    assert not chain(setting="thorough", flag_above=0.01).run(Document.from_blocks([story] * 4)).edits


def test_a_whole_article_in_one_line_of_a_page_stays() -> None:
    """Thousands of characters go only where nearly certain, whatever a page has around them."""
    article = " ".join(STORY * 4)
    page = Document.from_blocks([*MENU, article, *FOOT, *MENU])
    result = chain(setting="thorough").run(page)
    assert article in [block.text for block in result.document.blocks]
    assert "Privacy policy" not in [block.text for block in result.document.blocks]


def test_a_piece_of_a_broken_sentence_stays() -> None:
    """Text that was broken anywhere: the piece is in lower case, after a paragraph without its full stop."""
    broken = [STORY[0], STORY[1].rstrip(".") + ", and she", "share", STORY[2]]
    whole = [STORY[0], STORY[1], "share", STORY[2]]
    assert [b.text for b in chain(setting="thorough").run(Document.from_blocks(broken)).document.blocks] == broken
    assert len(chain(setting="thorough").run(Document.from_blocks(whole)).document.blocks) == len(whole) - 1


def test_what_a_page_marks_up_as_a_heading_is_only_flagged() -> None:
    """The same words without mark-up are taken for a label."""
    paragraphs = [*STORY[:2], "", *STORY[2:]]
    marked = "".join(f"<p>{each}</p>" if each else "<h2>Gadgets</h2>" for each in paragraphs)
    page = f"<html><body><article><h1>Late again</h1>{marked}</article></body></html>"
    plain = "\n\n".join(each or "Gadgets" for each in paragraphs)
    result = Chain.of(Extract(), Boilerplate()).run(page)
    assert "Gadgets" in result.text
    assert "possible-page-line" in {change.rule for change in result.edits}
    assert "Gadgets" not in Chain.of(Boilerplate()).run(plain).text
    assert "Gadgets" not in Chain.of(Extract(), Boilerplate(setting="thorough")).run(page).text


def test_what_markers_took_out_still_counts_as_the_neighbour_of_a_line() -> None:
    """A menu that `markers` knows by heart makes a page as much as one that it does not know."""
    story = "The ferry to Skarnholm was late again on Friday, and the baker threw away a tray of rolls. " * 3
    labels = ["Skip to content", "Log in", "Subscribe", "Sign up for our newsletter", "Most read", "Read more"]
    unknown = ["Harbour Post Weather Centre", "Harbour Post Tide Tables", "Our Island Web Cameras"]
    lines = [*(labels + unknown) * 2, story, story, *(unknown + labels) * 2]
    both = Chain.of(Markers(), Boilerplate(setting="thorough"), max_removed=1.0)
    kept = [block.text for block in both.run(Document.from_blocks(lines)).document.blocks]
    assert kept == [story, story]


def test_a_moved_paragraph_leaves_no_gap() -> None:
    lines = [*STORY, "What the mayor says", *STORY, "Related"]

    def scores(document: Document) -> dict[str, float | None]:
        return {
            document.block(edit.block).text: edit.score
            for edit in Boilerplate(flag_above=0.001, cut_above=1.0)(document)
            if isinstance(edit, SetTag) and edit.block is not None
        }

    class ToTheFront:
        def __call__(self, document: Document) -> list[Edit]:
            return [Move(document.blocks[-1].id, document.blocks[0].id, rule="to-the-front")]

    moved = Chain.of(ToTheFront()).run(Document.from_blocks(lines)).document
    assert scores(moved) == scores(Document.from_blocks(block.text for block in moved.blocks))
    assert scores(moved)
