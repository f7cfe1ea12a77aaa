"""Files: plain or compressed, named or sniffed, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import sys
import threading
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from copydesk import InputError
from copydesk.batch.place import Place
from copydesk.formats import by_content, detect
from copydesk.formats.files import is_stream, open_plain, pack, whole_file, write_small
from running import Run

PACK = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
UNPACK = {
    "": bytes,
    ".gz": gzip.decompress,
    ".zst": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("way", ["-o", "--output-dir"])
def test_text_and_lines_in_every_compression(ending: str, way: str, cli: Run) -> None:
    """What comes in compressed goes out compressed, by its name; by itself and in a folder the same."""
    Path("a.txt" + ending).write_bytes(PACK[ending](b"one\n"))
    Path("b.jsonl" + ending).write_bytes(PACK[ending](b'{"text": "one"}\n'))
    for name in ("a.txt", "b.jsonl"):
        target = f"out/{name}{ending}"
        where = ["-o", target] if way == "-o" else ["--output-dir", "out"]
        assert cli("clean", name + ending, *where, "--chain", "shout.toml", "--meta-field", "").code == 0
        expected = b"ONE!\n" if name == "a.txt" else b'{"text": "ONE!"}\n'
        assert UNPACK[ending](Path(target).read_bytes()) == expected


@given(first=st.binary(max_size=2000), second=st.binary(max_size=2000))
def test_packed_in_several_members_reads_as_one(
    first: bytes, second: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Logs and archives are often joined from compressed pieces."""
    for ending in (".gz", ".zst"):
        path = tmp_path_factory.mktemp("members") / f"a{ending}"
        path.write_bytes(pack(first, ending) + pack(second, ending))
        with open_plain(str(path)) as file:
            assert file.read() == first + second


def test_packing_is_the_same_each_time() -> None:
    """No time of day, no file name."""
    for ending in (".gz", ".zst"):
        assert pack(b"text" * 1000, ending) == pack(b"text" * 1000, ending)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.htm", b"plain", "html"),
        ("a.ndjson.zst", b"", "jsonl"),
        ("page", b"\n<!doctype HTML><p>", "html"),
        ("page", b'<?xml version="1.0"?>\n<!-- made\nby a mill -->\n<HTML lang="en">', "html"),
        ("feed", b'<?xml version="1.0"?>\n<rss version="2.0">', "text"),
        ("drawing", b"<!DOCTYPE svg>", "text"),
        ("dump", b'{"text": "a"}\n{', "jsonl"),
        ("dump", gzip.compress(b'{"text": "a"}\n'), "jsonl"),
        ("dump", b'{"text": "a"}\n\n{"text": "b', "jsonl"),
        ("dump", b'{"text": "cut off', "jsonl"),
        ("a.json", b'{"text": "a"}\nbroken\n', "jsonl"),
        ("a.json", b'{"text": "cut off\n{"text": "b"}\n', "jsonl"),
        ("a.json", b"plain", "text"),
        ("notes", b"{ curly } prose", "text"),
        ("notes", b'{"a": 1}\nis how an object is written.\n', "text"),
        ("notes", b"{\n  puts();\n}\n", "text"),
        ("notes", b"[Music]\n", "text"),
        ("table", b"PAR1....", "parquet"),
        ("crawl", b"WARC/1.0\r\n", "warc"),
        ("empty", b"", "text"),
    ],
)  # fmt: skip
def test_formats_are_told_by_name_or_content(name: str, data: bytes, found: str, tmp_path: Path) -> None:
    """The name first; where it says nothing, how the file begins."""
    (tmp_path / name).write_bytes(data)
    assert detect(str(tmp_path / name)) == found


@pytest.mark.parametrize(
    ("name", "data", "found", "flat"),
    [
        ("a.json", json.dumps({"text": ["a", {"b": None}]}, indent=2).encode(), "one JSON value", "jq -c . "),
        ("a.json.gz", gzip.compress(b'\xef\xbb\xbf{\r\n "text": "a"\r\n}'), "one JSON value", "jq -c . "),
        ("noted", b'{"text": {\n"a": 1}}', "one JSON value", "jq -c . "),
        ("a.JSON", b'[{"text": "a"}, {"text": "b"}]', "a JSON array", "jq -c '.[]' "),
        ("a.json", b'[\n{"text": "a"},\n{"text": "b"}]', "a JSON array", "jq -c '.[]' "),
    ],
)
def test_json_that_is_no_json_lines_is_said_once(name: str, data: bytes, found: str, flat: str, cli: Run) -> None:
    """Not for each of its lines; the other files beside it are cleaned."""
    Path("in").mkdir()
    Path("in", name).write_bytes(data)
    Path("in/b.txt").write_bytes(b"text\n")
    done = cli("clean", "in", "--output-dir", "out", "--chain", "shout.toml")
    alone = cli("clean", f"in/{name}", "--chain", "shout.toml")
    for each in (done, alone):
        assert each.code == 1
        (line,) = [line for line in each.err.splitlines() if name in line and "retry" not in line]
        assert f"{name}: holds {found}" in line
        assert flat in line
    assert Path("out/b.txt").exists()
    assert "1 failed" in done.err


@pytest.mark.parametrize("name", ["rows.csv", "rows.TSV.gz"])
def test_a_table_is_not_cleaned_as_lines_unless_that_is_asked_for(name: str, cli: Run) -> None:
    """A line that is cut from within quotes would shift every column after it."""
    Path("in").mkdir()
    data = b'id,text\r\n1,"Share\nOne."\r\n'
    Path("in", name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    Path("in/b.txt").write_bytes(b"text\n")
    for done in (cli("clean", f"in/{name}"), cli("clean", "in", "--output-dir", "out", "--chain", "shout.toml")):
        assert done.code == 1
        assert f"in/{name}: is called a table" in done.err
        assert "--field" in done.err
    assert [path.name for path in Path("out").glob("*.*") if path.suffix in (".txt", ".csv", ".gz")] == ["b.txt"]
    done = cli("clean", f"in/{name}", "--format", "text", "--chain", "shout.toml")
    assert (done.code, done.out) == (0, b'ID,TEXT!\r\n1,"SHARE!\nONE."!\r\n')


def test_json_in_a_file_of_json_lines_costs_only_itself(cli: Run) -> None:
    """The name promises lines, so each that is broken is one failure."""
    Path("a.jsonl").write_bytes(b'{\n{"text": "one"}\n')
    done = cli("clean", "a.jsonl", "--chain", "shout.toml")
    assert done.code == 1
    assert b"ONE!" in done.out


def test_a_byte_order_mark_does_not_hide_a_format() -> None:
    """Windows writes it."""
    assert by_content(b"\xef\xbb\xbf<html>") == "html"


def test_a_format_can_be_said(cli: Run) -> None:
    """Over what name and content say."""
    Path("a.dat").write_bytes(b'{"text": "one"}\n')
    assert cli("clean", "a.dat", "--format", "text", "--chain", "shout.toml").out == b'{"TEXT": "ONE"}!\n'
    assert b'{"text": "ONE!", "copydesk": ' in cli("clean", "a.dat", "--chain", "shout.toml").out


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error while writing leaves the old file, and nothing beside it."""
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    with contextlib.suppress(ValueError), whole_file(target) as file:
        file.write(b"new")
        raise ValueError("no")
    assert target.read_bytes() == b"old"
    with whole_file(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_bytes() == b"new"


def test_lines_in_a_folder_are_those_of_a_pipe(cli: Run) -> None:
    """Long numbers, double keys, NaN, lone surrogates, line ends, blank lines: one result by either way."""
    rows = [
        '{"n": 123456789012345678901234567890, "a":1 , "a": NaN, "text" : "x\\u00e9"}\r\n', "\n",
        '{"text": null}\n', '{"é": 1, "text": "a\\ud800"}\n', ' {"text":"last"}',
    ]  # fmt: skip
    data = "".join(rows).encode()
    Path("a.jsonl").write_bytes(data)
    for meta in ("copydesk", ""):
        piped = cli("clean", "--jsonl", "--chain", "shout.toml", "--meta-field", meta, stdin=data).out
        done = cli("clean", "a.jsonl", "--output-dir", f"out{meta}", "--chain", "shout.toml", "--meta-field", meta)
        assert done.code == 0
        assert Path(f"out{meta}/a.jsonl").read_bytes() == piped


@given(texts=st.lists(st.one_of(st.text(max_size=30), st.none()), min_size=1, max_size=20))
def test_any_text_in_a_line_survives(texts: list[str | None], tmp_path_factory: pytest.TempPathFactory) -> None:
    """A chain that changes nothing gives each line back as it was."""
    from copydesk import Chain
    from copydesk.formats.base import Layout, sheaf
    from copydesk_stages.dedupe import Dedupe

    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    data = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    path.write_bytes(data)
    chain = Chain.of(Dedupe(min_chars=100))
    out = b""
    for chunk in sheaf("jsonl").cut(str(path), Layout(meta="")):
        session = sheaf("jsonl").session(chunk, Layout(meta=""))
        for item in session.items():
            session.keep(item, None if item.data is None else chain.run(item.data))
        out += session.output()
    assert out == data


def test_formats_of_one_document_are_no_sheaf() -> None:
    """Asking for one is an error of the caller's."""
    from copydesk.formats.base import sheaf

    with pytest.raises(InputError, match="hold one document each"):
        sheaf("text")


def test_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be renamed to, files are written beside their targets, whole all the same."""
    rename = os.replace

    def replace(source: str, target: str) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    (tmp_path / "scratch").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(os, "replace", replace)
    write_small(str(tmp_path / "out/a.txt"), b"text", tmp_path / "scratch")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {"a.txt": b"text"}
    assert not list((tmp_path / "scratch").iterdir())


def test_outputs_are_renamed_within_their_destination(tmp_path: Path) -> None:
    """Wherever the state is kept, which may be on another file system, and on one machine of many."""
    place = Place.of(str(tmp_path / "out"), state=str(tmp_path / "state"))
    assert (tmp_path / "out") in place.scratch.parents


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with names")
def test_a_pipe_is_read_once_and_written_as_it_stands(tmp_path: Path, cli: Run) -> None:
    """`copydesk clean <(...)` works, and no file takes the place of a pipe."""
    source, target = tmp_path / "source", tmp_path / "target"
    for pipe in (source, target):
        os.mkfifo(pipe)
    got: list[bytes] = []
    threads = [
        threading.Thread(target=source.write_bytes, args=(gzip.compress(b"one\n"),), daemon=True),
        threading.Thread(target=lambda: got.append(target.read_bytes()), daemon=True),
    ]
    for thread in threads:
        thread.start()
    assert cli("clean", "source", "-o", "target", "--chain", "shout.toml").code == 0
    for thread in threads:
        thread.join(30)
    assert got == [b"ONE!\n"]
    assert target.is_fifo()


def test_devices_are_told_from_files(tmp_path: Path) -> None:
    """Only what no file may take the place of is a stream."""
    (tmp_path / "a.txt").write_bytes(b"one\n")
    assert [is_stream(path) for path in (os.devnull, tmp_path, tmp_path / "a.txt", tmp_path / "gone")] == [
        sys.platform != "win32",
        False,
        False,
        False,
    ]


def test_a_quarantine_is_tried_again_without_its_reasons(cli: Run) -> None:
    """They lie beside the documents, and are none."""
    Path("q").mkdir()
    Path("q/a.txt").write_bytes(b"text\n")
    Path("q/a.txt.why.json").write_bytes(b'{\n"problem": "was cut off"}\n')
    Path("q/b.txt.why.jsonl").write_bytes(b'{"text": "was cut off"}\n')
    done = cli("clean", "q", "--output-dir", "out", "--chain", "shout.toml")
    assert done.code == 0, done.err
    assert sorted(path.name for path in Path("out").glob("*.*") if path.suffix != ".json") == [".copydesk", "a.txt"]
