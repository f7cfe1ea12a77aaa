"""Running the command line in this process, as a person would."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from copydesk.cli import main
from running import Done, Run

SHOUT = 'stages = ["shout"]\n'


@pytest.fixture
def cli(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs `copydesk ARGS` in an empty folder with a chain file `shout.toml`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shout.toml").write_text(SHOUT, encoding="utf-8")

    def run(*args: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        out, err = capsysbinary.readouterr()
        text = err.decode("utf-8")
        assert "Traceback" not in text
        return Done(int(stop.value.code or 0), out, text)

    return run
