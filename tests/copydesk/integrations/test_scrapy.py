"""A real crawl of a site on loopback, in six languages and four encodings, through the item pipeline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawled import PAGES, served
from faults import CHAIN

pytest.importorskip("scrapy", reason="needs the extra scrapy")
SUPPORT = Path(__file__).parents[2] / "support"


def crawl(tmp_path: Path, kind: str, **settings: object) -> tuple[dict[str, dict[str, object]], dict[str, int], str]:
    """Return what was crawled by language, the stats, and the log."""
    with served() as address:
        done = subprocess.run(
            [sys.executable, str(SUPPORT / "crawled.py"), f"{address}en", kind, json.dumps(settings)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(SUPPORT)}, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {item["language"]: item for item in found["items"]}, found["stats"], done.stderr


@pytest.mark.parametrize(
    ("kind", "reactor"),
    [
        ("dict", "twisted.internet.asyncioreactor.AsyncioSelectorReactor"),
        ("pydantic", "twisted.internet.epollreactor.EPollReactor" if sys.platform == "linux" else
         "twisted.internet.selectreactor.SelectReactor"),
    ],
)  # fmt: skip
def test_a_crawl_with_the_default_chain(kind: str, reactor: str, tmp_path: Path) -> None:
    """Bytes in four encodings become the text of the articles, their languages are told, furniture is gone."""
    items, stats, log = crawl(tmp_path, kind, COPYDESK_META_FIELD="results", TWISTED_REACTOR=reactor)
    assert set(items) == set(PAGES)
    for language, (_, paragraphs) in PAGES.items():
        text = items[language]["html"]
        assert isinstance(text, str)
        assert all(paragraph in text for paragraph in paragraphs), log
        assert "<p>" not in text
        assert "Imprint" not in text
        assert items[language]["results"]["html"]["language"].split("-")[0] == language  # type: ignore[index]
    assert (stats["copydesk/documents"], stats["copydesk/changed"]) == (6, 6)
    assert stats["copydesk/languages/ru"] == 1
    assert stats["item_scraped_count"] == 6
    assert "copydesk/failed" not in stats
    assert "log_count/ERROR" not in stats, log


@pytest.mark.parametrize("kind", ["dataclass", "attrs", "Item"])
def test_every_kind_of_item_and_a_chain_of_ones_own(kind: str, tmp_path: Path) -> None:
    """What the chain refuses stays as it came, is counted and logged; or is dropped, as the settings say."""
    (tmp_path / "chain.toml").write_text(CHAIN, encoding="utf-8")
    drop = kind == "Item"
    items, stats, log = crawl(
        tmp_path, kind, COPYDESK_CHAIN="chain.toml", COPYDESK_ON_ERROR="drop" if drop else "keep", COPYDESK_WORKERS=1
    )
    utf8 = {language for language, (charset, _) in PAGES.items() if charset == "utf-8"}
    assert set(items) == (utf8 if drop else set(PAGES))
    assert all(items[language]["html"].startswith("<!DOCTYPE HTML>") for language in utf8)  # type: ignore[attr-defined]
    assert stats["copydesk/documents"] == len(utf8)
    assert stats["copydesk/failed"] == 4
    assert stats.get("copydesk/dropped/failed", 0) == (4 if drop else 0)
    assert "not UTF-8" in log


def test_a_chain_that_cannot_be_used_ends_the_crawl(tmp_path: Path) -> None:
    """Before anything is fetched."""
    items, stats, log = crawl(tmp_path, "dict", COPYDESK_CHAIN="nwes")
    assert items == {}
    assert "copydesk/documents" not in stats
    assert 'COPYDESK_CHAIN: there is no chain "nwes". Did you mean "news"?' in log


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"COPYDESK_FEILDS": ["html"]}, 'there is no setting COPYDESK_FEILDS. Did you mean "COPYDESK_FIELDS"?'),
        ({"COPYDESK_FIELDS": {"html": "HTML"}}, 'COPYDESK_FIELDS: field "html": \'HTML\'; "html" or "text" is allowed'),
    ],
)
def test_settings_that_mean_nothing_end_the_crawl(settings: dict[str, object], problem: str, tmp_path: Path) -> None:
    """Before anything is fetched: a misspelt one would be a crawl that was not cleaned."""
    items, _, log = crawl(tmp_path, "dict", **settings)
    assert items == {}
    assert problem in log


def test_a_field_that_no_item_had_is_named(tmp_path: Path) -> None:
    """At the end of the crawl, as its name may be misspelt."""
    _, stats, log = crawl(tmp_path, "dict", COPYDESK_FIELDS={"htlm": "html"}, COPYDESK_WORKERS=1)
    assert "copydesk/documents" not in stats
    assert "no item had a field htlm, which COPYDESK_FIELDS names" in log
