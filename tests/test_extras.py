"""Each extra brings along what it needs: what it is for works while everything else that is installed is hidden."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from smoke import SMOKE

ROOT = Path(__file__).parents[1]
SUPPORT = ROOT / "tests/support"
#: How to tell that an extra is installed.
MODULES = {"cld2": "pycld2", "lingua": "lingua", "parquet": "pyarrow", "ray": "ray", "remote": "fsspec",
           "scrapy": "scrapy", "spark": "pyspark", "warc": "fastwarc"}  # fmt: skip


def run(extra: str, folder: Path, *code: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "COPYDESK_ONLY": extra, "PYTHONPATH": str(SUPPORT / "only"), "PYTHONWARNINGS": "ignore",
        "RAY_USAGE_STATS_ENABLED": "0",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_extra_for_users_is_tried() -> None:
    """An extra that nobody tries would be found lacking by a user."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = {"browser", "dev", "docs", "test", "test-extras"}
    assert set(SMOKE) == set(project["optional-dependencies"]) - ours


@pytest.mark.parametrize("extra", SMOKE)
def test_an_extra_is_enough(extra: str, tmp_path: Path) -> None:
    """For what it is for."""
    if find_spec(MODULES[extra]) is None:
        pytest.skip(f"needs the extra {extra}")
    if extra == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    done = run(extra, tmp_path, str(SUPPORT / "smoke.py"), extra, str(tmp_path / "work"))
    assert done.returncode == 0, done.stderr


def test_what_no_extra_asks_for_is_hidden(tmp_path: Path) -> None:
    """Else the tests above would say nothing."""
    done = run("warc", tmp_path, "-c", "import copydesk, numpy, pytest")
    assert done.returncode == 1
    assert "No module named 'pytest'" in done.stderr
