"""Ray and Spark, started for real: the same bytes as the local pool, and what harms is found all the same."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk import batch
from copydesk.batch.place import BusyError, Place
from faults import CHAIN, tree

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processes as on Linux")
SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of which some documents are harmful, and what the local pool makes of it."""
    base = tmp_path_factory.mktemp("cluster")
    (base / "in/sub").mkdir(parents=True)
    for number in range(150):
        text = {20: "KILL", 140: "RAISE"}.get(number, f"text {number}")
        (base / f"in/sub/{number:03}.txt").write_text(f"{text}\n", encoding="utf-8")
    lines = [json.dumps({"text": "HANG" if n == 333 else f"line {n}"}) + "\n" for n in range(700)]
    (base / "in/x.jsonl").write_text("".join(lines), encoding="utf-8")
    (base / "chain.toml").write_text(CHAIN + "sleep = 0.004\n", encoding="utf-8")
    # For what clusters leave behind where they are killed; short, since there are sockets in it.
    with tempfile.TemporaryDirectory(prefix="t", ignore_cleanup_errors=True) as folder:
        (base / "tmp").symlink_to(folder)
        done = start(base, "local")
        assert done.wait() == 1
        yield base


@pytest.fixture(params=["ray", "spark"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    pytest.importorskip("ray" if name == "ray" else "pyspark", reason=f"needs the extra {name}")
    if name == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    return name


def start(base: Path, engine: str, to: str = "", source: str = "in") -> subprocess.Popen[bytes]:
    to = to or engine
    command = ["clean", source, "--output-dir", to, "--chain", "chain.toml"]
    with (base / f"{to}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "copydesk", *command, "--engine", engine, "--workers", "2", "--timeout", "4"],
            env={**os.environ, "PYTHONPATH": str(SUPPORT), "RAY_USAGE_STATS_ENABLED": "0", "PYTHONWARNINGS": "ignore",
                 "TMPDIR": str((base / "tmp").readlink()), "COPYDESK_TEST": str(base / to)},
            cwd=base, stdout=log, stderr=log,
        )  # fmt: skip


def same(base: Path, one: str, other: str) -> None:
    """Assert that outputs, quarantine and report of two runs are the same; the timing apart."""
    assert tree(base / one) == tree(base / other)
    kept = [{p.name for p in (base / name / "quarantine").rglob("*")} for name in (one, other)]
    assert kept[0] == kept[1]
    reports = [json.loads((base / name / "run.json").read_text(encoding="utf-8")) for name in (one, other)]
    for report in reports:
        del report["timing"]
    assert reports[0] == reports[1]


def test_the_same_bytes_as_the_local_pool(engine: str, source: Path) -> None:
    """Also of what hangs, raises and kills its process."""
    done = start(source, engine)
    assert done.wait(timeout=300) == 1, (source / f"{engine}.log").read_text()
    report = json.loads((source / engine / "run.json").read_text(encoding="utf-8"))
    assert report["timing"]["engine"] == engine
    same(source, engine, "local")


#: What the processes of a cluster are called in which copydesk itself runs.
CALLED = {"ray": b"ray::clean_pickled", "spark": b"pyspark.daemon"}


@LINUX
def test_a_worker_of_the_cluster_that_is_killed(engine: str, source: Path) -> None:
    """Midway: its shards are done elsewhere, and nobody sees it in what comes out."""
    to = f"{engine}-killed"
    done = start(source, engine, to)
    while done.poll() is None and not list((source / to).glob("sub/*.txt")):
        time.sleep(0.02)
    killed = 0
    for pid in processes(source / to, CALLED[engine]):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    assert killed
    assert done.wait(timeout=300) == 1, (source / f"{to}.log").read_text()
    same(source, to, "local")


@LINUX
def test_a_document_that_takes_down_each_worker_of_the_cluster(engine: str, source: Path) -> None:
    """It is found after a bounded number of tries, and goes to quarantine; all others come out."""
    folder = source / f"upset-{engine}"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number:02}.txt").write_text("UPSET\n" if number == 1 else f"text {number}\n", encoding="utf-8")
    rows = [json.dumps({"text": "UPSET" if n == 2 else f"line {n}"}) + "\n" for n in range(4)]
    (folder / "x.jsonl").write_text("".join(rows), encoding="utf-8")
    to = f"{engine}-upset"
    done = start(source, engine, to, folder.name)
    assert done.wait(timeout=300) == 1, (source / f"{to}.log").read_text()
    found = tree(source / to)
    assert {name for name in found if name.endswith(".txt")} == {f"{n:02}.txt" for n in range(4) if n != 1}
    assert len(found["x.jsonl"].splitlines()) == 3
    assert (source / to / "quarantine/01.txt").read_bytes() == b"UPSET\n"
    assert (source / to / "quarantine/x.jsonl.d/00000003.jsonl").read_text(encoding="utf-8") == rows[2]
    said = (source / f"{to}.log").read_text(encoding="utf-8")
    assert "01.txt: its task was lost again and again" in said
    assert "Traceback" not in said


def processes(mark: Path, called: bytes) -> list[int]:
    """Return the processes that were started for a run and are called so."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = f"COPYDESK_TEST={mark}\0".encode() in (path / "environ").read_bytes()
            if ours and called in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_an_engine_that_is_not_installed(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is named with what to install."""
    from copydesk import InputError, batch

    monkeypatch.setitem(sys.modules, "ray" if engine == "ray" else "pyspark", None)
    with pytest.raises(InputError, match=rf"install copydesk\[{engine}\]"):
        batch.clean(["x"], "y", engine=engine)


def test_a_run_on_a_cluster_is_refused_where_another_is_at_work(engine: str, tmp_path: Path) -> None:
    """Before anything is started there, wherever the two keep their states."""
    first = Place.of(str(tmp_path / "out"), state=str(tmp_path / "first"))
    first.make()
    (tmp_path / "in.txt").write_text("One.\n", encoding="utf-8")
    with first.locked(), pytest.raises(BusyError, match=f"this destination .process {os.getpid()} on .*/first"):
        batch.clean([tmp_path / "in.txt"], tmp_path / "out", chain="minimal", engine=engine, state=str(tmp_path / "2"))
