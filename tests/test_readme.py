"""What the README shows is what happens: its Python runs, its commands give the output that stands below them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def checkout(folder: Path) -> None:
    """Put what the README speaks of into a folder."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    for name in ("article.txt", "page.html"):
        (folder / name).write_text("Share\n\nThe mayor resigned on Monday.\n", encoding="utf-8")


def sessions(block: str) -> list[tuple[str, str]]:
    """Return each command of a console block with the output below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.mark.skipif(sys.platform == "win32", reason="the README's commands are for a POSIX shell")
@pytest.mark.parametrize(
    "block", [text for kind, text in BLOCKS if kind == "console"], ids=lambda text: text.split("\n")[0]
)
def test_commands_give_what_stands_below_them(block: str, tmp_path: Path) -> None:
    """In one folder, one after another; a line `...` stands for any lines, and one hash is as good as another."""
    checkout(tmp_path)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "100"}
    for command, expected in sessions(block):
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        got = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).rstrip().split("\n"))
        # The hash of a chain is another one with every new option.
        got, wanted = (re.sub(r"\b[0-9a-f]{16}\b", "HASH", text) for text in (got, expected.rstrip()))
        pattern = "".join("(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in wanted.split("\n"))
        assert re.fullmatch(pattern, got + "\n"), f"$ {command}\n{got}"


@pytest.mark.parametrize(
    "block", [text for kind, text in BLOCKS if kind == "python"], ids=lambda text: text.split("\n")[-2]
)
def test_python_runs(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block by itself."""
    checkout(tmp_path)
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("readme")
    monkeypatch.setitem(sys.modules, "readme", module)
    exec(compile(block, "README.md", "exec"), vars(module))


def test_the_readme_has_its_two_commands() -> None:
    """Word for word what a newcomer types."""
    start = "python3 -m venv .venv && .venv/bin/pip install"
    assert f"{start} . && .venv/bin/copydesk clean seeds/000_126971dc334fec75.txt\n" in README
    assert f"{start} -e '.[test]' && .venv/bin/pytest\n" in README
