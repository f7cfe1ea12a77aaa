"""A golden case of the group negative, made of a change that should not have been made."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from copydesk.chain import Chain
from copydesk.errors import CopydeskError, InputError
from copydesk.golden.cases import EDITS, TEXT, Case, check, rows_of
from copydesk.review.store import Item
from copydesk.stage import form_taken

GROUP = "negative"
_CHAIN, _INPUT = "chain.toml", "input.txt"


def make_case(golden: Path, item: Item, texts: list[str], base: Path | None) -> dict[str, Any]:
    """Write a case that fails as long as the change is made; return its folder, and whether it fails now.

    `texts` are what it may hold, the shortest first: the first one in which the chain of `base` still makes the change
    is taken. What else the chain changes in that text is expected. Raises InputError where there is a case already.
    """
    folder = golden / _safe(item.stage) / GROUP / f"{_safe(item.rule)}-{item.id[:8]}"
    if folder.exists():
        raise InputError(f"{folder}: there is a case of that name; look at it")
    folder.mkdir(parents=True)
    extends = os.path.relpath(base, folder).replace(os.sep, "/") if base else "news"
    chain = f"extends = {json.dumps(extends)}\nstages = {json.dumps(_stages(base, item.stage))}\n"
    (folder / _CHAIN).write_text(chain, encoding="utf-8")
    for text in texts:
        _expect(folder, item, text)
        if check(Case(folder)).status == "failed":
            return {"case": str(folder), "fails": True}
    _expect(folder, item, texts[0])
    return {"case": str(folder), "fails": False}


def remove_case(folder: Path, golden: Path) -> None:
    """Take a case away: only what was made here, and only where it was made, below the folder that was named."""
    if folder.resolve().is_relative_to(golden.resolve()) and folder.is_dir():
        for name in (_INPUT, _CHAIN, TEXT, EDITS):
            (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies there; it stays
            folder.rmdir()


def _stages(base: Path | None, stage: str) -> list[str]:
    """Return the chain's stages up to this one that work on text: what came before may have told the language."""
    names: list[str] = []
    for step in Chain.load(base or "news").steps:
        if form_taken(step.stage) == "text":
            names.append(step.name)
        if step.name == stage:
            return names
    return [stage]


def _expect(folder: Path, item: Item, text: str) -> None:
    """Write the input, and what comes out where the change is not made."""
    expected, rows = text, list[dict[str, Any]]()
    if item.kind == "drop":
        with contextlib.suppress(CopydeskError):  # a stage that cannot run: the text as it is
            result = Chain.load(folder / _CHAIN, overrides={"keep": [item.old]}).run(text)
            expected, rows = result.text, rows_of(result)
    edits = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    for name, content in ((_INPUT, text), (TEXT, expected), (EDITS, edits)):
        (folder / name).write_bytes(content.encode("utf-8", "backslashreplace"))


def _safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[:60].strip("-") or "unnamed"
