"""The stage `repeats` and the learning of its file: what goes, what stays, what is refused."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import Chain, ConfigError, Document
from copydesk_stages.repeats import Repeats, Table, learn, learn_paths, load
from copydesk_stages.repeats.folding import fold

STORIES = [
    (
        "The harbour master of Skarnholm closed the east pier on Monday after a crane had dropped a crate of lamps into the "
        "water beside the evening ferry."
    ),
    (
        "Forty choirs have signed up for the summer in Tarn, and the brewery has promised to keep its horses out of the "
        "square for as long as anybody sings there."
    ),
    (
        "A goose walked through the reading room of the county library in Penn Bridge and left by the door to the garden "
        "without having been asked for a card."
    ),
    (
        "The mill at Aldersyde has a new wheel. It was cut from one oak, brought over the pass on a sledge, and hung by the "
        "same family that hung the last one."
    ),
]
RELATED = "Goose walks through reading room"


def page(story: str, comments: int) -> str:
    return f"The Skarnholm Bugle\n{RELATED}\n{story}\n{comments} comments\nUpdated {comments} May 2021, 14:05\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site.repeats"
    table = learn([page(story, number) for number, story in enumerate(STORIES, start=3)])
    path.write_text(table.dump(), encoding="utf-8")
    return path


def test_drops_what_the_site_repeats_whatever_its_numbers_and_dates(file: Path) -> None:
    result = Chain.of(Repeats(file=str(file)), max_removed=1.0).run(page(STORIES[0], 812))
    assert result.text == f"{STORIES[0]}\n"
    assert {edit.rule for edit in result.edits} == {"site-repeat"}
    assert "4 of 4 documents" in result.edits[0].why


def test_a_headline_stays_in_its_own_article(file: Path) -> None:
    result = Chain.of(Repeats(file=str(file)), max_removed=1.0).run(page(STORIES[2], 5))
    assert RELATED in result.text


def test_leaves_lines_alone_that_few_documents_have(file: Path) -> None:
    text = f"{STORIES[1]}\nA line of its own\n"
    assert Chain.of(Repeats(file=str(file))).run(text).text == text
    high = Repeats(file=str(file), min_documents=5)
    assert Chain.of(high).run(page(STORIES[0], 3)).text == page(STORIES[0], 3)


def test_a_number_in_a_long_line_is_news() -> None:
    one, two = (
        f"The fire brigade of Lower Seld says that {n} people were taken to hospital on Monday." for n in (12, 14)
    )
    assert fold(one) != fold(two)
    assert fold("12 comments") == fold("3 comments")


def test_the_file_reads_back_and_names_itself() -> None:
    table = learn(["Share\nOne.\n", "Share\nOne.\n", "Share\nTwo.\n"])
    again = load(table.dump())
    assert (again.documents, again.missed, again.counts) == (3, 1, {"share": 3, "one.": 2})
    assert again.hash == table.hash
    assert table.dump().splitlines()[4:] == ["2\tone.", "3\tshare"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("repeats 1", "repeats 9"), "format 9"),
        (lambda text: text.replace("4\tthe skarn", "9\tthe skarn"), "digest"),
        (lambda text: text[:-20], "digest"),
        (lambda text: text.replace("# documents 4", "# documents many"), "corrupt"),
        (lambda _: "Share\nLike\n", "not a repeats file"),
        (lambda _: "", "not a repeats file"),
    ],
)
def test_refuses_a_file_that_is_not_what_it_says(file: Path, change: Callable[[str], str], message: str) -> None:
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        Repeats(file=str(file))


def test_refuses_a_missing_file_bytes_and_another_digest(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="copydesk learn"):
        Repeats()
    with pytest.raises(ConfigError, match="is no regular file"):
        Repeats(file=os.devnull)
    with pytest.raises(ConfigError, match="cannot be read"):
        Repeats(file=str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="not 00"):
        Repeats(file=str(file), sha256="00")
    Repeats(file=str(file), sha256=load(file.read_text(encoding="utf-8")).hash)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        Repeats(file=str(file))


LINES = st.lists(st.sampled_from([f"line {letter}" for letter in "abcdefghij"]), max_size=6)


@given(st.lists(LINES, max_size=30), st.integers(1, 12))
@settings(max_examples=150)
def test_counts_are_within_the_stated_error_however_little_room_there_is(documents: list[list[str]], room: int) -> None:
    true = Counter(line for lines in documents for line in set(lines))
    table = learn(documents, min_documents=1, room=room)
    for line, number in true.items():
        assert table.counts.get(line, 0) <= number <= table.counts.get(line, 0) + table.missed
    if room >= len(true):
        assert table.missed == 0


@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=12))
def test_merging_is_the_same_both_ways_and_equals_counting_together(
    first: list[list[str]], second: list[list[str]]
) -> None:
    one, two = learn(first, min_documents=1), learn(second, min_documents=1)
    assert one.merged(two).dump() == two.merged(one).dump() == learn([*first, *second], min_documents=1).dump()


def test_order_of_documents_and_files_makes_no_difference(tmp_path: Path) -> None:
    paths = []
    for number, story in enumerate(STORIES):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(page(story, number), encoding="utf-8")
    assert learn_paths(paths).dump() == learn_paths(reversed(paths)).dump()


def test_pickles_and_works_on_given_blocks(file: Path) -> None:
    stage = pickle.loads(pickle.dumps(Repeats(file=str(file))))
    result = Chain.of(stage).run(Document.from_blocks([STORIES[0], "9 comments"]))
    assert result.text == STORIES[0]


def test_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.repeats"
    path.write_text(Table().dump(), encoding="utf-8")
    assert Chain.of(Repeats(file=str(path))).run("Share\n").text == "Share\n"
