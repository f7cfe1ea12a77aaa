"""What a rejection becomes, and that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk import Chain, ConfigError, InputError
from copydesk.golden.cases import Case, check
from copydesk.review.chainfile import ChainFile, ChangedByHandError
from copydesk.review.decide import Desk, chain_file
from copydesk.review.runs import records
from copydesk.review.store import Item, Store

CHAIN = """\
# My chain.   With a comment, and blanks that nobody asked for.
stages = ["markers"]      # one is enough

[markers]
keep = [
    "Share prices",  # a heading of ours
]
"""
TEXT = "Share\n\nThe dam held through the night.\n\nAdvertisement\n\nNobody was hurt.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A run of one document, with a chain file and a golden folder."""
    (tmp_path / "chain.toml").write_text(CHAIN, encoding="utf-8")
    result = Chain.load(tmp_path / "chain.toml").run(TEXT)
    out = tmp_path / "out"
    out.mkdir()
    edits = tmp_path / "edits.jsonl"
    from copydesk import Source

    result = Chain.load(tmp_path / "chain.toml").run(TEXT, source=Source(name="a.txt"))
    (out / "a.txt").write_text(result.text, encoding="utf-8")
    edits.write_text("".join(f"{line}\n" for line in result.record.to_lines()), encoding="utf-8")
    with Store(tmp_path / "d.sqlite") as store:
        store.load(records(edits), "run")
        yield Desk(store, out, ChainFile(tmp_path / "chain.toml"), tmp_path / "golden")


def item(desk: Desk, old: str) -> Item:
    return next(item for item in desk.store.items() if item.old == old)


def test_a_rejection_becomes_a_keep_with_comments_kept(desk: Desk) -> None:
    """The file differs in one line, the chain then leaves the text alone, and taking it back gives the file again."""
    assert desk.chain
    path = desk.chain.path
    assert desk.choices(item(desk, "Share")) == ["keep", "golden", "note"]
    desk.reject(item(desk, "Share"), "keep")
    changed = path.read_text(encoding="utf-8")
    assert changed.splitlines()[:6] == CHAIN.splitlines()[:6]
    assert [line.strip() for line in changed.splitlines() if line not in CHAIN.splitlines()] == ['"Share",']
    assert Chain.load(path).run(TEXT).text.startswith("Share\n")
    desk.reopen(item(desk, "Share"))
    assert path.read_text(encoding="utf-8") == CHAIN
    assert item(desk, "Share").state == "open"


def test_a_rejection_becomes_a_golden_case_with_its_neighbours(desk: Desk) -> None:
    """It holds what has to stay, so it fails until somebody sees to it; taking it back takes it away."""
    made = desk.reject(item(desk, "Advertisement"), "golden")
    case = Case(Path(made["case"]))
    assert case.folder.parent.name == "negative"
    assert case.input.read_text(encoding="utf-8") == TEXT
    assert check(case).status == "failed"
    desk.reject(item(desk, "Share"), "keep")
    desk.reject(item(desk, "Advertisement"), "keep")
    assert not case.folder.exists()
    desk.reject(item(desk, "Advertisement"), "golden")
    assert check(case).status == "failed"
    (case.folder / "notes.md").write_text("mine", encoding="utf-8")
    desk.accept(item(desk, "Advertisement"))
    assert [path.name for path in case.folder.iterdir()] == ["notes.md"]


def test_a_keep_that_was_there_before_stays_when_it_is_taken_back(desk: Desk) -> None:
    """Only what was put in is taken out."""
    assert desk.chain
    desk.chain.add_keep("markers", "Advertisement")
    before = desk.chain.path.read_text(encoding="utf-8")
    assert desk.reject(item(desk, "Advertisement"), "keep")["added"] is False
    desk.reopen(item(desk, "Advertisement"))
    assert desk.chain.path.read_text(encoding="utf-8") == before


def test_a_file_changed_by_hand_is_never_overwritten(desk: Desk) -> None:
    """It is said; once it is adopted, both changes are in it."""
    assert desk.chain
    path = desk.chain.path
    path.write_text(CHAIN.replace("My chain", "Our chain"), encoding="utf-8")
    with pytest.raises(ChangedByHandError, match="was changed meanwhile"):
        desk.reject(item(desk, "Share"), "keep")
    assert item(desk, "Share").state == "open"
    desk.chain.adopt()
    desk.reject(item(desk, "Share"), "keep")
    assert "Our chain" in path.read_text(encoding="utf-8")
    assert '"Share"' in path.read_text(encoding="utf-8")


def test_a_pyproject_holds_a_chain_as_well(tmp_path: Path) -> None:
    """In its own table, other tools' left alone."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.other]\nkeep = 1\n\n[tool.copydesk]\nstages = ["markers"]\n', encoding="utf-8")
    file = ChainFile(path)
    assert file.add_keep("markers", "Share")
    assert "[tool.copydesk.markers]" in path.read_text(encoding="utf-8")
    assert Chain.load(path).run("Share\n").text == "Share\n"


def test_a_rejection_can_become_only_what_can_be(desk: Desk) -> None:
    """A stage without phrases to keep takes none."""
    assert desk.chain
    assert not desk.chain.can_keep("dedupe")
    desk.golden = None
    desk.chain = None
    assert desk.choices(item(desk, "Share")) == ["note"]
    with pytest.raises(InputError, match="cannot become 'keep'"):
        desk.reject(item(desk, "Share"), "keep")


def test_a_chain_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    """And anything else is refused."""
    made = chain_file(tmp_path / "mine.toml")
    assert made
    assert made.path.read_text(encoding="utf-8") == 'extends = "news"\n'
    with pytest.raises(ConfigError, match=r"name a chain file \(\.toml\)"):
        chain_file(tmp_path / "mine.txt")


def test_the_text_around_a_change_is_found(desk: Desk) -> None:
    """Through its record and the output; without them there is none."""
    before, after = desk.context(item(desk, "Advertisement")) or ("", "")
    assert before.endswith("The dam held through the night.\n\n")
    assert after == "\n\nNobody was hurt."
    (desk.run / "a.txt").write_text("changed", encoding="utf-8")
    assert desk.context(item(desk, "Advertisement")) is None
    made = desk.reject(item(desk, "Advertisement"), "golden")
    assert Case(Path(made["case"])).input.read_text(encoding="utf-8") == "Advertisement\n"
