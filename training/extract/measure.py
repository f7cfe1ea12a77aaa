"""How well lines are chosen, and by which of the parts of the stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labels import WORD, word_f1

from copydesk_stages.extract import choose, described, repeats
from copydesk_stages.extract.lines import Line

#: A page is much worse where it loses so much of the word F1.
MUCH = 0.3
READERS = (
    "trafilatura", "trafilatura, fast", "trees alone", "at one half", "by expected F", "as described", "no asides",
    "by shape", "without repeats", "labels right",
)  # fmt: skip
#: What ships.
FINAL = "without repeats"


def _text(found: Sequence[Line], wanted: Sequence[bool]) -> str:
    return "\n".join(line.text for line, kept in zip(found, wanted, strict=True) if kept)


def judged(read: choose.Reading, gold: str, chance: Any) -> tuple[list[Line], dict[str, float]]:
    """Return the lines that the stage keeps, given their chances by themselves, and the word F1 on the way."""
    found = read.lines
    told = described.towards(chance, found, read.described)
    without = choose.without_asides(read, told)
    wanted = choose.stays(found, choose.together(read, without))
    again = repeats.repeats(found, wanted)
    ways = {
        "at one half": _text(found, [value >= 0.5 for value in chance]),
        "by expected F": _text(found, choose.stays(found, chance)),
        "as described": _text(found, choose.stays(found, told)),
        "no asides": _text(found, choose.stays(found, without)),
        "by shape": _text(found, wanted),
        FINAL: _text(found, [stays and not said for stays, said in zip(wanted, again, strict=True)]),
    }
    kept = [line for line, stays, said in zip(found, wanted, again, strict=True) if stays and not said]
    return kept, {way: word_f1(text, gold) for way, text in ways.items()}


def by_labels(read: choose.Reading, gold: str, shares: Any) -> float:
    """Return the word F1 of the lines of which the gold text holds at least one half: what choosing lines can reach."""
    return word_f1(_text(read.lines, [share >= 0.5 for share in shares]), gold)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words, as the article benchmark of Scrapinghub counts them."""
    spoken = WORD.findall(text)
    return Counter(tuple(spoken[i : i + 4]) for i in range(max(1, len(spoken) - 3)) if spoken)


def shingle_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the F1 over shingles of (text, gold), each page weighing the same, as that benchmark does."""
    right = wrong = missed = 0.0
    for text, gold in pairs:
        got, wanted = shingles(text), shingles(gold)
        common, every = (got & wanted).total(), (got | wanted).total() or 1
        right += common / every
        wrong += (got.total() - common) / every
        missed += (wanted.total() - common) / every
    return 2 * right / max(1e-9, 2 * right + wrong + missed)


def by_shingles(what: str, found: Sequence[tuple[Sequence[Line], str, str]]) -> str:
    """Return the line of the table about pages of which there are the lines kept, trafilatura's and the gold text.

    Gold texts of news leave out the headline, which is no part of the article's body there.
    """
    whole = [("\n".join(line.text for line in kept), gold) for kept, _, gold in found]
    body = [
        ("\n".join(line.text for line in kept if line.role != "heading" or line.level > 1), gold)
        for kept, _, gold in found
    ]
    others = [(text, gold) for _, text, gold in found]
    return (
        f"four-word shingle F1 on the {len(found)} {what}: extract {shingle_f1(whole):.4f}, "
        f"without headings of level 1 {shingle_f1(body):.4f}, trafilatura {shingle_f1(others):.4f}"
    )


def worse(found: dict[str, list[float]]) -> Iterator[str]:
    """Yield on how many pages the stage is worse than trafilatura by more than .3."""
    for base_name in ("trafilatura", "trafilatura, fast"):
        pairs = list(zip(found[FINAL], found[base_name], strict=True))
        count = sum(one < other - MUCH for one, other in pairs)
        yield f"pages worse than {base_name} by more than .3: {count} of {len(pairs)} ({count / len(pairs):.1%})"


def show(scores: Mapping[str, Mapping[str, Any]], beside: Sequence[str]) -> None:
    """Print the table."""
    print(f"{'':20}{'pages':>7}" + "".join(f"{name:>20}" for name in READERS))
    for group, row in scores.items():
        print(f"{group:20}{row['pages']:7}" + "".join(f"{row[name]:20.4f}" for name in READERS))
    print("\n".join(beside))
