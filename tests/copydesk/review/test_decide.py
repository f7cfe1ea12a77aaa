"""What a rejection becomes, and that it can be taken back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copydesk import Chain, ConfigError, InputError, Source
from copydesk.golden.cases import Case, check
from copydesk.review.chainfile import ChainFile, ChangedByHandError, chain_file, exceptions_file
from copydesk.review.decide import Desk
from copydesk.review.outputs import output_of
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
NAMES = ("Aberlow", "Brackmouth", "Corrie", "Dunmore", "Eddlestone", "Farrow", "Glenside", "Holm", "Inverdale")
TEXT_OUT = "The dam held through the night.\n\nNobody was hurt.\n"
TEXT = "Share\n\nThe dam held through the night.\n\nAdvertisement\n\nNobody was hurt.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A run of one document, with a chain file and a golden folder."""
    (tmp_path / "chain.toml").write_text(CHAIN, encoding="utf-8")
    with reviewed(tmp_path, ChainFile(tmp_path / "chain.toml"), TEXT) as made:
        yield made


@contextmanager
def reviewed(folder: Path, chain: ChainFile, text: str) -> Iterator[Desk]:
    """Run a chain over a text, and lay what comes out on a desk."""
    result = chain.chain.run(text, source=Source(name="a.txt"))
    (folder / "out").mkdir()
    (folder / "out" / "a.txt").write_text(result.text, encoding="utf-8")
    edits = folder / "edits.jsonl"
    edits.write_text("".join(f"{line}\n" for line in result.record.to_lines()), encoding="utf-8")
    with Store(folder / "d.sqlite") as store:
        store.load(records(edits), "run")
        yield Desk(store, folder / "out", chain, folder / "golden")


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


def test_a_rejection_can_become_only_what_was_named(desk: Desk) -> None:
    """On the command line."""
    desk.golden = None
    desk.chain = None
    assert desk.choices(item(desk, "Share")) == ["note"]
    with pytest.raises(InputError, match="cannot become 'keep'"):
        desk.reject(item(desk, "Share"), "keep")


@pytest.mark.parametrize("stages", ['["dedupe"]', '["dedupe", "markers"]'])
def test_a_stage_without_phrases_of_its_own_keeps_by_the_chain(tmp_path: Path, stages: str) -> None:
    """At the top of the file, before its tables; comments stay, and taking it back takes it out."""
    path = tmp_path / "chain.toml"
    path.write_text(f"stages = {stages}  # few\n\n[dedupe]\nmin_chars = 5\n# end\n", encoding="utf-8")
    text = "The dam held.\n\nThe ferry sank.\n\nThe dam held.\n"
    with reviewed(tmp_path, ChainFile(path), text) as desk:
        repeated = item(desk, "The dam held.")
        desk.reject(repeated, "keep")
        assert Chain.load(path).run(text).text == text
        assert tomllib.loads(path.read_text("utf-8"))["keep"] == ["The dam held."]
        assert "# few" in path.read_text("utf-8")
        assert path.read_text("utf-8").endswith("min_chars = 5\n# end\n")
        desk.reopen(item(desk, "The dam held."))
        assert Chain.load(path).keep == ()


def test_a_phrase_that_its_stage_refuses_is_kept_by_the_chain(tmp_path: Path) -> None:
    """Braces are placeholders to markers."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["markers"]\n', encoding="utf-8")
    file = ChainFile(path)
    assert file.add_keep("markers", "Share {now}")
    assert file.chain.keep == ("Share {now}",)
    assert file.remove_keep("markers", "Share {now}")
    assert not file.chain.keep


@pytest.mark.parametrize(
    "phrase", ['Share \u202eevil\x1b[2J"]\n[stages]', "\U000e0041tag\u2066", "می\u200cخواهم", 'quote " and \\ back']
)
def test_nothing_hides_in_what_is_written(tmp_path: Path, phrase: str) -> None:
    """Overrides and controls of a hostile text are spelt out in the file; to the chain it is the same phrase."""
    path, shared = tmp_path / "chain.toml", tmp_path / "e.toml"
    path.write_text('stages = ["dedupe"]\n', encoding="utf-8")
    ChainFile(path).add_keep("dedupe", phrase)
    exceptions_file(shared).add("any", phrase)
    for file in (path, shared):
        assert not set(file.read_text("utf-8")) & set("\u202e\x1b\u2066\U000e0041")
    assert Chain.load(path).keep == (phrase,)
    assert tomllib.loads(shared.read_text("utf-8")) == {"any": [phrase]}
    assert exceptions_file(shared).remove("any", phrase)
    assert ChainFile(path).remove_keep("dedupe", phrase)
    assert not Chain.load(path).keep


def test_a_rejection_becomes_an_exception_that_chains_share(tmp_path: Path) -> None:
    """In the text's language, in a file that the chain then names; taking it back takes it out, by hand nothing."""
    path, shared = tmp_path / "chain.toml", tmp_path / "lexicon" / "exceptions.toml"
    shared.parent.mkdir()
    path.write_text('# Ours.\nstages = ["language", "markers"]\n\n[markers]\n', encoding="utf-8")
    text = "Anzeige\n\nDer Damm hielt die ganze Nacht, und niemand wurde verletzt, sagte der Bürgermeister.\n"
    with reviewed(tmp_path, ChainFile(path), text) as desk:
        desk.exceptions = exceptions_file(shared)
        assert desk.choices(item(desk, "Anzeige")) == ["keep", "exception", "golden", "note"]
        assert desk.reject(item(desk, "Anzeige"), "exception")["language"] == "de"
        assert tomllib.loads(shared.read_text("utf-8")) == {"de": ["Anzeige"]}
        assert tomllib.loads(path.read_text("utf-8"))["exceptions"] == "lexicon/exceptions.toml"
        assert Chain.load(path).run(text).text == text
        shared.write_text("# by hand\n" + shared.read_text("utf-8"), encoding="utf-8")
        with pytest.raises(ChangedByHandError, match=r"exceptions\.toml was changed meanwhile"):
            desk.reopen(item(desk, "Anzeige"))
        for file in desk.files:
            file.adopt()
        desk.reopen(item(desk, "Anzeige"))
        assert tomllib.loads(shared.read_text("utf-8")) == {"de": []}
        assert "# by hand" in shared.read_text("utf-8")
        desk.reject(item(desk, "Anzeige"), "keep")
    with pytest.raises(ConfigError, match="its exceptions are in"):
        ChainFile(path).check_exceptions(tmp_path / "other.toml")


def test_a_case_expects_what_else_the_chain_rightly_does(tmp_path: Path) -> None:
    """So it passes as soon as this one cut is no longer made."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["language", "markers"]\n', encoding="utf-8")
    with reviewed(tmp_path, ChainFile(path), TEXT) as desk:
        made = desk.reject(item(desk, "Share"), "golden")
        case = Case(Path(made["case"]))
        assert made["fails"]
        assert check(case).status == "failed"
        assert desk.chain
        desk.chain.add_keep("markers", "Share")
        assert check(case).status == "passed"
        assert "Advertisement" not in (case.folder / "expected.txt").read_text("utf-8")


def test_a_case_holds_as_much_as_its_cut_needs(tmp_path: Path) -> None:
    """A paragraph that repeats one from far above is cut only where that stands, too."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["dedupe"]\n', encoding="utf-8")
    said = "The dam held through the night, though the river rose by two metres, and nobody was hurt in the valley."
    between = "".join(f"The harbour of {name} was closed on Monday because of the storm.\n\n" for name in NAMES)
    text = f"{said}\n\n{between}{said}\n"
    with reviewed(tmp_path, ChainFile(path), text) as desk:
        made = desk.reject(item(desk, said), "golden")
        assert made["fails"]
        assert (Path(made["case"]) / "expected.txt").read_text("utf-8") == text
        # Without the output there is only the paragraph, which is never cut: the case says so.
        desk.reopen(item(desk, said))
        (desk.run / "a.txt").unlink()
        assert desk.reject(item(desk, said), "golden")["fails"] is False


def test_a_wrong_repair_becomes_a_case_of_its_paragraph(tmp_path: Path) -> None:
    """Which has to stay untouched; it can become no keep."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["repair"]\n', encoding="utf-8")
    with reviewed(tmp_path, ChainFile(path), "One.\n\nThe cafÃ© at the harbour.\n\nThree.\n") as desk:
        (repair,) = desk.store.items()
        assert desk.choices(repair) == ["golden", "note"]
        case = Case(Path(desk.reject(repair, "golden")["case"]))
        assert check(case).status == "failed"
        assert (case.folder / "expected.txt").read_text("utf-8") == "The cafÃ© at the harbour.\n"
        desk.reopen(desk.store.item(repair.id))
        (desk.run / "a.txt").unlink()
        with pytest.raises(InputError, match="not at hand"):
            desk.reject(repair, "golden")


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


@pytest.mark.parametrize(
    ("name", "document", "content"),
    [
        ("a.txt", "a.txt", TEXT_OUT),
        ("a.html.txt", "a.html", TEXT_OUT),
        ("sub/a.jsonl", "sub/a.jsonl:2", '{"text": "x"}\n{"id": 1, "body": ' + json.dumps(TEXT_OUT) + "}\n"),
        ("run.txt", "elsewhere.txt", TEXT_OUT),
    ],
)
def test_an_output_is_found_where_runs_put_it(tmp_path: Path, name: str, document: str, content: str) -> None:
    """By its digest: text, the text of a page, a line of JSON, the one file that was written."""
    record = Chain.load("minimal").run(TEXT_OUT, source=Source(name=document)).record
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    run = path if name == "run.txt" else tmp_path
    assert output_of(run, record) == TEXT_OUT
    path.write_text(content.replace("dam", "dyke"), encoding="utf-8")
    assert output_of(run, record) is None
    path.write_bytes(b"\xff{")
    assert output_of(run, record) is None
    path.unlink()
    assert output_of(tmp_path, record) is None


def test_no_output_is_looked_for_outside_the_run(tmp_path: Path) -> None:
    """Whatever a record says that its document is called."""
    (tmp_path / "run").mkdir()
    (tmp_path / "secret.txt").write_text(TEXT_OUT, encoding="utf-8")
    for name in ("../secret.txt", str(tmp_path / "secret.txt"), "../secret.txt:1"):
        record = Chain.load("minimal").run(TEXT_OUT, source=Source(name=name)).record
        assert output_of(tmp_path / "run", record) is None
