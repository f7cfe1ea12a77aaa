"""Text that went through the wrong charset, and what scraping leaves in it that does not show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copydesk import Document, Replace, option
from copydesk_stages.repair.plain import is_plain


@dataclass(frozen=True, slots=True)
class Repair:
    r"""Read back text that was decoded with the wrong charset, and clear away what does not show.

    Mends UTF-8 that was read as one of fifteen charsets, once or several times over, in whole lines or single words;
    C1 and stray controls; byte order marks, zero-width spaces and soft hyphens within text, where the script has no
    use for them; HTML entities where more than one tells that they were left over; line endings of more than one kind.
    A reading is taken only where it is well-formed UTF-8 and makes the text likelier by a margin. Text without such
    damage comes out as it was; joiners (ZWJ, ZWNJ) and direction marks always stay.

    >>> from copydesk import Chain
    >>> result = Chain.of(Repair()).run("Une crÃ¨me brÃ»lÃ©e, s’il vous plaît.\n")
    >>> result.text
    'Une crème brûlée, s’il vous plaît.\n'
    >>> result.edits[0].rule, result.edits[0].why.split(", ")[0]
    ('mojibake', 'UTF-8 that was read as latin-1 (latin-1 <- utf-8')
    """

    encoding: bool = option(default=True, doc="Read back UTF-8 that was decoded with another charset.")
    controls: bool = option(default=True, doc="Take out controls, byte order marks and break hints that do not show.")
    entities: bool = option(default=True, doc="Decode HTML entities where several tell that they were left over.")
    line_endings: bool = option(default=True, doc="Make mixed line endings the commonest one.")
    nfc: bool = option(
        default=False, doc="Put letters and their accents into one character (NFC, where that composes)."
    )
    quotes: bool = option(default=False, doc="Make curly quotation marks straight.")
    dashes: bool = option(default=False, doc="Make dashes hyphens.")
    ligatures: bool = option(default=False, doc="Take Latin ligatures apart.")
    width: bool = option(default=False, doc="Make full-width and half-width forms ordinary ones.")

    def __call__(self, document: Document) -> Iterable[Replace]:
        """Return `Replace`s of the document's text, none of which reaches over the end of a block."""
        text = document.text
        if is_plain(text) and not self.has_cosmetics():
            return ()
        from copydesk_stages.repair.todo import edits

        return edits(self, document)

    def has_cosmetics(self) -> bool:
        """Tell whether an option is on that changes form where nothing is damaged."""
        return self.nfc or self.quotes or self.dashes or self.ligatures or self.width


__all__ = ["Repair"]
