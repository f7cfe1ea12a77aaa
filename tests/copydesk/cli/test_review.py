"""`copydesk review`: what it refuses before it serves anything."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

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
    ],
)
def test_what_cannot_be_reviewed_is_refused(cli: Run, recorded: Path, args: list[str], code: int, problem: str) -> None:
    """With the reason."""
    Path("broken.toml").write_text("stages = [", encoding="utf-8")
    Path("named.toml").write_text('extends = "news"\nexceptions = "a.toml"\n', encoding="utf-8")
    Path("a.toml").write_text("", encoding="utf-8")
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
