"""Random edit sets that fit a document, for property tests."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from copydesk import Document, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag

SNIPPETS = ["", "x", "new text", "\n", "a\r\nb", "\u2028", "é", "\ud834", "\udd1e", "\ud834\udd1e"]


@st.composite
def edits_for(draw: st.DrawFn, document: Document) -> list[Edit]:
    """Draw edits of every kind that can be applied together to `document`."""
    if not document.carried and draw(st.booleans()):
        return draw(text_edits(document))
    edits: list[Edit] = []
    ids = [block.id for block in document.blocks]
    taken: set[int] = set()
    index = 0
    while index < len(ids):
        kind = draw(st.sampled_from(["keep", "keep", "drop", "replace", "recast", "tag"]))
        block = ids[index]
        rule = draw(st.sampled_from(["one", "two"]))
        if kind == "drop":
            edits.append(Drop(block, rule=rule, score=draw(st.sampled_from([None, 0.5, 1.0]))))
            taken.add(block)
        elif kind == "replace":
            length = len(document.block(block).text)
            start = draw(st.integers(0, length))
            end = draw(st.integers(start, length))
            edits.append(Replace(start, end, draw(st.sampled_from(SNIPPETS)), block, rule=rule))
        elif kind == "recast":
            run = tuple(ids[index : index + draw(st.integers(1, 3))])
            new = st.one_of(
                st.sampled_from(SNIPPETS),
                st.builds(NewBlock, st.sampled_from(SNIPPETS), st.sampled_from([None, "\n", "\n\n"])),
            )
            edits.append(Recast(run, tuple(draw(st.lists(new, min_size=1, max_size=3))), rule=rule))
            taken.update(run)
            index += len(run) - 1
        elif kind == "tag":
            edits.append(SetTag("k", draw(st.integers(0, 2)), block, rule=rule))
        index += 1
    movable = [block for block in ids if block not in taken]
    if movable and len(ids) > 1:
        for block in draw(st.lists(st.sampled_from(movable), max_size=3)):
            anchor = draw(st.sampled_from([None, *(other for other in ids if other != block)]))
            edits.append(Move(block, anchor, rule="move"))
    return draw(st.permutations([e for e in edits if not isinstance(e, Move)])) + [
        e for e in edits if isinstance(e, Move)
    ]


@st.composite
def text_edits(draw: st.DrawFn, document: Document) -> list[Edit]:
    """Draw replacements in the whole text that do not touch one another."""
    cuts = sorted(draw(st.lists(st.integers(0, len(document.text)), max_size=6, unique=True)))
    return [
        Replace(start, end, draw(st.sampled_from(SNIPPETS)), rule=draw(st.sampled_from(["one", "two"])))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]


class DrawnStage:
    """A stage whose edits hypothesis draws; `handed` is the text that it was last handed."""

    def __init__(self, data: st.DataObject, strategy: Callable[[Document], st.SearchStrategy[list[Edit]]]) -> None:
        self.data = data
        self.strategy = strategy
        self.handed = ""

    def __call__(self, document: Document) -> list[Edit]:
        self.handed = document.text
        return self.data.draw(self.strategy(document))
