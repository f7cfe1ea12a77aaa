"""Paragraphs that stand twice in one document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk import Block, Document, Drop, option
from copydesk_stages.unspaced import UNSPACED

# Scripts that put no spaces between words are compared character by character.
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_ROW = re.compile(r"\t.*\t| \| |^\s*\|", re.DOTALL)
_QUOTE_MARKS = "\"'“”„‟«»‹›‘’‚「」『』"
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.)\])\s*$")
# "(a)", "3.", "§ 12", "Article 5", "Art. 7", "Section IV": what a clause of a law or a contract begins with.
_CLAUSE = re.compile(
    r"\s*(?:§+\s*\d|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivxlc]{1,5})[.)](?:\s|$)|"
    r"(?:art(?:icle|icolo|ículo|ikel|\.)?|section|sec\.|clause|chapter|para(?:graph|\.)?|abs(?:atz|\.)|schedule|annex|rule)"
    r"\s*(?:\d|[ivxlc]+\b))",
    re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_NUMBER = re.compile(r"\d")
_SHINGLE = 3
#: A line of verse is at most this long.
VERSE_LINE = 70
#: Fewer words than these are not compared for likeness: a changed word would be too large a part.
MIN_WORDS = 12
#: A run of words that stands in more blocks than this is a phrase of the subject and leads to no comparison.
MAX_PARTNERS = 8
#: Different runs of words that a document's memory holds (some 3 MB of text); paragraphs after that are only compared
#: with what came before.
MAX_RUNS = 500_000
#: Words of a block beyond these are not compared for likeness.
MAX_WORDS = 400


@dataclass(frozen=True, slots=True)
class Dedupe:
    r"""Drop every block that repeats another one of the same document, word for word or nearly.

    Scrapers that join a page's teaser with its article, and spinners, leave whole paragraphs standing twice.

    - `repeat`: the same words in the same order as in an earlier block, white space aside. The earlier one stays.
    - `near-repeat`: as many runs of three words in common as `similar` says (Jaccard, after case and punctuation are
      set aside; Broder, "On the resemblance and containment of documents", 1997), and neither a number nor a name
      among the words that differ. The longer block stays, of two of one length the earlier.
    - `teaser`: a block cut off with an ellipsis whose words another, longer block begins with. The longer one stays.

    Left alone, because there a repeat is meant: short blocks, lines of verse and refrains, rows of tables, code,
    quotations, and clauses that are numbered or stand below a numbered heading. Cost: each run of three words is
    looked up once and leads to at most 8 comparisons, so time grows with the length of the document and no faster; what
    is remembered of a document to compare the rest with is bounded.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(Dedupe())
    >>> chain.run("The dam held through the night.\n\nYes.\n\nThe dam held through the night.\n\nYes.\n").text
    'The dam held through the night.\n\nYes.\n\nYes.\n'
    """

    min_chars: int = option(20, "Blocks with fewer characters are left alone: they repeat for a reason.", ge=1)
    similar: float = option(
        0.85,
        "Share of runs of three words that two blocks must have in common to be near repeats; 1 for none.",
        ge=0.5,
        le=1.0,
    )

    def __call__(self, document: Document) -> Iterator[Drop]:
        """Yield a `Drop` with the rule `repeat`, `near-repeat` or `teaser` for each block that another one repeats."""
        blocks = document.blocks
        first: dict[str, int] = {}
        once: list[int] = []  # places of the blocks that were not there before
        for place, block in enumerate(blocks):
            key = " ".join(block.text.split())
            if len(key) < self.min_chars:
                continue
            seen = first.setdefault(key, place)
            if seen == place:
                once.append(place)
            elif not (_meant(blocks, place) or _meant(blocks, seen)):
                why = f"repeats paragraph {seen + 1} word for word"
                yield Drop(block.id, rule="repeat", why=why, score=1.0)
        yield from self._near(blocks, once)

    def _near(self, blocks: Sequence[Block], places: Sequence[int]) -> Iterator[Drop]:
        words = {place: _WORD.findall(blocks[place].text)[:MAX_WORDS] for place in places}
        index: dict[tuple[str, ...], list[int]] = {}
        sizes: dict[int, int] = {}  # different runs of each place
        gone: set[int] = set()
        for place in places:
            if len(words[place]) < MIN_WORDS or _meant(blocks, place):
                continue
            runs = _runs(words[place])
            sizes[place] = len(runs)
            shared: Counter[int] = Counter()
            for run in runs:
                partners = index.get(run)
                if partners is None:
                    if len(index) < MAX_RUNS:
                        index[run] = [place]
                    continue
                shared.update(partners)
                if len(partners) < MAX_PARTNERS:
                    partners.append(place)
            for other, count in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:MAX_PARTNERS]:
                if other in gone:
                    continue
                likeness = round(count / (sizes[place] + sizes[other] - count), 3)
                drop = self._compare(blocks, words, place, other, likeness)
                if drop is not None:
                    gone.add(drop[0])
                    yield drop[1]
                    if place in gone:
                        break

    def _compare(
        self, blocks: Sequence[Block], words: dict[int, list[str]], place: int, other: int, likeness: float
    ) -> tuple[int, Drop] | None:
        """Return the place of the block to drop with its edit, where two blocks say the same."""
        shorter, longer = (other, place) if len(words[place]) > len(words[other]) else (place, other)
        few, many = words[shorter], words[longer]
        if _ELLIPSIS.search(blocks[shorter].text) and len(few) < len(many):
            # The last word may be cut off.
            if [w.casefold() for w in few[:-1]] == [w.casefold() for w in many[: len(few) - 1]]:
                why = f"is the beginning of paragraph {longer + 1}, cut off with an ellipsis"
                return shorter, Drop(blocks[shorter].id, rule="teaser", why=why, score=0.99)
            return None
        if self.similar >= 1.0 or likeness < self.similar or _tells_apart(blocks[shorter].text, blocks[longer].text):
            return None
        why = f"says nearly the same as paragraph {longer + 1} ({likeness:.0%} of the word runs are the same)"
        return shorter, Drop(blocks[shorter].id, rule="near-repeat", why=why, score=min(likeness, 0.99))


def _runs(words: Sequence[str]) -> dict[tuple[str, ...], None]:
    """Return the different runs of three words, in order."""
    folded = [word.casefold() for word in words]
    return dict.fromkeys(zip(*(folded[at:] for at in range(_SHINGLE)), strict=False))


def _tells_apart(one: str, other: str) -> bool:
    """Tell whether a number or a name is among the words that only one of two texts has."""
    a, b = (Counter(_WORD.findall(text.casefold())) for text in (one, other))
    differing = (a - b) + (b - a)
    return any(
        found.group().casefold() in differing and (_NUMBER.search(found.group()) or _is_name(text, found))
        for text in (one, other)
        for found in _WORD.finditer(text)
    )


def _is_name(text: str, word: re.Match[str]) -> bool:
    """Tell whether a word is capitalised though no sentence begins with it."""
    before = text[max(0, word.start() - 4) : word.start()].rstrip(f" {_QUOTE_MARKS}(")
    return word.group()[0].isupper() and bool(before) and before[-1] not in ".!?…:\n"


def _meant(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether a block is of a kind that repeats on purpose: verse, row, code, quotation, numbered clause."""
    block = blocks[place]
    text = block.text
    if block.tags.get("role") in ("row", "code", "quote") or _ROW.search(text):
        return True
    bare = text.strip()
    if bare[:1] in _QUOTE_MARKS and bare.rstrip(".,;!?")[-1:] in _QUOTE_MARKS:
        return True
    if _CLAUSE.match(bare):
        return True
    before = blocks[place - 1] if place else None
    if before is not None and len(before.text) <= VERSE_LINE and _CLAUSE.match(before.text):
        return True
    lines = _LINE_BREAK.split(bare)
    if len(lines) > 1:
        return all(len(line) <= VERSE_LINE for line in lines) and not _is_filled(lines)
    if len(bare) > VERSE_LINE:
        return False
    after = blocks[place + 1] if place + 1 < len(blocks) else None
    return (before is not None and _is_verse(before, before.separator)) or (
        after is not None and _is_verse(after, block.separator)
    )


def _is_filled(lines: Sequence[str]) -> bool:
    """Tell whether all lines but the last have about one length, as a paragraph of wrapped prose has."""
    widest = max(len(line) for line in lines)
    return widest > 50 and all(len(line) > widest - 15 for line in lines[:-1])


def _is_verse(neighbour: Block, separator: str) -> bool:
    """Tell whether a neighbour stands on the next line and is as short as a line of verse."""
    return len(_LINE_BREAK.findall(separator)) == 1 and 0 < len(neighbour.text.strip()) <= VERSE_LINE
