"""`copydesk clean --output-dir` and `copydesk retry`, as an operator uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from running import Run

CHAIN = ("--chain", "shout.toml")


@pytest.fixture
def folder(cli: Run) -> Path:
    """Make `in` with a few files in the working folder."""
    for name in ("a.txt", "b.md", "sub/c.txt", "sub/deep/d.txt"):
        path = Path("in") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", encoding="utf-8")
    return Path("in")


def outputs(below: str = "out") -> set[str]:
    found = (path.relative_to(below).as_posix() for path in Path(below).rglob("*") if path.is_file())
    kept = (".copydesk", "run.json", "quarantine")
    return {name for name in found if not name.startswith(kept) and not name.endswith(".edits.jsonl")}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--include", "*.txt"], {"a.txt", "sub/c.txt", "sub/deep/d.txt"}),
        (["--exclude", "sub/*"], {"a.txt", "b.md"}),
        (["--include", "*.txt", "--exclude", "d.*", "--exclude", "a.txt"], {"sub/c.txt"}),
    ],
)
def test_patterns(options: list[str], found: set[str], cli: Run, folder: Path) -> None:
    """Without a slash for the last part of a name, with one for the whole."""
    assert cli("clean", folder, "--output-dir", "out", *CHAIN, *options).code == 0
    assert outputs() == found


@pytest.mark.parametrize(("separator", "option"), [(b"\n", []), (b"\r\n", []), (b"\0", ["-0"])])
def test_a_list_of_files(separator: bytes, option: list[str], cli: Run, folder: Path) -> None:
    """On standard input or in a file; outputs are called as the list says."""
    listed = separator.join([b"in/a.txt", b"in/sub/c.txt"]) + separator
    assert cli("clean", "--files-from", "-", *option, "--output-dir", "out", *CHAIN, stdin=listed).code == 0
    assert outputs() == {"in/a.txt", "in/sub/c.txt"}
    Path("list").write_bytes(listed)
    assert cli("clean", "--files-from", "list", *option, "--output-dir", "out", *CHAIN).code == 0


def test_a_dry_run_writes_nothing(cli: Run, folder: Path) -> None:
    """It says what would be written where, and after a run that there is nothing to do."""
    done = cli("clean", folder, "--output-dir", "out", "--dry-run", *CHAIN)
    assert done.code == 0
    lines = done.out.decode().splitlines()
    assert len(lines) == 4
    assert lines[0].endswith("in/a.txt -> out/a.txt")
    assert "4 files to do; nothing was written" in done.err
    assert not Path("out/a.txt").exists()
    cli("clean", folder, "--output-dir", "out", *CHAIN)
    assert cli("clean", folder, "--output-dir", "out", "--dry-run", *CHAIN).out == b""


def test_a_sample_is_the_same_each_time(cli: Run) -> None:
    """So many files, and so many documents of a large one."""
    Path("in").mkdir()
    for number in range(30):
        Path(f"in/{number}.txt").write_text("x\n", encoding="utf-8")
    Path("in/x.jsonl").write_text('{"text": "x"}\n' * 50, encoding="utf-8")
    found = []
    for target in ("one", "two"):
        assert cli("clean", "in", "--output-dir", target, "--sample", "5", *CHAIN).code == 0
        found.append(sorted(path.name for path in Path(target).iterdir() if path.suffix in (".txt", ".jsonl")))
    assert found[0] == found[1]
    assert len(found[0]) == 5
    assert cli("clean", "in/x.jsonl", "--output-dir", "three", "--sample", "5", *CHAIN).code == 0
    assert len(Path("three/x.jsonl").read_bytes().splitlines()) == 5
    done = cli("clean", "in", "--output-dir", "one", *CHAIN)
    assert done.code == 2
    assert "--sample was 5, now not set" in done.err


def test_records_in_a_folder_undo_each_file(cli: Run, folder: Path) -> None:
    """`--edits DIR` mirrors the outputs."""
    assert cli("clean", folder, "--output-dir", "out", "--edits", "edits", *CHAIN).code == 0
    for name in outputs():
        assert cli("undo", f"out/{name}", "--edits", f"edits/{name}.edits.jsonl").out == f"{name}\n".encode()


def test_what_one_run_wrote_is_what_another_reads(cli: Run, folder: Path) -> None:
    """Its outputs, and not its report, its records or its quarantine, whichever command walks the folder."""
    Path(folder, "broken.txt").write_bytes(b"\xff\n")
    assert cli("clean", folder, "--output-dir", "out", "--edits", "out/edits", *CHAIN).code == 1
    assert Path("out/quarantine/broken.txt").exists()
    done = cli("clean", "out", "--output-dir", "again", *CHAIN)
    assert (done.code, outputs("again")) == (0, outputs()), done.err
    assert cli("clean", "out", "--check", *CHAIN).code == 3
    assert cli("clean", "out", "--in-place", *CHAIN).code == 0
    done = cli("clean", "out", "--output-dir", "third", *CHAIN)
    assert (done.code, outputs("third")) == (0, outputs("again")), done.err


def test_what_is_left_out_of_a_folder_for_its_name_is_said(cli: Run, folder: Path) -> None:
    """A user's own file can be called like a record; one beside the file that it speaks of is a record."""
    Path(folder, "film.edits.jsonl").write_bytes(b'{"text": "a list of cuts"}\n')
    Path(folder, "a.txt.edits.jsonl").touch()
    done = cli("clean", folder, "--output-dir", "out", *CHAIN)
    assert "in: left out, being called like what runs keep: film.edits.jsonl. Name" in done.err
    assert "a.txt.edits.jsonl" not in done.err
    assert cli("clean", folder / "film.edits.jsonl", "--output-dir", "two", *CHAIN).code == 0
    assert Path("two", "film.edits.jsonl").exists()


def test_records_of_lines_stand_in_the_order_of_the_lines(cli: Run) -> None:
    """However many processes cleaned them."""
    rows = [json.dumps({"text": f"text {number}"}) for number in range(600)]
    Path("x.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert cli("clean", "x.jsonl", "--output-dir", "out", "--edits", "all.jsonl", "--workers", "3", *CHAIN).code == 0
    headers = [row for row in map(json.loads, Path("all.jsonl").read_bytes().splitlines()) if "document" in row]
    assert [row["document"] for row in headers] == [f"x.jsonl:{number}" for number in range(1, 601)]


def test_html_gets_an_ending_where_it_becomes_text(cli: Run) -> None:
    """A page that is no page any more is not called one."""
    Path("a.html").write_text("<p>one</p>", encoding="utf-8")
    Path("early.toml").write_text('stages = ["early"]\n', encoding="utf-8")
    assert cli("clean", "a.html", "--output-dir", "out", "--chain", "early.toml").code == 0
    assert cli("clean", "a.html", "--output-dir", "other", *CHAIN).code == 0
    assert outputs() == {"a.html.txt"}
    assert Path("other/a.html").exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["a.txt", "--workers", "2"], "--workers goes with --output-dir and files or folders"),
        (["--dry-run"], "--dry-run goes with --output-dir and files or folders"),
        (["a.txt", "--output-dir", "out", "--memory-limit", "lots"], "'lots' is no size; write bytes, or such as 512M"),
        (["a.txt", "--output-dir", "out", "--workers", "0"], "0 is not in the range"),
        (["a.txt", "--output-dir", "out", "--format", "word"], "'word' is not one of"),
        (["a.txt", "--output-dir", "s3://bucket/out"], "give --state DIR, a local folder for the manifest"),
    ],
)
def test_wrong_usage(options: list[str], problem: str, cli: Run) -> None:
    """Exit 2, a message, nothing written."""
    Path("a.txt").write_text("a\n", encoding="utf-8")
    done = cli("clean", *options, *CHAIN)
    assert done.code == 2
    assert problem in done.err
    assert not Path("out").exists()


def test_failures_are_said_and_retried(cli: Run, folder: Path) -> None:
    """Exit 1 as long as something is in quarantine, in later runs too; then `copydesk retry`."""
    Path("in/bad.txt").write_bytes(b"\xff\xfe\xff")
    done = cli("clean", folder, "--output-dir", "out", *CHAIN)
    assert done.code == 1
    assert "bad.txt: not UTF-8" in done.err
    assert "what failed is in quarantine" in done.err
    assert cli("clean", folder, "--output-dir", "out", *CHAIN).code == 1
    done = cli("retry", "out")
    assert done.code == 1
    assert "trying 1 document again" in done.err
    why = json.loads(Path("out/quarantine/bad.txt.why.json").read_text(encoding="utf-8"))
    assert why["then"] == "copydesk retry out"
    assert cli(*why["command"].split()[1:]).code == 1
    Path("in/bad.txt").write_bytes(b"good\n")
    assert cli("clean", folder, "--output-dir", "out", *CHAIN).code == 0
    assert not Path("out/quarantine").exists()


def test_retry_needs_a_run(cli: Run) -> None:
    """And says so."""
    done = cli("retry", "nowhere")
    assert done.code == 1
    assert "nowhere: no run was made here" in done.err


def test_one_file_starts_no_process_and_no_database(tmp_path: Path) -> None:
    """What a folder needs is not paid for by a single file or a pipe."""
    (tmp_path / "chain.toml").write_text('stages = ["dedupe"]\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text("a\n", encoding="utf-8")
    script = (
        "import sys\nfrom copydesk.cli import main\ntry:\n    main(['clean', 'a.txt', '--chain', 'chain.toml'])\n"
        "except SystemExit as stop:\n    assert not stop.code\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {
        "multiprocessing",
        "sqlite3",
        "pyarrow",
        "concurrent.futures.process",
        "copydesk.batch",
        "isal",
    }


def test_a_log_gets_a_line_now_and_then(tmp_path: Path) -> None:
    """And a terminal one line that is replaced; with how far it is, how fast, and what failed."""
    from copydesk.cli import _batch

    said: list[str] = []
    progress = _batch.Progress()
    progress._next = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_batch, "say", said.append)
        progress.working(50, 120, 3, 200, 0.25)
        progress.working(60, 140, 3, 200, 0.3)
    assert len(said) == 1
    assert said[0].startswith("50/200 files (25%), 120 documents, ")
    assert said[0].endswith("3 failed")
