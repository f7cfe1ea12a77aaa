"""What a file system and hostile data hold: each costs only itself, and is said."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from copydesk import ConfigError, InputError, batch
from copydesk.batch.report import Report
from copydesk.formats import files
from faults import CHAIN, Heard, chain, tree

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="names and rights as on Linux")
SUPPORT = Path(__file__).parents[2] / "support"


def run(base: Path, **options: object) -> tuple[Report, str]:
    heard = Heard()
    report = batch.clean([base / "in"], base / "out", chain=chain(), workers=1, observer=heard, **options)
    return report, "\n".join(heard.said)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with one good file, which has to come out whatever else lies beside it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/good.txt").write_bytes(b"good\n")
    return tmp_path


@LINUX
def test_strange_names_are_mirrored(base: Path) -> None:
    """Spaces, line breaks, bytes that are not UTF-8, quotes and stars."""
    names = [b"a b.txt", b"a\nb.txt", b"caf\xe9.txt", b"'*?\".txt", "é\u202e.txt".encode()]
    for name in names:
        Path(os.fsdecode(os.fsencode(base / "in") + b"/" + name)).write_bytes(b"text\n")
    report, _ = run(base, edits=str(base / "edits"))
    assert (report.documents, report.failed) == (6, 0)
    for name in names:
        assert Path(os.fsdecode(os.fsencode(base / "out") + b"/" + name)).read_bytes() == b"TEXT\n"
        assert Path(os.fsdecode(os.fsencode(base / "edits") + b"/" + name + b".edits.jsonl")).exists()
    assert run(base, edits=str(base / "edits"))[0].values["timing"]["cleaned"] == 0


@LINUX
def test_lists_of_names(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listed files are called what they are called, without what leads out of the destination."""
    monkeypatch.chdir(base)
    listed = ["in/good.txt", str(base / "in/other.txt"), "in/../../out.txt"]
    (base / "in/other.txt").write_bytes(b"other\n")
    batch.clean([], base / "out", files=listed, chain=chain(), workers=1)
    inner = str(base).lstrip("/")
    assert set(tree(base / "out")) == {"in/good.txt", f"{inner}/in/other.txt"}


@LINUX
def test_links_in_a_circle(base: Path) -> None:
    """Links to folders are not followed, links to files are; a link to itself is said."""
    (base / "in/sub").mkdir()
    (base / "in/sub/up").symlink_to(base / "in", target_is_directory=True)
    (base / "in/sub/link.txt").symlink_to(base / "in/good.txt")
    (base / "in/self.txt").symlink_to("self.txt")
    (base / "in/gone.txt").symlink_to("nowhere.txt")
    report, said = run(base)
    assert set(tree(base / "out")) == {"good.txt", "sub/link.txt"}
    assert "self.txt: cannot be read: Too many levels of symbolic links" in said
    assert "gone.txt: cannot be read: No such file or directory" in said
    assert report.values["inputs"]["lost"] == 2


def test_a_file_that_vanishes(base: Path) -> None:
    """Between planning and reading; the next run does not ask for it any more."""
    (base / "in/short.txt").write_bytes(b"x\n")

    class Thief(Heard):
        def planning(self, files: int) -> None:
            (base / "in/short.txt").unlink(missing_ok=True)

    thief = Thief()
    report = batch.clean([base / "in"], base / "out", chain=chain(), workers=1, observer=thief)
    assert (report.documents, report.failed) == (1, 1)
    assert "short.txt: cannot be read: No such file or directory" in thief.said[0]
    assert run(base)[0].failed == 0


def test_a_file_that_grows_while_it_is_read(base: Path) -> None:
    """What was read may be half a line; nothing is written, and the next run takes it up."""
    path = base / "in/x.jsonl"
    path.write_text("".join(json.dumps({"text": f"t{n}"}) + "\n" for n in range(600)), encoding="utf-8")

    class Writer(Heard):
        def working(self, *_: object) -> None:
            if path.stat().st_size < 100_000:
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"text": "more " * 40_000}) + "\n")

    writer = Writer()
    report = batch.clean([base / "in"], base / "out", chain=chain(), workers=1, observer=writer)
    assert "changed while it was read; run again when it is complete" in writer.said[0]
    assert report.values["inputs"]["lost"] == 1
    assert set(tree(base / "out")) == {"good.txt"}
    assert run(base)[0].documents == 602


def test_a_small_file_that_somebody_writes_to(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read again, and left for the next run where that does not help."""
    path = base / "in/good.txt"
    versions = iter(["1", "2", "3", "4", "5", "6", "7", "8", "9", "9"])
    monkeypatch.setattr(files, "version_of", lambda _: next(versions))
    with pytest.raises(InputError, match="keeps changing while it is read; run again when nobody writes to it"):
        files.read_document(str(path), 1000)
    assert files.read_document(str(path), 1000) == (b"good\n", "9")


@LINUX
def test_no_permission(base: Path) -> None:
    """To read a file, a folder; and to write. Root is denied nothing, so it gives that right up first."""
    (base / "in/closed").mkdir()
    for name in ("in/secret.txt", "in/closed/a.txt"):
        (base / name).write_bytes(b"text\n")
    (base / "chain.toml").write_text(CHAIN, encoding="utf-8")
    rights = "-dac_override,-dac_read_search"
    humble = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"] if os.geteuid() == 0 else []

    def clean(target: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "copydesk", "clean", "in", "--output-dir", target, "--chain", "chain.toml"]
        return subprocess.run(
            [*humble, *command], cwd=base, env={**os.environ, "PYTHONPATH": str(SUPPORT)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    (base / "in/secret.txt").chmod(0)
    (base / "in/closed").chmod(0)
    done = clean("out")
    assert done.returncode == 1
    assert "secret.txt: cannot be read: Permission denied" in done.stderr
    assert "in/closed: cannot be read: Permission denied" in done.stderr
    assert set(tree(base / "out")) == {"good.txt"}
    (base / "shut").mkdir(mode=0o500)
    done = clean("shut/out")
    assert done.returncode == 1
    assert "cannot be made: Permission denied" in done.stderr
    (base / "in/closed").chmod(0o700)


def test_a_destination_inside_the_source_is_left_out(base: Path) -> None:
    """Else the second run would clean the first one's output. The other way round is refused."""
    for _ in range(2):
        report = batch.clean([base / "in"], base / "in/out", chain=chain(), workers=1)
        assert report.documents == 1
    with pytest.raises(ConfigError, match="lies inside the destination"):
        batch.clean([base / "in"], base, chain=chain(), workers=1)
    with pytest.raises(ConfigError, match="lies inside the destination"):
        batch.clean([base / "in"], base / "in", chain=chain(), workers=1)


@pytest.mark.parametrize("state", ["", "state", "out/deep/state", "there"])
@pytest.mark.parametrize("sources", [["in", "in/good.txt"], ["in/out"], ["in", "top"]])
def test_a_run_that_is_refused_leaves_nothing_behind(
    state: str, sources: list[str], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two outputs of one name, a source inside the destination, a name of the run's own; what was there stays."""
    monkeypatch.chdir(base)
    for folder in ("in/out", "there", "top/quarantine"):
        Path(folder).mkdir(parents=True)
    Path("there/mine.txt").touch()
    Path("top/quarantine/a.txt").touch()
    before = sorted(base.rglob("*"))
    destination = "in/out" if sources == ["in/out"] else "new/out"
    with pytest.raises(ConfigError):
        batch.clean(sources, destination, state=state, edits="edits", chain=chain(), workers=1)
    assert sorted(base.rglob("*")) == before


def test_names_that_the_run_keeps_for_itself(base: Path) -> None:
    """Its report is not overwritten by an output."""
    (base / "in/run.json").write_bytes(b"{}")
    with pytest.raises(ConfigError, match="where the run keeps its own; leave it out with --exclude"):
        run(base)
    assert run(base, exclude=["run.json"])[0].failed == 0


def test_a_destination_that_is_a_file(base: Path) -> None:
    """Said before anything is read."""
    (base / "out").write_bytes(b"")
    with pytest.raises(ConfigError, match="is a file; a folder is needed there"):
        run(base)


def test_a_folder_where_an_output_goes(base: Path) -> None:
    """Costs that output only."""
    (base / "out/good.txt").mkdir(parents=True)
    (base / "in/other.txt").write_bytes(b"other\n")
    report, said = run(base)
    assert "good.txt: cannot be written: Is a directory" in said
    assert report.documents == 1
    assert not list((base / "out/.copydesk/tmp").iterdir())


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz"])
def test_truncated_gzip(name: str, base: Path) -> None:
    """Is told from a whole file."""
    line = json.dumps({"text": os.urandom(20_000).hex()})
    (base / "in" / name).write_bytes(gzip.compress(line.encode())[:-5000])
    report, said = run(base)
    assert f"{name}: is cut off: its compressed data ends too early" in said
    assert report.values["inputs"] == {"done": 1, "todo": 0, "failed": 0, "lost": 1}
    assert set(tree(base / "out")) == {"good.txt"}


def test_truncated_zstandard_and_names_that_lie(base: Path) -> None:
    """zstandard itself says nothing of data that ends inside a frame."""
    import zstandard

    (base / "in/a.txt.zst").write_bytes(zstandard.ZstdCompressor().compress(os.urandom(300_000))[:-70_000])
    (base / "in/b.txt.gz").write_bytes(b"plain text\n")
    _, said = run(base)
    assert "a.txt.zst: is cut off: its compressed data ends too early" in said
    assert "b.txt.gz: is called .gz but does not hold what that says; rename it" in said


def test_a_long_document(base: Path) -> None:
    """A file and a line over the bound are not cleaned, whatever they unpack to."""
    (base / "in/long.txt").write_bytes(b"x" * 5000)
    # As many characters as are allowed, in more bytes, and one character more.
    (base / "in/just.txt").write_text("ж" * 1000, encoding="utf-8")
    (base / "in/over.txt").write_text("ж" * 1001, encoding="utf-8")
    (base / "in/bomb.txt.gz").write_bytes(gzip.compress(b"x" * 50_000))
    rows = [json.dumps({"text": text}) for text in ("a", "x" * 1001, "b")]
    (base / "in/x.jsonl").write_text("\n".join(rows), encoding="utf-8")
    report, said = run(base, max_chars=1000)
    assert "over.txt: has 1,001 characters, more than --max-chars 1,000 allows" in said
    assert tree(base / "out")["just.txt"].decode("utf-8") == "Ж" * 1000
    assert (base / "out/quarantine/over.txt").read_bytes() == (base / "in/over.txt").read_bytes()
    assert report.failed == 4
    assert "long.txt: holds more than 1,000 characters; allow more with --max-chars" in said
    assert "bomb.txt.gz: holds more than 1,000 characters" in said
    assert "x.jsonl:2: has 1,001 characters, more than --max-chars 1,000 allows" in said
    assert [json.loads(line)["text"] for line in tree(base / "out")["x.jsonl"].splitlines()] == ["A", "B"]


def test_a_line_of_a_hundred_megabytes(base: Path) -> None:
    """Costs no other line, and no more memory than a few times itself."""
    with (base / "in/x.jsonl").open("wb") as file:
        file.write(b'{"text": "first"}\n{"text": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"text": "last"}\n')
    report, said = run(base, memory_limit=1_000_000_000)
    assert "x.jsonl:2: has 100,000,000 characters, more than --max-chars 10,000,000 allows" in said
    assert (report.documents, report.failed) == (3, 1)
    assert tree(base / "out")["x.jsonl"].startswith(b'{"text": "FIRST"')


def test_duplicate_ids_are_two_documents(base: Path) -> None:
    """Nothing is keyed by what a document says of itself."""
    (base / "in/x.jsonl").write_bytes(b'{"id": 1, "text": "a"}\n{"id": 1, "text": "b"}\n{"id": 1, "text": "a"}\n')
    report, _ = run(base, meta_field="")
    assert report.documents == 4
    assert tree(base / "out")["x.jsonl"] == b'{"id": 1, "text": "A"}\n{"id": 1, "text": "B"}\n{"id": 1, "text": "A"}\n'


FULL = """
    import errno, os
    real = os.replace
    def replace(source, target, **more):
        if os.path.exists("full") and "/out/" in os.path.abspath(target) and str(target).endswith(".txt"):
            raise OSError(errno.ENOSPC, "No space left on device", source)
        return real(source, target, **more)
    os.replace = replace
"""


@LINUX
def test_a_full_disk_stops_the_run_and_costs_nothing(base: Path) -> None:
    """It is said once, nothing goes to quarantine, and the same command goes on later."""
    for number in range(300):
        (base / f"in/{number:03}.txt").write_text(f"text {number}\n", encoding="utf-8")
    (base / "site").mkdir()
    (base / "site/sitecustomize.py").write_text(textwrap.dedent(FULL), encoding="utf-8")
    (base / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (base / "full").touch()
    environment = {**os.environ, "PYTHONPATH": f"{base / 'site'}{os.pathsep}{SUPPORT}"}
    command = [sys.executable, "-m", "copydesk", "clean", "in", "--output-dir", "out", "--chain", "chain.toml"]
    done = subprocess.run(command, cwd=base, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Run the same command again to go on" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (base / "out/quarantine").exists()
    (base / "full").unlink()
    done = subprocess.run(command, cwd=base, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert tree(base / "out") == {f"{n:03}.txt": f"TEXT {n}\n".encode() for n in range(300)} | {"good.txt": b"GOOD\n"}


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ("in/other.jsonl", "holds no records and would be written over"),
        ("out/other.jsonl", "where --edits puts the records"),
        ("in", "name a folder of its own"),
        ("in/good.txt", "is a file; a folder is needed there"),
    ],
)
def test_records_never_take_the_place_of_data(edits: str, problem: str, base: Path) -> None:
    """Neither of an input nor of an output; nothing is written then."""
    line = b'{"text": "one"}\n'
    (base / "in/other.jsonl").write_bytes(line)
    with pytest.raises(ConfigError, match=problem):
        run(base, edits=str(base / edits))
    assert (base / "in/other.jsonl").read_bytes() == line
    assert (base / "in/good.txt").read_bytes() == b"good\n"


@pytest.mark.parametrize("edits", ["in/records", "in/records.jsonl"])
def test_records_below_the_source_are_no_input(edits: str, base: Path) -> None:
    """`copydesk clean . --output-dir out --edits records` can be run twice."""
    for _ in range(2):
        report, said = run(base, edits=str(base / edits), quarantine=str(base / "in/bad"), force=True)
        assert (report.documents, report.failed, said) == (1, 0, "")
    assert sorted(path.name for path in (base / "out").glob("[!.]*")) == ["good.txt", "run.json"]
