"""The page of one document: its replay in JavaScript is that of undo, and nothing in the data is markup."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import copydesk
from copydesk import Chain, Document, Drop, Edit, InputError, Move, Recast, Replace, Result, SetTag, Step, UndoError
from copydesk.explain import html
from copydesk.explain.history import history
from copydesk.explain.page import MAX_CHARACTERS, page, page_data
from edit_strategies import DrawnStage, edits_for
from strategies import texts

ASSETS = Path(html.__file__).parent / "assets"
NODE = shutil.which("node")
LOOP = """
const { replay } = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { data, off } = JSON.parse(line);
  for (const { stage, changes } of data.steps) for (const change of changes) change.stage = stage;
  const result = replay(data, (change) => !off.includes(change.stage));
  process.stdout.write(JSON.stringify({ text: result.text, forced: result.forced.size }) + "\\n");
});
"""
Replay = Callable[[dict[str, Any], list[str]], tuple[str, int]]


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def run(text: str | Document, *stages: object) -> Result:
    return Chain(tuple(Step(f"s{number}", stage, "", 1.0) for number, stage in enumerate(stages))).run(text)


def data_of(result: Result) -> dict[str, Any]:
    data = page_data(result.record, history(result.text, result.record))
    del data["fixed"]
    return data


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    """Replay page data without some stages, in Node."""
    if NODE is None:
        pytest.skip("no node to run the page's replay in; the browser tests run it as well")
    process = subprocess.Popen(
        [NODE, "-e", LOOP, str(ASSETS / "replay.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin
    assert process.stdout

    def ask(data: dict[str, Any], off: list[str]) -> tuple[str, int]:
        process.stdin.write(json.dumps({"data": data, "off": off}) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        return answer["text"], answer["forced"]

    yield ask
    process.stdin.close()
    process.stdout.close()
    process.wait(10)


def utf16(text: str) -> bytes:
    """Two surrogates side by side are one character to JavaScript and two to Python, and the same in UTF-16."""
    return text.encode("utf-16-le", "surrogatepass")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=100)
@given(original=st.one_of(texts(), st.lists(texts(), max_size=5).map(Document.from_blocks)), drawn=st.data())
def test_the_replay_in_the_page_is_that_of_undo(replay: Replay, original: str | Document, drawn: st.DataObject) -> None:
    """With everything on it gives the output, with any stage off what undo gives (where it does not refuse)."""
    result = run(original, *(DrawnStage(drawn, edits_for) for _ in range(3)))
    data = data_of(result)
    assert utf16(replay(data, [])[0]) == utf16(result.text)
    stages = [step["stage"] for step in data["steps"]]
    for stage in stages:
        with contextlib.suppress(UndoError):
            wanted = copydesk.undo(result.text, result.record, stages=[stage])
            got, forced = replay(data, [stage])
            assert forced or utf16(got) == utf16(
                wanted
            )  # where a paragraph break was made or undone, it leaves out more
    assert utf16(replay(data, stages)[0]) == utf16(data["text"])


def test_what_depends_on_a_change_goes_with_it(replay: Replay) -> None:
    """Where undo would refuse, the page leaves the later change out and counts it."""
    result = run("One.\nTwo.\n", Does(Replace(0, 3, "Uno", 0, rule="a")), Does(Replace(0, 2, "Un", 0, rule="b"), Replace(0, 3, "Dos", 1, rule="b")),
                 Does(Replace(0, 2, "Xx", 0, rule="c")))  # fmt: skip
    assert replay(data_of(result), ["s0"]) == ("One.\nDos.\n", 1)


def test_an_extracted_page_is_shown_from_what_was_extracted() -> None:
    """Its mark-up has no paragraphs to set beside those of the text."""
    result = run(
        "<p>\nTitle Text\n</p>\n",
        Does(Recast((0, 1, 2), ("Title", "Text"), rule="extract", why="the main text")),
        Does(Drop(3, rule="x")),
    )
    data = page_data(result.record, history(result.text, result.record))
    assert data["text"] == "Title\n\nText\n" or data["text"] == "Title\nText\n"
    assert [step["stage"] for step in data["steps"]] == ["s1"]
    assert "the text below is what it gave" in page(result.record, history(result.text, result.record))


HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m\"&' javascript:alert(3) \ud800 <!--"
)


def hostile() -> Result:
    """Hostile text everywhere a record takes text."""
    edits = [
        Drop(0, rule=HOSTILE, why=HOSTILE), Replace(0, 3, HOSTILE, 1, rule=HOSTILE, why=HOSTILE),
        SetTag(HOSTILE, HOSTILE, rule=HOSTILE, why=HOSTILE), SetTag("language", HOSTILE, 1, rule="u"), Move(3, 2, rule="m", why=HOSTILE),
    ]  # fmt: skip
    chain = Chain((Step("s<b>", Does(*edits), "", 1.0),))
    return chain.run(f"{HOSTILE}\nOne.\nTwo. {HOSTILE}\nThree. {HOSTILE}\n", source=copydesk.Source(name=HOSTILE))


def test_nothing_in_the_data_is_markup() -> None:
    """The page has the elements that it was made with, and its data cannot leave its element."""
    result = hostile()
    made = page(result.record, history(result.text, result.record))
    assert re.findall(r"<script[^>]*>", made) == ['<script type="application/json" id="data">', "<script>"]
    assert "<img" not in made
    assert "\u202e" not in made
    assert "\x1b" not in made
    embedded = made.split('id="data">')[1].split("</script>")[0]
    assert json.loads(embedded)["text"].startswith(HOSTILE)
    made.encode("utf-8")


def test_the_policy_allows_the_pages_own_script_and_nothing_else() -> None:
    """By hash; no inline script from data, no request to anywhere."""
    result = hostile()
    made = page(result.record, history(result.text, result.record))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', made)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.findall(r'(?:src|href|action)="', made.split('id="data">')[0])
    assert not re.findall(
        r"https?://(?!www\.w3\.org/2000/svg)", made.split('id="data">')[0] + made.rsplit("<script>", 1)[1]
    )


def test_a_text_too_large_for_a_page_is_refused() -> None:
    """With what to do instead."""
    result = run("x" * (MAX_CHARACTERS + 1), Does(SetTag("k", 1, rule="t")))
    with pytest.raises(InputError, match="look at it in the terminal"):
        page(result.record, history(result.text, result.record))
