"""The language of a document and of each of its blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from copydesk import Block, Document, Drop, SetTag, option
from copydesk_stages.language.backends import check, digests, distributions, identifier
from copydesk_stages.language.document import Answer, identify
from copydesk_stages.language.evidence import UND, Evidence, unsaid
from copydesk_stages.language.labels import family, group_of

__all__ = ["Language", "language_of"]


def language_of(document: Document, block: Block) -> str:
    """Return the language of a block: its own tag, or else the document's. Reads tags and nothing else.

    Only blocks whose language is not the document's carry a tag, `und` among them; so `und` means here that the block
    itself does not say (numbers, a name, two words that could be several languages). What to make of that is the
    caller's choice; `document.language` is the best guess.

    >>> doc = Document("Guten Tag", tags={"language": "de"})
    >>> language_of(doc, doc.blocks[0])
    'de'
    """
    return str(block.tags.get("language", document.language))


@dataclass(frozen=True, slots=True)
class Language:
    """Tag the document, and each block that differs from it, with its language (BCP-47); `und` where unsure.

    The script decides where one language writes it (Greek, Thai, Korean); else two models do: py3langid's, and tables
    of letter n-grams that know short text better. A text that fits none of the languages they know is `und`, and so
    are numbers, codes, addresses and random letters. No text is changed, unless `keep` asks for a filter.

    Document tags: `language`; where a document has several, `languages` (share of letters by tag); where it may be one
    of a few that are hard to tell apart, `language_group`. Block tags: `language`, only where it differs from
    the document's; read it with `language_of`.

    >>> import copydesk
    >>> chain = copydesk.Chain.of(Language())
    >>> chain.run("The harbour master closed the east pier, and the ferries now leave from the west.").language
    'en'
    >>> chain.run("https://paper.example/a/9913 \u2192 47.11").language
    'und'
    """

    backend: str = option("py3langid", "What identifies: py3langid, langdetect, lingua, cld2, or a registered one.")
    blocks: bool = option(True, "Tag blocks too, not only the document.")
    languages: tuple[str, ...] = option((), "Consider only these languages (BCP-47); empty: all that are known.")
    min_letters: int = option(2, "Blocks with fewer letters are und.", ge=1)
    keep: tuple[str, ...] = option((), "Drop what is in none of these languages (BCP-47); empty: drop nothing.")
    keep_by: Literal["document", "block"] = option("document", "Whether keep judges whole documents or single blocks.")
    und: Literal["keep", "drop"] = option(
        "keep", "What keep does with text whose language is unsure; blocks without letters stay."
    )

    def __post_init__(self) -> None:
        """Refuse a backend that does not exist or is not installed."""
        check(self.backend)

    @property
    def uses(self) -> tuple[str, ...]:
        """The distribution whose version decides, by the backend."""
        return distributions(self.backend)

    @property
    def models(self) -> dict[str, str]:
        """A digest of the models that decide, by the backend."""
        return digests(self.backend)

    def __call__(self, document: Document) -> Iterator[SetTag | Drop]:
        """Yield the tags, and the drops that `keep` asks for."""
        blocks = document.blocks
        if not blocks:
            return
        found = identify([block.text for block in blocks], self._identify())
        main = found.main
        yield _tag(main, None)
        spoken = {tag: share for tag, share in found.shares.items() if tag != UND}
        if len(spoken) > 1:
            yield SetTag("languages", found.shares, rule="document-languages", why="share of letters by language")
        group = [tag for tag in main.group if not self.languages or _listed(tag, self.languages)]
        if len(group) > 1:
            why = "hard to tell apart; it may be any of these"
            yield SetTag("language_group", group, rule="document-language-group", why=why)
        if self.keep and self.keep_by == "document":
            if self._unwanted(main):
                for block in blocks:
                    yield Drop(block.id, rule="unwanted-language", why=f"the document is in {main.tag}", score=1.0)
            return
        for block, answer in zip(blocks, found.blocks, strict=True):
            if self.keep and any(map(str.isalpha, block.text)) and self._unwanted(answer):
                yield Drop(block.id, rule="unwanted-language", why=f"this block is in {answer.tag}", score=1.0)
            elif self.blocks and answer.tag != main.tag:
                yield _tag(answer, block.id)

    def _identify(self) -> Callable[[str], Evidence]:
        by = identifier(self.backend)
        if not self.languages and self.min_letters <= 2:
            return by

        def limited(text: str) -> Evidence:
            one = by(text)
            if one.letters < self.min_letters:
                return unsaid(f"fewer than {self.min_letters} letters", one.letters)
            if not self.languages:
                return one
            left: dict[str, float] = {}
            for tag, share in one.ranked:
                if named := tag if tag == UND else self._considered(tag):
                    left[named] = left.get(named, 0.0) + share
            if one.ranked[0][0] != UND and not left.keys() - {UND}:  # it says nothing, so no letters of it count
                return unsaid("in none of the languages considered")
            total = sum(left.values())
            return one._replace(ranked=tuple((tag, share / total) for tag, share in left.items()))

        return limited

    def _considered(self, tag: str) -> str:
        """Return a tag, or the considered one that only convention tells from it; "" where neither is considered."""
        if _listed(tag, self.languages):
            return tag
        return next((one for one in self.languages if one in group_of(tag) and family(one) == family(tag)), "")

    def _unwanted(self, answer: Answer) -> bool:
        if answer.tag != UND or answer.group:
            return not any(_listed(tag, self.keep) for tag in (answer.tag, *answer.group))
        return self.und == "drop"


def _listed(tag: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a tag is, or is a variety of, one of those wanted (RFC 4647, basic filtering)."""
    return any(tag.lower() == one.lower() or tag.lower().startswith(f"{one.lower()}-") for one in wanted)


def _tag(answer: Answer, block: int | None) -> SetTag:
    rule = "document-language" if block is None else "block-language"
    return SetTag("language", answer.tag, block=block, rule=rule, why=answer.why, score=answer.score)
