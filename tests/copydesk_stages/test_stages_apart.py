"""Stages share only modules that are no stages: each can be taken out or replaced without another noticing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import copydesk_stages

HOME = Path(copydesk_stages.__file__).parent
STAGES = sorted(
    {
        entry.module.split(".")[1]
        for entry in entry_points(group="copydesk.stages")
        if entry.module.startswith("copydesk_stages.")
    }
)


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names of all that a module imports, within functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports would escape this test"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_modules(stage: str) -> list[Path]:
    return [HOME / f"{stage}.py"] if (HOME / f"{stage}.py").exists() else sorted((HOME / stage).rglob("*.py"))


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    """Nor a part of one; what two stages need stands beside them."""
    modules = own_modules(stage)
    assert modules
    others = {f"copydesk_stages.{other}" for other in STAGES if other != stage}
    for module in modules:
        names = imported(ast.parse(module.read_text(encoding="utf-8")))
        assert not [name for name in names if ".".join(name.split(".")[:2]) in others], module.name


def test_shared_modules_import_no_stage() -> None:
    """They would carry one into the other."""
    stages = {f"copydesk_stages.{stage}" for stage in STAGES}
    for module in sorted(HOME.glob("*.py")):
        if module.stem not in STAGES:
            names = imported(ast.parse(module.read_text(encoding="utf-8")))
            assert not [name for name in names if ".".join(name.split(".")[:2]) in stages], module.name
