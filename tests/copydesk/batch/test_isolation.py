"""Documents that raise, hang, eat memory or take their process down cost no other document."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

import copydesk
from copydesk import batch
from copydesk.batch.job import Entry, Files
from copydesk.batch.pool import Pool
from copydesk.batch.report import Report
from copydesk.batch.worker import Worker, WorkerError
from faults import Heard, Stillborn, chain, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory and signals as on Linux")

#: What a text asks for, and what is said of it.
HARM = {
    "HANG": "takes longer than --timeout 3 allows (in stage 'faulty')",
    "SPIN": "takes longer than --timeout 3 allows (in stage 'faulty')",
    "KILL": "ended its process by SIGKILL (in stage 'faulty')",
    "CRASH": "ended its process by SIGSEGV (in stage 'faulty')",
    "EXIT": "ended its process with exit code 3 (in stage 'faulty')",
    "MEMORY": "needs more memory than --memory-limit 400000000 allows (in stage 'faulty')",
}


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report, Heard]:
    """A run over 60 small files and a file of 400 lines, six of each harmful."""
    base = tmp_path_factory.mktemp("harm")
    (base / "in").mkdir()
    words = list(HARM)
    for number in range(60):
        text = words[number // 10] if number % 10 == 4 else f"text {number}"
        (base / f"in/{number:02}.txt").write_text(f"{text}\n", encoding="utf-8")
    with (base / "in/lines.jsonl").open("w", encoding="utf-8") as file:
        for number in range(400):
            text = words[number // 60] if number % 60 == 30 and number < 360 else f"text {number}"
            file.write(json.dumps({"id": number, "text": text}) + "\n")
    heard = Heard()
    report = batch.clean(
        [base / "in"], base / "out", chain=chain(), timeout=3, memory_limit=400_000_000, workers=2, observer=heard
    )
    return base, report, heard


def test_every_good_document_is_written(harmed: tuple[Path, Report, Heard]) -> None:
    """And none of the bad ones."""
    base, report, _ = harmed
    found = tree(base / "out")
    assert {name for name in found if name.endswith(".txt")} == {f"{n:02}.txt" for n in range(60) if n % 10 != 4}
    assert all(data == f"TEXT {int(name[:2])}\n".encode() for name, data in found.items() if name.endswith(".txt"))
    rows = [json.loads(line) for line in found["lines.jsonl"].splitlines()]
    assert [row["id"] for row in rows] == [n for n in range(400) if not (n % 60 == 30 and n < 360)]
    assert all(row["text"] == f"TEXT {row['id']}" for row in rows)
    assert (report.documents, report.failed) == (54 + 394, 12)


def test_every_bad_document_is_in_quarantine(harmed: tuple[Path, Report, Heard]) -> None:
    """With its bytes, the reason, the stage, a traceback where the process could still write one, and a command."""
    base, _, heard = harmed
    for at, (word, problem) in enumerate(HARM.items()):
        file = base / f"out/quarantine/{at}4.txt"
        line = base / f"out/quarantine/lines.jsonl.d/{at * 60 + 31:08}.jsonl"
        assert file.read_bytes() == f"{word}\n".encode()
        assert json.loads(line.read_bytes()) == {"id": at * 60 + 30, "text": word}
        for path, name in ((file, f"{at}4.txt"), (line, f"lines.jsonl:{at * 60 + 31}")):
            why = json.loads(path.with_name(path.name + ".why.json").read_text(encoding="utf-8"))
            assert (why["document"], why["problem"], why["stage"]) == (name, f"{name}: {problem}", "faulty")
            assert f"{name}: {problem}" in heard.said
            if word in ("HANG", "SPIN", "CRASH"):
                assert "faults.py" in why["traceback"]
            assert shlex.split(why["command"])[-1] == path.as_posix()


def test_the_report_counts_them(harmed: tuple[Path, Report, Heard]) -> None:
    """`run.json` holds what the report holds."""
    base, report, _ = harmed
    values = json.loads((base / "out/run.json").read_text(encoding="utf-8"))
    assert values == report.values
    assert len(values["failures"]) == 12
    assert values["inputs"] == {"done": 55, "todo": 0, "failed": 6, "lost": 0}
    assert values["stages"]["faulty"]["rules"]["loud"]["edits"] == 448
    assert [row["document"] for row in values["failures"]][:2] == ["04.txt", "14.txt"]


@pytest.mark.parametrize(("on_error", "written"), [("keep", True), ("skip", False)])
def test_what_a_stage_raises_is_a_matter_of_on_error(on_error: str, written: bool, tmp_path: Path) -> None:
    """Left out is the stage, or the document; the copy in quarantine is the same."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("RAISE\n", encoding="utf-8")
    (tmp_path / "in/b.txt").write_text("fine\n", encoding="utf-8")
    report = batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), on_error=on_error, workers=1)
    expected = {"b.txt": b"FINE\n"} | ({"a.txt": b"RAISE\n"} if written else {})
    assert tree(tmp_path / "out") == expected
    assert (report.failed, report.values["failed_but_written"]) == (1, int(written))
    assert (tmp_path / "out/quarantine/a.txt").read_bytes() == b"RAISE\n"
    why = json.loads((tmp_path / "out/quarantine/a.txt.why.json").read_text(encoding="utf-8"))
    assert "no paper in the printer" in why["traceback"]
    assert why["stage"] == "faulty"


def test_fail_stops_and_is_taken_up_again(tmp_path: Path) -> None:
    """With `--on-error fail` the run ends at the first failure; the next run tries that document again."""
    (tmp_path / "in").mkdir()
    lines = "".join(json.dumps({"text": text}) + "\n" for text in ["a", "RAISE", "b"])
    (tmp_path / "in/x.jsonl").write_text(lines, encoding="utf-8")
    for _ in range(2):
        report = batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), on_error="fail", workers=1)
        assert "stopped at the first failure" in report.stopped
        assert report.left == 1
        assert tree(tmp_path / "out") == {}


def test_a_process_that_dies_without_a_word_is_bisected(tmp_path: Path) -> None:
    """Where nothing tells which document it was, halves are tried until one is left."""
    texts = [f"text {n}" for n in range(9)]
    texts[6] = "KILL"
    entries = []
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        source, target = str(tmp_path / f"{number}.txt"), str(tmp_path / f"out/{number}.txt")
        entries.append(Entry(number, f"{number}.txt", source, target))
    with Pool(batch.make_job(chain()), 1) as pool:
        look = pool._look

        def forgetful(worker: Worker) -> object:
            worker._board[0] = -1
            return look(worker)

        pool._look = forgetful
        outcomes = list(pool.run(iter([Files(tuple(entries))])))
    assert [failed.name for outcome in outcomes for failed in outcome.failed] == ["6.txt"]
    assert sorted(done.input for outcome in outcomes for done in outcome.done) == [0, 1, 2, 3, 4, 5, 7, 8]


def test_workers_that_cannot_start_end_the_run(tmp_path: Path) -> None:
    """Instead of being started again and again."""
    (tmp_path / "a.txt").write_text("a\n", encoding="utf-8")
    with pytest.raises(WorkerError, match=r"do not start: the last one ended its process with exit code 9.*__main__"):
        batch.clean([tmp_path / "a.txt"], tmp_path / "out", chain=copydesk.Chain.of(Stillborn()), workers=1)
