"""Changes put together as a reader takes them in: what is alike, what stands side by side, where it all is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from copydesk.edits import Change
from copydesk.explain import marks
from copydesk.explain.fates import texts_of
from copydesk.explain.history import Moment, ranges

#: How many entries of one rule are shown unless all are asked for.
FEW = 6


def whole_first(changes: Sequence[Change]) -> bool:
    """Sort what is said of the whole document before what is said of paragraphs, and leave the order otherwise."""
    return not all(change.kind == "tag" and change.block is None for change in changes)


def likeness(change: Change) -> object:
    """Return what two changes must share to be shown as one."""
    if change.kind == "drop":
        return (" ".join((change.old or "").split()), change.why, change.score)
    if change.kind == "tag":
        return (change.detail.get("key"), repr(change.detail.get("new")), change.why, change.block is None)
    return id(change)


def tag(moment: Moment, change: Change, room: int) -> Text:
    """Return what a tag says, a mapping and a list of sentences line by line."""
    key, new = marks.shown(str(change.detail.get("key"))), change.detail.get("new")
    if new is None:
        return Text(f"{key} taken away", style="green")
    rows = {f"{key}.{name}": value for name, value in new.items()} if isinstance(new, Mapping) else {key: new}
    text = Text()
    for name, value in rows.items():
        items = value if isinstance(value, list) and value and all(isinstance(v, str) for v in value) else None
        shown = moment.order(value) or marks.value(value, room)
        lines = [marks.short(moment.named(item), room) for item in items[:FEW]] if items and len(items) > 1 else [shown]
        if items and len(items) > FEW:
            lines.append(f"… and {len(items) - FEW} more")
        text.append(("\n" if text else "") + f"{marks.shown(name)} = ", style="green")
        text.append("\n  ".join(lines), style="bold green")
    return text


def recast(change: Change, room: int) -> Text:
    """Return what blocks became: a few of them in full, many by their beginning and end."""
    was, now = change.detail["was"], change.detail["is"]
    texts = [text for text in texts_of(change.new or "", now) if text.strip()]
    text = Text(f"{counted(len(was), 'block')} became {counted(len(now), 'block')}:")
    shown: list[str | None] = [*texts[:3], None, *texts[-2:]] if len(texts) > FEW else [*texts]
    for line in shown:
        if line is None:
            text.append(f"\n  … {len(texts) - 5} more …", style=marks.QUIET)
        else:
            text.append(f"\n  {marks.short(line, room // 2)}", style="green")
    return text


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(0, "change"), counted(1, "change"), counted(1200, "change")
    ('no changes', '1 change', '1,200 changes')
    """
    return f"{f'{number:,}' if number else 'no'} {noun}{'' if number == 1 else 's'}"


def neighbours(moment: Moment, changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield replacements that stand near one another in one line, and for one reason, together."""
    whole = moment.before.text
    same: list[Change] = []
    for change in sorted(changes, key=lambda c: c.before):
        if same:
            last = same[-1]
            between = whole[last.before[1] : change.before[0]]
            near = len(between) <= 2 * marks.CONTEXT and "\n" not in between and "\n" not in (last.old or "")
            if not near or (last.why, last.score) != (change.why, change.score):
                yield same
                same = []
        same.append(change)
    if same:
        yield same


def place(moment: Moment, changes: Sequence[Change]) -> str:
    """Return where changes are, in words."""
    if changes[0].kind == "recast" and moment.recounted:
        return "the whole document"
    if all(change.kind == "tag" and change.block is None for change in changes):
        return "document"
    labels = list(dict.fromkeys(label for change in changes if (label := moment.label(change))))
    if not labels:
        return ""
    listed = ranges(labels)
    if len(listed) > 40:
        return f"{len(labels)} paragraphs"
    return f"{'paragraph' if len(labels) == 1 and '-' not in labels[0] else 'paragraphs'} {listed}"


def order(moment: Moment, changes: Sequence[Change]) -> str:
    """Return the paragraphs in their order after the moves, as `1, 3-5, 2`; "" where other edits cut across."""
    if any(change.kind == "recast" for change in moment.changes):
        return ""
    ids = [block.id for block in moment.before.blocks]
    for change in changes:
        ids.insert(change.detail["to"], ids.pop(change.detail["from"]))
    labels = [moment.labels.get(block_id, "?") for block_id in ids]
    dropped = {c.block for c in moment.changes if c.kind == "drop"}
    kept = [label for label, block_id in zip(labels, ids, strict=True) if block_id not in dropped]
    listed = ranges(kept)
    return listed if len(listed) < 300 else ""
