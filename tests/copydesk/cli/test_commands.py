"""The command line as a whole, and the commands beside `clean`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import copydesk
from copydesk.cli import COMMANDS
from copydesk.config import shipped
from running import Run

TEXT = b"One.\nTwo.\nOne.\n"


def test_version_and_help(cli: Run) -> None:
    """`--version` and `--help` answer; every command has its own help."""
    assert copydesk.__version__ in cli("--version").out.decode()
    assert all(name in cli("--help").out.decode() for name in COMMANDS)
    for name in COMMANDS:
        assert b"Usage: " in cli(name, "--help").out


def test_an_unknown_command_is_explained(cli: Run) -> None:
    """With the nearest name."""
    done = cli("claen")
    assert done.code == 2
    assert 'there is no command "claen". Did you mean "clean"?' in done.err


def test_version_imports_nothing_of_the_engine() -> None:
    """Start-up stays cheap: no chain, no stage, no pydantic, no rich."""
    script = "import sys\nfrom copydesk.cli import main\ntry:\n    main(['--version'])\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"copydesk.chain", "copydesk.document", "copydesk_stages", "pydantic", "rich", "numpy", "ftfy"}


@pytest.mark.parametrize(
    ("chain", "text", "unused"),
    [
        ("dedupe", "Plain text.\n", {"ftfy", "py3langid", "langdetect", "trafilatura", "lxml", "chardet", "numpy", "rich"}),
        ("decode", "Plain text.\n", {"ftfy", "py3langid", "langdetect", "trafilatura", "chardet", "numpy", "rich"}),
        ("repair", "Plain text.\n", {"ftfy", "py3langid", "langdetect", "trafilatura", "chardet", "numpy"}),
        ("markers", "Plain text.\n", {"ftfy", "py3langid", "langdetect", "trafilatura", "chardet"}),
        ("language", "ไทย\n", {"ftfy", "langdetect", "trafilatura", "chardet"}),
        ("reorder", "Plain text.\n", {"ftfy", "py3langid", "langdetect", "trafilatura", "chardet"}),
    ],
)  # fmt: skip
def test_a_chain_imports_nothing_that_it_does_not_use(chain: str, text: str, unused: set[str], tmp_path: Path) -> None:
    """A chain pays for its own stages only, and clean text pays for no repair."""
    (tmp_path / "chain.toml").write_text(f'stages = ["{chain}"]\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    script = (
        "import sys\nfrom copydesk.cli import main\n"
        "try:\n    main(['clean', 'a.txt', '-o', 'b.txt', '--chain', 'chain.toml'])\nexcept SystemExit as stop:\n"
        "    assert not stop.code\nprint(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert not set(done.stdout.split()) & unused


def test_the_engine_imports_no_stage() -> None:
    """The engine knows stages by their entry points only."""
    engine = Path(copydesk.__file__).parent
    named = [path for path in engine.rglob("*.py") if "import copydesk_stages" in path.read_text(encoding="utf-8")
             or "from copydesk_stages" in path.read_text(encoding="utf-8").replace(">>> from copydesk_stages", "")]  # fmt: skip
    assert not named


def test_chain_prints_toml_that_gives_the_same_chain(cli: Run) -> None:
    """Printed, saved, loaded: the same hash."""
    printed = cli("chain", "shout.toml", "--set", "shout.mark=?").out
    assert b'mark = "?"' in printed
    Path("again.toml").write_bytes(printed)
    again = cli("chain", "again.toml").out
    assert again.split(b"hash")[1] == printed.split(b"hash")[1]
    assert b"minimal" in cli("chain", "--list").out


def test_stages_lists_what_is_installed(cli: Run) -> None:
    """With the first line of each; one that cannot be imported is named and hurts no other."""
    out = cli("stages").out.decode()
    assert "shout              Put every block in capitals." in out
    assert "broken\n    cannot be used: " in out
    one = cli("stages", "shout").out.decode()
    assert "times = 1" in one
    assert "How often the mark is put. Allowed: a whole number from 0 to 5." in one
    assert cli("stages", "broken").code == 2


def test_completion_scripts(cli: Run) -> None:
    """For three shells."""
    for shell in ("bash", "zsh", "fish"):
        assert b"_COPYDESK_COMPLETE" in cli("completion", shell).out


def test_undo_gives_the_bytes_back(cli: Run) -> None:
    """Through a pipe as well."""
    Path("a.txt").write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\r\n")
    cli("clean", "a.txt", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml")
    assert cli("undo", "--edits", "e.jsonl", stdin=Path("b.txt").read_bytes()).out == Path("a.txt").read_bytes()


def test_undo_takes_one_stage_back(cli: Run) -> None:
    """And writes the record of what is left, which undoes the rest."""
    Path("chain.toml").write_text('stages = ["rotate", "shout"]\n', encoding="utf-8")
    cli("clean", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "chain.toml", stdin=TEXT)
    done = cli("undo", "b.txt", "--edits", "e.jsonl", "--stage", "shout", "-o", "c.txt", "--edits-out", "f.jsonl")
    assert done.code == 0
    assert Path("c.txt").read_bytes() == b"Two.\nOne.\nOne.\n"
    assert cli("undo", "c.txt", "--edits", "f.jsonl").out == TEXT


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        ([], 2, "--edits is needed with standard input"),
        (["b.txt"], 1, "there is no b.txt.edits.jsonl; name with --edits"),
        (["a.txt", "--edits", "e.jsonl"], 1, "no record in e.jsonl belongs to this text"),
        (["b.txt", "--edits", "e.jsonl", "--rule", "x"], 1, "no change is of the rule 'x'; the record has: shout"),
        (["b.txt", "--edits", "a.txt"], 1, "a.txt:1: not JSON"),
        (["b.txt", "--edits", "e.jsonl", "--edits-out", "x"], 2, "--edits-out goes with --stage or --rule"),
        (["latin.txt", "--edits", "e.jsonl"], 1, "latin.txt: not UTF-8"),
    ],
)
def test_undo_refuses_what_does_not_fit(args: list[str], code: int, problem: str, cli: Run) -> None:
    """With the file and what is wrong."""
    Path("a.txt").write_bytes(TEXT)
    Path("latin.txt").write_bytes(b"\xe9")
    cli("clean", "a.txt", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml")
    done = cli("undo", *args)
    assert done.code == code
    assert problem in done.err


def test_explain_shows_stage_rule_reason_and_place(cli: Run) -> None:
    """A person sees what happened and why."""
    twice = b"The dam held.\n\nEngineers kept watch through the whole of the night.\n\n" * 2
    Path("chain.toml").write_text('stages = ["dedupe", "rotate", "drop-all"]\n', encoding="utf-8")
    out = cli("explain", "--chain", "chain.toml", stdin=twice).out.decode()
    for wanted in (
        "rotate",
        "round and round",
        "paragraph 1",
        "to the end",
        "guard:drop-all",
        "repeat",
        "word for word",
    ):
        assert wanted in out


def test_explain_reads_a_record(cli: Run) -> None:
    """From the output and its record alone; `--json` prints the record itself."""
    cli("clean", "-o", "b.txt", "--edits", "e.jsonl", "--chain", "shout.toml", stdin=TEXT)
    out = cli("explain", "b.txt", "--edits", "e.jsonl").out.decode()
    assert "loud" in out
    rows = cli("explain", "b.txt", "--edits", "e.jsonl", "--json").out.splitlines()
    assert json.loads(rows[0])["changes"] == len(rows) - 1
    assert cli("explain", "--edits", "e.jsonl", stdin=TEXT).code == 1


def test_explain_limits_what_it_shows(cli: Run) -> None:
    """By stage or rule; clean text says so."""
    Path("chain.toml").write_text('stages = ["rotate", "shout"]\n', encoding="utf-8")
    out = cli("explain", "--chain", "chain.toml", "--stage", "shout", stdin=TEXT).out.decode()
    assert "loud" in out
    assert "round and round" not in out
    assert "Nothing to change." in cli("explain", "--chain", "shout.toml", stdin=b"").out.decode()


def test_hostile_text_shows_as_text(cli: Run) -> None:
    """Terminal escapes and bidirectional overrides in a document reach no terminal."""
    out = cli("explain", "--chain", "shout.toml", stdin="a\x1b[31mred\u202eright\n".encode()).out.decode()
    assert "\x1b[31m" not in out
    assert "\u202e" not in out
    assert "\\x1b[31m" in out


def test_help_names_every_chain_that_ships(cli: Run) -> None:
    """A chain that help does not name is not found."""
    words = cli("clean", "--help").out.decode().replace(",", " ").replace(".", " ").split()
    assert set(shipped()) <= set(words)
