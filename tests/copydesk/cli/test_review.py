"""`copydesk review`: what it refuses before it serves anything."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from running import Run


@pytest.fixture
def recorded(cli: Run) -> Path:
    """Return the record of a run."""
    cli("clean", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml", stdin=b"One.\n")
    return Path("e.jsonl").absolute()


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (["gone.jsonl"], 1, "no such file or folder"),
        (["e.jsonl", "--chain", "gone.txt"], 2, "name a chain file"),
        (["e.jsonl", "--chain", "broken.toml"], 2, "not valid TOML"),
        (["e.jsonl", "--exceptions", "gone.txt"], 2, "name a file (.toml) that exceptions are written to"),
        (["e.jsonl", "--exceptions", "broken.toml"], 2, "broken.toml is no TOML"),
        (["e.jsonl", "--chain", "named.toml", "--exceptions", "b.toml"], 2, "named.toml: its exceptions are in a.toml"),
        (["e.jsonl", "--decisions", "e.jsonl"], 1, "cannot be used for decisions"),
        (["text.jsonl"], 1, "not JSON"),
        (["newer.jsonl"], 1, "the record has schema 99, this copydesk reads up to"),
        (["going.jsonl"], 1, "the file ends 1 changes too early"),
        (["."], 1, "going.edits.jsonl: the file ends 1 changes too early"),
        (["nothing"], 1, "no records in it"),
    ],
)
def test_what_cannot_be_reviewed_is_refused(cli: Run, recorded: Path, args: list[str], code: int, problem: str) -> None:
    """With the reason."""
    Path("broken.toml").write_text("stages = [", encoding="utf-8")
    Path("named.toml").write_text('extends = "news"\nexceptions = "a.toml"\n', encoding="utf-8")
    Path("a.toml").write_text("", encoding="utf-8")
    Path("nothing").mkdir()
    Path("newer.jsonl").write_text('{"copydesk": 99, "changes": 0}\n', encoding="utf-8")
    for going in ("going.jsonl", "going.edits.jsonl"):
        Path(going).write_bytes(recorded.read_bytes().splitlines(keepends=True)[0])
    Path("text.jsonl").write_text("hello\n", encoding="utf-8")
    done = cli("review", *args, "--no-browser")
    assert done.code == code
    assert problem in done.err


def test_a_port_that_is_taken_is_said(cli: Run, recorded: Path) -> None:
    """And what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = cli("review", "e.jsonl", "--no-browser", "--port", taken.getsockname()[1])
    assert done.code == 1
    assert "leave --port out, or name another" in done.err


class Review:
    """`copydesk review` as a process, and its first visitor."""

    def __init__(self, folder: Path, *args: str, **environment: str) -> None:
        command = [sys.executable, "-m", "copydesk", "review", *args]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.page = self.opener.open(self.url, timeout=10).read()

    def ask(self, path: str, body: object = None) -> Any:
        """Return the answer to a request of the page."""
        origin = self.url.partition("/?")[0]
        data = None if body is None else json.dumps(body).encode()
        headers = {"Origin": origin, "Content-Type": "application/json"}
        asked = urllib.request.Request(origin + path, data, headers)
        return json.loads(self.opener.open(asked, timeout=10).read())

    def end(self) -> str:
        """End it, and return what it said."""
        self.process.terminate()
        return self.process.communicate(timeout=10)[1]


def test_without_a_browser_the_address_is_printed(recorded: Path) -> None:
    """And it says what to do with it."""
    review = Review(recorded.parent, recorded.name, PATH="", DISPLAY="", WAYLAND_DISPLAY="", BROWSER="")
    assert "open the address above in a browser on this machine" in review.end()
    assert b"Review: e.jsonl" in review.page


def test_a_run_that_changed_nothing_can_be_opened(cli: Run) -> None:
    """With nothing to decide."""
    cli("clean", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml", stdin=b"")
    review = Review(Path.cwd(), "e.jsonl", "--no-browser")
    assert review.ask("/api/items") == {"items": [], "next": None}
    assert review.ask("/api/rules") == []
    review.end()


def test_nothing_is_written_but_what_was_named(cli: Run) -> None:
    """Whatever is decided: the chain, the exceptions, the golden folder, and the decisions."""
    Path("in.txt").write_text("Share\n\nThe dam held through the night, said the mayor.\n", encoding="utf-8")
    Path("chain.toml").write_text('stages = ["markers"]\n', encoding="utf-8")
    cli("clean", "in.txt", "-o", "out.txt", "--edits", "e.jsonl", "--chain", "chain.toml")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    review = Review(
        Path.cwd(), "e.jsonl", "--no-browser", "--chain", "chain.toml", "--golden", "golden", "--exceptions", "e.toml"
    )
    (item,) = review.ask("/api/items")["items"]
    for as_ in item["choices"]:
        review.ask("/api/decide", {"id": item["id"], "decision": "reject", "as": as_, "case": "../../elsewhere"})
    assert item["choices"] == ["keep", "exception", "golden", "note"]
    review.ask("/api/decide", {"id": item["id"], "decision": "reject", "as": "golden"})
    review.end()
    after = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    new = {path for path in after if before.get(path) != after[path]}
    mine = [path for path in new if path.parts[0] not in ("chain.toml", "e.toml", "golden")]
    assert all(path.name.startswith("e.jsonl.review.sqlite") for path in mine)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_it_prints_its_address_serves_and_ends_with_ctrl_c(recorded: Path) -> None:
    """Decisions lie beside the run."""
    command = [sys.executable, "-m", "copydesk", "review", recorded.name, "--no-browser"]
    with subprocess.Popen(
        command, cwd=recorded.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert b"Review: e.jsonl" in opener.open(url, timeout=10).read()
        process.send_signal(signal.SIGINT)
        _, problems = process.communicate(timeout=10)
    assert process.returncode in (0, 130)
    assert "e.jsonl.review.sqlite" in problems
    assert (recorded.parent / "e.jsonl.review.sqlite").is_file()
