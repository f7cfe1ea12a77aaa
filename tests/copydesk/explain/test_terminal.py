"""`copydesk explain` in a terminal, at several widths, in a pipe and without colour."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from copydesk import Chain, Document, Drop, Edit, Move, Recast, Replace, Result, SetTag, Step
from copydesk.explain.history import history
from copydesk.explain.terminal import Explanation


class Does:
    """A stage that yields what it is told."""

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits

    def __call__(self, document: Document) -> tuple[Edit, ...]:
        return self.edits


def run(text: str, *stages: object, max_removed: float = 1.0) -> Result:
    names = ["first", "second", "third"]
    steps = [Step(name, stage, name, max_removed) for name, stage in zip(names, stages, strict=False)]
    return Chain(tuple(steps)).run(text)


def shown(
    result: Result, *, width: int = 80, colour: bool = False, everything: bool = False, **limits: list[str]
) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None, highlight=False
    )
    past = history(result.text, result.record)
    console.print(Explanation(result.record, past, everything=everything, **limits))
    return out.getvalue()


PARAGRAPHS = "The dam held.\nAdvertisement\nNobody was hurt.\nAdvertisement\nThe mayor thanked them.\n"


def test_the_same_drop_is_shown_once_with_all_its_places() -> None:
    """Rule, count, paragraphs, score and reason."""
    drops = [Drop(i, rule="label", why="only a label", score=0.75) for i in (1, 3)]
    out = shown(run(PARAGRAPHS, Does(*drops)))
    assert "− label ×2  paragraphs 2, 4  score 0.75\n       only a label\n       Advertisement\n" in out
    assert "2 changes to the text · 83 characters in, 55 out" in out


def test_different_reasons_and_scores_stand_with_their_changes() -> None:
    """Where a rule speaks for several reasons."""
    out = shown(
        run(PARAGRAPHS, Does(Drop(1, rule="r", why="this", score=0.5), Drop(2, rule="r", why="that", score=0.9)))
    )
    assert "2 Advertisement  score 0.50\n       this" in out
    assert "3 Nobody was hurt.  score 0.90\n       that" in out


def test_a_move_is_a_move() -> None:
    """What moves, where to, and the order that comes of it."""
    out = shown(run(PARAGRAPHS, Does(Move(4, 0, rule="lead", score=0.8), Move(2, 1, rule="lead", score=0.8))))
    assert "↕ lead ×2" in out
    assert "→ before paragraph 1  The dam held." in out
    assert "new order  5, 1, 3, 2, 4" in out
    assert "→ to the end" in shown(run(PARAGRAPHS, Does(Move(0, None, rule="down"))))


def test_replacements_are_marked_by_character() -> None:
    """In colour by style, in a pipe and without colour by brackets; neighbours in one line stand together."""
    text = "The cafÃ© of AndrÃ© was full.\n"
    result = run(text, Does(Replace(7, 9, "é", 0, rule="mojibake"), Replace(17, 19, "é", 0, rule="mojibake")))
    assert "The caf[-Ã©-]{+é+} of Andr[-Ã©-]{+é+} was full." in shown(result)
    coloured = shown(result, colour=True)
    assert "[-" not in coloured
    assert "\x1b[9;31mÃ©\x1b[0m\x1b[1;32mé\x1b[0m" in coloured


def test_many_replacements_are_counted_by_what_they_put_for_what() -> None:
    """Unless all are asked for."""
    text = "e" * 40 + "a\n"
    edits = [*(Replace(i, i + 1, "é", rule="accent") for i in range(40)), Replace(40, 41, "à", rule="accent")]
    result = run(text, Does(*edits))
    out = shown(result)
    assert "e → é ×40" in out
    assert "a → à" in out
    assert out.count("[-e-]") == 0
    assert shown(result, everything=True).replace("\n", "").replace(" ", "").count("[-e-]{+é+}") == 40


def test_long_lists_are_cut_and_say_so() -> None:
    """The rest is counted."""
    text = "".join(f"Line number {i}.\n" for i in range(50))
    result = run(text, Does(*(Drop(i, rule="line", score=1.0) for i in range(0, 50, 2))))
    out = shown(result)
    assert "… and 19 more; --all shows them" in out
    assert "Line number 48." not in out
    assert "Line number 48." in shown(result, everything=True)


def test_languages_stand_by_paragraph() -> None:
    """Tags with one value are one entry."""
    tags = [SetTag("language", "fr" if i == 2 else "en", i, rule="block", score=0.9) for i in range(5)]
    out = shown(run(PARAGRAPHS, Does(SetTag("language", "en", rule="document", score=1.0), *tags)))
    assert "language = en ×4  paragraphs 1, 2, 4, 5" in out
    assert "     3 language = fr" in out
    assert "language en" in out.splitlines()[1]


def test_a_recast_of_everything_counts_anew() -> None:
    """And says so."""
    out = shown(
        run("<p>\nA\n</p>\n", Does(Recast((0, 1, 2), ("Title", "Text"), rule="extract")), Does(Drop(4, rule="x")))
    )
    assert "the whole document" in out
    assert "From here on paragraphs are counted in what first gave." in out
    assert "− x  paragraph 2" in out


def test_flags_stand_at_the_top() -> None:
    """With their reason."""
    result = run(PARAGRAPHS, Does(*(Drop(i, rule="r", score=0.4) for i in range(4))), max_removed=0.3)
    assert "⚑ guard:first  uncertain edits would remove" in shown(result)


def test_limits_that_leave_nothing_say_what_there_is() -> None:
    """A rule that is not there is not the same as a clean text."""
    result = run(PARAGRAPHS, Does(Drop(1, rule="label", score=1.0)))
    assert "There are changes of: first/label" in shown(result, rules=["x"])
    assert "Nothing to change." in shown(run(PARAGRAPHS))


@pytest.mark.parametrize("width", [20, 40, 80, 120, 400])
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width: int) -> None:
    """Nor than one can read."""
    long = "A very long line about nothing in particular. " * 30
    result = run(
        f"{long}\nx\n{long}!\n", Does(Drop(0, rule="line", why="too long " * 20, score=0.5), Move(2, 1, rule="up"))
    )
    lines = shown(result, width=width).splitlines()
    assert max(map(len, lines)) <= min(width, 110)
    assert all(line == line.rstrip() for line in lines)


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066 \x9b31m [bold]markup[/bold] <script>alert(1)</script>"


def test_hostile_text_names_and_reasons_show_as_text() -> None:
    """In texts, rules, reasons, keys and values; with colours on too."""
    edits = [
        Drop(0, rule=HOSTILE, why=HOSTILE),
        Replace(0, 3, HOSTILE, 1, rule="r", why=HOSTILE),
        SetTag(HOSTILE, HOSTILE, rule="t", why=HOSTILE),
        SetTag("list", [HOSTILE, {HOSTILE: 1}], 1, rule="u"),
        Move(3, 2, rule="m", why=HOSTILE),
    ]
    result = run(f"{HOSTILE}\nOne.\nTwo. {HOSTILE}\nThree. {HOSTILE}\n", Does(*edits))
    for colour in (False, True):
        out = shown(result, colour=colour, everything=True)
        left = out.replace("\x1b[0m", "")
        assert not {"\x07", "\u202e", "\u2066", "\x9b"} & set(out)
        assert "\x1b]" not in left
        assert "\x1b[2J" not in left
        assert "[bold]" in out


def test_what_words_are_written_with_stays_readable() -> None:
    """No-break spaces and joiners in context are not escaped, but where they are the change they are seen."""
    text = "5\u00a0% de \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.\u00ad\n"
    out = shown(run(text, Does(Replace(len(text) - 2, len(text) - 1, "", 0, rule="hidden"))))
    assert "5\u00a0% de" in out
    assert "[-\\xad-]" in out


def test_a_tag_with_an_order_and_reasons_reads_line_by_line() -> None:
    """Places are called as in the input; long lists are cut."""
    value = {
        "order": [2, 0, 1, 3],
        "sure": 0.5,
        "reasons": [f"paragraph {i} comes first" for i in (1, 2, 3, 4, 1, 2, 3)],
    }
    result = run(PARAGRAPHS, Does(Drop(0, rule="x", score=1.0)), Does(SetTag("order", value, rule="order", score=0.5)))
    out = shown(result)
    assert "order.order = 4, 2, 3, 5" in out
    assert "order.sure = 0.5" in out
    assert "paragraph 2 comes first\n" in out
    assert "… and 1 more" in out
