"""A run that was broken off, at whatever moment, goes on where it was; a second run does what is missing or changed."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from copydesk import ConfigError, batch
from copydesk.batch.place import BusyError
from faults import CHAIN, chain, steady, tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
SUPPORT = Path(__file__).parents[2] / "support"


def fill(folder: Path) -> None:
    """Make small files, a compressed file of lines, and some documents that fail."""
    (folder / "sub").mkdir(parents=True)
    for number in range(150):
        word = "RAISE" if number == 60 else "KILL" if number == 77 else f"text {number}"
        (folder / f"sub/{number:03}.txt").write_text(f"{word}\n", encoding="utf-8")
    lines = [json.dumps({"id": n, "text": "EXIT" if n == 700 else f"line {n}"}) for n in range(1200)]
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode() + b"\n", mtime=0))


def command(base: Path, *more: str) -> list[str]:
    (base / "chain.toml").write_text(CHAIN + "sleep = 0.002\n", encoding="utf-8")
    args = [
        "clean",
        "in",
        "--output-dir",
        "out",
        "--chain",
        "chain.toml",
        "--workers",
        "2",
        "--edits",
        "edits.jsonl.gz",
    ]
    return [sys.executable, "-m", "copydesk", *args, *more]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SUPPORT)}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    base = tmp_path_factory.mktemp("unbroken")
    fill(base / "in")
    start = time.monotonic()
    done = subprocess.run(command(base), cwd=base, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "1,348 documents" in done.stderr
    return base, time.monotonic() - start


def test_killed_at_any_moment_the_result_is_the_same(unbroken: tuple[Path, float], tmp_path: Path) -> None:
    """Output, records, quarantine and report, byte for byte; nothing half-written, no process left behind."""
    base, seconds = unbroken
    fill(tmp_path / "in")
    dice = random.Random(4)
    kills = 0
    for _ in range(6):
        process = subprocess.Popen(
            command(tmp_path), cwd=tmp_path, env=environment() | {"COPYDESK_TEST": "kill-9"},
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(timeout=dice.uniform(0.3, 0.6) * seconds)
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
    done = subprocess.run(
        command(tmp_path), cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert kills
    assert tree(tmp_path / "out") == tree(base / "out")
    assert (tmp_path / "edits.jsonl.gz").read_bytes() == (base / "edits.jsonl.gz").read_bytes()
    reports = [json.loads((folder / "out/run.json").read_text(encoding="utf-8")) for folder in (tmp_path, base)]
    assert reports[0].pop("timing") != reports[1].pop("timing")
    assert reports[0] == reports[1]
    kept = [
        {path.relative_to(folder / "out/quarantine").as_posix(): path.read_bytes()
         for path in (folder / "out/quarantine").rglob("*") if path.is_file() and not path.name.endswith(".why.json")}
        for folder in (tmp_path, base)
    ]  # fmt: skip
    assert kept[0] == kept[1]
    assert len(kept[0]) == 3
    if sys.platform == "linux":
        for _ in range(100):
            if not left_behind():
                break
            time.sleep(0.1)
        assert not left_behind()


def left_behind() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if b"COPYDESK_TEST=kill-9" in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def test_interrupted_once_it_finishes_what_is_at_work(tmp_path: Path) -> None:
    """Exit 130, everything that was begun is written down, and the command to go on is said."""
    fill(tmp_path / "in")
    process = subprocess.Popen(
        command(tmp_path, "--exclude", "*.gz", "--workers", "1"), cwd=tmp_path, env=environment(),
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while process.poll() is None and not list((tmp_path / "out").glob("sub/*.txt")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Run the same command again to go on" in errors
    assert "Traceback" not in errors
    values = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))
    assert 0 < values["inputs"]["done"] < 149
    assert values["inputs"]["done"] == len(tree(tmp_path / "out"))


def test_a_second_run_does_what_is_missing_or_changed(tmp_path: Path) -> None:
    """Untouched files are not read, touched ones are compared, changed and lost ones are cleaned again."""
    source = tmp_path / "in"
    source.mkdir()
    for name in "abcd":
        (source / f"{name}.txt").write_text(f"text {name}\n", encoding="utf-8")
    first = batch.clean([source], tmp_path / "out", chain=chain(), workers=1)
    before = {name: (tmp_path / f"out/{name}.txt").stat().st_mtime_ns for name in "abcd"}
    (source / "b.txt").write_text("new text\n", encoding="utf-8")
    os.utime(source / "c.txt")
    (tmp_path / "out/d.txt").unlink()
    (source / "e.txt").write_text("more\n", encoding="utf-8")
    (source / "a.txt").touch(exist_ok=True)
    second = batch.clean([source], tmp_path / "out", chain=chain(), workers=1)
    assert (first.documents, second.documents) == (4, 5)
    assert second.values["timing"]["cleaned"] == 3
    assert {name for name in "abc" if (tmp_path / f"out/{name}.txt").stat().st_mtime_ns == before[name]} == {"a", "c"}
    assert (tmp_path / "out/b.txt").read_bytes() == b"NEW TEXT\n"
    third = batch.clean([source], tmp_path / "out", chain=chain(), workers=1)
    assert third.values["timing"]["cleaned"] == 0
    assert steady(third) == steady(second)


def test_a_report_is_the_same_in_one_go_and_in_ten(tmp_path: Path) -> None:
    """But for its key `timing`."""
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / f"in/{number:02}.txt").write_text("RAISE\n" if number % 7 == 3 else f"text {number}\n" * number)
    whole = batch.clean([tmp_path / "in"], tmp_path / "one", chain=chain(), workers=1)
    for stop in range(4, 41, 4):
        names = [f"{number:02}.txt" for number in range(stop)]
        parts = batch.clean([tmp_path / "in"], tmp_path / "ten", chain=chain(), include=names, workers=1)
    assert steady(parts) == steady(whole)
    assert whole.values["most_changed"][0]["document"] == "39.txt"


def test_another_chain_is_refused_without_force(tmp_path: Path) -> None:
    """Half of one and half of another would be no result."""
    (tmp_path / "a.txt").write_text("a\n", encoding="utf-8")
    batch.clean([tmp_path / "a.txt"], tmp_path / "out", chain=chain(), workers=1)
    with pytest.raises(ConfigError, match=r"begun with other settings: chain was .*Give --force"):
        batch.clean([tmp_path / "a.txt"], tmp_path / "out", chain=chain(0.001), workers=1)
    with pytest.raises(ConfigError, match="--field was text, now body"):
        batch.clean([tmp_path / "a.txt"], tmp_path / "out", chain=chain(), field="body", workers=1)
    report = batch.clean([tmp_path / "a.txt"], tmp_path / "out", chain=chain(0.001), force=True, workers=1)
    assert report.values["timing"]["cleaned"] == 1


def test_retry_puts_documents_where_they_belong(tmp_path: Path) -> None:
    """Out of quarantine, into their place in large files too; nothing else is cleaned again."""
    ready = tmp_path / "ready"
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(f"NEEDS {ready}\n", encoding="utf-8")
    rows = [json.dumps({"text": f"NEEDS {ready}" if n in (3, 299) else f"text {n}"}) + "\n" for n in range(300)]
    (tmp_path / "in/x.jsonl").write_text("".join(rows), encoding="utf-8")
    report = batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), workers=1)
    assert (report.documents, report.failed) == (298, 3)
    assert sum(path.is_file() for path in (tmp_path / "out/quarantine").rglob("*")) == 6
    ready.touch()
    again = batch.retry(tmp_path / "out", workers=1)
    assert (again.documents, again.failed) == (301, 0)
    assert again.values["timing"]["cleaned"] < 60
    assert not (tmp_path / "out/quarantine").exists()
    lines = (tmp_path / "out/x.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[3])["text"] == json.loads(lines[299])["text"] == f"NEEDS {ready}".upper()
    assert len(lines) == 300
    assert not any((tmp_path / "out/.copydesk/parts").iterdir())


def test_retry_wants_a_run(tmp_path: Path) -> None:
    """And says what it looked for."""
    with pytest.raises(batch.InputError, match="no run was made here"):
        batch.retry(tmp_path)


def test_two_runs_on_one_destination(tmp_path: Path) -> None:
    """The second is refused and told of the first."""
    fill(tmp_path / "in")
    with subprocess.Popen(command(tmp_path), cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL) as process:
        lock = tmp_path / "out/.copydesk/lock"
        while not lock.exists() or not lock.read_bytes():
            time.sleep(0.02)
        with pytest.raises(BusyError, match=f"another run is at work on this destination .process {process.pid} on "):
            batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), workers=1)
        process.kill()
