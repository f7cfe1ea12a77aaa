"""Blocks that are nothing but a page's own words: "Advertisement", "Share", "Read more"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from copydesk import Block, ConfigError, Document, Drop, Edit, SetTag, option
from copydesk_stages.markers import glued, tagline
from copydesk_stages.markers.context import agreed
from copydesk_stages.markers.matching import match
from copydesk_stages.markers.passages import of_text, without_parts
from copydesk_stages.markers.shapes import Found
from copydesk_stages.markers.tables import LONGEST, Entry, Tables, Words, folded, languages, tables


@dataclass(frozen=True, slots=True)
class Markers:
    r"""Drop blocks that are a page marker and nothing else, and flag a closing tag line.

    A block goes only as a whole, compared without case, width, accents, bullets, emoji and closing punctuation; the
    same words within a sentence stay. Phrases come from a lexicon per language. Which ones count depends on the tag
    `language` of the document and its blocks; without one, or with `und`, only phrases that mean nothing else in any
    language. Words that an article may use as a heading ("Politics") go only where their neighbours speak for it, with
    a score below 1. A marker glued to a sentence ("AdvertisementThe minister said") is cut where a capital letter
    follows it without a space. A note on the author ("Ada Vale is a reporter for the Harbour Post.") goes by the rule
    `author-note` where it closes the article, no more than two stand there and the article speaks of neither; a caption
    goes only together with its credit. Datelines and agency marks ("(Reuters)") stay. A closing block that is only a
    name that the article mentions gets the tag `marker` with the value `tag-line`, and stays.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(Markers())
    >>> chain.run("Share\n\nThe dam held.\n\nADVERTISEMENT\n\nShare prices fell.\n").text
    'The dam held.\n\nShare prices fell.\n'
    >>> site = copydesk.Chain.of(Markers(add=("The Harbour Post daily",), keep=("Share",)))
    >>> site.run("Share\n\nThe dam held.\n\nThe Harbour Post Daily\n").text
    'Share\n\nThe dam held.\n'
    """

    add: tuple[str, ...] = option(
        (), "Further whole-block phrases to drop; {n}, {network} and {caps} may stand in them."
    )
    keep: tuple[str, ...] = option((), "Whole-block phrases never to touch.")
    languages: tuple[str, ...] = option(
        (), "Lexicons to use whatever the tag says; empty: that of the text's language, and English."
    )

    def __post_init__(self) -> None:
        """Refuse phrases that match nothing or have an unknown placeholder, and unknown languages."""
        for name, phrases in (("add", self.add), ("keep", self.keep)):
            for phrase in phrases:
                folded(phrase, name)
        unknown = [code for code in self.languages if code not in languages()]
        if unknown:
            raise ConfigError(f"languages: no lexicon for {unknown[0]!r}; there are {', '.join(languages())}")

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield a `Drop` or `Replace` for each marker, and a `SetTag` for a tag line."""
        site, keep = _site(self.add, self.keep)
        found: dict[int, Found] = {}
        blocks = document.blocks
        for index, block in enumerate(blocks):
            table = self._tables(document, block)
            if len(block.text) <= LONGEST:
                marker = match(block.text, table, site, keep)
                if marker:
                    found[index] = marker
                    continue
            yield from glued.cuts(block, table, keep)
        for index in of_text(blocks, found):
            del found[index]
        dropped = without_parts(blocks, agreed(blocks, found), found)
        for index in sorted(dropped):
            marker = found[index]
            yield Drop(blocks[index].id, rule=marker.rule, why=marker.why, score=marker.score)
        for index, score, why in tagline.closing_names(blocks, dropped):
            yield SetTag("marker", "tag-line", blocks[index].id, rule="tag-line", why=why, score=score)

    def _tables(self, document: Document, block: Block) -> Tables:
        if self.languages:
            return tables(self.languages)
        return _tables_of(document.language, str(block.tags.get("language", "und")))


@lru_cache(maxsize=256)
def _tables_of(document: str, block: str) -> Tables:
    codes = tuple(dict.fromkeys(_code(tag) for tag in (block, document)))
    known = tuple(code for code in codes if code in languages())
    if known:
        return tables(known, () if "en" in known else ("en",))
    return tables((), languages())


def _code(tag: str) -> str:
    code = tag.replace("_", "-").split("-", 1)[0].lower()
    return "nb" if code in ("no", "nn") else code


@lru_cache(maxsize=64)
def _site(add: tuple[str, ...], keep: tuple[str, ...]) -> tuple[Tables, frozenset[Words]]:
    made = Tables()
    made.add({folded(phrase, "add"): Entry("site-phrase", "sure", "") for phrase in add})
    return made, frozenset(folded(phrase, "keep") for phrase in keep)
