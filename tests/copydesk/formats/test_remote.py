"""Files behind an address: fsspec's memory file system, and a server that speaks S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk import ConfigError, batch
from copydesk.batch.place import BusyError, Place
from copydesk.formats.files import open_plain, stat, whole_file
from faults import CHAIN, Heard, chain

fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture
def memory() -> Iterator[object]:
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_read_and_write(memory: object) -> None:
    """Whole or not at all, as with local files."""
    with whole_file("memory://a/b.txt") as file:
        file.write(b"text")
    with open_plain("memory://a/b.txt") as file:
        assert file.read() == b"text"
    assert stat("memory://a/b.txt").size == 4
    with pytest.raises(KeyError), whole_file("memory://a/c.txt") as file:
        raise KeyError
    assert not memory.exists("/a/c.txt")  # type: ignore[attr-defined]


def test_large_files_from_memory_to_memory(memory: object, tmp_path: Path) -> None:
    """Only the manifest is local; a second run does nothing."""
    rows = [json.dumps({"text": f"text {n}"}) + "\n" for n in range(500)]
    memory.pipe("/in/sub/x.jsonl", "".join(rows).encode())  # type: ignore[attr-defined]
    heard = Heard()
    for cleaned in (500, 0):
        report = batch.clean(
            ["memory://in"], "memory://out", state=str(tmp_path / "state"), chain=chain(), workers=1, observer=heard
        )
        assert heard.said == []
        assert (report.documents, report.values["timing"]["cleaned"]) == (500, cleaned)
    lines = memory.cat("/out/sub/x.jsonl").splitlines()  # type: ignore[attr-defined]
    assert [json.loads(line)["text"] for line in lines] == [f"TEXT {n}" for n in range(500)]
    assert (tmp_path / "state/run.json").exists()


def test_two_runs_with_states_of_their_own(memory: object, tmp_path: Path) -> None:
    """The second is told who is at work on the destination; when that was killed, its own state goes on."""
    memory.pipe("/in/a.jsonl", b'{"text": "one"}\n')  # type: ignore[attr-defined]
    place = Place.of("memory://out", state=str(tmp_path / "first"))
    place.make()

    def run(state: str) -> batch.Report:
        return batch.clean(["memory://in"], "memory://out", state=str(tmp_path / state), chain=chain(), workers=1)

    with place.locked():
        note = memory.cat("/out/.copydesk/lock")  # type: ignore[attr-defined]
        with pytest.raises(BusyError, match=rf"this destination .process {os.getpid()} on .*with --state .*first"):
            run("second")
    assert not memory.exists("/out/.copydesk/lock")  # type: ignore[attr-defined]
    memory.pipe("/out/.copydesk/lock", note)  # type: ignore[attr-defined]  # as a run leaves it that is killed
    with pytest.raises(BusyError, match=r"its own --state, or remove memory://out/.copydesk/lock"):
        run("second")
    assert run("first").documents == 1
    assert run("second").documents == 1


def test_addresses_of_local_files(tmp_path: Path) -> None:
    """A path that begins with a slash keeps it behind its scheme."""
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/sub/a.txt").write_text("text\n", encoding="utf-8")
    source, target = (f"file://{tmp_path.as_posix()}/{name}" for name in ("in", "out"))
    report = batch.clean([source], target, state=str(tmp_path / "state"), chain=chain(), workers=1)
    assert (report.documents, report.failed) == (1, 0)
    assert (tmp_path / "out/sub/a.txt").read_text(encoding="utf-8") == "TEXT\n"


def test_a_remote_destination_needs_a_local_state() -> None:
    """SQLite wants a real file."""
    with pytest.raises(ConfigError, match="give --state DIR, a local folder for the manifest"):
        batch.clean(["memory://in"], "memory://out", chain=chain())


def test_nothing_is_there(memory: object, tmp_path: Path) -> None:
    """A bucket or folder that is empty or misspelt is said."""
    heard = Heard()
    report = batch.clean(["memory://nowhere"], tmp_path / "out", chain=chain(), workers=1, observer=heard)
    assert report.failed == 1
    assert heard.said[0] in ("memory://nowhere: nothing is there", "memory://nowhere: cannot be read: /nowhere")


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """Serve an S3 bucket on loopback; yield the environment in which fsspec finds it."""
    pytest.importorskip("s3fs", reason="needs s3fs")
    server = pytest.importorskip("moto.server", reason="needs moto's server").ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
        "FSSPEC_S3_KEY": "test",
        "FSSPEC_S3_SECRET": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server.stop()


def test_from_bucket_to_bucket(bucket: dict[str, str], tmp_path: Path) -> None:
    """Small files are read and written by the workers themselves, with names and compression as anywhere."""
    fill = (
        "import fsspec, gzip\n"
        "s3 = fsspec.filesystem('s3')\n"
        "s3.mkdir('desk')\n"
        "s3.pipe('desk/in/a.txt', b'one\\n')\n"
        "s3.pipe('desk/in/sub/b.txt.gz', gzip.compress(b'two\\n'))\n"
        "s3.pipe('desk/in/sub/c.jsonl', b'{\"text\": \"three\"}\\n')\n"
        "s3.pipe('desk/in/d.txt', b'RAISE')\n"
    )
    show = (
        "import fsspec, gzip, json\n"
        "s3 = fsspec.filesystem('s3')\n"
        "data = {name: s3.cat(name) for name in s3.find('desk/out')}\n"
        "print(json.dumps({n: (gzip.decompress(d) if n.endswith('.gz') else d).decode() for n, d in data.items()}))\n"
    )
    environment = {**os.environ, **bucket, "PYTHONPATH": str(SUPPORT)}
    (tmp_path / "chain.toml").write_text(CHAIN, encoding="utf-8")
    subprocess.run([sys.executable, "-c", fill], env=environment, check=True)
    command = ["clean", "s3://desk/in", "--output-dir", "s3://desk/out", "--state", "state", "--meta-field", ""]
    done = subprocess.run(
        [sys.executable, "-m", "copydesk", *command, "--chain", "chain.toml", "--on-error", "skip", "--workers", "1"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "3 documents: 3 changed, 1 failed" in done.stderr
    shown = subprocess.run([sys.executable, "-c", show], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout) == {
        "desk/out/a.txt": "ONE\n", "desk/out/sub/b.txt.gz": "TWO\n", "desk/out/sub/c.jsonl": '{"text": "THREE"}\n',
    }  # fmt: skip
    assert (tmp_path / "state/quarantine/d.txt").read_bytes() == b"RAISE"
