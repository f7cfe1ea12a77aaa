"""The recipes of docs/scrapers.md, run as they stand there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from crawled import PAGES, page, served

DOCS = Path(__file__).parents[3] / "docs/scrapers.md"
TEXT = "\n\n".join([*PAGES["en"][1], "Advertisement"]) + "\n"
CLEAN = "\n\n".join(PAGES["en"][1])


def recipe(name: str) -> dict[str, Any]:
    """Return what the block of that name defines."""
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if block.startswith(f"# recipe: {name}\n"))
    names: dict[str, Any] = {"__name__": f"recipe_{name}"}
    exec(compile(code, f"{DOCS.name}: {name}", "exec"), names)
    return names


def test_requests() -> None:
    """Bytes from a server to clean text."""
    pytest.importorskip("requests", reason="needs requests")
    with served() as address:
        result = recipe("requests")["fetch"](f"{address}ru")
    assert all(paragraph in result.text for paragraph in PAGES["ru"][1])
    assert result.language == "ru"


def test_trafilatura_and_items() -> None:
    """Extracted text is cleaned; fields of an item are."""
    assert all(
        paragraph in recipe("trafilatura")["article"](page("de").decode("cp1252")).text for paragraph in PAGES["de"][1]
    )
    item = recipe("items")["clean"]({"page": page("en"), "summary": TEXT, "n": 1})
    assert item["summary"].rstrip() == CLEAN
    assert all(paragraph in item["page"] for paragraph in PAGES["en"][1])
    assert item["n"] == 1


def test_desk() -> None:
    """Awaited, by address."""
    pages = [(language, page(language)) for language in ("en", "es")] + [("broken", b"\x00\x01\x02\xff" * 100)]
    found = asyncio.run(recipe("desk")["clean_all"](pages))
    assert set(found) == {"en", "es", "broken"}
    assert all(paragraph in found["es"] for paragraph in PAGES["es"][1])


def test_pandas() -> None:
    """A column, and its languages."""
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    frame = recipe("pandas")["clean_frame"](pandas.DataFrame({"id": [1], "text": [TEXT]}))
    assert frame["text"][0].rstrip() == CLEAN
    assert list(frame["language"]) == ["en"]


def test_datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint follows the chain."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="needs datasets")
    dataset = datasets.Dataset.from_dict({"text": [TEXT]})
    clean = recipe("datasets")["clean_dataset"]
    first, again, other = clean(dataset), clean(dataset), clean(dataset, chain="minimal")
    assert first["text"][0].rstrip() == CLEAN
    assert first._fingerprint == again._fingerprint != other._fingerprint


def test_datatrove() -> None:
    """A step among others."""
    pytest.importorskip("datatrove", reason="needs datatrove")
    from datatrove.data import Document

    step = recipe("datatrove")["Clean"]()
    (document,) = step.run([Document(text=TEXT, id="a")])
    assert document.text.rstrip() == CLEAN
    assert document.metadata["copydesk"]["language"] == "en"
