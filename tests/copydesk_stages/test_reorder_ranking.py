"""The trees of the stage `reorder`: what they see of a paragraph does not depend on where it stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk_stages.reorder import ranking
from copydesk_stages.reorder.model import Scores, weights
from copydesk_stages.reorder.reading import read
from copydesk_stages.reorder.reasons import reason
from copydesk_stages.reorder.resources import load
from copydesk_stages.reorder.words import masks

STORY = (
    "A fire destroyed the old mill at Lower Tarn on Monday, the fire service said.",
    "Nobody was hurt, said Chief Officer Runa Halvorsen of the Tarn Valley Fire Service (TVFS).",
    '"We saw the smoke from the other side of the lake," Halvorsen told reporters.',
    "The TVFS sent 40 people and three boats.",
    "However, the roof had fallen in before they came.",
    "The mill was built in 1874 and stood empty for years.",
)


def scores(texts: list[str], code: str = "en") -> Scores:
    """Return the scores of paragraphs in a language."""
    language = load(code)
    return Scores([read(text, language) for text in texts], language, weights())


@settings(deadline=None)
@given(st.permutations(range(len(STORY))))
def test_a_paragraph_looks_the_same_wherever_it_stands(order: list[int]) -> None:
    as_written, shuffled = scores(list(STORY)), scores([STORY[i] for i in order])
    assert np.array_equal(ranking.features(shuffled), ranking.features(as_written)[order])
    assert shuffled.ranked == [as_written.ranked[i] for i in order]


def test_a_lead_belongs_before_background() -> None:
    ranked = scores(list(STORY)).ranked
    assert ranked[0] > ranked[-1]
    assert ranked.index(max(ranked)) == 0


def test_every_feature_that_ships_trees_ask_for_is_there() -> None:
    trees = ranking.trees("en")
    assert trees is not None
    assert trees.feature.max() < ranking.features(scores(list(STORY))).shape[1]


@pytest.mark.parametrize("code", ["de", "fr"])
def test_a_language_without_trees_has_the_sum_of_its_signals(code: str) -> None:
    found = scores(["Der Damm hält.", "Il pleut depuis lundi.", "Das sagte die Feuerwehr."], code)
    assert ranking.trees(code) is None
    assert found.ranked == found.place


def test_trees_go_right_where_a_value_is_larger_than_the_threshold() -> None:
    feature = np.zeros((1, 7), dtype=np.int64)
    feature[0, 2] = 1
    threshold = np.array([[10, 5, 100, 0, 7, 0, 200]])
    leaf = np.arange(8)[None, :] * 10
    trees = ranking.Trees(feature, threshold, leaf)
    # 10 is not larger than 10; then 10 is larger than 5, and larger than 7.
    assert trees.scores(np.array([[10, 0]])) == [30]
    # 11 is larger than 10; then the other feature, 101, is larger than 100, and 11 is not larger than 200.
    assert trees.scores(np.array([[11, 101]])) == [60]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
@settings(deadline=None)
def test_any_text_has_whole_numbers(texts: list[str]) -> None:
    found = scores(texts)
    assert ranking.features(found).dtype == np.int64
    assert all(isinstance(value, int) for value in found.ranked)


@given(st.lists(st.sets(st.sampled_from("abcdefghijklmnopqr")), max_size=6))
def test_masks_share_as_many_bits_as_sets_share_words(groups: list[set[str]]) -> None:
    found = masks(groups)
    for i, one in enumerate(groups):
        for j, other in enumerate(groups[:i]):
            assert (found[i] & found[j]).bit_count() == len(one & other)


def test_no_reason_says_of_paragraphs_that_are_alike_that_one_is_nearer_to_the_news() -> None:
    found = scores(["ab ac ad.", "ba bc bd.", "ca cb cd."], "fr")
    assert len(set(found.ranked)) == 1
    assert reason(0, [1, 0, 2], found, [1, 2, 3]) == "fits best here, all signals taken together"
