"""Applying the edits of one stage to a document, all in one pass.

The order within a step is fixed, whatever order the stage yields them in: replacements, recasts, moves (one after
another as proposed), drops, tags. Each `Change` holds what `copydesk.undo` needs to go back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from copydesk.document import Block, Document, Parts, count_breaks, with_tag
from copydesk.edits import Change, Edit, NewBlock, Recast, SetTag
from copydesk.proposed import EditError, Proposed
from copydesk.replacing import Region, Spot, locate, replace_in


def apply(
    document: Document,
    edits: Iterable[Edit],
    *,
    stage: str = "",
    step: int = 0,
    new_ids: Mapping[int, Sequence[int]] | None = None,
) -> tuple[Document, tuple[Change, ...]]:
    r"""Apply all edits of one step and return the new document and what was done, in order of application.

    `new_ids` fixes the ids of the blocks that a recast makes, by the first block of its run (for replay). Raises
    EditError, with the document untouched, where edits do not fit the document or one another.

    >>> from copydesk.edits import Drop
    >>> doc = Document("Share\n\nThe minister resigned.\n")
    >>> after, changes = apply(doc, [Drop(0, rule="share-bar")])
    >>> after.text
    'The minister resigned.\n'
    """
    proposed = Proposed(document, edits)
    if proposed.needs_blocks or document.carried:
        return _Step(document, proposed, stage, step, new_ids or {}).run()
    return _apply_to_text(document, proposed, stage, step)


def _apply_to_text(
    document: Document, proposed: Proposed, stage: str, step: int
) -> tuple[Document, tuple[Change, ...]]:
    spots = [Spot(("text", None), e.start, e.end, e) for e in proposed.replaces]
    changes: list[Change] = []
    text = replace_in(document.text, spots, changes, stage, step, offset=0)
    if changes:
        document = document.with_text(text)
    document = _set_document_tags(document, proposed.tags, changes, stage, step)
    return document, tuple(changes)


def _set_document_tags(
    document: Document, tags: list[SetTag], changes: list[Change], stage: str, step: int
) -> Document:
    now = dict(document.tags)
    for edit in tags:
        if edit.block is None:
            change = _tag_change(edit, now.get(edit.key), (0, 0), stage, step)
            if change:
                changes.append(change)
                now[edit.key] = edit.value
    if now == document.tags:
        return document
    return document.with_tags({key: value for key, value in now.items() if value is not None})


def _tag_change(edit: SetTag, old: Any, span: tuple[int, int], stage: str, step: int) -> Change | None:
    if old == edit.value:
        return None
    detail = {"key": edit.key, "old": old, "new": edit.value}
    return Change(step, stage, "tag", edit.rule, edit.why, edit.score, edit.block, span, span, None, None, detail)


class _Step:
    """One step on a document whose blocks are known."""

    def __init__(
        self,
        document: Document,
        proposed: Proposed,
        stage: str,
        step: int,
        new_ids: Mapping[int, Sequence[int]],
    ) -> None:
        self.document = document
        self.proposed = proposed
        self.stage = stage
        self.step = step
        self.new_ids = new_ids
        self.starts = document.starts
        self.lead, blocks, self.trail = document.parts
        self.blocks = list(blocks)
        self.next_id = document.next_id
        self.changes: list[Change] = []
        self.moved_anchor: dict[int, int] = {}
        self.dropped_before: dict[int, int | None] = {}

    def run(self) -> tuple[Document, tuple[Change, ...]]:
        """Apply everything in the fixed order."""
        self._replace()
        self._recast()
        self._move()
        self._drop()
        self._tag()
        document = self.document
        if self.changes:
            parts = Parts(self.lead, tuple(self.blocks), self.trail)
            document = document.with_parts(parts, self.next_id)
        self._place(document)
        tail: list[Change] = []
        document = _set_document_tags(document, self.proposed.tags, tail, self.stage, self.step)
        return document, (*self.changes, *tail)

    def _record(self, kind: str, edit: Edit, block: int | None, before: tuple[int, int], old: str | None,
                new: str | None, detail: dict[str, Any]) -> None:  # fmt: skip
        self.changes.append(
            Change(
                self.step, self.stage, kind, edit.rule, edit.why, edit.score, block, before, before, old, new, detail
            )
        )

    def _replace(self) -> None:
        if not self.proposed.replaces:
            return
        order = [self.starts[block.id] for block in self.blocks]
        regions: defaultdict[Region, list[Spot]] = defaultdict(list)
        for edit in self.proposed.replaces:
            spot = locate(edit, self.document.parts, order)
            regions[spot.region].append(spot)
        gone = {e.block for e in self.proposed.drops} | {b for e in self.proposed.recasts for b in e.blocks}
        for name, block_id in regions:
            if block_id in gone:
                raise EditError(f"replaces text in the {name} {block_id}, which it drops or recasts as well")
        if ("lead", None) in regions:
            self.lead = replace_in(self.lead, regions["lead", None], self.changes, self.stage, self.step, 0)
        for index, block in enumerate(self.blocks):
            start = order[index]
            text, separator = block.text, block.separator
            if spots := regions.get(("block", block.id)):
                text = replace_in(text, spots, self.changes, self.stage, self.step, start)
            if spots := regions.get(("separator", block.id)):
                offset = start + len(block.text)
                separator = replace_in(separator, spots, self.changes, self.stage, self.step, offset)
            if text != block.text or separator != block.separator:
                self.blocks[index] = Block(block.id, text, separator, block.tags)
        if spots := regions.get(("trail", None)):
            offset = len(self.document.text) - len(self.trail)
            self.trail = replace_in(self.trail, spots, self.changes, self.stage, self.step, offset)

    def _recast(self) -> None:
        if not self.proposed.recasts:
            return
        place = {block.id: index for index, block in enumerate(self.blocks)}
        runs: list[tuple[int, Recast]] = []
        for edit in self.proposed.recasts:
            if not edit.blocks or not edit.new:
                raise EditError(f"rule {edit.rule!r} recasts {edit.blocks} to {len(edit.new)} blocks; both need one")
            first = place[edit.blocks[0]]
            if [place[b] for b in edit.blocks] != list(range(first, first + len(edit.blocks))):
                raise EditError(f"rule {edit.rule!r} recasts blocks {edit.blocks}, which do not stand side by side")
            runs.append((first, edit))
        runs.sort(key=lambda run: run[0])
        rebuilt: list[Block] = []
        at = 0
        for first, edit in runs:
            rebuilt += self.blocks[at:first]
            old = self.blocks[first : first + len(edit.blocks)]
            new = self._new_blocks(edit, old, self.new_ids.get(edit.blocks[0]))
            start = self.starts[old[0].id]
            detail = {"index": len(rebuilt), "was": _outline(old), "is": _outline(new)}
            before = (start, self.starts[old[-1].id] + len(old[-1].text))
            self._record("recast", edit, None, before, _inner(old), _inner(new), detail)
            for block in old:
                self.moved_anchor[block.id] = new[0].id
            rebuilt += new
            at = first + len(edit.blocks)
        self.blocks = rebuilt + self.blocks[at:]

    def _new_blocks(self, edit: Recast, old: list[Block], ids: Sequence[int] | None) -> list[Block]:
        default = next((block.separator for block in old[:-1]), "\n\n")
        made: list[Block] = []
        for index, item in enumerate(edit.new):
            new = item if isinstance(item, NewBlock) else NewBlock(item)
            separator = new.separator if new.separator is not None else default
            if index == len(edit.new) - 1:
                separator = old[-1].separator
            block_id = ids[index] if ids else self.next_id
            self.next_id = max(self.next_id, block_id + 1)
            made.append(Block(block_id, new.text, separator, dict(new.tags)))
        return made

    def _move(self) -> None:
        for edit in self.proposed.moves:
            order = [block.id for block in self.blocks]
            source = order.index(edit.block)
            anchor = None if edit.before is None else self.moved_anchor.get(edit.before, edit.before)
            target = len(order) if anchor is None else order.index(anchor)
            target -= target > source
            if target == source:
                continue
            move_block(self.blocks, source, target)
            start = self.starts[edit.block]
            before = (start, start + len(self.document.block(edit.block).text))
            self._record(
                "move", edit, edit.block, before, None, None, {"from": source, "to": target, "to_block": edit.before}
            )

    def _drop(self) -> None:
        if not self.proposed.drops:
            return
        dropped = {edit.block: edit for edit in self.proposed.drops}
        kept: list[Block] = []
        following: list[int] = []  # dropped blocks still waiting for the kept block that comes after them
        last = len(self.blocks) - 1
        for index, block in enumerate(self.blocks):
            edit = dropped.get(block.id)
            if edit is None:
                for waiting in following:
                    self.dropped_before[waiting] = block.id
                following.clear()
                kept.append(block)
                continue
            following.append(block.id)
            side, removed = "after", block.separator
            if kept:
                before = kept[-1].separator
                if index == last or count_breaks(block.separator) > count_breaks(before):
                    side, removed = "before", before
                    kept[-1] = _with_separator(kept[-1], block.separator)
            start = self.starts[block.id]
            detail = {"index": len(kept), "side": side, "separator": removed}
            self._record("drop", edit, block.id, (start, start + len(block.text)), block.text, None, detail)
        for waiting in following:
            self.dropped_before[waiting] = None
        self.blocks = kept

    def _tag(self) -> None:
        tagged = [edit for edit in self.proposed.tags if edit.block is not None]
        if not tagged:
            return
        place = {block.id: index for index, block in enumerate(self.blocks)}
        for edit in tagged:
            assert edit.block is not None
            block = self.blocks[place[edit.block]]
            start = self.starts[edit.block]
            span = (start, start + len(self.document.block(edit.block).text))
            change = _tag_change(edit, block.tags.get(edit.key), span, self.stage, self.step)
            if change:
                self.changes.append(change)
                self.blocks[place[edit.block]] = with_tag(block, edit.key, edit.value)

    def _place(self, document: Document) -> None:
        """Give each change its offsets in the whole text after the step."""
        starts = document.starts
        end = len(document.text) - len(document.trail)
        for change in self.changes:
            block = change.block
            length = len(change.new or "")
            if change.kind == "replace":
                region = change.detail["in"]
                start = {"lead": 0, "trail": end}.get(region, 0) + change.detail["at"]
                if block is not None:
                    start += starts[block] + (len(document.block(block).text) if region == "separator" else 0)
            elif change.kind == "recast":
                start = starts[change.detail["is"][0][0]]
            else:
                assert block is not None
                if change.kind == "drop":
                    following = self.dropped_before[block]
                    start = end if following is None else starts[following]
                else:
                    start, length = starts[block], len(document.block(block).text)
            object.__setattr__(change, "after", (start, start + length))  # nobody has seen it yet; a copy costs more


def move_block(blocks: list[Block], source: int, target: int) -> None:
    """Move a block in place; where the last block changes, the old and the new last swap separators.

    Moving back from `target` to `source` restores the list exactly.
    """
    old_last = blocks[-1].id
    blocks.insert(target, blocks.pop(source))
    if blocks[-1].id != old_last:
        index = next(i for i in range(len(blocks)) if blocks[i].id == old_last)
        one, other = blocks[index], blocks[-1]
        blocks[index] = _with_separator(one, other.separator)
        blocks[-1] = _with_separator(other, one.separator)


def _with_separator(block: Block, separator: str) -> Block:
    return Block(block.id, block.text, separator, block.tags)


def _inner(blocks: Sequence[Block]) -> str:
    """Return the text of a run of blocks without the separator after it."""
    return Parts("", (*blocks[:-1], _with_separator(blocks[-1], "")), "").join()


def _outline(blocks: Sequence[Block]) -> list[list[Any]]:
    """Return what tells a run of blocks apart in its text: id, length, separator."""
    return [[block.id, len(block.text), block.separator] for block in blocks]
