"""Lines that belong to the page and not to the article: labels, related headlines, credits, buttons, bylines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from copydesk import Block, Document, Drop, Edit, SetTag, option

#: A line goes from the first on, is flagged from the second on; measured across publishers, see docs/boilerplate.md.
THRESHOLDS = {"cautious": (0.88, 0.5), "thorough": (0.5, 0.3), "lines": (0.86, 0.5)}
#: Of a whole page, lines with fewer characters than the first go from the second on. Short lines of an article come in
#: lists, so that one mistake is many; a long teaser or comment that stays costs as many words as it has.
PAGE = ((60, 0.7), (140, 0.55), (1500, 0.45))
#: A longer line may be the whole article, and goes by this score alone.
WHOLE_ARTICLE = 0.9


def page_threshold(characters: int, cut_above: float = 0.0) -> float:
    """Return from which score on a line of a whole page goes; `cut_above` is the user's for all but the longest lines.

    >>> page_threshold(20), page_threshold(500), page_threshold(9000)
    (0.7, 0.45, 0.9)
    """
    by_length = next((threshold for longest, threshold in PAGE if characters < longest), 0.0)
    return (cut_above or by_length) if by_length else max(cut_above, WHOLE_ARTICLE)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    r"""Drop short lines that a page put around and between the paragraphs of an article.

    A trained model looks at each short line (in a whole page's text: at each line) and at its context: shape, wording,
    place, neighbours, and what it shares with the paragraphs. Paragraphs pass by a cheap test. `cautious` cuts only
    what is nearly certain, in texts of paragraphs; `thorough` cuts what is more likely boilerplate than not, and
    knows the text of whole pages, menus and all, by their many short lines (a chain for those raises its guard).
    Sub-headings, quotations, lists and tables are what the model was taught to leave alone; it does not know them all.
    What the page itself marks up as a heading (the tag `role` of `extract`) `cautious` only flags: of ten such lines in
    what `extract` took for the main text, eight were the article's.
    A text with fewer than two paragraphs, or hardly any text in them, is a poem, a table, a list or code: there
    `cautious` only flags, and `thorough` cuts what is nearly certain.

    >>> import copydesk
    >>> story = "The ferry to Skarnholm was late again on Friday, and the baker on the pier threw away a tray of rolls."
    >>> story += " Nobody in the harbour office would say when the second boat comes back from the yard."
    >>> chain = copydesk.Chain.of(Boilerplate())
    >>> chain.run(f"{story}\n\nShare on Facebook\n\n{story}\n").text == f"{story}\n\n{story}\n"
    True
    """

    after: ClassVar[tuple[str, ...]] = ("markers",)
    uses: ClassVar[tuple[str, ...]] = ("numpy",)

    setting: Literal["cautious", "thorough"] = option(
        "cautious", "cautious cuts what is nearly certain, thorough what is more likely boilerplate than not."
    )
    cut_above: float = option(
        0.0,
        "Lines with at least this score (the share of boilerplate among such lines) go; 0: the setting's.",
        ge=0,
        le=1,
    )
    flag_above: float = option(
        0.0, "Lines that stay with at least this score get the tag `boilerplate`; 0: the setting's.", ge=0, le=1
    )

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield a `Drop` for each line above `cut_above`, and a `SetTag` for each that stays above `flag_above`."""
        from copydesk_stages.boilerplate.judge import goes_on, is_prose, judge, with_gaps

        blocks = document.blocks
        texts = [block.text.strip() for block in blocks]
        filled, numbers = with_gaps([block.id for block in blocks], texts)
        judged = judge(filled, whole_pages=self.setting == "thorough")
        shape = "page" if judged.shape == "page" else "prose" if is_prose(texts) else "lines"
        cut, flag = THRESHOLDS["lines" if shape == "lines" else self.setting]
        cut, flag = self.cut_above or cut, self.flag_above or flag
        may_cut = shape != "lines" or self.setting == "thorough"
        rows = [numbers[row] for row in judged.rows]
        going = {
            place
            for place, (row, score) in enumerate(zip(rows, judged.scores, strict=True))
            if may_cut
            and row >= 0
            and not (shape == "prose" and goes_on(texts, row))
            and not (self.setting == "cautious" and blocks[row].tags.get("role") == "heading")
            and score >= (page_threshold(len(texts[row]), self.cut_above) if shape == "page" else cut)
        }
        named = [n for n, score in enumerate(judged.scores) if n in going or (score >= flag and rows[n] >= 0)]
        words = dict(zip(named, judged.reasons(named), strict=True))
        for place, (row, score) in enumerate(zip(rows, judged.scores, strict=True)):
            block: Block = blocks[row]
            if place in going:
                yield Drop(block.id, rule="page-line", why=words[place], score=score)
            elif place in words:
                why = f"{words[place]}; not sure enough to cut"
                yield SetTag("boilerplate", score, block=block.id, rule="possible-page-line", why=why, score=score)
