"""What one chain takes and another keeps."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from copydesk import Chain, Document, Drop, Edit, Move, Recast, Replace, Result, SetTag, Step
from copydesk.explain.compare import Comparison, size_of
from copydesk.explain.fates import fates, layout_of, steps_of
from edit_strategies import DrawnStage, edits_for
from strategies import texts


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def run(text: str | Document, *stages: object) -> Result:
    return Chain(tuple(Step(f"s{number}", stage, "", 1.0) for number, stage in enumerate(stages))).run(text)


def compared(text: str, a: Result, b: Result) -> Comparison:
    found = Comparison()
    found.add("doc", Document(text), a.record, b.record)
    return found


def said(found: Comparison) -> list[tuple[str, str, str]]:
    return [(p.side, p.rule, p.text) for p in found.worst()]


TEXT = "The dam held.\nAdvertisement\nNobody was hurt at all.\nRelated: more.\nThe mayor thanked them.\n"


@given(st.one_of(texts(), st.lists(texts(), max_size=5).map(Document.from_blocks)), st.data())
def test_no_character_is_both_kept_and_cut(original: str | Document, data: st.DataObject) -> None:
    """Cuts lie within the text, none twice, and a chain does not differ from itself."""
    result = run(original, *(DrawnStage(data, edits_for) for _ in range(3)))
    document = original if isinstance(original, Document) else Document(original, layout=layout_of(result.record))
    split = result.record.split
    found = fates(document, steps_of(result.record), on_blocks=split == -1, split=split)
    places = sorted((cut.start, cut.end) for cut in (*found.cuts, *found.rewritten))
    assert all(0 <= start < end <= len(document.text) for start, end in places)
    assert all(a[1] <= b[0] for a, b in pairwise(places))
    same = Comparison()
    same.add("doc", document, result.record, result.record)
    assert same.passages == []
    assert same.differing == 0


@given(texts(), st.data())
def test_all_that_a_chain_cuts_is_lost_against_no_chain(original: str, data: st.DataObject) -> None:
    """And gained the other way round, character by character."""
    nothing, result = run(original), run(original, DrawnStage(data, edits_for), DrawnStage(data, edits_for))
    one, other = compared(original, nothing, result), compared(original, result, nothing)
    assert one.characters("lost") == other.characters("gained")
    assert one.characters("gained") == other.characters("lost") == 0
    assert one.characters("lost") <= size_of(original)


def test_a_drop_is_lost_with_its_context_and_reason() -> None:
    """Not what both cut, and not what was only put in other words."""
    a = run(TEXT, Does(Drop(1, rule="label", score=1.0)))
    b = run(
        TEXT,
        Does(
            Replace(4, 7, "Dam", 0, rule="capital"),
            Drop(1, rule="label", score=1.0),
            Drop(2, rule="guess", why="short", score=0.4),
        ),
    )
    found = compared(TEXT, a, b)
    assert said(found) == [("lost", "guess", "Nobody was hurt at all.")]
    (passage,) = found.passages
    assert (passage.why, passage.score, passage.size) == ("short", 0.4, 19)
    assert passage.before.endswith("Advertisement\n")
    assert passage.after.startswith("\nRelated")
    assert found.share("lost") == 19 / size_of(TEXT.replace("Advertisement\n", ""))


def test_the_riskiest_comes_first() -> None:
    """Long text that an unsure rule cut, before long text that a sure one cut, before short text."""
    b = run(
        TEXT, Does(Drop(2, rule="sure", score=1.0), Drop(4, rule="unsure", score=0.3), Drop(3, rule="short", score=0.3))
    )
    assert [rule for _, rule, _ in said(compared(TEXT, run(TEXT), b))] == ["unsure", "short", "sure"]


def test_neighbours_cut_by_one_rule_are_one_passage() -> None:
    """And a cut inside a paragraph is one by itself."""
    b = run(TEXT, Does(Drop(2, rule="r", score=0.5), Drop(3, rule="r", score=0.5), Replace(3, 13, "", 4, rule="inner")))
    assert said(compared(TEXT, run(TEXT), b)) == [
        ("lost", "r", "Nobody was hurt at all.\nRelated: more."),
        ("lost", "inner", " mayor tha"),
    ]


def test_text_is_followed_through_moves_joins_and_earlier_changes() -> None:
    """What is cut later is named as it stood where the chains part."""
    shared = Does(Replace(0, 3, "A", rule="article"))
    a = run(TEXT, shared)
    b = run(
        TEXT,
        shared,
        Does(Move(4, 0, rule="up"), Recast((1, 2), ("AdvertisementNobody was hurt at all.",), rule="join")),
        Does(Replace(0, 13, "", 5, rule="late")),
    )
    assert said(compared(TEXT, a, b)) == [("lost", "late", "Advertisement")]
    assert compared(TEXT, a, b).passages[0].before.startswith("A dam held.")


def test_moves_and_other_words_are_counted_and_lose_nothing() -> None:
    """As is another language."""
    b = run(TEXT, Does(Move(4, 0, rule="up"), SetTag("language", "en", rule="l")))
    found = compared(TEXT, run(TEXT), b)
    assert found.passages == []
    assert dict(found.otherwise) == {"in other words or another order": 1, "another language": 1}
    assert found.differing == 1


def test_pages_taken_apart_differently_are_compared_by_paragraph() -> None:
    """Mark-up that both leave out is no loss; the rule that dropped a paragraph is named."""
    page = "<h1>Dam</h1>\n<p>Nobody was <b>hurt</b>.</p>\n<p>Read more</p>\n"
    a = run(page, Does(Recast((0, 1, 2), ("Dam", "Nobody was hurt.", "Read more"), rule="extract")))
    b = run(page, Does(Recast((0, 1, 2), ("Dam", "Nobody was hurt."), rule="extract", why="main text")))
    c = run(
        page,
        Does(Recast((0, 1, 2), ("Dam", "Nobody was hurt.", "Read more", "x"), rule="extract")),
        Does(Drop(5, rule="label")),
    )
    assert said(compared(page, a, b)) == [("lost", "extract", "Read more")]
    assert sorted(said(compared(page, a, c))) == [("gained", "extract", "x"), ("lost", "label", "Read more")]


def test_after_the_same_extraction_text_is_compared_in_full() -> None:
    """With context, and not by paragraph."""
    page = "<h1>Dam</h1>\n<p>Nobody was <b>hurt</b>.</p>\n<p>Read more</p>\n"
    extract = Does(Recast((0, 1, 2), ("Dam", "Nobody was hurt.", "Read more"), rule="extract"))
    found = compared(page, run(page, extract), run(page, extract, Does(Drop(5, rule="label", score=1.0))))
    assert said(found) == [("lost", "label", "Read more")]
    assert found.passages[0].before == "Dam\nNobody was hurt.\n"
