"""Parquet: one column's text replaced, a column of results added, everything else kept."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk import Chain, batch
from copydesk.formats import parquet
from copydesk.formats.base import Layout
from faults import chain, tree
from running import Run

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")


def table(rows: int) -> object:
    return pa.table({
        "id": pa.array(range(rows), pa.int32()),
        "text": pa.array([None if n % 50 == 7 else f"text {n}" for n in range(rows)], pa.large_string()),
        "nested": [{"a": [n, None]} for n in range(rows)],
        "url": [f"https://example.org/{n}" for n in range(rows)],
    }).replace_schema_metadata({"made": "by hand"})  # fmt: skip


def test_the_rest_of_a_table_is_kept(tmp_path: Path) -> None:
    """Types, order, metadata, null; one column more."""
    pq.write_table(table(700), tmp_path / "a.parquet", row_group_size=300, compression="zstd")
    before = pq.read_table(tmp_path / "a.parquet")
    report = batch.clean([tmp_path / "a.parquet"], tmp_path / "out", chain=chain(), workers=2)
    after = pq.read_table(tmp_path / "out/a.parquet")
    assert (report.documents, report.failed) == (686, 0)
    assert after.column_names == [*before.column_names, "copydesk"]
    assert after.drop_columns(["text", "copydesk"]).equals(before.drop_columns(["text"]), check_metadata=True)
    assert after.schema.field("text") == before.schema.field("text")
    assert after["text"].to_pylist()[:9] == [*(f"TEXT {n}" for n in range(7)), None, "TEXT 8"]
    assert after["copydesk"][0].as_py() == {
        "language": "und", "edits": 1, "flags": [], "chain": chain().hash, "tags": None,
        "block_languages": None,
    }  # fmt: skip
    assert after["copydesk"][7].as_py() is None
    assert pq.ParquetFile(tmp_path / "out/a.parquet").metadata.row_group(0).column(0).compression == "ZSTD"


def test_bad_rows_go_to_quarantine_as_tables(tmp_path: Path) -> None:
    """Each as a file that can be cleaned by itself; what is repaired comes back to its place."""
    ready = tmp_path / "ready"
    texts = [f"NEEDS {ready}" if n == 300 else f"text {n}" for n in range(600)]
    pq.write_table(pa.table({"id": range(600), "text": texts}), tmp_path / "a.parquet")
    report = batch.clean([tmp_path / "a.parquet"], tmp_path / "out", chain=chain(), meta_field="", workers=1)
    assert report.failed == 1
    kept = pq.read_table(tmp_path / "out/quarantine/a.parquet.d/00000301.parquet")
    assert kept.to_pylist() == [{"id": 300, "text": f"NEEDS {ready}"}]
    assert pq.read_table(tmp_path / "out/a.parquet")["id"].to_pylist() == [n for n in range(600) if n != 300]
    ready.touch()
    assert batch.retry(tmp_path / "out", workers=1).failed == 0
    repaired = (tmp_path / "out/a.parquet").read_bytes()
    batch.clean([tmp_path / "a.parquet"], tmp_path / "fresh", chain=chain(), meta_field="", workers=2)
    assert repaired == (tmp_path / "fresh/a.parquet").read_bytes()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 599), max_size=12))
def test_how_a_table_is_cut_does_not_show(cuts: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces of a run that was broken off are others than those of a whole one; the file is the same."""
    monkeypatch.setattr(parquet, "ROW_GROUP", 250)
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 10_000)
    texts = [f"text {n} " * (n % 9) for n in range(600)]
    pq.write_table(pa.table({"id": range(600), "text": texts}), tmp_path / "a.parquet")
    read = pa.concat_tables(parquet._load(chunk.data) for chunk in parquet.cut(str(tmp_path / "a.parquet"), Layout()))
    written = []
    for bounds in ([0, 600], [0, *sorted(cuts), 600]):
        with parquet.writer(str(tmp_path / "b.parquet"), None) as out:
            for low, high in pairwise(bounds):
                out.write(parquet._dump(read.slice(low, high - low)))
        written.append((tmp_path / "b.parquet").read_bytes())
    assert written[0] == written[1]
    groups = pq.ParquetFile(tmp_path / "b.parquet")
    sizes = [sum(map(len, groups.read_row_group(at)["text"].to_pylist())) for at in range(groups.num_row_groups)]
    assert len(sizes) > 2
    assert max(sizes) < 10_000 + max(map(len, texts))


def test_by_itself_as_in_a_folder(cli: Run) -> None:
    """`-o` gives the same bytes; standard output is no place for a table."""
    pq.write_table(table(30), "a.parquet")
    assert cli("clean", "a.parquet", "-o", "b.parquet", "--chain", "shout.toml").code == 0
    assert cli("clean", "a.parquet", "--output-dir", "out", "--chain", "shout.toml").code == 0
    assert Path("b.parquet").read_bytes() == Path("out/a.parquet").read_bytes()
    done = cli("clean", "a.parquet", "--chain", "shout.toml")
    assert (done.code, done.out) == (2, b"")
    assert "cannot be written to standard output; give -o FILE" in done.err


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data[: len(data) // 2], "is no whole Parquet file: "),
        (lambda data: b"PAR1" + data[4:-4] + b"JUNK", "is no whole Parquet file: "),
        (lambda data: b"", "is no whole Parquet file: "),
    ],
)
def test_broken_files(change: object, problem: str, cli: Run) -> None:
    """Are told, and cost no other."""
    pq.write_table(table(100), "a.parquet")
    Path("in").mkdir()
    Path("in/a.parquet").write_bytes(change(Path("a.parquet").read_bytes()))  # type: ignore[operator]
    Path("in/good.txt").write_bytes(b"good\n")
    done = cli("clean", "in", "--output-dir", "out", "--chain", "shout.toml")
    assert done.code == 1
    assert f"in/a.parquet: {problem}" in done.err
    assert set(tree(Path("out"))) == {"good.txt"}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--field", "body"], 'has no column "body"; its columns: id, text, nested, url. Name another with --field'),
        (["--field", "id"], 'the column "id" holds int32, not text'),
        (["--meta-field", "url"], 'has a column "url" already; name another for results with --meta-field'),
    ],
)
def test_columns_that_do_not_fit(options: list[str], problem: str, cli: Run) -> None:
    """Are named, with those there are."""
    pq.write_table(table(3), "a.parquet")
    done = cli("clean", "a.parquet", "-o", "b.parquet", "--chain", "shout.toml", *options)
    assert done.code == 1
    assert problem in done.err
    assert not Path("b.parquet").exists()


def test_an_empty_table(tmp_path: Path) -> None:
    """Stays one, with its columns."""
    pq.write_table(table(0), tmp_path / "a.parquet")
    report = batch.clean([tmp_path / "a.parquet"], tmp_path / "out", chain=Chain.of(), workers=1)
    assert report.failed == 0
    assert pq.read_table(tmp_path / "out/a.parquet").column_names == ["id", "text", "nested", "url", "copydesk"]


def test_tags_are_json(tmp_path: Path) -> None:
    """A column of one type for whatever stages say."""
    pq.write_table(pa.table({"text": ["one"]}), tmp_path / "a.parquet")
    batch.clean([tmp_path / "a.parquet"], tmp_path / "out", chain=chain(), workers=1)
    tags = pq.read_table(tmp_path / "out/a.parquet")["copydesk"][0].as_py()["tags"]
    assert tags is None or json.loads(tags)
