"""Items and decisions: paged, alike together, there again after a restart."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from copydesk import Chain, Document, Drop, Edit, InputError, Recast, Source, Step
from copydesk.review.runs import Located
from copydesk.review.store import PAGE, Store


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def record(text: str, *edits: Edit, name: str = "a.txt") -> Located:
    return Located(
        Path("e.jsonl"), 0, Chain((Step("s", Does(*edits), "", 1.0),)).run(text, source=Source(name=name)).record
    )


def test_changes_that_are_alike_are_one_item(tmp_path: Path) -> None:
    """Counted, with the lowest score."""
    with Store(tmp_path / "d.sqlite") as store:
        store.load(
            [record("Ad.\nText.\n", Drop(0, rule="r", score=score), name=f"{score}.txt") for score in (0.9, 0.5)], "run"
        )
        (item,) = store.items()
        assert (item.times, item.score, item.old) == (2, 0.5, "Ad.")
        assert store.rules() == [{"stage": "s", "rule": "r", "items": 1, "changes": 2, "accepted": 0, "rejected": 0}]


def test_pages_follow_one_another_by_risk(tmp_path: Path) -> None:
    """Every item once, the riskiest first, also where risks are the same."""
    records = [record(f"Line {i % 7:03}{i}.\nText.\n", Drop(0, rule="r", score=0.5)) for i in range(3 * PAGE + 5)]
    with Store(tmp_path / "d.sqlite") as store:
        store.load(records, "run")
        seen = []
        after = None
        while page := store.items(stage="s", rule="r", after=after):
            seen += page
            after = (page[-1].risk, page[-1].id)
        assert len({item.id for item in seen}) == len(seen) == 3 * PAGE + 5
        assert [item.risk for item in seen] == sorted((item.risk for item in seen), reverse=True)
        assert store.items(stage="s", rule="other") == []


def test_mark_up_that_is_taken_away_comes_last(tmp_path: Path) -> None:
    """A page's whole source is longer than anything that is cut from its text, and less of a risk."""
    text = "<p>One.</p><p>Ad.</p>\n"
    page = Recast((0,), ("One.", "Ad."), rule="extract", score=0.5)
    made = Chain((Step("e", Does(page), "", 1.0), Step("s", Does(Drop(2, rule="r", score=1.0)), "", 1.0))).run(text)
    with Store(tmp_path / "d.sqlite") as store:
        store.load([Located(Path("e.jsonl"), 0, made.record)], "run")
        assert [item.kind for item in store.items()] == ["drop", "recast"]


def test_decisions_survive_a_restart_and_a_new_run(tmp_path: Path) -> None:
    """By what a change is, not by where it stands; records are not read again for the same run."""
    records = [
        record("Ad.\nText.\n", Drop(0, rule="r", score=0.5)),
        record("Other.\nText.\n", Drop(0, rule="r", score=0.5)),
    ]
    with Store(tmp_path / "d.sqlite") as store:
        store.load(records, "one")
        first, second = store.items()
        store.decide(first.id, "rejected", {"as": "note"})
        store.decide(second.id, "accepted")
        store.decide(second.id, "open")
    with Store(tmp_path / "d.sqlite") as store:
        store.load(iter(()), "one")
        assert store.item(first.id).state == "rejected"
        assert [item.id for item in store.items(state="open")] == [second.id]
        store.load(records[::-1], "two")
        assert store.item(first.id).state == "rejected"
        assert [item.id for item in store.items(state="rejected")] == [first.id]


def test_decisions_are_counted_by_rule(tmp_path: Path) -> None:
    """As they are made, changed and taken back, and again after the run was read anew."""

    def counts(store: Store) -> tuple[int, int]:
        (rule,) = store.rules()
        return rule["accepted"], rule["rejected"]

    records = [record(f"Ad {n}.\nText.\n", Drop(0, rule="r", score=0.5)) for n in range(3)]
    with Store(tmp_path / "d.sqlite") as store:
        store.load(records, "one")
        one, two, _ = (item.id for item in store.items())
        store.decide(one, "rejected")
        store.decide(two, "rejected")
        assert counts(store) == (0, 2)
        store.decide(two, "accepted")
        store.decide(two, "accepted")
        assert counts(store) == (1, 1)
        store.load(records[:2], "two")
        assert sum(counts(store)) == len(store.items(state="accepted")) + len(store.items(state="rejected"))
        store.load(records, "three")
        assert counts(store) == (1, 1)
        store.decide(one, "open")
        assert counts(store) == (1, 0)
        with pytest.raises(KeyError):
            store.decide("nobody", "accepted")


def test_a_file_that_another_review_fills_is_refused(tmp_path: Path) -> None:
    """Saying so; a decision in the one is seen in the other."""
    with Store(tmp_path / "d.sqlite") as first:
        first.load([record("Ad.\nText.\n", Drop(0, rule="r"))], "run")
    with Store(tmp_path / "d.sqlite") as first, Store(tmp_path / "d.sqlite") as second:
        second.load([], "run")
        first.decide(first.items()[0].id, "accepted")
        assert second.items()[0].state == "accepted"
        with pytest.raises(InputError, match="is a review of it open already"):
            second.load([], "other run")
        assert len(second.items()) == 1


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    """Another program's file, a newer version's."""
    (tmp_path / "text").write_text("this is no database at all, and long enough to show it", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be used for decisions"):
        Store(tmp_path / "text")
    with Store(tmp_path / "new") as store:
        store.load([], "run")
    with closing(sqlite3.connect(tmp_path / "new", isolation_level=None)) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(InputError, match="schema 99"):
        Store(tmp_path / "new")


def test_lone_surrogates_can_be_kept(tmp_path: Path) -> None:
    """Spelt out."""
    with Store(tmp_path / "d.sqlite") as store:
        store.load([record("\ud800 ad.\nText.\n", Drop(0, rule="r"))], "run")
        assert store.items()[0].old == "\\ud800 ad."
