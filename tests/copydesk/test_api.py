"""The library's front door."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import copydesk
from copydesk import Chain, ConfigError, Document, Source


def test_every_public_name_is_there() -> None:
    """What `__all__` lists can be had, and nothing else is listed."""
    assert dir(copydesk) == sorted(copydesk.__all__)
    assert all(getattr(copydesk, name) is not None for name in copydesk.__all__)
    with pytest.raises(AttributeError, match="no attribute 'cleen'"):
        _ = copydesk.cleen


def test_importing_copydesk_imports_no_engine() -> None:
    """A scraper that only names copydesk pays for nothing."""
    script = "import sys, copydesk; print(*[name for name in sys.modules if name.startswith('copydesk')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["copydesk"]


def test_a_chain_by_object_name_or_path(tmp_path: Path) -> None:
    """`run` takes all three."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["shout"]\n', encoding="utf-8")
    assert copydesk.run("a", chain=path).text == "A!"
    assert copydesk.run("a", chain=str(path)).text == "A!"
    assert copydesk.run("a", chain=Chain.load(path)).text == "A!"
    assert copydesk.clean("a", chain=path) == "A!"
    path.write_text('stages = ["shout"]\n[shout]\nmark = "?"\n', encoding="utf-8")
    assert copydesk.run("a", chain=path).text == "A?"
    with pytest.raises(ConfigError, match="there is no chain"):
        copydesk.run("a", chain="none")


def test_the_default_chain_follows_the_source() -> None:
    """HTML runs through `web`, all else through `news`."""
    page = "<html><body><article><p>The ferry to Stroma was late again on Friday.</p></article></body></html>"
    html = copydesk.run(page, source=Source(media_type="text/html"))
    assert html.text.strip() == "The ferry to Stroma was late again on Friday."
    assert "<p>" in copydesk.run(page).text


def test_text_bytes_and_documents(tmp_path: Path) -> None:
    """All three give the same text."""
    path = tmp_path / "chain.toml"
    path.write_text('stages = ["shout"]\n', encoding="utf-8")
    results = [copydesk.run(data, chain=path) for data in ("é\n", "é\n".encode(), Document("é\n"))]
    assert {result.text for result in results} == {"É!\n"}


def test_what_can_be_cleaned() -> None:
    """All that holds bytes is bytes; anything else is named."""
    for kind in (bytes, bytearray, memoryview):
        assert copydesk.run(kind(b"One line.\n"), chain="minimal").text == "One line.\n"  # type: ignore[arg-type]  # careless
    for data in (None, 3, ["One line."]):
        with pytest.raises(TypeError, match=f"not {type(data).__name__}"):
            copydesk.run(data)  # type: ignore[arg-type]  # as above
    with pytest.raises(ConfigError, match="on_error = 'kepe'"):
        copydesk.run("One line.", on_error="kepe")  # type: ignore[arg-type]  # as above
