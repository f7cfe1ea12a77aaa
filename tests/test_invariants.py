"""What holds for every stage, built-in or not: undo restores, same in same out, order of documents, pickles, clean text."""

from __future__ import annotations

import functools
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

import copydesk
from copydesk import Chain, Document, RawDocument, Source, Step, read_records
from copydesk.config import shipped
from copydesk.options import build
from copydesk.stage import find, form_taken, names
from strategies import FAKES, texts

#: The fakes that fail on purpose, or cannot stand alone.
NOT_RUN = {"broken", "leaves", "raises", "clumsy", "late"}
STAGES = [name for name in names() if name not in NOT_RUN]
#: Fakes, which have something to say of nearly any text.
BUSY = {"shout", "rotate", "drop-all", "early"}
#: The stages of the chains that ship: these are bound to leave clean text alone.
CAUTIOUS = sorted({step.name for name in shipped() for step in Chain.load(name).steps})
#: Options without which a stage cannot be made.
NEEDED: dict[str, dict[str, object]] = {"repeats": {"file": str(Path(__file__).parent / "support" / "site.repeats")}}

ARTICLE = """\
Harbour town votes to keep its lighthouse

By a wide margin the council of Sandwick decided on Tuesday to keep the old lighthouse, which had been up for sale.

"We would have lost the one thing that sailors know us by," said Marit Holm, who has led the campaign since spring.

The vote ended a quarrel of two years. Opponents had pointed to the cost of the roof, which an engineer put at 80,000.

Holm said a foundation would now look for the money. Work may begin in the autumn.
"""
DOCUMENTS = [
    ARTICLE,
    "Advertisement\n\nThe mayor said Ã©tude twice.\r\nShare\n",
    "",
    "x",
    "\n \n",
    "eins\rzwei\u2028drei\n\nvier\n",
    "<html><body><article><h1>Title</h1><p>A paragraph of some length, so that it counts.</p></article></body></html>",
    "\ud800 \x00 \x85 \u202e",
]


@functools.cache
def chain_of(name: str) -> Chain:
    return Chain((Step(name, build(name, find(name), NEEDED.get(name, {})), name),), name=name)


def lines(chain: Chain, text: str) -> list[str]:
    return list(chain.run(text, source=Source(name="d")).record.to_lines())


@pytest.mark.parametrize("name", STAGES)
@given(text=texts())
@settings(max_examples=25)
def test_undo_restores(name: str, text: str) -> None:
    """Output and record give back whatever text went in."""
    result = chain_of(name).run(text)
    (record,) = read_records(list(result.record.to_lines()))
    assert copydesk.undo(result.text, record) == text


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("text", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_undo_restores_real_documents(name: str, text: str) -> None:
    """The same for text that stages have something to say of."""
    result = chain_of(name).run(text)
    assert copydesk.undo(result.text, result.record) == text


@pytest.mark.parametrize("name", STAGES)
def test_same_in_same_out_in_any_order_and_after_pickling(name: str) -> None:
    """No stage remembers a document, and a stage that went through pickle decides alike."""
    chain = chain_of(name)
    first = [lines(chain, text) for text in DOCUMENTS]
    again = pickle.loads(pickle.dumps(chain))
    assert [lines(again, text) for text in reversed(DOCUMENTS)] == first[::-1]


@pytest.mark.parametrize("name", CAUTIOUS)
def test_clean_text_comes_out_as_it_went_in(name: str) -> None:
    """Text without a defect is untouched, whatever its line endings."""
    for newline in ("\n", "\r\n"):
        text = ARTICLE.replace("\n", newline)
        assert chain_of(name).run(text).text == text


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_with_nothing_to_say_of_empty_text(name: str) -> None:
    """Empty text and white space come out as they went in."""
    for text in ("", "\n", " \n\n"):
        assert chain_of(name).run(text).text == text


@pytest.mark.parametrize("name", [name for name in STAGES if form_taken(find(name)) == "bytes"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"caf\xe9\n", b"\xef\xbb\xbfx", "日本語\n".encode("shift_jis") * 9]
)
def test_stages_that_take_bytes_give_them_back(name: str, data: bytes) -> None:
    """A decoding leads back to the bytes."""
    stage = build(name, find(name), {})
    decoding = stage(RawDocument(data))
    assert decoding.to_bytes(decoding.text) == data


@pytest.mark.parametrize("name", [name for name in STAGES if form_taken(find(name)) != "bytes"])
def test_given_blocks_are_taken(name: str) -> None:
    """Blocks of the caller's, with line breaks inside, are no trouble."""
    document = Document.from_blocks(["Advertisement", "One\nline\r\nand more", "", "Text Ã© of a block.", "Share"])
    result = chain_of(name).run(document)
    assert copydesk.undo(result.text, result.record) == document.text


def test_every_process_and_hash_seed_gives_the_same() -> None:
    """The shipped chains decide alike under other hash seeds."""
    script = (
        "import sys, copydesk\n"
        "for chain in ('news', 'web'):\n"
        "    for line in copydesk.run(sys.stdin.buffer.read() if chain == 'news' else b'<p>x</p>', chain=chain).record.to_lines():\n"
        "        print(line)\n"
    )
    data = "\n".join(text for text in DOCUMENTS if text.isprintable() or text is ARTICLE).encode()
    outputs = set()
    for seed in ("0", "1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(FAKES)}
        done = subprocess.run(
            [sys.executable, "-c", script], input=data, capture_output=True, check=True, env=environment
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


@pytest.mark.parametrize("name", [name for name in STAGES if name not in BUSY])
def test_one_stage_one_module_one_test_file_one_golden_folder(name: str) -> None:
    """All of one name."""
    root = Path(__file__).parent.parent
    module = name.replace("-", "_")
    stage = find(name)
    assert stage.__module__.startswith("copydesk_stages.")
    assert module in stage.__module__.split(".")
    assert (root / "tests" / "copydesk_stages" / f"test_{module}.py").is_file()
    groups = {path.parent.parent.name for path in (root / "golden" / name).rglob("input.*")}
    assert "negative" in groups, "every stage has cases that it must leave alone"
    assert groups - {"negative", "known-failures"}, "every stage has cases that it changes"
