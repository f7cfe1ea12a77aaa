"""A run that was broken off, at whatever moment, goes on where it was; a second run does what is missing or changed."""

from __future__ import annotations

import errno
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
from copydesk.batch.place import BusyError, Place
from faults import CHAIN, chain, steady, tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
SUPPORT = Path(__file__).parents[2] / "support"


def fill(folder: Path, form: str = "jsonl.gz") -> None:
    """Make small files, a large one of that form, and some documents that fail."""
    (folder / "sub").mkdir(parents=True)
    for number in range(150):
        word = "RAISE" if number == 60 else "KILL" if number == 77 else f"text {number}"
        (folder / f"sub/{number:03}.txt").write_text(f"{word}\n", encoding="utf-8")
    rows = [{"id": n, "text": "EXIT" if n == 700 else f"line {n}"} for n in range(1200)]
    if form == "parquet":
        pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
        pytest.importorskip("pyarrow.parquet").write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")
    else:
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "rows.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))


def command(base: Path, *more: str, sleep: float = 0.004) -> list[str]:
    (base / "chain.toml").write_text(f"{CHAIN}sleep = {sleep}\n", encoding="utf-8")
    args = ["clean", "in", "--output-dir", "out", "--chain", "chain.toml", "--workers", "2"]
    return [sys.executable, "-m", "copydesk", *args, "--edits", "edits.jsonl.gz", *more]


def environment(base: Path) -> dict[str, str]:
    """Return where the command finds its stage, and a place for what Python leaves behind where it is killed."""
    (base / "tmp").mkdir(exist_ok=True)
    return {**os.environ, "PYTHONPATH": str(SUPPORT), "TMPDIR": str(base / "tmp"), "COPYDESK_TEST": str(base)}


def progress(base: Path) -> int:
    """Return how much there is of the outputs: small files, and parts of the large one."""
    parts = sum(path.stat().st_size for path in (base / "out/.copydesk").glob("parts/*.out"))
    return len(tree(base / "out")) * 100 + parts


@pytest.mark.parametrize("form", ["jsonl.gz", "parquet"])
def test_killed_at_any_moment_the_result_is_the_same(form: str, tmp_path: Path) -> None:
    """Output, records, quarantine and report, byte for byte; nothing half-written, no process left behind."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for base in (whole, killed):
        fill(base / "in", form)
    done = subprocess.run(
        command(whole), cwd=whole, env=environment(whole), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "1,348 documents" in done.stderr
    dice = random.Random(4)
    kills = 0
    for _ in range(6):
        process = subprocess.Popen(
            command(killed), cwd=killed, env=environment(killed), stderr=subprocess.DEVNULL, start_new_session=True
        )
        # Not after some time, since nobody knows how busy the machine is, but after some progress.
        before, more = progress(killed), dice.randrange(100, 12_000)
        while process.poll() is None and progress(killed) < before + more:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.03))
        kills += process.poll() is None
        process.kill()
        process.wait()
    assert kills
    done = subprocess.run(
        command(killed), cwd=killed, env=environment(killed), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert tree(killed / "out") == tree(whole / "out")
    assert (killed / "edits.jsonl.gz").read_bytes() == (whole / "edits.jsonl.gz").read_bytes()
    reports = [json.loads((folder / "out/run.json").read_text(encoding="utf-8")) for folder in (killed, whole)]
    assert reports[0].pop("timing") != reports[1].pop("timing")
    assert reports[0] == reports[1]
    kept = [
        {path.relative_to(folder / "out/quarantine").as_posix(): path.read_bytes()
         for path in (folder / "out/quarantine").rglob("*") if path.is_file() and not path.name.endswith(".why.json")}
        for folder in (killed, whole)
    ]  # fmt: skip
    assert kept[0] == kept[1]
    assert len(kept[0]) == 3
    assert not list((whole / "tmp").iterdir())
    if sys.platform == "linux":
        for _ in range(300):
            if not left_behind(killed):
                break
            time.sleep(0.1)
        assert not left_behind(killed)


@pytest.mark.skipif(sys.platform != "linux", reason="processes as on Linux")
@pytest.mark.parametrize("harm", ["HANG", "SPIN"])
def test_a_worker_that_hangs_does_not_outlive_a_run_that_is_killed(harm: str, tmp_path: Path) -> None:
    """Whoever holds on to the fork server keeps it alive, and a worker that hangs would keep itself."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(f"{harm}\n", encoding="utf-8")
    words = command(tmp_path, "--timeout", "600")
    with subprocess.Popen(words, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.DEVNULL) as process:
        # The run, its fork server and its tracker of resources, and a worker.
        while len(left_behind(tmp_path)) < 4:
            time.sleep(0.02)
        time.sleep(1)  # for the worker to come to the document
        process.kill()
    for _ in range(300):
        if not left_behind(tmp_path):
            break
        time.sleep(0.1)
    assert not left_behind(tmp_path)


def left_behind(base: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"COPYDESK_TEST={base}\0".encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted(times: int, tmp_path: Path) -> None:
    """Once: what was begun is finished and put down. Twice: at once. Both: exit 130, and nothing lies about."""
    fill(tmp_path / "in")
    words = command(tmp_path, "--exclude", "*.gz", "--workers", "1", sleep=0.02)
    process = subprocess.Popen(
        words, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while process.poll() is None and not list((tmp_path / "out").glob("sub/*.txt")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    if times == 2:
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not list((tmp_path / "tmp").iterdir())
    if times == 1:
        assert "interrupted" in errors
        assert "Run the same command again to go on" in errors
        values = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))
        assert 0 < values["inputs"]["done"] < 149
        assert values["inputs"]["done"] == len(tree(tmp_path / "out"))
    done = subprocess.run(words, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    assert len(tree(tmp_path / "out")) == 149


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
    with subprocess.Popen(
        command(tmp_path), cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.DEVNULL
    ) as process:
        lock = tmp_path / "out/.copydesk/lock"
        while not lock.exists() or not lock.read_bytes():
            time.sleep(0.02)
        with pytest.raises(
            BusyError,
            match=f"another run is at work on this destination .process {process.pid} on .*, cleans into out.;",
        ):
            batch.clean([tmp_path / "in"], tmp_path / "out", chain=chain(), workers=1)
        process.kill()


def test_two_runs_that_keep_their_states_apart(tmp_path: Path) -> None:
    """They share a destination or a state: the second is refused, and told of the first and of its state."""
    (tmp_path / "in.txt").write_text("One.\n", encoding="utf-8")
    first = Place.of(str(tmp_path / "out"), state=str(tmp_path / "first"))
    first.make()
    told = rf"process {os.getpid()} on .* cleans into {tmp_path}/out with --state {tmp_path}/first"
    with first.locked():
        with pytest.raises(BusyError, match=f"another run is at work on this destination .{told}"):
            batch.clean(
                [tmp_path / "in.txt"], tmp_path / "out", chain=chain(), state=str(tmp_path / "second"), workers=1
            )
        with pytest.raises(BusyError, match=f"another run is at work on this --state .{told}"):
            batch.clean(
                [tmp_path / "in.txt"], tmp_path / "other", chain=chain(), state=str(tmp_path / "first"), workers=1
            )
    report = batch.clean(
        [tmp_path / "in.txt"], tmp_path / "out", chain=chain(), state=str(tmp_path / "second"), workers=1
    )
    assert not report.failed


@pytest.mark.parametrize(
    ("second", "taken", "choose"),
    [("two", "--state", "another --state"), ("one", "destination", "another --output-dir")],
)
def test_two_runs_into_remote_places_with_one_state(second: str, taken: str, choose: str, tmp_path: Path) -> None:
    """It is the state that is taken, unless both clean into the same place."""
    pytest.importorskip("fsspec", reason="needs the extra remote")
    state = str(tmp_path / "state")
    first, other = (Place.of(f"memory://bucket/{name}", state=state) for name in ("one", second))
    first.make()
    told = f"at work on this {taken} .process {os.getpid()} on .*, cleans into memory://bucket/one with --state {state}"
    with (
        first.locked(),
        pytest.raises(BusyError, match=f"{told}.; wait for it, stop it, or choose {choose}$"),
        other.locked(),
    ):
        pass
    with other.locked():
        pass


def test_a_file_system_without_locks_lets_a_run_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network file systems are."""
    fcntl = pytest.importorskip("fcntl")

    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    (tmp_path / "in.txt").write_text("One.\n", encoding="utf-8")
    assert not batch.clean([tmp_path / "in.txt"], tmp_path / "out", chain=chain(), workers=1).failed
