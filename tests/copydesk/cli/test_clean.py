"""`copydesk clean`: inputs, outputs, JSON Lines, failures, exit codes."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from running import Run

TEXT = b"One.\nTwo.\n"
LOUD = b"ONE.!\nTWO.!\n"
CHAIN = ("--chain", "shout.toml")
#: For runs in a process of their own, which does not see the fake stages.
DEDUPE = str(Path(__file__).parent / "dedupe.toml")


def write_chain(name: str, *stages: str) -> None:
    Path(name).write_text(f"stages = {list(stages)}\n", encoding="utf-8")


def test_standard_input_to_standard_output(cli: Run) -> None:
    """Data on stdout and nothing else."""
    assert cli("clean", *CHAIN, stdin=TEXT) == (0, LOUD, "")
    assert cli("clean", "-", *CHAIN, stdin=TEXT).out == LOUD


def test_a_file_to_standard_output_or_a_file(cli: Run) -> None:
    """`-o` writes the file and nothing to stdout."""
    Path("a.txt").write_bytes(TEXT)
    assert cli("clean", "a.txt", *CHAIN).out == LOUD
    assert cli("clean", "a.txt", *CHAIN, "-o", "b.txt").out == b""
    assert Path("b.txt").read_bytes() == LOUD
    assert Path("a.txt").read_bytes() == TEXT


def test_in_place_keeps_the_record_beside(cli: Run) -> None:
    """The file is replaced, its mode kept, and `undo` needs nothing but its name."""
    Path("a.txt").write_bytes(TEXT)
    Path("a.txt").chmod(0o640)
    assert cli("clean", "--in-place", "a.txt", *CHAIN).code == 0
    assert Path("a.txt").read_bytes() == LOUD
    assert Path("a.txt").stat().st_mode & 0o777 == 0o640
    assert cli("undo", "a.txt").out == TEXT
    assert cli("undo", "--in-place", "a.txt").code == 0
    assert Path("a.txt").read_bytes() == TEXT


def test_folders_are_mirrored(cli: Run) -> None:
    """Names below the output folder are those below the input folder; hidden files stay out."""
    for name in ("in/a.txt", "in/sub/b c.txt", "in/.hidden"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(TEXT)
    done = cli("clean", "in", "--output-dir", "out", *CHAIN)
    assert done.code == 0
    assert sorted(p.as_posix() for p in Path("out").rglob("*.txt")) == ["out/a.txt", "out/sub/b c.txt"]
    assert "2 documents: 2 changed, 0 failed" in done.err
    again = cli("clean", ".", "--output-dir", "out", *CHAIN)
    assert again.code == 0
    assert not Path("out/out").exists()


def test_a_stage_that_had_nothing_to_say_is_reported(cli: Run) -> None:
    """Over several documents, so that a misspelt chain is noticed."""
    write_chain("two.toml", "shout", "dedupe")
    for name in ("a.txt", "b.txt"):
        Path(name).write_bytes(TEXT)
    done = cli("clean", "a.txt", "b.txt", "--output-dir", "out", "--chain", "two.toml")
    assert "stages that had nothing to say in this run: dedupe" in done.err


def test_check_writes_nothing(cli: Run) -> None:
    """Exit code 3 where text would change, 0 where not; the names on stderr."""
    Path("a.txt").write_bytes(TEXT)
    assert cli("clean", "--check", "a.txt", *CHAIN) == (3, b"", "copydesk: a.txt: would change\n")
    assert Path("a.txt").read_bytes() == TEXT
    write_chain("none.toml", "dedupe")
    assert cli("clean", "--check", "a.txt", "--chain", "none.toml") == (0, b"", "")


def test_tags_alone_are_no_change_for_check(cli: Run) -> None:
    """A tag changes no text."""
    write_chain("tag.toml", "rotate")
    assert cli("clean", "--check", "--chain", "tag.toml", stdin=b"one\n").code == 0


def test_edits_are_written_and_undone(cli: Run) -> None:
    """The record of every document stands in one file; undo finds its own."""
    Path("a.txt").write_bytes(TEXT)
    Path("b.txt").write_bytes(b"Three.\r\n")
    cli("clean", "a.txt", "b.txt", "--output-dir", "out", "--edits", "edits.jsonl", *CHAIN)
    for name, data in (("a.txt", TEXT), ("b.txt", b"Three.\r\n")):
        assert cli("undo", f"out/{name}", "--edits", "edits.jsonl").out == data
        cli("undo", f"out/{name}", "--edits", "edits.jsonl", "-o", f"back-{name}")
        assert Path(f"back-{name}").read_bytes() == data


def test_json_lines_keep_everything_else(cli: Run) -> None:
    """Long numbers, double keys, spacing, NaN: only the text changes, and one key is added."""
    line = b'{"n": 123456789012345678901234567890, "a":1 , "a": NaN, "text" : "x\\u00e9"}\n'
    done = cli("clean", "--jsonl", *CHAIN, stdin=line)
    start = b'{"n": 123456789012345678901234567890, "a":1 , "a": NaN, "text" : "X\\u00c9!", "copydesk": '
    assert done.code == 0
    assert done.out.startswith(start)
    result = json.loads(done.out)["copydesk"]
    assert set(result) == {"language", "edits", "flags", "chain"}
    assert (result["language"], result["edits"], result["flags"]) == ("und", 1, [])


def test_json_lines_say_which_stretches_are_in_another_language(cli: Run) -> None:
    """Offsets are those of the text that was written; numbers and names are in none."""
    write_chain("language.toml", "language")
    blocks = [
        "The harbour master closed the east pier on Monday, and the ferries leave from the west.",
        "Der Hafenmeister hat am Montag den Ostpier gesperrt, die Fähren legen nun im Westen ab.",
        "Wann der Pier wieder öffnet, konnte gestern im Rathaus niemand sagen.",
        "The town council meets tonight to hear from the crews of the ferries and from those who live there.",
        "Nobody expects an answer before the end of the week, when the divers have seen the piles.",
        "12:30",
    ]
    line = json.dumps({"text": "\n\n".join(blocks)}) + "\n"
    cleaned = json.loads(cli("clean", "--jsonl", "--chain", "language.toml", stdin=line.encode()).out)
    assert cleaned["copydesk"]["language"] == "en"
    found = {cleaned["text"][s["start"] : s["end"]]: s["language"] for s in cleaned["copydesk"]["block_languages"]}
    assert found == {"\n\n".join(blocks[1:3]): "de", "12:30": "und"}


def test_json_lines_without_a_result_key_are_copied_where_nothing_changes(cli: Run) -> None:
    """A line that needs no write is copied as bytes; line endings and a missing last one stay."""
    write_chain("none.toml", "dedupe")
    data = '{"text":"é"}\r\n\n  {"text": null}\n{"text":"b"}'.encode()
    assert cli("clean", "--jsonl", "--meta-field", "", "--chain", "none.toml", stdin=data).out == data


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"text": ', "<stdin>:2: not a JSON object: "),
        (b"[1]", "<stdin>:2: not a JSON object: "),
        (b'{"text": "a"} x', "<stdin>:2: not a JSON object: "),
        (b'{"text": "\xff"}', "<stdin>:2: not UTF-8 (byte 10 of the line)"),
        (b'{"body": "a"}', '<stdin>:2: has no field "text"; its fields: body. Name another with --field'),
        (b'{"text": 3}', '<stdin>:2: the field "text" is no string'),
        (b'{"text": "a", "copydesk": 1}', '<stdin>:2: has a key "copydesk" already'),
        (b"[" * 100_000, "<stdin>:2: not a JSON object: "),
    ],
)  # fmt: skip
def test_a_broken_line_costs_no_other(line: bytes, problem: str, cli: Run) -> None:
    """It is named by number, kept in quarantine with the reason, and the exit code says so."""
    good = b'{"text": "a"}\n'
    done = cli("clean", "--jsonl", "--meta-field", "copydesk", *CHAIN, stdin=good + line + b"\n" + good)
    assert done.code == 1
    assert problem in done.err
    assert len(done.out.splitlines()) == 2
    assert Path("copydesk-quarantine/stdin").read_bytes() == line + b"\n"
    why = json.loads(Path("copydesk-quarantine/stdin.why.jsonl").read_text(encoding="utf-8"))
    assert problem in why["problem"]


def test_json_lines_files_are_known_by_name(cli: Run) -> None:
    """A file called .jsonl is not cleaned as plain text; `--field` names the field."""
    Path("a.jsonl").write_bytes(b'{"body": "a", "url": "https://example.org/"}\n')
    done = cli("clean", "a.jsonl", "--field", "body", "--meta-field", "", *CHAIN)
    assert done.out == b'{"body": "A!", "url": "https://example.org/"}\n'


def test_lone_surrogates_in_json_lines_stay_escaped(cli: Run) -> None:
    """UTF-8 cannot say them, JSON can."""
    data = '{"é": 1, "text": "a\\ud800"}\n'.encode()
    done = cli("clean", "--jsonl", "--meta-field", "", *CHAIN, stdin=data)
    assert done.out == '{"é": 1, "text": "A\\ud800!"}\n'.encode()


def test_on_error_keep_writes_without_the_stage(cli: Run) -> None:
    """The document comes out, flagged, a copy goes to quarantine, exit 1."""
    write_chain("bad.toml", "raises", "shout")
    done = cli("clean", "--chain", "bad.toml", stdin=TEXT)
    assert (done.code, done.out) == (1, LOUD)
    assert "stage 'raises' on <stdin>: raised RuntimeError: no paper in the printer" in done.err
    assert Path("copydesk-quarantine/stdin").read_bytes() == TEXT
    assert "Traceback" in Path("copydesk-quarantine/stdin.why.jsonl").read_text(encoding="utf-8")


def test_on_error_skip_leaves_the_document_out(cli: Run) -> None:
    """Nothing is written but the quarantine, and the next document is cleaned."""
    write_chain("bad.toml", "raises")
    Path("a.txt").write_bytes(TEXT)
    Path("b.txt").write_bytes(TEXT)
    done = cli("clean", "a.txt", "b.txt", "--output-dir", "out", "--on-error", "skip", "--chain", "bad.toml")
    assert done.code == 1
    assert sorted(p.name for p in Path("out").iterdir()) == [".copydesk", "quarantine", "run.json"]
    assert Path("out/quarantine/b.txt").read_bytes() == TEXT


def test_on_error_fail_stops(cli: Run) -> None:
    """The first failure ends the run."""
    write_chain("bad.toml", "raises")
    Path("a.txt").write_bytes(TEXT)
    Path("b.txt").write_bytes(TEXT)
    done = cli("clean", "a.txt", "b.txt", "--output-dir", "out", "--on-error", "fail", "--chain", "bad.toml")
    assert done.code == 1
    assert done.err.count("no paper") == 1
    assert "stopped at the first failure" in done.err


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["a", "b"], "2 inputs need --output-dir"),
        (["folder"], "folder is a folder; say with --output-dir"),
        (["a", "--in-place", "-o", "b"], "-o and --in-place cannot both say"),
        (["--in-place"], "--in-place needs files"),
        (["a", "--chain", "nwes"], 'there is no chain "nwes". Did you mean "news"?'),
        (["a", "--chain", "broken.toml"], "broken.toml: not valid TOML"),
        (["a", "--set", "markers"], "KEY=VALUE is expected"),
        (["a", "--skip", "shuot", *CHAIN], 'the chain has no stage "shuot". Did you mean "shout"?'),
        (["a", "--no-such-option"], "No such option"),
        (["a", "--on-error", "perhaps"], "'keep', 'skip', 'fail'"),
    ],
)
def test_wrong_usage_is_explained(args: list[str], problem: str, cli: Run) -> None:
    """Exit code 2, a message, and nothing written."""
    Path("folder").mkdir()
    Path("broken.toml").write_text("stages = [", encoding="utf-8")
    done = cli("clean", *args)
    assert done.code == 2
    assert problem in done.err
    assert done.out == b""


def test_two_inputs_of_one_name_are_refused(cli: Run) -> None:
    """Neither may be lost under the other."""
    for name in ("one/a.txt", "two/a.txt"):
        Path(name).parent.mkdir()
        Path(name).write_bytes(TEXT)
    done = cli("clean", "one/a.txt", "two/a.txt", "--output-dir", "out", *CHAIN)
    assert done.code == 2
    assert "would both be written to" in done.err


def test_inputs_that_cannot_be_read_cost_no_other(cli: Run) -> None:
    """A missing file is named, the others are cleaned, exit 1."""
    Path("a.txt").write_bytes(TEXT)
    done = cli("clean", "none.txt", "a.txt", "--output-dir", "out", *CHAIN)
    assert done.code == 1
    assert "none.txt: cannot be read: No such file or directory" in done.err
    assert Path("out/a.txt").read_bytes() == LOUD


def test_an_output_that_cannot_be_written_leaves_nothing(cli: Run) -> None:
    """No half-written file, no file beside it."""
    Path("a.txt").write_bytes(TEXT)
    done = cli("clean", "a.txt", "-o", "none/b.txt/c", *CHAIN)
    assert done.code == 0
    Path("file").write_bytes(b"")
    done = cli("clean", "a.txt", "-o", "file/b.txt", *CHAIN)
    assert done.code == 1
    assert "file" in done.err
    done = cli("clean", "a.txt", "-o", ".", *CHAIN)
    assert done.code == 1
    assert not list(Path().glob(".*.part"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """Writing to a device without space: a message, exit 1, no traceback."""
    (tmp_path / "a.txt").write_bytes(TEXT)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "copydesk", "clean", "--chain", DEDUPE, "a.txt"],
            stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")
def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    """`copydesk clean ... | head` is no error worth a message."""
    line = b'{"text": "' + b"word " * 2000 + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(line * 200)
    command = [sys.executable, "-m", "copydesk", "clean", "--chain", DEDUPE, "a.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait() == 141
    assert errors == b""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")
def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    """Ctrl-C: a word, exit 130, no traceback, and no half-written file."""
    command = [sys.executable, "-m", "copydesk", "clean", "--chain", DEDUPE, "--jsonl", "-o", "out.jsonl"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b'{"text": "a"}\n')
        process.stdin.flush()
        for _ in range(200):
            if list(tmp_path.glob(".out.jsonl.*.part")):
                break
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        errors = process.stderr.read()
        assert process.wait() == 130
    assert errors.strip() == b"copydesk: interrupted"
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_gets_each_json_line_at_once(tmp_path: Path) -> None:
    """A reader down the pipe sees a line as soon as it is clean."""
    command = [sys.executable, "-m", "copydesk", "clean", "--chain", DEDUPE, "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"text": "a"}\n')
        process.stdin.flush()
        assert process.stdout.readline().startswith(b'{"text": "a", "copydesk": ')
        process.stdin.close()
        assert process.wait() == 0


def test_a_project_chain_is_found(cli: Run) -> None:
    """`[tool.copydesk]` of pyproject.toml in the working folder is the default chain."""
    Path("pyproject.toml").write_text('[tool.copydesk]\nstages = ["shout"]\n', encoding="utf-8")
    assert cli("clean", stdin=TEXT).out == LOUD


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("clean <&-", 1),
        ("clean a.txt >&-", 1),
        ("clean a.txt -o b.txt >&-", 0),
        ("clean gone.txt 2>&-", 1),
        ("explain a.txt >&-", 1),
    ],
)
def test_a_standard_stream_that_is_closed(tmp_path: Path, command: str, code: int) -> None:
    """It is an error only where it is needed, has a message, and messages never go where data goes."""
    (tmp_path / "a.txt").write_bytes(TEXT)
    shell = f"{sys.executable} -m copydesk {command}"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, input=TEXT, capture_output=True, check=False)
    assert done.returncode == code
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    assert (b"Bad file descriptor" in done.stderr) == (code == 1 and "2>&-" not in command)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("command", ["explain", "diff minimal news"])
def test_no_encoding_of_standard_output_stops_a_view(tmp_path: Path, encoding: str, command: str) -> None:
    """What does not go to a terminal is UTF-8, whatever the locale says."""
    (tmp_path / "a.txt").write_text("Share\n\nThe café of Žižkov reopened on Monday.\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", *command.split(), "a.txt"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not done.stdout.decode("utf-8").isascii()


@pytest.mark.parametrize(
    "command",
    [
        "clean a.txt --edits a.txt",
        "clean a.txt --edits ./a.txt",
        "clean a.txt -o ./a.txt",
        "clean --jsonl a.txt -o soft.txt",
        "clean a.txt -o hard.txt",
        "clean soft.txt -o hard.txt",
        "clean --check hard.txt a.txt -o soft.txt",
        "clean --in-place a.txt --edits a.txt",
        "clean a.txt -o b.txt --edits b.txt",
        "explain a.txt --html -o a.txt",
        "diff minimal news a.txt --html -o a.txt",
        "learn a.txt -o a.txt",
        "undo a.txt --edits e.jsonl -o e.jsonl",
        "undo a.txt --edits e.jsonl --stage dedupe --edits-out a.txt",
        "undo a.txt --edits e.jsonl --stage dedupe -o b.txt --edits-out b.txt",
    ],
)
def test_no_file_is_written_over_that_is_read(command: str, cli: Run) -> None:
    """Nor are two outputs one file: the message names the option, and nothing is touched."""
    Path("a.txt").write_bytes(TEXT)
    Path("soft.txt").symlink_to("a.txt")
    Path("hard.txt").hardlink_to("a.txt")
    Path("e.jsonl").write_bytes(b"")
    done = cli(*command.split())
    assert done.code == 2
    assert "would write over" in done.err
    assert (Path("a.txt").read_bytes(), Path("e.jsonl").read_bytes()) == (TEXT, b"")
    assert not Path("b.txt").exists()
    assert ("--in-place," in done.err) == (command.startswith("clean") and "--edits" not in command)


def test_a_dash_as_output_is_standard_output(cli: Run) -> None:
    """As everywhere else; no file of that name appears."""
    Path("a.txt").write_bytes(TEXT)
    assert cli("clean", "a.txt", "-o", "-", *CHAIN).out == LOUD
    assert not Path("-").exists()


def test_two_formats_of_one_input(cli: Run) -> None:
    """It is told which options speak of different ones; the same twice is fine."""
    done = cli("clean", "--html", "--jsonl", stdin=TEXT)
    assert done.code == 2
    assert "not html and jsonl" in done.err
    assert cli("clean", "--jsonl", "--format", "jsonl", *CHAIN, stdin=b"").code == 0
    assert "--edits names a file" in cli("clean", "--edits", "-", *CHAIN, stdin=TEXT).err


def test_a_document_longer_than_allowed(cli: Run) -> None:
    """A single file keeps the bound as one in a folder does."""
    Path("a.txt").write_bytes(TEXT)
    done = cli("clean", "a.txt", "--max-chars", "1", *CHAIN)
    assert (done.code, done.out) == (1, b"")
    assert "holds more than 1 characters; allow more with --max-chars" in done.err
    done = cli("clean", "a.txt", "--max-chars", len(TEXT) - 1, *CHAIN)
    assert (done.code, done.out) == (1, b"")
    assert f"a.txt: has {len(TEXT)} characters, more than --max-chars {len(TEXT) - 1} allows" in done.err
    assert cli("clean", "a.txt", "--max-chars", len(TEXT), *CHAIN).code == 0


def test_standard_input_is_known_by_how_it_begins(cli: Run) -> None:
    """As a file without an ending is: compressed or not, a page, JSON Lines, or text, whatever pieces it comes in."""
    line = b'{"text": "a"}\n'
    assert cli("clean", *CHAIN, stdin=gzip.compress(TEXT)).out == LOUD
    assert b'"text": "A!"' in cli("clean", *CHAIN, stdin=line * 200).out
    assert cli("clean", *CHAIN, "--jsonl", stdin=gzip.compress(line)).out == cli("clean", *CHAIN, stdin=line).out
    assert b"<p>" not in cli("clean", stdin=b"<!DOCTYPE html>\n<body><p>The ferry was late again.</p></body>").out
    assert cli("clean", *CHAIN, "--format", "text", stdin=line).out == line.strip().upper() + b"!\n"
    done = cli("clean", *CHAIN, stdin=gzip.compress(TEXT * 100)[:-10])
    assert (done.code, done.out) == (1, b"")
    assert "<stdin>: is cut off: its compressed data ends too early" in done.err
    done = cli("clean", *CHAIN, stdin=b'{\n "text": "a"\n}\n')
    assert done.code == 1
    assert "<stdin>: holds one JSON value over several lines" in done.err


def test_a_hook_may_name_the_records_too(cli: Run) -> None:
    """As `*` does: with --check and --in-place alike they are no documents."""
    Path("a.txt").write_bytes(TEXT)
    assert cli("clean", "--check", "a.txt", *CHAIN).code == 3
    assert cli("clean", "--in-place", "a.txt", *CHAIN).code == 0
    done = cli("clean", "--check", "a.txt", "a.txt.edits.jsonl", "--chain", "minimal")
    assert (done.code, "1 document: 0 would change, 0 failed" in done.err) == (0, True), done.err
    assert cli("clean", "--in-place", "a.txt", "a.txt.edits.jsonl", *CHAIN).code == 0
    assert cli("undo", "a.txt").out == TEXT


def test_in_place_twice_keeps_the_way_back(cli: Run) -> None:
    """The same chain leaves a cleaned file and its record alone, another refuses, and a new text is a new start."""
    Path("a.txt").write_bytes(TEXT)
    write_chain("other.toml", "shout", "dedupe")
    assert cli("clean", "--in-place", "a.txt", *CHAIN).code == 0
    record = Path("a.txt.edits.jsonl").read_bytes()
    assert cli("clean", "--in-place", "a.txt", *CHAIN).code == 0
    refused = cli("clean", "--in-place", "a.txt", "--chain", "other.toml")
    assert refused.code == 1
    assert "was cleaned in place before" in refused.err
    assert (Path("a.txt").read_bytes(), Path("a.txt.edits.jsonl").read_bytes()) == (LOUD, record)
    assert cli("undo", "--in-place", "a.txt").code == 0
    assert Path("a.txt").read_bytes() == TEXT
    assert cli("clean", "--in-place", "a.txt", "--chain", "other.toml").code == 0


def test_in_place_loses_no_line(cli: Run) -> None:
    """Lines that fail lie in quarantine, and a second run, which would fail on every line, touches nothing."""
    Path("a.jsonl").write_bytes(b'{"text": "one"}\nno line\n')
    assert cli("clean", "--in-place", "a.jsonl", *CHAIN).code == 1
    assert Path("copydesk-quarantine/a.jsonl").read_bytes() == b"no line\n"
    cleaned, record = Path("a.jsonl").read_bytes(), Path("a.jsonl.edits.jsonl").read_bytes()
    again = cli("clean", "--in-place", "a.jsonl", *CHAIN)
    assert again.code == 1
    assert "copydesk undo --in-place a.jsonl" in again.err
    assert (Path("a.jsonl").read_bytes(), Path("a.jsonl.edits.jsonl").read_bytes()) == (cleaned, record)
    assert cli("undo", "--in-place", "a.jsonl").code == 0
    assert Path("a.jsonl").read_bytes() == b'{"text": "one"}\n'


def test_an_archive_is_not_replaced_by_its_text(cli: Run) -> None:
    """There would be no way back from JSON Lines to WARC."""
    Path("a.warc").write_bytes(b"WARC/1.0\r\n")
    done = cli("clean", "--in-place", "a.warc")
    assert done.code == 1
    assert "cannot take its place" in done.err
    assert Path("a.warc").read_bytes() == b"WARC/1.0\r\n"


@pytest.mark.parametrize(
    ("project", "code", "message"),
    [
        ("[tool]\ncopydesk = 5\n", 2, "pyproject.toml: has no table [tool.copydesk]"),
        ('[tool.copydesk]\nstages = ["shout"\n', 2, "pyproject.toml: not valid TOML"),
        ("tool = 5\n", 0, ""),
        ("[project\n", 0, ""),
    ],
)
def test_a_project_file_that_is_wrong(project: str, code: int, message: str, cli: Run) -> None:
    """It is told where it means to hold a chain, and is none of copydesk's business otherwise."""
    Path("pyproject.toml").write_text(project, encoding="utf-8")
    done = cli("clean", stdin=b"")
    assert done.code == code
    assert message in done.err


@pytest.mark.parametrize("seconds", ["nan", "inf", "0"])
def test_a_time_that_never_ends_is_no_bound(seconds: str, cli: Run) -> None:
    """A watchdog that compares with such a number would never bark."""
    Path("a.txt").write_bytes(TEXT)
    done = cli("clean", "a.txt", "--output-dir", "out", "--timeout", seconds, *CHAIN)
    assert done.code == 2
    assert "--timeout" in done.err


@pytest.mark.parametrize("args", [("",), ("", "--output-dir", "out"), ("", "--in-place")])
def test_an_empty_path_is_not_this_folder(args: tuple[str, ...], cli: Run) -> None:
    """A shell gives one for a variable that is not set."""
    Path("a.txt").write_bytes(TEXT)
    done = cli("clean", *args)
    assert (done.code, done.out) == (2, b"")
    assert "a PATH is empty" in done.err
    assert Path("a.txt").read_bytes() == TEXT


@pytest.mark.skipif(sys.platform == "win32", reason="pipes with names")
def test_a_pipe_has_no_place(cli: Run) -> None:
    """It is told at once, not waited for."""
    os.mkfifo("pipe.txt")
    done = cli("clean", "--in-place", "pipe.txt")
    assert done.code == 1
    assert "is a pipe or a device" in done.err


def test_a_width_of_nothing_is_no_width(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views are not empty where there is no window."""
    monkeypatch.setenv("COLUMNS", "0")
    assert b"<stdin>" in cli("explain", *CHAIN, stdin=TEXT).out


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("nonsense", ""),
        ("windws-1251", 'Did you mean "windows-1251"?'),
        ("rot13", ""),
        ("", ""),
        ("idna", ""),
        ("utf-7", ""),
    ],
)
@pytest.mark.parametrize("command", ["clean", "explain"])
def test_a_charset_that_does_not_exist_is_said(command: str, label: str, hint: str, cli: Run) -> None:
    """It was meant to decide what the bytes say."""
    done = cli(command, "--chain", "minimal", "--charset", label, stdin="Привет\n".encode("koi8-r"))
    assert done.code == 2
    assert f"--charset {label!r} is no charset that text can be read with" in done.err
    assert hint in done.err
    assert done.out == b""


@pytest.mark.parametrize(
    ("label", "text", "encoding"),
    [
        *((label, "Привет\n", "cp1251") for label in ("windows-1251", "CP1251", "x-cp1251")),
        *((label, "שלום\n", "iso8859-8") for label in ("iso-8859-8", "iso-8859-8-i", "ISO-8859-8-E", "visual")),
        ("windows-31j", "橋は朝に開通\n", "cp932"),
        ("gb_2312-80", "大桥通车\n", "gbk"),
        ("dos-874", "สะพาน\n", "cp874"),
        ("x-mac-ukrainian", "Привіт\n", "mac_cyrillic"),
        ("x-cp1258", "Đưa cô đi\n", "cp1258"),
    ],
)
def test_a_charset_is_known_by_any_of_its_names(label: str, text: str, encoding: str, cli: Run) -> None:
    """Python's, and those of the web; what the option takes, the decoder reads."""
    done = cli("clean", "--chain", "minimal", "--charset", label, stdin=text.encode(encoding))
    assert (done.code, done.out.decode("utf-8")) == (0, text)
