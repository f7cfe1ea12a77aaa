"""`copydesk golden --review`: differences one by one; what is expected is replaced only when that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.golden.cases import Case, check, update
from running import Run

TEXT = "Share\n\nThe dam held through the night.\n"


def case(name: str, text: str = "One.\n", chain: str = 'stages = ["shout"]\n', accept: bool = True) -> Case:
    folder = Path("golden") / name
    folder.mkdir(parents=True)
    (folder / "input.txt").write_bytes(text.encode())
    (folder / "chain.toml").write_text(chain, encoding="utf-8")
    if accept:
        update(Case(folder))
    return Case(folder)


@pytest.fixture
def differs(cli: Run) -> Case:
    """Return a case whose chain has changed since."""
    made = case("shout/synthetic/a")
    (made.folder / "chain.toml").write_text('stages = ["shout"]\n[shout]\nmark = "?"\n', encoding="utf-8")
    return made


def names(made: Case) -> set[str]:
    return {path.name for path in made.folder.iterdir()}


BARE = {"input.txt", "chain.toml", "expected.txt", "expected.edits.jsonl"}


def test_accepting_replaces_the_expectation(cli: Run, differs: Case) -> None:
    """With what was shown, and the stage and rule are named."""
    done = cli("golden", "--review", stdin=b"a\n")
    assert done.code == 0
    assert b"shout/shout" in done.out
    assert b"accepted: expected.txt, expected.edits.jsonl" in done.out
    assert (differs.folder / "expected.txt").read_text() == "ONE.?\n"
    assert names(differs) == BARE
    assert check(differs).status == "passed"


def test_rejecting_leaves_the_expectation(cli: Run, differs: Case) -> None:
    """And the case fails."""
    done = cli("golden", "--review", stdin=b"r\n")
    assert done.code == 1
    assert (differs.folder / "expected.txt").read_text() == "ONE.!\n"
    assert names(differs) == BARE


@pytest.mark.parametrize("answers", [b"s\n", b"\n", b"", b"q\n", b"nonsense\ns\n"])
def test_what_is_skipped_stays_pending(cli: Run, differs: Case, answers: bytes) -> None:
    """Beside the expectation, which is as it was; it goes when the case comes right again."""
    assert cli("golden", "--review", stdin=answers).code == 1
    assert names(differs) == BARE | {"pending.txt", "pending.edits.jsonl"}
    assert (differs.folder / "expected.txt").read_text() == "ONE.!\n"
    assert (differs.folder / "pending.txt").read_text() == "ONE.?\n"
    (differs.folder / "chain.toml").write_text('stages = ["shout"]\n', encoding="utf-8")
    done = cli("golden", "--review")
    assert done.out == b"everything is as expected\n"
    assert names(differs) == BARE


def test_a_rejected_cut_becomes_a_keep(cli: Run) -> None:
    """In the case's own chain, or in the chain file that is named; the case then passes."""
    for answers, where in ((b"k\n", None), (b"k\n", "mine.toml")):
        Path("mine.toml").write_text('# mine\nstages = ["markers"]\n', encoding="utf-8")
        name = f"markers/negative/{'own' if where is None else 'named'}"
        extends = "../../../../mine.toml"
        made = case(name, TEXT, f'extends = "{extends}"\n', accept=False)
        (made.folder / "expected.txt").write_bytes(TEXT.encode())
        (made.folder / "expected.edits.jsonl").write_bytes(b"")
        done = cli("golden", "--review", made.folder, *(["--chain", where] if where else []), stdin=answers)
        assert done.code == 0
        assert "the case passes" in done.out.decode()
        changed = Path(where) if where else made.folder / "chain.toml"
        assert 'keep = ["Share"]' in changed.read_text(encoding="utf-8")
        assert names(made) == BARE


def test_a_case_without_an_expectation_can_be_accepted(cli: Run) -> None:
    """As a new one is."""
    made = case("shout/synthetic/new", accept=False)
    assert cli("golden", "--review", stdin=b"a\n").code == 0
    assert check(made).status == "passed"


def test_a_known_failure_cannot_be_accepted(cli: Run) -> None:
    """What would be right there cannot come from a run; one that still fails is not asked about."""
    made = case("shout/known-failures/a", accept=False)
    (made.folder / "expected.txt").write_text("One?\n", encoding="utf-8")
    assert cli("golden", "--review").out == b"everything is as expected\n"
    (made.folder / "expected.txt").write_text("ONE.!\n", encoding="utf-8")
    done = cli("golden", "--review", stdin=b"a\ns\n")
    assert "[a] accept" not in done.err
    assert "this now comes out right" in done.out.decode()


def test_hostile_text_shows_as_text(cli: Run, differs: Case) -> None:
    """In reports and questions."""
    case("shout/synthetic/evil", "a\x1b[31mred\u202e\n", accept=False)
    done = cli("golden", "--review", stdin=b"s\ns\n")
    assert b"\x1b[31m" not in done.out
    assert "\u202e" not in done.out.decode() + done.err


@pytest.mark.parametrize(
    ("args", "problem"),
    [(["--review", "--update", "x"], "give one of them"), (["--chain", "x.toml"], "goes with --review")],
)
def test_wrong_use_is_explained(cli: Run, args: list[str], problem: str) -> None:
    """Before anything runs."""
    done = cli("golden", *args)
    assert done.code == 2
    assert problem in done.err
