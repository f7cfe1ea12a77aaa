"""Chains: running stages, guarding them, recording, failing."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable
from itertools import repeat
from typing import Any

import pytest

import copydesk
from copydesk import (
    Chain,
    ConfigError,
    Decoding,
    Document,
    Drop,
    Edit,
    InputError,
    RawDocument,
    SetTag,
    Source,
    StageError,
)

TEXT = "One line of text.\nAnother line of text.\nA third one.\n"


def load(tmp_path: Any, stages: list[str], **tables: dict[str, Any]) -> Chain:
    import tomli_w

    path = tmp_path / "chain.toml"
    path.write_text(tomli_w.dumps({"stages": stages, **tables}), encoding="utf-8")
    return Chain.load(path)


def test_result_has_text_language_tags_edits_flags(tmp_path: Any) -> None:
    """Everything that a caller asks for is on the result."""
    result = load(tmp_path, ["shout", "rotate"]).run(TEXT, source=Source(name="a.txt"))
    assert result.text == "ANOTHER LINE OF TEXT.!\nA THIRD ONE.!\nONE LINE OF TEXT.!\n"
    assert result.language == "und"
    assert result.flags == ()
    assert [(edit.stage, edit.rule, edit.kind) for edit in result.edits][-2:] == [
        ("rotate", "rotate", "move"),
        ("rotate", "rotate", "tag"),
    ]
    assert result.changed
    assert result.record.document == "a.txt"


def test_guard_takes_uncertain_edits_back(tmp_path: Any) -> None:
    """Past its bound a stage's uncertain edits are taken back and the document is flagged with the numbers."""
    result = load(tmp_path, ["drop-all"]).run(TEXT)
    assert result.text == TEXT
    assert not result.edits
    (flag,) = result.flags
    assert str(flag) == "guard:drop-all"
    assert "uncertain edits would remove" in flag.why
    assert "allowed 30%" in flag.why


def test_guard_is_set_in_the_chain(tmp_path: Any) -> None:
    """`max_removed` of the stage's table decides; a text emptied is flagged."""
    result = load(tmp_path, ["drop-all"], **{"drop-all": {"max_removed": 1.0}}).run(TEXT)
    assert not result.text.strip()
    assert [str(flag) for flag in result.flags] == ["emptied"]


class Mixed:
    """Certain about the first block, unsure about the rest."""

    def __call__(self, document: Document) -> list[Edit]:
        first, *rest = document.blocks
        return [
            Drop(first.id, rule="sure", score=1.0),
            *(Drop(block.id, rule="unsure", score=0.9) for block in rest),
        ]


def test_guard_leaves_certain_edits() -> None:
    """What is certain is neither counted nor taken back."""
    result = Chain.of(Mixed()).run(TEXT)
    assert result.text == "Another line of text.\nA third one.\n"
    assert [str(flag) for flag in result.flags] == ["guard:mixed"]


def test_a_stage_that_raises_is_named_with_the_document(tmp_path: Any) -> None:
    """`on_error="fail"` raises an error with both names; the original exception is its cause."""
    chain = load(tmp_path, ["raises"])
    with pytest.raises(StageError, match=r"stage 'raises' on b.txt: raised RuntimeError: no paper") as caught:
        chain.run(TEXT, source=Source(name="b.txt"))
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_keep_skips_the_stage_and_goes_on(tmp_path: Any) -> None:
    """Later stages still run; the document is flagged and the traceback kept."""
    result = load(tmp_path, ["raises", "clumsy", "shout"]).run(TEXT, on_error="keep")
    assert result.text.startswith("ONE LINE OF TEXT.!")
    assert [str(flag) for flag in result.flags] == ["error:raises", "error:clumsy"]
    assert "RuntimeError: no paper" in result.failures[0].traceback
    assert "drops block 0 and edits it as well" in str(result.failures[1].error)


def test_bytes_without_a_stage_that_decodes_have_to_be_utf8(tmp_path: Any) -> None:
    """They are taken as UTF-8, byte order mark included, or refused with what to do."""
    chain = load(tmp_path, ["shout"])
    assert chain.run(b"\xef\xbb\xbfa\n").text == "\ufeffA!\n"
    with pytest.raises(InputError, match=r"c.txt: not UTF-8 \(byte 1\).*add decode"):
        chain.run(b"a\xe9", source=Source(name="c.txt"))


class Latin:
    """Decode everything as Latin-1, badly where asked to."""

    takes = "bytes"

    def __init__(self, text: str | None = None) -> None:
        self.text = text

    def __call__(self, raw: RawDocument) -> Decoding:
        if self.text == "raise":
            raise ValueError("bad tape")
        return Decoding(self.text or raw.data.decode("latin-1"), "latin-1")


def test_a_decoding_has_to_give_the_bytes_back() -> None:
    """The engine checks a stage's work and says whose fault it is."""
    assert Chain.of(Latin()).run(b"caf\xe9").text == "café"
    with pytest.raises(StageError, match=r"'latin' .*does not give the bytes back"):
        Chain.of(Latin("other")).run(b"caf\xe9", source=Source(name="d"))
    with pytest.raises(StageError, match="'latin': raised ValueError: bad tape"):
        Chain.of(Latin("raise")).run(b"caf\xe9")


def test_order_that_cannot_be_is_refused(tmp_path: Any) -> None:
    """A stage that wants markup after one that works on text, or one before what it builds on."""
    with pytest.raises(
        ConfigError, match='"early" takes html, but "shout" before it works on text; put "early" before'
    ):
        load(tmp_path, ["shout", "early"])
    with pytest.raises(ConfigError, match='"late" has to come after "shout"'):
        load(tmp_path, ["late", "shout"])
    with pytest.raises(ConfigError, match='two stages named "shout"'):
        load(tmp_path, ["shout", "shout"])


def test_chains_pickle_and_documents_do_not_depend_on_order(tmp_path: Any) -> None:
    """The same document gives the same result whatever came before it, in a chain that went through pickle too."""
    chain = load(tmp_path, ["shout", "rotate", "drop-all"])
    documents = [TEXT, "", "x", "a\nb\r\nc\rd\n", "\n \n"]
    first = {text: list(chain.run(text).record.to_lines()) for text in documents}
    again = pickle.loads(pickle.dumps(chain))
    assert again.hash == chain.hash
    random.Random(7).shuffle(documents)
    assert {text: list(again.run(text).record.to_lines()) for text in documents} == first


def test_hash_tells_chains_apart(tmp_path: Any) -> None:
    """Other options, another order or another guard give another hash; the same chain gives the same."""
    plain = load(tmp_path, ["shout"])
    assert plain.hash == load(tmp_path, ["shout"]).hash
    others = [
        load(tmp_path, ["shout"], shout={"mark": "?"}),
        load(tmp_path, ["shout"], shout={"max_removed": 0.1}),
        load(tmp_path, ["shout", "rotate"]),
        load(tmp_path, ["rotate", "shout"]),
    ]
    assert len({chain.hash for chain in (plain, *others)}) == 5


def test_a_document_with_given_blocks_keeps_them() -> None:
    """Blocks of the caller's stay whole through the chain."""
    document = Document.from_blocks(["a\n\nb", "c"])
    result = Chain.of(Mixed(), max_removed=1.0).run(document)
    assert result.text == ""
    assert copydesk.undo(result.text, result.record) == "a\n\nb\n\nc"


def test_options_of_stage_objects_are_checked() -> None:
    """A stage that was made by hand with an option out of bounds is refused as in a file."""
    from acme_stages import Shout

    with pytest.raises(ConfigError, match=r"shout.times = 9: a whole number from 0 to 5 is allowed"):
        Chain.of(Shout(times=9))


class _Stage:
    """A stage of a careless author."""

    def __init__(
        self,
        takes: Any = "text",
        uses: tuple[str, ...] = (),
        error: BaseException | None = None,
        edits: Iterable[Edit] | None = None,
    ) -> None:
        self.takes, self.uses, self.error, self.edits = takes, uses, error, edits

    def __call__(self, document: Document) -> Iterable[Edit]:
        if self.error:
            raise self.error
        if self.edits is not None:
            return self.edits
        return [Drop(document.blocks[0].id, rule="first", why="stands first", score=1.0)]


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ("news", "Chain.load"),
        (None, "cannot be called"),
        (_Stage, r"give an object: _Stage\(\)"),
        (_Stage(takes="pdf"), "takes 'pdf'; one of bytes, html, text"),
    ],
)
def test_what_is_no_stage_is_refused_at_once(stage: Any, message: str) -> None:
    """When the chain is made, not with the first document."""
    with pytest.raises(ConfigError, match=message):
        Chain.of(stage)


@pytest.mark.parametrize(("option", "value"), [("max_removed", 30), ("layout", "wide")])
def test_a_chain_made_from_stages_checks_its_own_options(option: str, value: Any) -> None:
    """As a chain file does."""
    with pytest.raises(ConfigError, match=f"{option} = .* is allowed"):
        Chain.of(_Stage(), **{option: value})


def test_a_distribution_that_a_stage_names_but_is_missing() -> None:
    """Its name is told."""
    with pytest.raises(ConfigError, match="uses acme-lexicon-of-nothing, which is not installed"):
        Chain.of(_Stage(uses=("acme-lexicon-of-nothing",))).run(TEXT)


def test_a_stage_that_exits_costs_no_document() -> None:
    """`sys.exit` in a stage is a failure of that stage; Ctrl-C stays one of the user."""
    result = Chain.of(_Stage(error=SystemExit(0))).run(TEXT, on_error="keep")
    assert (result.text, [str(flag) for flag in result.flags]) == (TEXT, ["error:_stage"])
    with pytest.raises(KeyboardInterrupt):
        Chain.of(_Stage(error=KeyboardInterrupt())).run(TEXT, on_error="keep")


def test_a_result_comes_through_a_pipe() -> None:
    """A process pool may return it whole, failures and all."""
    chain = Chain.of(_Stage())
    result = chain.run(TEXT)
    assert pickle.loads(pickle.dumps(result)) == result
    failed = Chain.of(_Stage(error=ValueError("x"))).run(TEXT, on_error="keep")
    again = pickle.loads(pickle.dumps(failed))
    assert (again.flags, str(again.failures[0].error)) == (failed.flags, str(failed.failures[0].error))


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ([Drop(0, rule=None)], "rule and why of an edit are strings"),  # type: ignore[arg-type]  # careless
        ([Drop(0, rule="r", why=None)], "rule and why of an edit are strings"),  # type: ignore[arg-type]  # careless
        ([SetTag(5, "x", rule="r")], "the key of a tag is a string"),  # type: ignore[arg-type]  # careless
        (repeat(SetTag("k", 1, rule="r")), "yields more than .* edits"),
    ],
)
def test_edits_that_no_record_could_give_back(edits: Iterable[Edit], problem: str) -> None:
    """They are refused with the stage's name, not found when somebody wants the original back; nor is an endless one."""
    with pytest.raises(StageError, match=f"stage '_stage': .*{problem}"):
        Chain.of(_Stage(edits=edits)).run(TEXT)


@pytest.mark.parametrize(("name", "value"), [("tags", {"language": "zz"}), ("source", Source("b")), ("_text", "b\n")])
def test_nothing_is_changed_behind_the_record(name: str, value: Any) -> None:
    """A stage that writes to its document is named, and the document goes on as it was."""

    class Writes:
        def __call__(self, document: Document) -> list[Edit]:
            setattr(document, name, value)
            return []

    with pytest.raises(StageError, match=r"changes the \w+ of the document itself"):
        Chain.of(Writes()).run(TEXT)
    result = Chain.of(Writes()).run(TEXT, on_error="keep")
    assert (result.text, result.tags, result.document.source) == (TEXT, {}, Source())
    assert result.record.input == result.record.output
