"""Golden cases: the runner, the command and the pytest plugin, on cases made here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from copydesk.cli import main
from copydesk.golden.cases import Case, check, find_cases, update
from strategies import FAKES

Write = Callable[..., Case]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a case for the chain `shout` and accepts what comes out."""

    def write(name: str = "golden/shout/synthetic/a", text: str = "One.\nTwo.\n", accept: bool = True) -> Case:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "input.txt").write_bytes(text.encode())
        (folder / "chain.toml").write_text('stages = ["shout"]\n', encoding="utf-8")
        case = Case(folder)
        if accept:
            update(case)
        return case

    return write


def edits_of(case: Case) -> list[dict[str, object]]:
    return [json.loads(line) for line in (case.folder / "expected.edits.jsonl").read_text().splitlines()]


def write_edits(case: Case, rows: list[dict[str, object]]) -> None:
    (case.folder / "expected.edits.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_case_that_was_accepted_passes(write: Write) -> None:
    """And its expectation is text and edits without scores and reasons."""
    case = write()
    assert check(case).status == "passed"
    assert (case.folder / "expected.txt").read_bytes() == b"ONE.!\nTWO.!\n"
    assert edits_of(case)[0] == {
        "stage": "shout",
        "rule": "shout",
        "kind": "replace",
        "at": [0, 4],
        "before": "One.",
        "after": "ONE.!",
    }


def test_a_difference_names_stage_and_rule(write: Write) -> None:
    """The report shows the text's difference, the edits that went otherwise, and whom to blame."""
    case = write()
    rows = edits_of(case)
    write_edits(case, [{**rows[0], "rule": "whisper"}, rows[1]])
    (case.folder / "expected.txt").write_bytes(b"ONE!\nTWO.!\n")
    outcome = check(case)
    assert outcome.status == "failed"
    assert "- shout/whisper: replace 'One.' -> 'ONE.!' at 0-4" in outcome.report
    assert "+ shout/shout: replace 'One.' -> 'ONE.!' at 0-4" in outcome.report
    assert "otherwise than expected: shout/whisper (1), shout/shout (1)" in outcome.report
    assert "-ONE!" in outcome.report
    assert "+ONE.!" in outcome.report


def test_edits_count_and_order(write: Write) -> None:
    """An edit that is expected twice and comes once, and edits in another order, are differences."""
    case = write(text="a\nb\n")
    rows = edits_of(case)
    write_edits(case, [*rows, rows[0]])
    assert "otherwise than expected: shout/shout (1)" in check(case).report
    write_edits(case, rows[::-1])
    assert "the same edits came in another order" in check(case).report


def test_scores_and_reasons_count_only_where_the_case_asks(write: Write) -> None:
    """A case that gives `why` holds it; updating keeps asking."""
    case = write()
    rows = edits_of(case)
    write_edits(case, [{**row, "why": "quiet"} for row in rows])
    assert "why 'quiet'" in check(case).report
    update(case)
    assert all(row["why"] == "loud" for row in edits_of(case))
    assert check(case).status == "passed"


def test_line_endings_at_the_end_of_the_text_count(write: Write) -> None:
    """A missing final line break is a difference."""
    case = write()
    (case.folder / "expected.txt").write_bytes(b"ONE.!\nTWO.!")
    assert "(no line break at the end)" in check(case).report


@pytest.mark.parametrize("name", ["expected.txt", "expected.edits.jsonl"])
def test_a_case_without_an_expectation_is_refused(name: str, write: Write) -> None:
    """With the command that shows what comes out and the one that accepts it."""
    case = write()
    (case.folder / name).unlink()
    outcome = check(case)
    assert outcome.status == "failed"
    assert f"{name} missing" in outcome.report
    assert f"copydesk golden --update {case.folder}" in outcome.report


@pytest.mark.parametrize(
    ("break_", "problem"),
    [
        (lambda folder: (folder / "chain.toml").unlink(), "chain.toml is missing"),
        (
            lambda folder: (folder / "input.html").write_text(""),
            "exactly one input.*, this one has input.html, input.txt",
        ),
        (lambda folder: (folder / "expected.edits.jsonl").write_text("{"), "expected.edits.jsonl:1: not JSON"),
        (lambda folder: (folder / "chain.toml").write_text('stages = ["shuot"]'), 'Did you mean "shout"'),
        (lambda folder: (folder / "chain.toml").write_text('stages = ["raises"]'), "stage 'raises' on input.txt"),
    ],
)
def test_a_case_that_cannot_run_fails_with_the_reason(
    break_: Callable[[Path], object], problem: str, write: Write
) -> None:
    """It costs no other case."""
    case = write()
    break_(case.folder)
    outcome = check(case)
    assert outcome.status == "failed"
    assert problem in outcome.report


def test_known_failures_have_to_fail(write: Write) -> None:
    """What would be right stands there; once it comes out right the case has to move."""
    case = write("golden/shout/known-failures/a", accept=False)
    (case.folder / "expected.txt").write_bytes(b"one.\ntwo.\n")
    assert check(case).status == "known failure"
    (case.folder / "expected.txt").write_bytes(b"ONE.!\nTWO.!\n")
    assert check(case).status == "failed"
    assert "now comes out right" in check(case).report
    with pytest.raises(Exception, match=r"write its expected\.txt by hand"):
        update(case)


def test_flags_are_part_of_what_is_expected(tmp_path: Path) -> None:
    """A guard that steps in shows."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "input.txt").write_text("One.\n", encoding="utf-8")
    (folder / "chain.toml").write_text('stages = ["drop-all"]\n', encoding="utf-8")
    update(Case(folder))
    assert edits_of(Case(folder)) == [{"flag": "guard", "stage": "drop-all"}]


def test_long_texts_stand_by_digest(tmp_path: Path) -> None:
    """A page is not stored twice."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "input.txt").write_text("x" * 5000, encoding="utf-8")
    (folder / "chain.toml").write_text('stages = ["shout"]\n', encoding="utf-8")
    update(Case(folder))
    (row,) = edits_of(Case(folder))
    assert row["before"]["characters"] == 5000  # type: ignore[index]
    assert check(Case(folder)).status == "passed"


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["golden", *map(str, args)])
    return int(stop.value.code or 0)


def test_the_command_runs_a_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`golden` is the default folder; exit 1 where a case fails, with its report."""
    monkeypatch.chdir(tmp_path)
    good, bad = write(), write("golden/shout/synthetic/b")
    (bad.folder / "expected.txt").write_bytes(b"x")
    assert run() == 1
    out = capsys.readouterr().out
    assert "failed golden/shout/synthetic/b" in out
    assert "1 passed, 1 failed" in out
    assert run(good.folder) == 0
    assert "1 passed" in capsys.readouterr().out
    assert len(list(find_cases(tmp_path / "golden"))) == 2


def test_the_command_updates_only_what_is_named(
    write: Write, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing else is written, nothing deleted; no name is an error."""
    first, second = write(accept=False), write("golden/shout/synthetic/b", accept=False)
    (first.folder / "notes.md").write_text("mine", encoding="utf-8")
    assert run("--update", first.folder) == 0
    assert "wrote expected.txt, expected.edits.jsonl" in capsys.readouterr().out
    assert not (second.folder / "expected.txt").exists()
    assert (first.folder / "notes.md").exists()
    assert run("--update") == 2
    assert run("--update", tmp_path / "golden") == 2
    assert "no case (it has no input.*)" in capsys.readouterr().err


def test_folders_without_cases_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that tries nothing is no success."""
    assert run(tmp_path) == 1
    assert run(tmp_path / "none") == 1
    assert "no case below it" in capsys.readouterr().err


def test_the_plugin_collects_the_same_cases(write: Write, tmp_path: Path) -> None:
    """Passing, failing and known failures, with the report and no traceback; other folders stay out."""
    write()
    bad = write("golden/shout/synthetic/b")
    (bad.folder / "expected.txt").write_bytes(b"x")
    known = write("golden/shout/known-failures/c", accept=False)
    (known.folder / "expected.txt").write_bytes(b"x")
    write("elsewhere/d", accept=False)
    (tmp_path / "pytest.ini").write_text("[pytest]\ncopydesk_golden = golden\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(FAKES), "PATH": ""},
    )  # fmt: skip
    assert "1 failed, 1 passed, 1 xfailed" in done.stdout
    assert "-x" in done.stdout
    assert "Traceback" not in done.stdout


def test_scores_inside_tag_values_are_left_out(tmp_path: Path) -> None:
    """A confidence in a tag is a score like any other."""
    from copydesk import Change
    from copydesk.golden.cases import rows_of

    value = {"order": [1, 0], "confidence": 0.9, "reasons": ["x"], "share": 0.5}
    change = Change(0, "s", "tag", "r", "", None, None, (0, 0), (0, 0), None, None, {"key": "k", "new": value})
    result = SimpleNamespace(edits=(change,), flags=())
    assert rows_of(result)[0]["value"] == {"order": [1, 0], "share": "(score)"}  # type: ignore[arg-type]
