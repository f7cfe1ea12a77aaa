"""What the documentation shows is what happens: its Python runs, its commands give what stands below them."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import click
import pytest

from copydesk.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md"))
_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What needs data or minutes is run by whoever measures; here it only has to be there.
_SCRIPT = re.compile(r"\b((?:bench|training)/[\w./-]+\.py)\b")

TEXT = "Share\n\nThe council voted on Monday to keep the lighthouse, by one vote and after a long night.\n"


class Fence(NamedTuple):
    """A block of code: its language, the file that it is shown as, its text."""

    kind: str
    title: str
    text: str


def fences(page: Path) -> list[Fence]:
    return [Fence(kind, title, text) for kind, title, text in _FENCE.findall(page.read_text(encoding="utf-8"))]


def matches(expected: str, got: str) -> bool:
    """Compare output; a line `...` stands for any lines, `...` within a line for any text."""
    if not expected.strip():
        return True
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        pattern += r"(?:.*\n)*" if line == "..." else re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + "\n"
    lines = "".join(f"{line.rstrip()}\n" for line in got.rstrip("\n").split("\n"))
    return re.fullmatch(pattern, lines) is not None


def run_console(text: str, folder: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
    }
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        if scripts := _SCRIPT.findall(command):
            assert all((ROOT / script).is_file() for script in scripts), command
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        got = done.stdout
        assert matches(expected, got), f"$ {command}\n{got}"


def check_commands(text: str) -> None:
    """Commands that are shown and not run: the command and its options exist."""
    for line in text.split("\n"):
        assert all((ROOT / script).is_file() for script in _SCRIPT.findall(line)), line
        words = shlex.split(line, comments=True)
        if len(words) < 2 or words[0] != "copydesk":
            continue
        assert words[1] in COMMANDS, line
        command: click.Command = import_module(f"copydesk.cli.{words[1]}").command
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word.partition("=")[0] for word in words[2:] if word.startswith("-") and len(word) > 1} <= known, line


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_every_block_of_code_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after another in one folder, where the files that the page shows stand."""
    monkeypatch.chdir(tmp_path)
    missing = []
    for fence in fences(page):
        if fence.title:
            target = tmp_path / fence.title
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
        if fence.kind == "toml":
            tomllib.loads(fence.text)
        elif fence.kind == "console":
            run_console(fence.text, tmp_path)
        elif fence.kind == "sh":
            check_commands(fence.text)
        elif fence.kind == "python" and not fence.title and not _SCRIPT.search(fence.text):
            module = ModuleType("page")  # dataclasses look their module up
            vars(module)["text"] = TEXT  # pages may work on `text` without showing one
            monkeypatch.setitem(sys.modules, "page", module)
            try:
                exec(compile(fence.text, str(page), "exec", dont_inherit=True), module.__dict__)
            except ModuleNotFoundError as error:
                missing.append(error.name or "")
    assert not [name for name in missing if name.partition(".")[0] in {"copydesk", "copydesk_stages"}]
    if missing:
        pytest.skip(f"not installed, so the blocks that use them did not run: {', '.join(missing)}")


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """Return the module that fills the reference pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / ".hooks" / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_made_from_the_code(reference: ModuleType) -> None:
    """Every stage with its options, every command, every key of a record."""
    stages = reference.filled("{{ stages }}")
    assert "## dedupe" in stages
    assert "`min_chars`" in stages
    commands = reference.filled("{{ commands }}")
    assert all(f"## copydesk {name}\n" in commands for name in COMMANDS)
    assert "`split`" in reference.filled("{{ schema:header }}")
    assert "### recast" in reference.filled("{{ schema:details }}")
    assert "| `news` | decode" in reference.filled("{{ chains }}")
    with pytest.raises(KeyError):
        reference.filled("{{ nonsense }}")


def test_the_template_package_works_as_it_is(tmp_path: Path) -> None:
    """Built, installed beside copydesk, found by its name, its own tests and golden cases green."""
    pytest.importorskip("hatchling", reason="hatchling is not installed (pip install '.[test]')")
    work, site = tmp_path / "stage", tmp_path / "site"
    shutil.copytree(ROOT / "templates" / "stage", work)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(site),
        ".",
    ]
    subprocess.run(pip, cwd=work, check=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTEST_ADDOPTS": ""}
    stages = [sys.executable, "-m", "copydesk", "stages", "hashtags"]
    assert "max_tags" in subprocess.run(stages, env=environment, capture_output=True, text=True, check=True).stdout
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(tests, cwd=work, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
