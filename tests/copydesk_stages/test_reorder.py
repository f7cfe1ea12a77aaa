"""The stage `reorder`: suggesting and applying the order of shuffled paragraphs."""

from __future__ import annotations

import json
import os
import pickle
import random
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, Document
from copydesk_stages.reorder import Reorder

STORY = tuple(
    """
PORT ALDER (Coastline Press) - A dam above the town of Port Alder gave way early on Tuesday, sending a wall of water through three villages and forcing about 4,000 people from their homes, officials said.

Nobody was killed, but 14 people were taken to hospital with minor injuries, according to the Regional Rescue Service (RRS), which sent 200 volunteers and nine boats to the valley.

"We heard a sound like a train, and then the garden was gone," said Marta Vellinger, a baker below the dam.

Vellinger said she had carried her two children up the church tower, where they waited for six hours.

Governor Tobias Hartwell visited the valley on Tuesday afternoon and promised quick help for families.

"Nobody will spend the winter in a tent," Hartwell told reporters. "That is a promise."

He added that the state would pay for hotel rooms until the end of the year.

The RRS warned people not to return before the walls of the reservoir have been checked.

Engineers had reported cracks in the dam two years ago, but a repair plan was put off twice.

The plan would have cost 12 million crowns, a former member of the water board, Ines Okafor, said.

Okafor, who left the board in protest, accused it of having gambled with lives.

However, the board rejected the accusation and said that an inspection in March had found nothing unusual.

The dam was built in 1961 and holds back the river Alder, which has flooded the valley four times since then.
""".strip().split("\n\n")
)
#: An order in which every name comes short before it comes in full, and the story ends with its lead.
SHUFFLED = (11, 10, 6, 9, 5, 3, 7, 12, 2, 8, 4, 1, 0)


#: Paragraphs of one wording each, which have no order to find.
WORDS = {
    "de": ["Der Deich hält seit dem Morgen, sagte ein Sprecher der Feuerwehr in der Nacht zum Montag"] * 3,
    "es": ["El dique resiste desde la mañana, dijo un portavoz de los bomberos en la noche del lunes"] * 3,
    "fr": ["La digue tient depuis ce matin, a dit un porte-parole des pompiers dans la nuit de lundi"] * 3,
    "it": ["La diga tiene da stamattina, ha detto un portavoce dei pompieri nella notte di lunedì"] * 3,
    "nl": ["De dijk houdt sinds vanmorgen, zei een woordvoerder van de brandweer in de nacht van maandag"] * 3,
    "pt": ["O dique resiste desde a manhã, disse um porta-voz dos bombeiros na noite de segunda-feira"] * 3,
}


def document(paragraphs: Any, language: str | None = "en") -> Document:
    return Document.from_blocks(paragraphs, tags={"language": language} if language else {})


def shuffled(order: Any = SHUFFLED) -> Document:
    return document([STORY[i] for i in order])


def run(given: Document | str, **options: Any) -> copydesk.Result:
    return Chain.of(Reorder(**options)).run(given)


def agreement(order: list[int]) -> float:
    """Share of pairs that stand the right way round."""
    pairs = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
    return sum(a < b for a, b in pairs) / len(pairs)


def true_order(result: copydesk.Result, order: Any = SHUFFLED) -> list[int]:
    return [order[block.id] for block in result.document.blocks]


class TestSuggests:
    def test_a_shuffled_story_gets_a_tag_and_no_change(self) -> None:
        result = run(shuffled())
        assert result.text == shuffled().text
        assert not result.changed
        (edit,) = result.edits
        assert (edit.kind, edit.rule) == ("tag", "suggested-order")
        tag = result.tags["reorder"]
        assert sorted(tag["order"]) == list(range(len(STORY)))
        assert tag["confidence"] == edit.score
        assert agreement([SHUFFLED[i] for i in tag["order"]]) > agreement(list(SHUFFLED))

    def test_the_suggestion_is_what_apply_does(self) -> None:
        suggested = run(shuffled()).tags["reorder"]["order"]
        applied = run(shuffled(), mode="apply")
        assert [block.id for block in applied.document.blocks] == suggested

    def test_reasons_name_what_is_introduced_and_where_it_is_shortened(self) -> None:
        said = " / ".join(run(shuffled()).tags["reorder"]["reasons"])
        assert re.search(r"introduces '[^']+', shortened to '[^']+' in paragraph \d+|introduces as '[^']+'", said)


class TestApplies:
    def test_the_order_is_better_and_the_dateline_opens(self) -> None:
        result = run(shuffled(), mode="apply")
        found = true_order(result)
        assert found[0] == 0
        assert agreement(found) > 0.5 > agreement(list(SHUFFLED))
        assert sorted(block.text for block in result.document.blocks) == sorted(STORY)

    def test_names_come_in_full_before_they_come_short(self) -> None:
        found = true_order(run(shuffled(), mode="apply"))
        for full, short in ((4, 5), (9, 10), (2, 3), (1, 7)):
            assert found.index(full) < found.index(short)

    def test_blocks_that_need_not_move_do_not(self) -> None:
        result = run(shuffled(), mode="apply")
        moved = {edit.block for edit in result.edits}
        kept = [block.id for block in result.document.blocks if block.id not in moved]
        assert kept == sorted(kept)
        assert all(edit.kind == "move" and edit.why for edit in result.edits)

    def test_what_moves_together_counts_as_one_paragraph(self) -> None:
        texts = [STORY[i] for i in SHUFFLED]
        for at in (1, 4, 7, 10):
            texts.insert(at, "What the rescuers say")
        assert {edit.rule for edit in run(document(texts), mode="apply").edits} == {"suggested-order"}
        left = run(document(texts), mode="apply", min_paragraphs=len(STORY) + 1)
        assert {edit.rule for edit in left.edits} <= {"stray-lead"}

    def test_any_shuffle_leads_to_the_same_story(self) -> None:
        orders = []
        for seed in range(5):
            order = list(range(len(STORY)))
            random.Random(seed).shuffle(order)
            orders.append(true_order(run(shuffled(order), mode="apply", min_confidence=0.0), order))
        assert all(order == orders[0] for order in orders)

    def test_headline_and_tag_line_keep_their_places(self) -> None:
        blocks = ["Dam above Port Alder gives way", *(STORY[i] for i in SHUFFLED), "Tobias Hartwell"]
        result = run(document(blocks), mode="apply")
        after = [block.text for block in result.document.blocks]
        assert after[0] == blocks[0]
        assert after[-1] == blocks[-1]
        assert after[1:-1] != blocks[1:-1]

    def test_a_block_that_markers_flagged_stays_at_the_end(self) -> None:
        flagged = Document.from_blocks([*(STORY[i] for i in SHUFFLED), "Governor Hartwell."], tags={"language": "en"})

        class Flag:
            def __call__(self, document: Document) -> Any:
                yield copydesk.SetTag("marker", "tag-line", document.blocks[-1].id, rule="tag-line")

        result = Chain.of(Flag(), Reorder(mode="apply")).run(flagged)
        assert result.document.blocks[-1].text == "Governor Hartwell."
        assert result.changed

    def test_a_heading_goes_where_its_paragraph_goes(self) -> None:
        blocks = [STORY[i] for i in SHUFFLED]
        at = blocks.index(STORY[4])
        blocks.insert(at, "A visit from the capital")
        after = [block.text for block in run(document(blocks), mode="apply").document.blocks]
        assert after != blocks
        assert after[after.index(STORY[4]) - 1] == "A visit from the capital"

    def test_a_dateline_far_down_goes_to_the_top_of_even_a_short_story(self) -> None:
        result = run(shuffled((1, 4, 5, 0, 6, 8)), mode="apply")
        assert [block.id for block in result.document.blocks] == [3, 0, 1, 2, 4, 5]
        (edit,) = result.edits
        assert (edit.kind, edit.rule, edit.why) == ("move", "stray-lead", "opens with the dateline")

    def test_a_dateline_far_down_is_suggested_first(self) -> None:
        suggested = run(shuffled((1, 4, 5, 0, 6, 8))).tags["reorder"]
        assert suggested["order"] == [3, 0, 1, 2, 4, 5]
        assert suggested["reasons"] == ["paragraph 4 opens with the dateline"]

    def test_a_single_paragraph_at_the_top_of_an_intact_story_goes_back(self) -> None:
        order = list(range(len(STORY)))
        order.insert(0, order.pop(10))
        result = run(shuffled(order), mode="apply")
        assert true_order(result, order) == sorted(order)
        (edit,) = result.edits
        assert (edit.kind, edit.rule, edit.block) == ("move", "stray-paragraph", 0)

    def test_a_lead_without_dateline_goes_to_the_top_of_a_short_story(self) -> None:
        lead = "A dam above the town gave way on Tuesday, forcing about 4,000 people from their homes, officials said."
        blocks = [*(STORY[i] for i in (2, 3, 5, 6)), lead]
        result = run(document(blocks), mode="apply")
        assert result.document.blocks[0].text == lead
        assert {edit.rule for edit in result.edits} == {"stray-lead"}

    def test_undo_gives_the_order_back(self) -> None:
        result = run(shuffled(), mode="apply")
        assert copydesk.undo(result.text, result.record) == shuffled().text


class TestLeavesAlone:
    @pytest.mark.parametrize("mode", ["suggest", "apply"])
    def test_an_intact_story(self, mode: str) -> None:
        result = run(document(STORY), mode=mode)
        assert result.edits == ()

    @pytest.mark.parametrize("at", range(1, len(STORY) - 1))
    def test_a_story_with_two_neighbours_swapped(self, at: int) -> None:
        order = list(range(len(STORY)))
        order[at], order[at + 1] = order[at + 1], order[at]
        assert run(shuffled(order), mode="apply").edits == ()

    @pytest.mark.parametrize("mode", ["off", "suggest", "apply"])
    @pytest.mark.parametrize("text", ["", "\n", "One paragraph only.\n", "Same.\n\n" * 50, "* * *\n" * 20])
    def test_nothing_to_order(self, text: str, mode: str) -> None:
        assert run(Document(text, tags={"language": "en"}), mode=mode).edits == ()

    def test_a_summary_before_the_dateline(self) -> None:
        assert run(document([STORY[1], STORY[0], *STORY[2:8]]), mode="apply").edits == ()

    def test_a_round_up_with_several_datelines(self) -> None:
        places = ("KIEL", "RIGA", "TURKU", "LULEA", "BERGEN", "ODENSE", "TALLINN")
        paragraphs = [f"{place} (Coastline Press) - The harbour froze over on Monday." for place in places]
        assert run(document([STORY[2], STORY[3], *paragraphs]), mode="apply").edits == ()

    def test_a_text_in_which_nobody_reports_anything(self) -> None:
        steps = [
            "Finally cut everything back to the height of a knee, however much it hurts.",
            "It should be watered twice a week until the first leaves are out.",
            "A hedge needs two rows of plants, a hand's breadth apart, and a trench.",
            "After that the soil is covered with straw or bark, which keeps the weeds away.",
            "Before anything is planted, stretch a string along the border of the garden.",
            "However, do not give the plants any fertiliser in their first summer.",
            "The plants come in bundles of twenty-five and must not dry out on the way home.",
            "Now fill the trench again and tread the soil down firmly around the roots.",
            "Then put the plants into a bucket of water for the night before.",
            "A hedge is the cheapest fence there is, and birds like it better than a wall.",
        ]
        assert run(document(steps), mode="apply", min_confidence=0.01).edits == ()
        assert run(document(steps), mode="apply", min_confidence=0.0).edits != ()

    @pytest.mark.parametrize("number", [40, 41, 100])
    @pytest.mark.parametrize("least", [0.01, 0.7])
    def test_long_intact_stories_keep_or_undo_their_order(self, number: int, least: float) -> None:
        blocks = [f"{text} It was note {i} of the day." for i, text in enumerate((STORY * 8)[:number])]
        result = run(document(blocks), mode="apply", min_confidence=least)
        assert sorted(block.text for block in result.document.blocks) == sorted(blocks)
        assert copydesk.undo(result.text, result.record) == document(blocks).text

    def test_few_paragraphs(self) -> None:
        assert run(shuffled(SHUFFLED[:8]), mode="apply").edits == ()

    def test_mode_off(self) -> None:
        assert run(shuffled(), mode="off").edits == ()

    def test_below_the_confidence_asked_for(self) -> None:
        assert run(shuffled(), mode="apply", min_confidence=1.0).edits == ()

    def test_two_thousand_paragraphs(self) -> None:
        assert run(document([f"{i} {STORY[i % 13]}" for i in range(2000)]), mode="apply").edits == ()

    @pytest.mark.parametrize(
        "paragraphs",
        [
            [f"{11 - i // 6}:{50 - i % 6 * 10} Boat number {i} came in with news of the dam." for i in range(14)],
            [f"{i}. Add the flour, then stir until nothing sticks to the bowl." for i in range(1, 15)],
            [f"§ {i} The tenant has to keep the stairs clean in winter." for i in range(1, 15)],
            ["Where were you that night?", "On the tower, with my children."] * 7,
            [f"{'Marta' if i % 2 else 'Ines'}: then the water came, number {i}." for i in range(14)],
            ["The moon above", "the broken wall", "is cold and far", "and that is all"] * 4,
        ],
        ids=["ticker", "numbered", "clauses", "interview", "chat", "poem"],
    )
    def test_texts_with_an_order_of_their_own(self, paragraphs: list[str]) -> None:
        backwards = document(paragraphs[::-1])
        assert run(backwards, mode="apply", min_confidence=0.01).edits == ()

    @pytest.mark.parametrize("language", [None, "und", "ja", "xx"])
    def test_a_language_without_words_says_so(self, language: str | None) -> None:
        result = run(document([STORY[i] for i in SHUFFLED], language), mode="apply")
        assert not result.changed
        assert "abstains" in result.tags["reorder"]


class TestHolds:
    def test_pickled_and_again_it_gives_the_same(self) -> None:
        stage = pickle.loads(pickle.dumps(Reorder(mode="apply")))
        first, second = Chain.of(stage).run(shuffled()), run(shuffled(), mode="apply")
        assert first.record == second.record

    def test_the_hash_seed_of_the_process_does_not_matter(self) -> None:
        program = (
            "import sys, copydesk, json\n"
            "from copydesk_stages.reorder import Reorder\n"
            "blocks = json.load(sys.stdin)\n"
            "given = copydesk.Document.from_blocks(blocks, tags={'language': 'en'})\n"
            "result = copydesk.Chain.of(Reorder(mode='apply')).run(given)\n"
            "print(json.dumps([change.to_json() for change in result.edits]))\n"
        )
        said = {
            subprocess.run(
                [sys.executable, "-c", program],
                input=json.dumps([STORY[i] for i in SHUFFLED]),
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            ).stdout
            for seed in ("0", "1", "77")
        }
        assert len(said) == 1
        assert "suggested-order" in said.pop()

    @pytest.mark.parametrize("language", ["de", "es", "fr", "it", "nl", "pt"])
    def test_other_languages_are_judged(self, language: str) -> None:
        paragraphs = [f"{word} {number}." for number, word in enumerate(WORDS[language] * 4)]
        assert run(document(paragraphs, language)).tags.get("reorder") is None
        assert run(document(paragraphs, f"{language}-XX"), mode="apply", min_confidence=0.0).tags.get("reorder") is None

    @pytest.mark.parametrize("options", [{"mode": "maybe"}, {"min_confidence": 1.5}, {"min_paragraphs": 1}])
    def test_options_that_are_none(self, options: dict[str, Any]) -> None:
        with pytest.raises(copydesk.ConfigError, match="reorder"):
            run(shuffled(), **options)

    @pytest.mark.parametrize(
        "hostile",
        ["ABC" + ".B" * 3000, "ABC" + " B." * 3000, "A (" * 3000, "a-" * 3000, '"' * 3000, "A " * 3000, "1." * 3000],
    )
    def test_text_that_makes_patterns_backtrack_is_read_as_any_other(self, hostile: str) -> None:
        texts = [f"{hostile} {i}!" for i in range(3)] + [STORY[i] for i in SHUFFLED]
        result = run(document(texts), mode="apply", min_confidence=0.0)
        assert sorted(block.text for block in result.document.blocks) == sorted(texts)

    @settings(deadline=None)
    @given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=16), st.sampled_from(["en", "de", "fr"]))
    def test_any_text_keeps_every_block_and_can_be_undone(self, texts: list[str], language: str) -> None:
        given = document(texts, language)
        result = run(given, mode="apply", min_confidence=0.0)
        assert sorted(block.text for block in result.document.blocks) == sorted(texts)
        assert copydesk.undo(result.text, result.record) == given.text
