"""Files of many documents, cleaned and taken back."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk import batch
from copydesk.formats.jsonl import spelling_of, spelt
from running import Run
from strategies import texts

CHAIN = 'stages = ["shout", "dedupe"]\n'
WORDS = st.sampled_from(["one\n\nONE\n\n", "caf\u00e9 / ", "\u4e2d\u6587", "two\n", '"', "\\", "\t", " "])


def slashed(text: str) -> str:
    return json.dumps(text).replace("/", "\\/")


SPELLINGS = st.sampled_from([json.dumps, slashed, lambda text: json.dumps(text, ensure_ascii=False)])
LINES = st.builds(
    lambda before, text, spell, gap, end: f'{{{before}"text":{gap}{spell("".join(text))}{gap}}}{end}',
    st.sampled_from(["", '"n": 123456789012345678901234567890, ', '"text": "first of two", ', '"\u00e9" : [1 ,2], ']),
    st.lists(WORDS, max_size=6),
    SPELLINGS,
    st.sampled_from(["", " "]),
    st.sampled_from(["\n", "\r\n", " \n"]),
)
OTHERS = st.sampled_from(["\n", '{"text": null}\n'])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(lines=st.lists(LINES | OTHERS, max_size=6), meta=st.sampled_from(["copydesk", ""]))
def test_json_lines_come_back_byte_for_byte(lines: list[str], meta: str, cli: Run) -> None:
    """Spellings, spaces, keys that stand twice, and the results taken out."""
    data = "".join(lines).encode("utf-8")
    done = cli("clean", "--jsonl", "--chain", "shout.toml", "--edits", "e.jsonl", "--meta-field", meta, stdin=data)
    assert done.code == 0, done.err
    Path("out.jsonl").write_bytes(done.out)
    assert cli("undo", "out.jsonl", "--edits", "e.jsonl", "--meta-field", meta).out == data


@given(texts())
def test_a_spelling_gives_the_text_as_it_was_written(text: str) -> None:
    """Whichever of the ways of JSON it was."""
    plain = json.dumps(text, ensure_ascii=False)
    for written in (json.dumps(text), slashed(text), plain if plain.isprintable() else slashed(text)):
        assert spelt(text, spelling_of(written, text)) == written


def test_a_folder_cleaned_by_several_processes_comes_back(cli: Run) -> None:
    """One file of records for all: each output finds its own, though another file came to the same texts."""
    Path("chain.toml").write_text(CHAIN, encoding="utf-8")
    Path("in").mkdir()
    sources = {
        "in/a.jsonl": b'{"text": "One."}\n{"text": "Same."}\n',
        "in/b.jsonl": b'{"text": "one."}\n{"text": "SAME."}\n',
        "in/c.txt": b"Same.",
        "in/d.txt": b"same.",
    }
    for name, data in sources.items():
        Path(name).write_bytes(data)
    assert cli("clean", "in", "--output-dir", "out", "--edits", "e.jsonl", "--chain", "chain.toml").code == 0
    for name, data in sources.items():
        assert cli("undo", name.replace("in/", "out/"), "--edits", "e.jsonl").out == data
    Path("moved.txt").write_bytes(Path("out/d.txt").read_bytes())
    refused = cli("undo", "moved.txt", "--edits", "e.jsonl")
    assert (refused.code, refused.out) == (1, b"")
    assert "several documents came to this text: a.jsonl:2, b.jsonl:2, c.txt, d.txt. Say with --document" in refused.err
    assert cli("undo", "moved.txt", "--edits", "e.jsonl", "--document", "d.txt").out == b"same."
    Path("moved.jsonl").write_bytes(Path("out/b.jsonl").read_bytes())
    assert cli("undo", "moved.jsonl", "--edits", "e.jsonl", "--document", "b.jsonl").out == sources["in/b.jsonl"]


def test_one_rule_of_many_documents(cli: Run) -> None:
    """Other documents stay as they are, and what is left can be undone later."""
    again = "The ferry to Sandwick was late again, and nobody on the pier was told."
    data = f'{{"text": {json.dumps(f"{again}{chr(10)}{chr(10)}{again}")}, "n": 1}}\n{{"text": "short"}}\n'.encode()
    Path("chain.toml").write_text('stages = ["dedupe", "shout"]\n', encoding="utf-8")
    Path("a.jsonl").write_bytes(data)
    Path("b.jsonl").write_bytes(cli("clean", "a.jsonl", "--chain", "chain.toml", "--edits", "e.jsonl").out)
    done = cli("undo", "b.jsonl", "--edits", "e.jsonl", "--stage", "dedupe", "-o", "c.jsonl", "--edits-out", "f.jsonl")
    assert done.code == 0, done.err
    rows = [json.loads(line) for line in Path("c.jsonl").read_text("utf-8").splitlines()]
    assert again in rows[0]["text"]
    assert again.upper() in rows[0]["text"]
    assert rows[1]["text"] == "SHORT!"
    assert [row["copydesk"]["edits"] for row in rows] == [1, 1]
    assert cli("undo", "c.jsonl", "--edits", "f.jsonl").out == data


SOURCES = {
    "a.txt": b"Same.\r\n",
    "sub/b.txt": "caf\u00e9".encode("latin-1"),
    "sub/page.html": b"<html><p>One.</p></html>",
    "c.jsonl": b'{"text": "Same."}\n{"text": "same."}\n',
}


def cleaned(cli: Run, edits: str) -> None:
    """Clean a folder `in` of SOURCES into `out`."""
    for name, data in SOURCES.items():
        path = Path("in", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    Path("chain.toml").write_text('stages = ["decode", "shout"]\n', encoding="utf-8")
    done = cli("clean", "in", "--output-dir", "out", "--edits", edits, "--chain", "chain.toml")
    assert done.code == 0, done.err


@pytest.mark.parametrize("edits", ["e.jsonl", "e.jsonl.zst", "records"])
def test_a_whole_folder_comes_back(edits: str, cli: Run) -> None:
    """Under the names of the inputs, whichever way the records were kept."""
    cleaned(cli, edits)
    done = cli("undo", "out", "--edits", edits, "--output-dir", "back")
    assert (done.code, done.err) == (0, "copydesk: 4 inputs undone, 0 failed\n")
    files = {path.relative_to("back").as_posix(): path.read_bytes() for path in Path("back").rglob("*.*")}
    assert files == SOURCES


def test_a_stage_is_taken_back_from_a_whole_folder(cli: Run) -> None:
    """The rest of the records goes with it and undoes the rest; a stage that nobody knows is said."""
    cleaned(cli, "e.jsonl")
    part = cli(
        "undo", "out", "--edits", "e.jsonl", "--output-dir", "part", "--stage", "shout", "--edits-out", "f.jsonl"
    )
    assert part.code == 0, part.err
    assert Path("part/sub/b.txt").read_text("utf-8") == "caf\u00e9"
    assert cli("undo", "part", "--edits", "f.jsonl", "--output-dir", "back").code == 0
    assert Path("back/sub/b.txt").read_bytes() == SOURCES["sub/b.txt"]
    wrong = cli("undo", "out", "--edits", "e.jsonl", "--output-dir", "none", "--stage", "shot")
    assert wrong.code == 1
    assert "no change is of the stage 'shot'; the record has: shout" in wrong.err


def test_what_cannot_be_undone_costs_no_other(cli: Run) -> None:
    """An output that is gone, one that was changed, and a record that points elsewhere."""
    cleaned(cli, "e.jsonl")
    Path("out/a.txt").unlink()
    Path("out/sub/b.txt").write_text("changed", encoding="utf-8")
    lines = Path("e.jsonl").read_text("ascii").replace('"document": "sub/page.html"', '"document": "../page.html"')
    Path("e.jsonl").write_text(lines, encoding="ascii")
    done = cli("undo", "out", "--edits", "e.jsonl", "--output-dir", "back")
    assert done.code == 1
    assert "a.txt: no output of it lies in out" in done.err
    assert "out/sub/b.txt: no record in e.jsonl belongs to this text" in done.err
    assert "../page.html: the record's document lies outside of the folder" in done.err
    assert "1 inputs undone, 3 failed" in done.err
    assert [path.name for path in Path("back").rglob("*.*")] == ["c.jsonl"]


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["out", "--edits", "e.jsonl"], "out is a folder; say with --output-dir"),
        (["out", "--output-dir", "back"], "--edits is needed with a folder"),
        (["out/a.txt", "--edits", "e.jsonl", "--output-dir", "back"], "--output-dir goes with a folder"),
        (["out", "--edits", "e.jsonl", "--output-dir", "back", "--jsonl"], "--jsonl goes with one file"),
    ],
)
def test_usage_of_folders_is_explained(args: list[str], problem: str, cli: Run) -> None:
    """Nothing is written then."""
    cleaned(cli, "e.jsonl")
    done = cli("undo", *args)
    assert (done.code, done.out, Path("back").exists()) == (2, b"", False)
    assert problem in done.err


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["--rule", "rotten"], "b.jsonl: no change is of the rule 'rotten'; the record has: "),
        (["--field", "n"], ""),
        (["--document", "z.jsonl"], "b.jsonl:1: no record belongs to this text"),
    ],
)
def test_what_does_not_fit_is_refused_or_left(args: list[str], problem: str, cli: Run) -> None:
    """A misspelt rule is said; a field that holds no text was never cleaned."""
    Path("a.jsonl").write_bytes(b'{"text": "One.", "n": 1}\n')
    Path("b.jsonl").write_bytes(cli("clean", "a.jsonl", "--chain", "shout.toml", "--edits", "e.jsonl").out)
    done = cli("undo", "b.jsonl", "--edits", "e.jsonl", "-o", "c.jsonl", *args)
    assert problem in done.err
    assert (done.code == 0) == Path("c.jsonl").exists() == (problem == "")


def test_a_line_changed_by_hand_is_named(cli: Run) -> None:
    """With its file and number."""
    Path("a.jsonl").write_bytes(b'{"text": "One."}\n{"text": "Two."}\n')
    out = cli("clean", "a.jsonl", "--chain", "shout.toml", "--edits", "e.jsonl").out
    Path("b.jsonl").write_bytes(out.replace(b"TWO", b"ZWO"))
    done = cli("undo", "b.jsonl", "--edits", "e.jsonl")
    assert done.code == 1
    assert "b.jsonl:2: no record belongs to this text" in done.err


def test_a_table_comes_back(cli: Run) -> None:
    """Rows, types and metadata; the column of results is gone."""
    pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    rows = pa.table({"text": ["one", None, "ONE", "two"], "n": [1, 2, 3, 4]}).replace_schema_metadata({"by": "hand"})
    pq.write_table(rows, "a.parquet", compression="zstd")
    batch.clean(["a.parquet"], "out", chain="shout.toml", edits="e.jsonl")
    assert pq.read_table("out/a.parquet")["text"].to_pylist() == ["ONE!", None, "ONE!", "TWO!"]
    assert cli("undo", "out/a.parquet", "--edits", "e.jsonl", "-o", "back.parquet").code == 0
    assert pq.read_table("back.parquet").equals(rows, check_metadata=True)
    wrong = cli("undo", "out/a.parquet", "--edits", "e.jsonl", "--meta-field", "wrong", "-o", "back.parquet")
    assert 'the results of clean stand under "copydesk"; give --meta-field copydesk' in wrong.err
    part = cli("undo", "out/a.parquet", "--edits", "e.jsonl", "--stage", "shout", "-o", "part.parquet")
    assert part.code == 0, part.err
    assert pq.read_table("part.parquet").drop_columns(["copydesk"]).equals(rows)
    assert [row and row["edits"] for row in pq.read_table("part.parquet")["copydesk"].to_pylist()] == [0, None, 0, 0]
    refused = cli("undo", "out/a.parquet", "--edits", "e.jsonl")
    assert (refused.code, refused.out) == (2, b"")
    assert "Parquet cannot go through a pipe" in refused.err


def test_a_field_that_no_line_has_is_no_quiet_success(cli: Run) -> None:
    """Clean writes no line without the field, so nothing would have been undone."""
    Path("a.jsonl").write_bytes(b'{"text": "one"}\n')
    assert cli("clean", "a.jsonl", "-o", "b.jsonl", "--edits", "e.jsonl", "--chain", "shout.toml").code == 0
    done = cli("undo", "b.jsonl", "--edits", "e.jsonl", "--field", "body")
    assert (done.code, done.out) == (1, b"")
    assert 'b.jsonl:1: has no field "body"' in done.err


@pytest.mark.parametrize("target", ["out", "out/undone"])
def test_a_folder_is_not_undone_into_itself(target: str, cli: Run) -> None:
    """Outputs and originals would lie mixed, and a second undo would take the ones for the others."""
    Path("in").mkdir()
    Path("in/a.txt").write_bytes(b"one\n")
    assert cli("clean", "in", "--output-dir", "out", "--edits", "records", "--chain", "shout.toml").code == 0
    done = cli("undo", "out", "--edits", "records", "--output-dir", target)
    assert done.code == 2
    assert "name another --output-dir" in done.err
    assert Path("out/a.txt").read_bytes() == b"ONE!\n"


@pytest.mark.skipif(sys.platform == "win32", reason="devices with paths")
@pytest.mark.parametrize("arguments", [["/dev/null", "--edits", "e.jsonl"], ["a.txt", "--edits", "/dev/null"]])
def test_a_device_is_not_read(arguments: list[str], cli: Run) -> None:
    """One like /dev/zero has no end."""
    done = cli("undo", *arguments)
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith("copydesk: /dev/null: is a device, which may have no end")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with names")
def test_outputs_come_through_pipes(cli: Run) -> None:
    """As the shell's process substitution gives them."""
    cleaned = cli("clean", "--chain", "shout.toml", "--edits", "e.jsonl", stdin=b"one\n")
    os.mkfifo("pipe")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Path("pipe").write_bytes, cleaned.out)
        assert cli("undo", "pipe", "--edits", "e.jsonl").out == b"one\n"


@pytest.mark.parametrize(
    ("meta", "asked", "told"),
    [
        ("results", None, 'out.jsonl:1: the results of clean stand under "results"; give --meta-field results'),
        ("copydesk", "wrong", 'out.jsonl:1: the results of clean stand under "copydesk"; give --meta-field copydesk'),
        ("", "wrong", 'out.jsonl:1: has no "wrong"; leave --meta-field out, or name the key or column that holds'),
    ],
)
def test_results_under_another_key_are_not_left_behind_unsaid(
    meta: str, asked: str | None, told: str, cli: Run
) -> None:
    """Else what comes back would not be what went in."""
    done = cli(
        "clean",
        "--jsonl",
        "--chain",
        "shout.toml",
        "--edits",
        "e.jsonl",
        "--meta-field",
        meta,
        stdin=b'{"text": "a"}\n',
    )
    Path("out.jsonl").write_bytes(done.out)
    back = cli("undo", "out.jsonl", "--edits", "e.jsonl", *(("--meta-field", asked) if asked else ()))
    assert back.code == 1
    assert told in back.err
    right = ["--meta-field", meta] if meta not in ("", "copydesk") else []  # as was told
    assert cli("undo", "out.jsonl", "--edits", "e.jsonl", *right).out == b'{"text": "a"}\n'


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are UTF-8 there")
@pytest.mark.parametrize("edits", ["e.jsonl", "records"])
def test_names_that_are_not_utf8_come_back(edits: str, cli: Run) -> None:
    """Two that look alike in messages can be told apart where each has a file of records; else it is said."""
    data = {b"a\xff.txt": b"One.\n", b"sub/b\xfe.jsonl": b'{"text": "Two."}\n', b"sub/page\xfd.html": b"<p>Three.</p>"}
    alike = {b"sub/b\xfc.jsonl": b'{"text": "Four."}\n'}
    if edits == "records":
        data |= alike
    for name, content in data.items():
        path = Path(os.fsdecode(b"in/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    Path("chain.toml").write_text('stages = ["decode", "shout"]\n', encoding="utf-8")
    assert cli("clean", "in", "--output-dir", "out", "--edits", edits, "--chain", "chain.toml").code == 0
    done = cli("undo", "out", "--edits", edits, "--output-dir", "back")
    assert (done.code, done.err.splitlines()) == (0, [f"copydesk: {len(data)} inputs undone, 0 failed"])
    files = {os.fsencode(path.relative_to("back")): path.read_bytes() for path in Path("back").rglob("*.*")}
    assert files == data
    if edits == "e.jsonl":
        Path("out").joinpath(os.fsdecode(b"sub/b\xfc.jsonl")).write_bytes(b'{"text": "TWO.!"}\n')
        again = cli("undo", "out", "--edits", edits, "--output-dir", "again")
        assert again.code == 1
        assert "sub/b\ufffd.jsonl: 2 outputs may be meant, whose names are no UTF-8; undo each by itself" in again.err
