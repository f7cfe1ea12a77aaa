"""The small pool for programs that clean one document at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

import copydesk
from copydesk import Source
from copydesk.integrations.desk import Desk, DocumentError
from copydesk.integrations.items import clean_item
from faults import Faulty, chain


def loud(data: str | bytes, *, source: Source | None = None) -> copydesk.Result:
    return copydesk.run(data, chain=chain(), source=source)


def test_documents_that_harm_cost_no_other() -> None:
    """Each failure is an exception of its own future; the pool goes on."""
    with Desk(chain(), workers=2, timeout=2, on_error="skip") as desk:
        texts = ["one", "KILL", "two", "HANG", "RAISE", "three"]
        futures = [desk.submit(text, Source(name=text)) for text in texts]
        for future, problem in ((futures[1], "SIGKILL"), (futures[3], "--timeout 2"), (futures[4], "no paper")):
            with pytest.raises(DocumentError, match=problem) as caught:
                future.result(60)
            assert caught.value.stage == "faulty"
        assert [futures[at].result(60).text for at in (0, 2, 5)] == ["ONE", "TWO", "THREE"]


def test_what_comes_back() -> None:
    """Text, language, counts, and the record from which everything can be undone."""
    with Desk(chain(), workers=1) as desk:
        cleaned = desk.submit(b"one\ntwo\n", Source(name="a")).result(60)
        flagged = desk.submit("RAISE").result(60)
    assert (cleaned.text, cleaned.language, cleaned.changed, cleaned.edits) == (
        "ONE\nTWO\n",
        "und",
        True,
        {"faulty": 2},
    )
    (record,) = copydesk.read_records(cleaned.record)
    assert record.document == "a"
    assert copydesk.to_bytes(copydesk.undo(cleaned.text, record), record) == b"one\ntwo\n"
    assert (flagged.text, flagged.flags) == ("RAISE", ("error:faulty",))


def test_what_is_no_text_harms_nobody() -> None:
    """It is refused where it is given, and not in a worker."""
    with Desk(chain(), workers=1) as desk:
        with pytest.raises(TypeError, match="str or bytes are cleaned, not NoneType"):
            desk.submit(None)  # type: ignore[arg-type]  # that is what is tested
        assert desk.submit("one").result(60).text == "ONE"


def test_edits_are_what_changed_the_text() -> None:
    """As under the result key of JSON Lines: a tag is no edit."""
    line = "The council of Sandwick voted to keep the old lighthouse in the harbour.\n"
    with Desk(copydesk.Chain.load("news", only=["language", "dedupe"]), workers=1) as desk:
        cleaned = desk.submit(line + "Nobody spoke against it.\n" + line).result(60)
    assert (cleaned.language, cleaned.edits) == ("en", {"dedupe": 1})


def test_the_event_loop_goes_on() -> None:
    """Cleaning is awaited, several at a time."""

    async def crawl(desk: Desk) -> tuple[list[str], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        found = await asyncio.gather(*(desk.clean(f"text {n}") for n in range(20)))
        ticking.cancel()
        return [cleaned.text for cleaned in found], ticks

    with Desk(copydesk.Chain.of(Faulty(sleep=0.01)), workers=2) as desk:
        texts, ticks = asyncio.run(crawl(desk))
    assert texts == [f"TEXT {n}" for n in range(20)]
    assert ticks > 5


@dataclass
class Page:
    url: str
    text: str
    other: int = 1


def test_items_of_any_kind() -> None:
    """Mappings and objects; a missing or empty field is none of our business."""
    assert clean_item({"text": "one", "n": 1}, run=loud) == {"text": "ONE", "n": 1}
    assert clean_item(Page("https://example.org/", "one"), run=loud) == Page("https://example.org/", "ONE")
    assert clean_item({"title": "one", "body": b"two"}, ["title", "body", "none"], run=loud) == {
        "title": "ONE",
        "body": "TWO",
    }
