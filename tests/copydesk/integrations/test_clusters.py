"""Ray and Spark, started for real: the same bytes as the local pool, and what harms is found all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from faults import CHAIN, tree

SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("cluster")
    (base / "in/sub").mkdir(parents=True)
    for number in range(150):
        text = {20: "KILL", 140: "RAISE"}.get(number, f"text {number}")
        (base / f"in/sub/{number:03}.txt").write_text(f"{text}\n", encoding="utf-8")
    lines = [json.dumps({"text": "HANG" if n == 333 else f"line {n}"}) + "\n" for n in range(700)]
    (base / "in/x.jsonl").write_text("".join(lines), encoding="utf-8")
    (base / "chain.toml").write_text(CHAIN, encoding="utf-8")
    assert clean(base, "local").returncode == 1
    return base


def clean(base: Path, engine: str) -> subprocess.CompletedProcess[str]:
    command = ["clean", str(base / "in"), "--output-dir", str(base / engine), "--chain", "chain.toml"]
    return subprocess.run(
        [sys.executable, "-m", "copydesk", *command, "--engine", engine, "--workers", "2", "--timeout", "4"],
        env={**os.environ, "PYTHONPATH": str(SUPPORT), "RAY_USAGE_STATS_ENABLED": "0", "PYTHONWARNINGS": "ignore"},
        cwd=base, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_the_same_bytes_as_the_local_pool(engine: str, source: Path) -> None:
    """Outputs, quarantine and report; the timing apart."""
    pytest.importorskip("ray" if engine == "ray" else "pyspark", reason=f"needs the extra {engine}")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    done = clean(source, engine)
    assert done.returncode == 1, done.stderr
    assert tree(source / engine) == tree(source / "local")
    kept = [{p.name for p in (source / name / "quarantine").rglob("*")} for name in (engine, "local")]
    assert kept[0] == kept[1]
    reports = [json.loads((source / name / "run.json").read_text(encoding="utf-8")) for name in (engine, "local")]
    assert [report.pop("timing")["engine"] for report in reports] == [engine, "local"]
    assert reports[0] == reports[1]


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_an_engine_that_is_not_installed(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is named with what to install."""
    from copydesk import InputError, batch

    monkeypatch.setitem(sys.modules, "ray" if engine == "ray" else "pyspark", None)
    with pytest.raises(InputError, match=rf"install copydesk\[{engine}\]"):
        batch.clean(["x"], "y", engine=engine)
